/**
 * Benchmark: accepted messages.
 * Measures how many messages per second many channels of one participant accept, durable before they are delivered,
 * beside rows of the same size committed raw in the same run.
 * Does not measure fan-out: each message is delivered once.
 * Always: a message counts when its copy has come back.
 * Before: bench/channel.mjs, bench/raw-commit.mjs. After: bench/run.mjs.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Channel } from './channel.mjs';
import { median, spread } from './numbers.mjs';

const CHANNELS = 256;

/** Rows for the table, one for each number of messages under way. */
export async function accepted(service, { runs, messages, windows }) {
  const channels = [];
  for (let n = 0; n < CHANNELS; n++) {
    const channel = await Channel.create(service.sink, `busy${String(n).padStart(4, '0')}`);
    await channel.join();
    channels.push(channel);
  }
  await run(service, channels, messages / 4, 64);
  const rows = [];
  for (const window of windows) {
    const results = [];
    // One by one they take as many times longer as they could share a wait for the disk.
    const count = Math.round(messages / Math.max(1, 16 / window));
    for (let n = 0; n < runs; n++) {
      const ours = await run(service, channels, count, window);
      results.push({ ours, raw: await rawCommits(count, window) });
    }
    const of = (pick) => results.map(pick);
    rows.push(
      [
        `accepted messages/s, ${window} under way`,
        spread(of(({ ours }) => ours.perSecond)),
        `${spread(of(({ raw }) => raw))}`,
        median(of(({ ours, raw }) => ours.perSecond / raw)),
      ],
      [
        `accepted messages, ${window} under way: CPU-s per million`,
        spread(of(({ ours }) => ours.cpu)),
        '',
        '',
      ],
    );
  }
  return rows;
}

async function run(service, channels, messages, window) {
  const { sink } = service;
  await service.settle();
  const before = sink.messages;
  const cpuBefore = await service.cpuSeconds();
  const startedAt = performance.now();
  const step = Math.max(1, window >> 2);
  for (let n = 0; n < messages; n += step) {
    await sink.reach(before + n + step - window);
    const count = Math.min(step, messages - n);
    let text = '';
    for (let m = 0; m < count; m++) text += channels[(n + m) % channels.length].nextMessage();
    sink.send(text);
  }
  await sink.reach(before + messages);
  const seconds = (sink.lastAt - startedAt) / 1000;
  await service.settle();
  const cpuSeconds = (await service.cpuSeconds()) - cpuBefore;
  return { perSecond: messages / seconds, cpu: (cpuSeconds / messages) * 1e6 };
}

/** Rows per second in transactions of `batch`, which is the most that a service with so many under way could group. */
async function rawCommits(rows, batch) {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-bench-'));
  const script = fileURLToPath(new URL('raw-commit.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    join(folder, 'raw.db'),
    rows,
    batch,
  ]);
  rmSync(folder, { recursive: true, force: true });
  return Number(stdout);
}
