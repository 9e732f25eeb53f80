/**
 * Two worlds: what is hidden in them, and what is tried against it.
 * Owns the facts of a world and of those that differ from it, the attack, and what the victim says.
 * Does not tell a story (two-worlds.test.ts, two-worlds-rooms.test.ts).
 * Always: the attacker's guess is right in one world and wrong in the other.
 * Before: src/testing/two-worlds.ts. After: test/two-worlds.test.ts.
 */
import { probes } from '../src/testing/probes.ts';
import type { Facts, TwinWorld } from '../src/testing/two-worlds.ts';
import { el } from '../src/xml/element.ts';

/** So many attempts are made at once: few enough for the limit of what one account may send. */
const TOGETHER = 40;
export const NS_CLIENT = 'jabber:client';
/** What the attacker believes. */
const GUESS = 'mary@home.example/laptop';

export const TRUE: Facts = {
  victim: GUESS,
  second: 'phone',
  isConnected: true,
  banned: [],
  owner: 'olga@owners.example/desk',
  administrators: ['mary@home.example'],
  silent: [],
};

/** What else could be true. */
export const OTHERS: Readonly<Record<string, Partial<Facts>>> = {
  'another name, as long': { victim: 'anna@home.example/laptop' },
  'a longer name': { victim: 'bartholomew-the-third@home.example/laptop' },
  'a shorter name': { victim: 'm@home.example/laptop' },
  'another domain, as long': { victim: 'mary@nest.example/laptop' },
  'a longer domain': { victim: 'mary@a-house-by-the-sea.example/laptop' },
  "the attacker's own domain": { victim: 'mary@hostile.example/laptop' },
  "the bystander's domain": { victim: 'mary@watch.example/laptop' },
  'another resource': { victim: 'mary@home.example/ab7f3c1e-0d55-4c8e', second: 'x' },
  'a victim that sorts last': { victim: 'zzz@zzz.example/zzz' },
  'a victim whose client is away': { isConnected: false },
  'bans of people who are not there': { banned: ['anna@home.example', 'nest.example'] },
  'a ban of the guess': { victim: 'anna@nest.example/laptop', banned: ['mary@home.example', 'home.example'] },
  'another owner': { owner: 'oliver@another-owner.example/a-desk' },
  'somebody else keeps order': { administrators: ['nobody@nowhere.example'] },
  'nobody keeps order but the owner': { administrators: [] },
  'a server that never says what it is': { silent: ['home.example'] },
  'everything else': {
    victim: 'bartholomew@nest.example/x',
    second: 'y',
    isConnected: false,
    banned: ['mary@home.example'],
    owner: 'o@o.example/o',
    administrators: [],
    silent: ['nest.example', 'o.example'],
  },
};

/** Everything that the attacker and the outsider can try, as things stand. */
export async function attack(world: TwinWorld): Promise<void> {
  const { channel } = world;
  const id = world.ids.get('victim') ?? '';
  const messages = [...new Set(world.log.flatMap((line) => archiveIdOf(line, id) ?? []))].slice(-2);
  const known = { channel, service: 'mix.example', guess: GUESS, id, messages };
  for (const who of ['attacker', 'outsider'] as const)
    for (const [at, probe] of probes(known).entries()) {
      world.send(who, probe);
      if (at % TOGETHER === 0) await world.rest(1_000);
    }
  // The time of requests to clients who do not answer.
  await world.rest(31_000);
}

function archiveIdOf(line: string, sender: string): string | undefined {
  if (sender === '' || !line.includes(`from="coven@mix.example/${sender}"`)) return undefined;
  return /<message [^>]*\bid="([a-z2-7]{26})"/.exec(line)?.[1];
}

export function say(world: TwinWorld, text: string): void {
  const [bare = ''] = world.facts.victim.split('/');
  world.send(
    'victim',
    el('message', NS_CLIENT, { type: 'groupchat', to: world.channel }, [
      el('body', NS_CLIENT, {}, [text]),
      el('card', 'urn:example:card', { of: world.facts.victim }, [`xmpp:${bare}`]),
      el('delay', 'urn:xmpp:delay', { from: bare, stamp: '2020-01-01T00:00:00Z' }),
      el('stanza-id', 'urn:xmpp:sid:0', { by: bare, id: 'at-home' }),
    ]),
  );
}
