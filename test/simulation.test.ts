/**
 * Ten random lives, each on two stores.
 * Plays what `npm run sim` plays, with few seeds.
 * Does not say what is promised (src/testing/simulation/checks.ts).
 * Always: memory and SQLite give the same bytes to everybody, and hold the same in the end.
 * Before: src/testing/simulation.ts. After: bin/sim.mjs.
 */
import { expect, test } from 'vitest';
import { memoryStore } from '../src/storage/memory.ts';
import { openSqlite } from '../src/storage/sqlite/sqlite.ts';
import { simulateOnBoth } from '../src/testing/simulation.ts';

const STEPS = 150;

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('seed %i', async (seed) => {
  const { operations } = await simulateOnBoth(seed, STEPS, memoryStore(), openSqlite(':memory:'));
  expect(operations).toBeGreaterThan(STEPS);
});
