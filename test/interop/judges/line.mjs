/**
 * A bad line between a client and the server: a proxy on loopback whose bytes can get lost, and which can be cut.
 * Owns its sockets and its port.
 * Does not know what goes over it.
 * Always: while it is mute both ends believe that they are connected; after a cut new connections are whole again.
 * Before: nothing. After: acts_cut.mjs.
 */
import { connect, createServer } from 'node:net';

export async function openLine(port) {
  const pairs = new Set();
  const lost = { up: false, down: false };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const pair = { client, upstream };
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(pair);
    client.on('data', (bytes) => lost.up || upstream.write(bytes));
    upstream.on('data', (bytes) => lost.down || client.write(bytes));
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    /** From now on the bytes of the client (`up`), of the server (`down`), or of both are lost. */
    mute(...ways) {
      for (const way of ways) lost[way] = true;
    },
    cut() {
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream.destroy();
      }
      lost.up = lost.down = false;
    },
    close() {
      this.cut();
      server.close();
    },
  };
}
