/** What a dry run counts is what the change then does. */
import { expect, test } from 'vitest';
import type { Mode, Preferences } from '../mix.ts';
import { Stage, jid } from '../testing/rules-kit.ts';
import { configure } from './configure.ts';
import { dryRun } from './dry-run.ts';
import { join } from './join.ts';
import { participantAddress } from './visibility.ts';

const OWNER = jid('owner@shakespeare.example');
const MODES: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];
const PREFERENCES: readonly Preferences['jidVisibility'][] = [
  'default',
  'prefer not',
  'never',
  'prefer',
  'always',
];

/** Participants of each preference that the mode holds, a different number of each. */
function scene(mode: Mode): Stage {
  const stage = new Stage().create(OWNER, { mode });
  for (const [at, jidVisibility] of PREFERENCES.entries())
    for (let each = 0; each <= at; each += 1)
      stage.refusal((turn) => {
        const who = jid(`${jidVisibility.replace(' ', '-')}${each}@x.example`);
        const nick = `${jidVisibility} ${each}`;
        return join(turn, who, { nodes: ['messages'], nick, preferences: { jidVisibility } });
      });
  return stage;
}

test.each(MODES.flatMap((from) => MODES.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
  const stage = scene(from);
  const { channel } = stage;
  const before = new Map([...channel.participants.keys()].map((id) => [id, participantAddress(channel, id)]));
  const counted = dryRun(channel, to);
  if (from !== to) stage.run((turn) => configure(turn, OWNER, { mode: to }));
  const done = { leaving: 0, shown: 0, hidden: 0 };
  for (const [id, address] of before) {
    const now = participantAddress(channel, id);
    if (!channel.participants.has(id)) done.leaving += 1;
    else if (address === undefined && now !== undefined) done.shown += 1;
    else if (address !== undefined && now === undefined) done.hidden += 1;
  }
  expect(counted).toEqual(done);
  expect(before.size).toBeGreaterThan(9);
});
