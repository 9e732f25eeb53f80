/**
 * Benchmark: joining as a channel grows, and what a participant costs in memory.
 * Measures the same number of joins, one after another, in a small and in a big channel: without and with somebody
 * who is told about them.
 * Does not measure joins by way of a user's server (XEP-0405).
 * Always: a join counts when its result has come; the notices, when the last one has.
 * Before: bench/channel.mjs. After: bench/run.mjs.
 */
import { performance } from 'node:perf_hooks';
import { Channel, MESSAGES, PARTICIPANTS } from './channel.mjs';
import { figure, median, spread } from './numbers.mjs';

const SMALL = 10;
/** Enough that the first of them, for which nothing is warm, do not show. */
const JOINS = 200;
/** Joins that all others are told about: fewer, as each is written to everybody. */
const TOLD_JOINS = 20;

/** Rows for the table; the channel grows to `size`. The service should be fresh, for the sake of the memory. */
export async function joins(service, { size }) {
  // The code and the caches are warm before memory is counted.
  const warm = await Channel.create(service.sink, 'warm');
  await warm.grow(500);
  const quiet = await Channel.create(service.sink, 'quiet');
  await quiet.grow(SMALL);
  const small = await measure(service, quiet, [MESSAGES]);
  await service.settle();
  const before = await service.memory();
  const from = quiet.size;
  const startedAt = performance.now();
  await quiet.grow(size);
  const perSecond = (size - from) / ((performance.now() - startedAt) / 1000);
  await service.settle();
  const after = await service.memory();
  const big = await measure(service, quiet, [MESSAGES]);
  const per = (key) => `${figure((after[key] - before[key]) / (size - from))} B`;
  return [
    [`join no. ${SMALL}, messages only: ms to the result`, spread(small.ms), '', ''],
    [`join no. ${size}, the same`, spread(big.ms), spread(small.ms), median(big.ms) / median(small.ms)],
    [
      `join no. ${size}, the same: CPU ms each`,
      figure(big.cpuMs),
      figure(small.cpuMs),
      big.cpuMs / small.cpuMs,
    ],
    [`joins/s up to ${size}, 64 under way`, figure(perSecond), '', ''],
    [`memory for each participant, ${from} to ${size}: heap`, per('heapUsed'), '', ''],
    [`memory for each participant, ${from} to ${size}: RSS`, per('rss'), '', ''],
    ...(await observed(service, size)),
  ];
}

/** Joins that every participant is told about. */
async function observed(service, size) {
  const channel = await Channel.create(service.sink, 'observed');
  await channel.grow(SMALL);
  await channel.subscribe(PARTICIPANTS, 0);
  const small = await measure(service, channel, [MESSAGES, PARTICIPANTS]);
  const from = channel.size;
  await channel.grow(size);
  await channel.subscribe(PARTICIPANTS, from);
  const big = await measure(service, channel, [MESSAGES, PARTICIPANTS]);
  return [
    [`join no. ${SMALL}, everybody is told: ms to the result`, spread(small.ms), '', ''],
    [`join no. ${size}, the same`, spread(big.ms), spread(small.ms), median(big.ms) / median(small.ms)],
    [`join no. ${size}, the same: ms to the last notice`, spread(big.toldMs), spread(small.toldMs), ''],
    [`join no. ${size}, the same: CPU ms each`, figure(big.cpuMs), figure(small.cpuMs), ''],
    [`join no. ${size}, the same: notices for each join`, figure(big.notices), figure(small.notices), ''],
  ];
}

async function measure(service, channel, nodes) {
  const { sink } = service;
  await service.settle();
  const isTold = nodes.length > 1;
  const ms = [];
  const toldMs = [];
  const count = isTold ? TOLD_JOINS : JOINS;
  const messages = sink.messages;
  const cpuBefore = await service.cpuSeconds();
  for (let n = 0; n < count; n++) {
    const startedAt = performance.now();
    await channel.join(nodes);
    ms.push(performance.now() - startedAt);
    if (!isTold) continue;
    await untilQuiet(sink, startedAt);
    toldMs.push(sink.lastAt - startedAt);
  }
  await service.settle();
  const cpuMs = (((await service.cpuSeconds()) - cpuBefore) * 1000) / count;
  return { ms, toldMs, cpuMs, notices: (sink.messages - messages) / count };
}

/** The notices have no known number, as it is the service's business whether the newcomer is told of itself. */
async function untilQuiet(sink, startedAt) {
  const quietMs = 60;
  while (performance.now() - Math.max(startedAt, sink.lastAt) < quietMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
