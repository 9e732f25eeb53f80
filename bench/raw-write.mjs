/**
 * The baseline of the fan-out: the same bytes, written by Node as fast as it can, without a service.
 * Run as a process of its own: `raw-write.mjs PORT`, then one message with what to write; answers with its cost.
 * Does not read; waits for room as everybody has to.
 * Always: the strategy is the fastest one known: one-byte strings in chunks of about 32 KiB.
 * Before: bench/fan-out.mjs.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const CHUNK = 32 * 1024;

const socket = connect({
  port: Number(process.argv[2]),
  host: '127.0.0.1',
  noDelay: true,
  writableHighWaterMark: 4 * CHUNK,
});
await once(socket, 'connect');

process.on('message', ({ head, tail, recipients, messages }) => {
  void write(head, tail, recipients, messages);
});
process.send('ready');

async function write(head, tail, recipients, messages) {
  const before = process.cpuUsage();
  let text = '';
  for (let message = 0; message < messages; message++) {
    for (const to of recipients) {
      text += head + to + tail;
      if (text.length < CHUNK) continue;
      const hasRoom = socket.write(text, 'latin1');
      text = '';
      if (!hasRoom) await once(socket, 'drain');
    }
  }
  await new Promise((resolve) => socket.write(text, 'latin1', resolve));
  const { user, system } = process.cpuUsage(before);
  process.send({ cpuSeconds: (user + system) / 1e6 });
}
