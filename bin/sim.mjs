/**
 * `npm run sim [-- --seeds 1000] [--from 1] [--steps 150]`, and `npm run sim -- --seed 7` for one of them.
 * Builds, and plays one seed after another on both stores, in as many processes as there are processors.
 * Does not know what is played (src/testing/simulation.ts).
 * Always: it goes on after a failure, prints each with the command that repeats it, and ends with status 1.
 * Before: package.json. After: src/testing/simulation.ts.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string', default: '150' },
  },
});
const steps = Number(values.steps);
const first = Number(values.seed ?? values.from);
const end = first + (values.seed === undefined ? Number(values.seeds) : 1);

if (process.send !== undefined) await play();
else if (await build()) await distribute();
else process.exitCode = 1;

/** In a child: plays the seeds that the parent names. */
async function play() {
  const { simulateOnBoth } = await import('../dist/testing/simulation.js');
  const { memoryStore } = await import('../dist/storage/memory.js');
  const { openSqlite } = await import('../dist/storage/sqlite/sqlite.js');
  process.on('message', async (seed) => {
    try {
      const { operations, losses, stanzas } = await simulateOnBoth(
        seed,
        steps,
        memoryStore(),
        openSqlite(':memory:'),
      );
      process.send({ operations, losses, stanzas });
    } catch (error) {
      process.send({ failure: error.message });
    }
  });
}

async function distribute() {
  let next = first;
  const sums = { seeds: 0, failures: 0, operations: 0, losses: 0, stanzas: 0 };
  const workers = Math.min(availableParallelism(), end - first);
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
      for (; next < end;) {
        child.send(next);
        next += 1;
        const [{ failure, ...counts }] = await once(child, 'message');
        sums.seeds += 1;
        if (failure !== undefined) {
          sums.failures += 1;
          console.error(`\n${failure}`);
        }
        for (const [name, count] of Object.entries(counts)) sums[name] += count;
      }
      child.disconnect();
    }),
  );
  const { seeds, failures, operations, losses, stanzas } = sums;
  console.log(
    `${seeds} seeds on two stores, ${failures} failed; without a failure: ${operations} operations, ` +
      `${losses} losses of link or process, ${stanzas} stanzas searched for addresses`,
  );
  process.exitCode = failures === 0 ? 0 : 1;
}
