/** How much of an archive is kept. */
import { expect, test } from 'vitest';
import { jid, Stage } from '../testing/rules-kit.ts';
import { destroy } from './create.ts';
import { boundsAt, trim } from './retention.ts';

const DAY_MS = 86_400_000;
const owner = jid('owner@shakespeare.example');

test('a bound that is 0 is none, and without any nothing ever goes', () => {
  const now = 400 * DAY_MS;
  expect(boundsAt(now, { days: 0, messagesMax: 0 })).toBeUndefined();
  expect(boundsAt(now, { days: 30, messagesMax: 0 })).toEqual({ since: 370 * DAY_MS });
  expect(boundsAt(now, { days: 0, messagesMax: 5 })).toEqual({ messagesMax: 5 });
  expect(boundsAt(now, { days: 1_000, messagesMax: 5 })).toEqual({ messagesMax: 5, since: 0 });
});

test('nobody is told, and a channel that is no more is left alone', () => {
  const stage = new Stage().create(owner);
  stage.join(owner);
  const { facts, notices } = stage.run((turn) => trim(turn, 7));
  expect([facts, notices]).toEqual([[{ fact: 'trimmed', through: 7 }], []]);
  stage.run((turn) => destroy(turn, owner));
  expect(stage.run((turn) => trim(turn, 8)).facts).toEqual([]);
});
