/**
 * Time and chance that tests decide.
 * One line for each promise of clock.ts and random.ts.
 * Does not wait.
 * Always: what is repeated is the same.
 * Before: testing/clock.ts, testing/random.ts.
 */
import { expect, test } from 'vitest';
import { FakeClock } from './clock.ts';
import { SeededRandom } from './random.ts';

test('timers ring in their order, at their time, and those that were set on the way too', () => {
  const clock = new FakeClock(0);
  const rung: string[] = [];
  const ring = (name: string) => (): void => void rung.push(`${name} at ${clock.now()}`);
  clock.after(20, ring('b'));
  clock.after(10, () => {
    ring('a')();
    clock.after(5, ring('c'));
    clock.after(50, ring('never'));
  });
  const cancel = clock.after(15, ring('cancelled'));
  cancel();
  clock.advance(30);
  expect(rung).toEqual(['a at 10', 'c at 15', 'b at 20']);
  expect(clock.now()).toBe(30);
});

test('the same seed draws the same, however it is cut, and another one does not', () => {
  const whole = new SeededRandom('seed').bytes(30);
  const cut = new SeededRandom('seed');
  expect([...cut.bytes(7), ...cut.bytes(23)]).toEqual([...whole]);
  expect(new SeededRandom('sead').bytes(30)).not.toEqual(whole);
  expect(new Set(new SeededRandom(1).bytes(1_000)).size).toBeGreaterThan(200);
});
