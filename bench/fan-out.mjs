/**
 * Benchmark: one message, many recipients.
 * Measures delivered stanzas per second, and the service's processor time per million of them, beside the same bytes
 * written raw by Node in the same run.
 * Does not count what is not delivered: first it checks that each participant gets each message exactly once.
 * Always: the figures of service and baseline alternate, and the ratio is that of neighbours.
 * Before: bench/channel.mjs. After: bench/run.mjs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Channel } from './channel.mjs';
import { median, spread } from './numbers.mjs';
import { Scanner } from './scan.mjs';

/** Messages under way at the same time. */
const WINDOW = 4;

/** Rows for the table, for a channel of `size`. */
export async function fanOut(service, size, { runs, deliveries }) {
  const channel = await Channel.create(service.sink, `fanout${size}`);
  await channel.grow(size);
  const sample = await check(service, channel);
  const messages = Math.max(WINDOW, Math.round(deliveries / size));
  const results = [];
  await run(service, channel, Math.ceil(messages / 4));
  for (let n = 0; n < runs; n++) {
    const ours = await run(service, channel, messages);
    const raw = await runRaw(sample, messages);
    results.push({ ours, raw });
  }
  const of = (pick) => results.map(pick);
  const name = `fan-out to ${size}`;
  return [
    [
      `${name}: stanzas/s (${sample.length} B each)`,
      spread(of(({ ours }) => ours.perSecond)),
      spread(of(({ raw }) => raw.perSecond)),
      median(of(({ ours, raw }) => ours.perSecond / raw.perSecond)),
    ],
    [
      `${name}: CPU-s per million`,
      spread(of(({ ours }) => ours.cpuPerMillion)),
      spread(of(({ raw }) => raw.cpuPerMillion)),
      median(of(({ ours, raw }) => ours.cpuPerMillion / raw.cpuPerMillion)),
    ],
  ];
}

/** One message in slow motion. Returns what is written for each recipient. */
async function check({ sink }, channel) {
  const got = [];
  sink.onMessage = (text) => got.push(text);
  sink.send(channel.nextMessage());
  await sink.reach(sink.messages + channel.size, 30_000);
  sink.onMessage = undefined;
  const recipients = got.map((text) => /^<message [^>]*?\bto=['"]([^'"]*)/.exec(text)?.[1]);
  const distinct = new Set(recipients);
  if (got.length !== channel.size || distinct.size !== channel.size) {
    throw new Error(`${got.length} copies went to ${distinct.size} of ${channel.size} participants`);
  }
  const [first] = got;
  const at = first.indexOf(recipients[0]);
  return {
    recipients,
    length: first.length,
    head: first.slice(0, at),
    tail: first.slice(at + recipients[0].length),
  };
}

async function run(service, channel, messages) {
  const { sink } = service;
  await service.settle();
  const before = sink.messages;
  const cpuBefore = await service.cpuSeconds();
  const startedAt = performance.now();
  for (let n = 0; n < messages; n++) {
    await sink.reach(before + (n + 1 - WINDOW) * channel.size);
    sink.send(channel.nextMessage());
  }
  await sink.reach(before + messages * channel.size);
  const seconds = (sink.lastAt - startedAt) / 1000;
  await service.settle();
  const cpuSeconds = (await service.cpuSeconds()) - cpuBefore;
  return figures(messages * channel.size, seconds, cpuSeconds);
}

async function runRaw({ recipients, head, tail }, messages) {
  const scanner = new Scanner(() => undefined);
  const total = recipients.length * messages;
  let startedAt = 0;
  let done;
  const reached = new Promise((resolve) => (done = resolve));
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      startedAt ||= performance.now();
      scanner.push(bytes);
      if (scanner.messages === total) done(performance.now());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = fork(fileURLToPath(new URL('raw-write.mjs', import.meta.url)), [server.address().port]);
  await once(child, 'message');
  const answer = once(child, 'message');
  child.send({ recipients, head, tail, messages });
  const [[{ cpuSeconds }], endedAt] = await Promise.all([answer, reached]);
  child.kill();
  server.close();
  return figures(total, (endedAt - startedAt) / 1000, cpuSeconds);
}

function figures(count, seconds, cpuSeconds) {
  return { perSecond: count / seconds, cpuPerMillion: (cpuSeconds / count) * 1e6 };
}
