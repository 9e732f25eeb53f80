/** Entering a room: in which order who is told of it. */
import { expect, test } from 'vitest';
import type { RealJid } from '../jid/real-jid.ts';
import { Stage, jid } from '../testing/rules-kit.ts';
import { enter } from './occupant.ts';
import type { Turn } from './turn.ts';

const OWNER = jid('owner@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example/UUID-x4r/2491');
const WITCH = jid('witch@shakespeare.example/cave');

const entering = (client: RealJid, nick: string) => (turn: Turn) =>
  enter(turn, client, { nick, payload: () => '', history: [], isCreator: false });

test('MUC-10: who enters is shown the room before the others are told, as it is the one that waits', () => {
  const stage = new Stage().create(OWNER);
  stage.join(WITCH, { nodes: ['participants'] });
  stage.run(entering(WITCH, 'witch'));
  const { notices } = stage.run(entering(HECATE, 'hecate'));
  expect(notices.map(({ kind, audience }) => [kind, audience])).toEqual([
    ['entrance', { jid: HECATE }],
    ['subject', { jid: HECATE }],
    ['participant', { node: 'participants' }],
    ['occupant', { occupants: 'all' }],
  ]);
});
