/**
 * A wire that can be cut: a TCP proxy between a client and a server.
 * Passes bytes on both ways until it is told to break all connections, or to accept none for a while.
 * Does not read what passes.
 * Always: a cut loses what is on its way, in both directions, as a lost network does.
 * Before: lab.mjs. After: client.mjs.
 */
import { connect, createServer } from 'node:net';

/** Listens on loopback, in front of that port. */
export async function startProxy(port) {
  const open = new Set();
  let isDown = false;
  const server = createServer((near) => {
    if (isDown) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      open.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    cut() {
      for (const socket of open) socket.resetAndDestroy();
    },
    /** Nothing gets through until `up`. */
    down() {
      isDown = true;
      this.cut();
    },
    up() {
      isDown = false;
    },
    close() {
      this.cut();
      server.close();
    },
  };
}
