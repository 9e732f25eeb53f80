/**
 * Nobody who may not know can tell who it is that hides.
 * Plays one story in pairs of worlds, which differ in hidden facts, with an attacker who tries everything; and shows
 * that small leaks, planted into what the service writes, are told.
 * Does not search for addresses (src/testing/leak.ts): here whatever depends on one is a leak.
 * Always: the attacker's guess is right in one world and wrong in the other.
 * Before: src/testing/two-worlds.ts. After: src/testing/probes.ts.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Mode } from '../src/mix.ts';
import { difference, told, WATCHERS, type Facts, type TwinWorld } from '../src/testing/two-worlds.ts';
import { el } from '../src/xml/element.ts';
import { attack, NS_CLIENT, OTHERS, say, TRUE } from './two-worlds-kit.ts';

type Sharing = 'share' | 'not share';

/** The victim's part, with the attack at every turn of it. */
const story =
  (mode: Mode, sharing: Sharing) =>
  async (world: TwinWorld): Promise<void> => {
    await world.create({ mode, userRetraction: true, invitationByParticipant: true });
    world.banStrangers();
    await world.rest();
    await world.join('bystander', 'Bystander');
    await world.join('attacker', 'Attacker', { 'JID Visibility': 'prefer not' });
    await world.rest();
    await world.join('victim', 'Victim', { Presence: sharing });
    // Nobody hears later what is said now, whatever is still unknown of the newcomer's server.
    await world.chat('bystander');
    await world.rest();
    world.connect();
    await world.rest();
    await world.appoint();
    say(world, 'first');
    await attack(world);
    const id = world.ids.get('attacker') ?? '';
    const body = el('body', NS_CLIENT, {}, ['in private']);
    world.send('victim', el('message', NS_CLIENT, { type: 'chat', to: `${id}#${world.channel}` }, [body]));
    await world.rest();
    await world.configure({ mode: mode === 'jid-hidden' ? 'jid-maybe-visible' : 'jid-hidden' });
    say(world, 'second');
    await world.appoint(false);
    await attack(world);
    await world.leave('victim');
    await attack(world);
    await world.join('victim', 'Victim again', { Presence: sharing });
    await world.rest();
    await world.ban(`${world.ids.get('victim') ?? ''}#${world.channel}`);
    await attack(world);
    await world.pardon(world.facts.victim.split('/')[0] ?? '');
    await world.configure({ mode });
    await attack(world);
    await world.join('victim', 'Victim back', { Presence: sharing });
    await world.rest();
    // A service that has just begun knows nobody's server.
    for (const ms of [0, 500]) {
      await world.restart();
      await world.rest(ms);
      await world.chat('bystander');
      say(world, 'third');
      await world.chat('bystander');
      await world.rest();
    }
    await attack(world);
  };

const truths = new Map<string, Promise<readonly string[]>>();

/** What is told in the world in which the guess is right, played once. */
function truth(mode: Mode, sharing: Sharing): Promise<readonly string[]> {
  const key = `${mode} ${sharing}`;
  const known = truths.get(key) ?? told(story(mode, sharing), TRUE);
  truths.set(key, known);
  return known;
}

/** Facts about clients show where presence is shared; the number of devices is not hidden there. */
const isOfPresence = (name: string): boolean => /client is away|everything else/.test(name);

describe.each(['jid-hidden', 'jid-maybe-visible'] as const)('%s', (mode) => {
  test.each(Object.keys(OTHERS))('%s is the same to everybody else', async (name) => {
    const sharing = isOfPresence(name) ? 'not share' : 'share';
    const other = await told(story(mode, sharing), { ...TRUE, ...OTHERS[name] });
    expect(difference(await truth(mode, sharing), other)).toBeUndefined();
  });
});

test('on a silent server of the own, too, the others are the same', async () => {
  const silent = ['hostile.example'];
  const worlds = [TRUE, { ...TRUE, ...OTHERS["the attacker's own domain"] }];
  const tales = worlds.map((facts) => told(story('jid-hidden', 'share'), { ...facts, silent }));
  const [mine, theirs] = await Promise.all(tales);
  expect(difference(mine!, theirs!)).toBeUndefined();
});

const bareOf = ({ victim }: Facts): string => victim.split('/')[0] ?? '';

type Tamper = (text: string, facts: Facts) => string;

/** Ways to give something away that no search for addresses would find. */
const PLANTS: Readonly<Record<string, Tamper>> = {
  'the length of the name': (text, facts) =>
    text.replace('<nick>Victim</nick>', `<nick>Victim</nick>${' '.repeat(bareOf(facts).length)}`),
  'the first letter, as a number': (text, facts) =>
    text.replace('<nick>Victim</nick>', `<nick>Victim</nick>${bareOf(facts).charCodeAt(0)}`),
  'a keyed hash': (text, facts) =>
    text.replace(
      '<nick>Victim</nick>',
      `<nick>${createHash('sha256')
        .update(`key ${bareOf(facts)}`)
        .digest('hex')
        .slice(0, 8)}</nick>`,
    ),
  'an answer that is another one for a right guess': (text, facts) =>
    bareOf(facts) === 'mary@home.example' ? text.replace('item-not-found', 'forbidden') : text,
  'a count': (text, facts) =>
    bareOf(facts) === 'mary@home.example' ? text.replace('<count>0</count>', '<count>1</count>') : text,
  'an order': (text, facts) =>
    bareOf(facts) === 'mary@home.example' ? text.replace(/(<feature [^>]*>)(<feature [^>]*>)/, '$2$1') : text,
};

async function tampered(tamper: Tamper, other: Facts): Promise<string | undefined> {
  const tale = story('jid-hidden', 'share');
  return difference(await told(tale, TRUE, { tamper }), await told(tale, other, { tamper }));
}

describe('a planted leak is told', () => {
  test.each(Object.entries(PLANTS))('%s', async (_, tamper) => {
    const other = { ...TRUE, victim: 'bartholomew@nest.example/laptop' };
    expect(await tampered(tamper, other)).toBeDefined();
  });

  test('a silence', async () => {
    const tamper: Tamper = (text, facts) =>
      bareOf(facts) === 'mary@home.example' ? text.replace(/<iq [^>]*type="error"[^]*?<\/iq>/, '') : text;
    const other = { ...TRUE, victim: 'anna@home.example/laptop' };
    expect(await tampered(tamper, other)).toBeDefined();
  });
});

test('the attacks are not kept out by limits', async () => {
  const tale = await truth('jid-hidden', 'share');
  expect(tale.length).toBeGreaterThan(1_000);
  expect(tale.filter((line) => line.includes('resource-constraint'))).toEqual([]);
});

test('the watchers are who they are', () => {
  expect(Object.values(OTHERS).some(({ victim }) => Object.values(WATCHERS).includes(victim ?? ''))).toBe(
    false,
  );
});
