/**
 * `node bench/storage.mjs` after `npm run build`
 * What a commit costs the SQLite store: turns of one message and one notice each, with the last ones struck off.
 * Does not measure the service (messages.mjs) nor bare SQLite (raw-commit.mjs).
 * Always: every commit waits for the disk, as in service.
 * Before: bench/raw-commit.mjs. After: bench/messages.mjs.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import * as samples from '../dist/storage/contract-samples.js';
import { openSqlite } from '../dist/storage/sqlite/sqlite.js';

const TURNS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'vizard-bench-'));
const store = openSqlite(join(folder, 'vizard.db'));
const payload = `<body>${'x'.repeat(500)}</body>`;
const channels = Array.from({ length: 10 }, (_, index) => ({
  name: samples.channelName(`channel${index}`),
  version: 0,
}));
let count = 0;

function turn(facts, notices) {
  const channel = channels[count++ % channels.length];
  const expected = channel.version;
  channel.version += 1;
  return { channel: channel.name, expected, version: expected + 1, facts: facts(expected + 1), notices };
}

function messageTurn() {
  let message;
  const commit = turn((position) => {
    message = samples.sampleMessage(randomBytes(16).toString('hex'), position, { payload });
    return [samples.posted(message)];
  }, []);
  return { ...commit, notices: [samples.toldMessage(message)] };
}

await store.commit(
  channels.map(() => turn(() => [samples.created()], [])),
  [],
);
for (const size of [1, 10, 100, 1000]) {
  const rounds = Math.min(2_000, TURNS / size);
  const times = [];
  let struck = [];
  for (let round = 0; round < rounds; round += 1) {
    const commits = Array.from({ length: size }, messageTurn);
    const start = performance.now();
    await store.commit(commits, struck);
    times.push(performance.now() - start);
    struck = commits.map(({ channel, version }) => ({ channel, version, index: 0 }));
  }
  await store.commit([], struck);
  times.sort((one, other) => one - other);
  const total = times.reduce((sum, time) => sum + time, 0);
  const at = (part) => times[Math.floor((times.length - 1) * part)].toFixed(2);
  const rate = Math.round((rounds * size * 1_000) / total);
  console.log(`${size} turns a commit: ${rate} turns/s, commit p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
await store.close();
rmSync(folder, { recursive: true });
