/**
 * Nobody who may not know can tell who it is that hides, where rooms are involved (XEP-0045 on channels).
 * Plays one story in pairs of worlds, with the attacker in the room, and a victim of either kind.
 * Does not repeat what holds of MIX alone (two-worlds.test.ts).
 * Always: the attacker's guess is right in one world and wrong in the other.
 * Before: test/two-worlds-kit.ts. After: src/testing/probes.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Mode } from '../src/mix.ts';
import { difference, told, type TwinWorld } from '../src/testing/two-worlds.ts';
import { el } from '../src/xml/element.ts';
import { attack, NS_CLIENT, OTHERS, say, TRUE } from './two-worlds-kit.ts';

/** How the victim takes part: as in a room, or by MIX without showing its clients. */
type Side = 'in the room' | 'by MIX';

async function arrive(world: TwinWorld, side: Side, nick: string): Promise<void> {
  if (side === 'in the room') await world.enter('victim', nick);
  else await world.join('victim', nick, { Presence: 'not share' });
  // Nobody hears later what is said now, whatever is still unknown of the newcomer's server.
  await world.chat('bystander');
  await world.rest();
  if (side === 'in the room') world.learn('victim');
}

async function assault(world: TwinWorld): Promise<void> {
  // Among what is tried are exits.
  await world.enter('attacker', 'Attacker');
  await attack(world);
  await world.enter('attacker', 'Attacker');
}

const story =
  (mode: Mode, side: Side, isGuarded: boolean) =>
  async (world: TwinWorld): Promise<void> => {
    await world.create({ mode, userRetraction: true, invitationByParticipant: true });
    world.banStrangers();
    await world.rest();
    if (isGuarded) await world.guard();
    await world.join('bystander', 'Bystander');
    await world.enter('attacker', 'Attacker');
    await world.rest();
    await arrive(world, side, 'Victim');
    if (side === 'in the room') await world.enterTwice('Victim');
    else world.connect();
    await world.rest();
    await world.appoint();
    if (side === 'in the room') await world.show('victim', 'Victim');
    say(world, 'first');
    await assault(world);
    const to =
      side === 'in the room'
        ? `${world.channel}/Attacker`
        : `${world.ids.get('attacker') ?? ''}#${world.channel}`;
    const body = el('body', NS_CLIENT, {}, ['in private']);
    world.send('victim', el('message', NS_CLIENT, { type: 'chat', to }, [body]));
    await world.rest();
    await world.configure({ mode: mode === 'jid-hidden' ? 'jid-maybe-visible' : 'jid-hidden' });
    say(world, 'second');
    await world.appoint(false);
    await assault(world);
    if (side === 'by MIX') await world.leave('victim');
    else await world.exit('victim', 'Victim');
    await arrive(world, side, 'Victim again');
    await world.ban(`${world.ids.get('victim') ?? ''}#${world.channel}`);
    await assault(world);
    await world.pardon(world.facts.victim.split('/')[0] ?? '');
    await world.configure({ mode });
    await arrive(world, side, 'Victim put out');
    await world.command({ nick: 'Victim put out', role: 'none', reason: 'so' });
    await arrive(world, side, 'Victim banned');
    await world.command({ nick: 'Victim banned', affiliation: 'outcast' });
    await world.pardon(world.facts.victim.split('/')[0] ?? '');
    await arrive(world, side, 'Victim back');
    await world.restart();
    await world.rest(500);
    await world.chat('bystander');
    say(world, 'third');
    await world.rest(120_000);
    await assault(world);
  };

const truths = new Map<string, Promise<readonly string[]>>();

function truth(mode: Mode, side: Side, isGuarded: boolean): Promise<readonly string[]> {
  const key = `${mode} ${side} ${isGuarded}`;
  const known = truths.get(key) ?? told(story(mode, side, isGuarded), TRUE);
  truths.set(key, known);
  return known;
}

/** Mode, the victim's way in, and whether only those come in who are allowed. */
const SIDES: readonly (readonly [Mode, Side, boolean])[] = [
  ['jid-hidden', 'in the room', false],
  ['jid-hidden', 'in the room', true],
  ['jid-hidden', 'by MIX', false],
  ['jid-maybe-visible', 'in the room', false],
];

describe.each(SIDES)('%s, the victim %s, guarded: %s', (mode, side, isGuarded) => {
  test.each(Object.keys(OTHERS))('%s is the same to everybody else', async (name) => {
    const other = await told(story(mode, side, isGuarded), { ...TRUE, ...OTHERS[name] });
    expect(difference(await truth(mode, side, isGuarded), other)).toBeUndefined();
  });
});

test('the attacks are not kept out by limits, and the attacker sees the victim', async () => {
  const tale = await truth('jid-hidden', 'in the room', false);
  expect(tale.length).toBeGreaterThan(1_000);
  expect(tale.filter((line) => line.includes('resource-constraint'))).toEqual([]);
  expect(tale.some((line) => line.includes('from="coven@mix.example/Victim back"'))).toBe(true);
});
