import { expect, test } from 'vitest';
import { systemClock, systemFraction, systemRandom } from './system.ts';

test('the clock calls back once, not before its time, and not when it is cancelled', async () => {
  const before = systemClock.now();
  let isCalled = false;
  const cancel = systemClock.after(1, () => (isCalled = true));
  cancel();
  await new Promise<void>((resolve) => void systemClock.after(20, resolve));
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(18);
  expect(isCalled).toBe(false);
});

test('what is to be called in a month is not called at once', async () => {
  let isCalled = false;
  const cancel = systemClock.after(31 * 86_400_000, () => (isCalled = true));
  await new Promise<void>((resolve) => void systemClock.after(5, resolve));
  cancel();
  expect(isCalled).toBe(false);
});

test('chance gives as much as is asked for, and never the same', () => {
  expect(systemRandom.bytes(32)).toHaveLength(32);
  expect(Buffer.from(systemRandom.bytes(16))).not.toEqual(Buffer.from(systemRandom.bytes(16)));
  for (let count = 0; count < 100; count++) {
    const fraction = systemFraction();
    expect(fraction >= 0 && fraction < 1).toBe(true);
  }
});
