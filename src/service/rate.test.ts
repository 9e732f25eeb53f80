/** Token buckets: how fast an account may send. */
import { expect, test } from 'vitest';
import { jid } from '../testing/rules-kit.ts';
import { Rate } from './rate.ts';

const HECATE = jid('hecate@shakespeare.example/one');
const WITCH = jid('witch@shakespeare.example');

/** How many of so many tries succeed. */
function burst(rate: Rate, who: typeof HECATE, now: number, tries = 1000): number {
  return Array.from({ length: tries }, () => rate.takes(who, now)).filter(Boolean).length;
}

test('GEN-19: a burst is taken, and then so many a second', () => {
  const rate = new Rate({ perSecond: 50, burst: 400, accountsMax: 10 });
  expect(burst(rate, HECATE, 0)).toBe(400);
  expect(burst(rate, HECATE, 1000)).toBe(50);
  expect(burst(rate, HECATE, 1010)).toBe(0);
  expect(burst(rate, HECATE, 1020)).toBe(1);
  expect(burst(rate, HECATE, 1_000_000)).toBe(400);
});

test('clients of one account share its bucket, and accounts do not share one', () => {
  const rate = new Rate({ perSecond: 1, burst: 3, accountsMax: 10 });
  expect(burst(rate, HECATE, 0)).toBe(3);
  expect(burst(rate, jid('hecate@shakespeare.example/two'), 0)).toBe(0);
  expect(burst(rate, WITCH, 0)).toBe(3);
});

test('a clock that is set back gives nothing and takes nothing', () => {
  const rate = new Rate({ perSecond: 1, burst: 3, accountsMax: 10 });
  expect(burst(rate, HECATE, 10_000, 1)).toBe(1);
  expect(burst(rate, HECATE, 0)).toBe(2);
  expect(burst(rate, HECATE, 1000)).toBe(1);
});

test('no more accounts are remembered than there may be; the forgotten begin anew', () => {
  const rate = new Rate({ perSecond: 1, burst: 2, accountsMax: 2 });
  expect(burst(rate, HECATE, 0)).toBe(2);
  for (const name of ['a', 'b']) expect(burst(rate, jid(`${name}@x.example`), 0)).toBe(2);
  expect(burst(rate, HECATE, 0)).toBe(2);
  expect(burst(rate, jid('b@x.example'), 0)).toBe(0);
});
