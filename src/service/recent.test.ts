/** A short memory of keys. */
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/clock.ts';
import { RecentKeys } from './recent.ts';

test('a key is known for its time, counted from when it was noted last', () => {
  const clock = new FakeClock();
  const recent = new RecentKeys(clock, 10, 1000);
  recent.note('a');
  clock.advance(600);
  recent.note('a');
  clock.advance(999);
  expect([recent.has('a'), recent.has('b')]).toEqual([true, false]);
  clock.advance(1);
  expect(recent.has('a')).toBe(false);
});

test('no more keys are known than there may be: the oldest go', () => {
  const recent = new RecentKeys(new FakeClock(), 3, 1000);
  for (const key of ['a', 'b', 'c', 'a', 'd']) recent.note(key);
  expect(['a', 'b', 'c', 'd'].filter((key) => recent.has(key))).toEqual(['a', 'c', 'd']);
});
