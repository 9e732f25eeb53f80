/** Visitors, where the wire does not show them: how many there may be, and that a channel is what its facts make it. */
import { expect, test } from 'vitest';
import { jid, plain, snapshot, Stage } from '../testing/rules-kit.ts';
import { configure } from './configure.ts';
import { disappear } from './presence.ts';
import { visit } from './visitor.ts';

const OWNER = jid('owner@shakespeare.example');
const client = (number: number) => jid(`visitor-${number}@inverness.example/gate`);

function scene(): Stage {
  return new Stage().create(OWNER, { openPresence: true });
}

const come = (stage: Stage, number: number) => stage.refusal((turn) => visit(turn, client(number), ''));

test('a thousand visitors are there at one time, and the next when one has gone', () => {
  const stage = scene();
  // In one turn, since the kit compares before and after of each.
  stage.run((turn) => {
    for (let number = 0; number < 1_000; number += 1) visit(turn, client(number), '');
  });
  expect([come(stage, 0), come(stage, 1_000)]).toEqual(['accepted', 'resource-constraint']);
  stage.run((turn) => disappear(turn, client(7), ''));
  expect(come(stage, 1_000)).toBe('accepted');
});

test('a visit that ended leaves an id and nothing else', () => {
  const stage = scene();
  const empty = stage.channel.sessions.size;
  stage.run((turn) => visit(turn, client(1), '<show>away</show>'));
  const id = stage.id(client(1));
  stage.run((turn) => configure(turn, OWNER, { openPresence: false }));
  expect([stage.channel.sessions.size, stage.channel.participants.size, stage.id(client(1))]).toEqual([
    empty,
    0,
    id,
  ]);
  expect(plain(snapshot(stage.replayed()))).toEqual(plain(snapshot(stage.channel)));
});
