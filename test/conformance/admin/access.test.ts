/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4: rows ADM-20 to ADM-29 of the conformance map, but for ADM-29.
 * Tests for every value of every access option who can read and subscribe, and who can publish.
 * Does not test what the nodes hold.
 * Always: whoever is refused has the same reason, and is told of nothing later.
 * Before: test/conformance/admin/kit.ts. After: src/channel/access.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  coven,
  CORE,
  form,
  items,
  node,
  play,
  publish,
  reasonIn,
  subscribe,
  type Coven,
  type Fields,
  type Person,
  type Scene,
} from './kit.ts';

const ALL = ['participants', 'presence', 'information', 'allowed', 'banned', 'avatar'];
const CLOSED = 'not-allowed/cancel + closed-node';

/** Who is reached by a right: stranger, somebody on the allowed list, participant, administrator, owner. */
const REACHES: Readonly<Record<string, string>> = {
  anyone: 'X, allowed X, U, A, O',
  allowed: 'allowed X, U, A, O',
  participants: 'U, A, O',
  admins: 'A, O',
  owners: 'O',
  nobody: 'O',
};

type Cast = Coven & { readonly friend: Person };

/** A visible channel with an allowed list that has one friend on it. */
async function cast(scene: Scene, fields: Fields): Promise<Cast> {
  const found = await coven(scene, { 'JID Visibility': 'jid-visible', ...fields });
  const friend = await scene.enter('friend');
  await scene.configure(found.owner, found.channel, { 'Nodes Present': ALL });
  await scene.result(found.owner, 'set', found.channel, publish(node('allowed'), '', friend.bare));
  return { ...found, friend };
}

/** For whom the request succeeds; the others must be refused as closed. */
async function reached(
  scene: Scene,
  { channel, stranger, friend, one, admin, owner }: Cast,
  type: string,
  payload: (person: Person) => string,
  reason = CLOSED,
): Promise<string> {
  const askers = { X: stranger, 'allowed X': friend, U: one, A: admin, O: owner };
  const found: string[] = [];
  for (const [name, asker] of Object.entries(askers)) {
    const answer = await scene.ask(asker, type, channel, payload(asker));
    if (answer.attrs['type'] === 'result') found.push(name);
    else expect(reasonIn(answer), name).toBe(reason);
  }
  return found.join(', ');
}

const OPEN = ['participants', 'allowed', 'anyone'];
const LISTS = ['participants', 'allowed', 'nobody', 'admins', 'owners'];

describe.each([
  ['ADM-22', 'Participants Node Subscription', 'participants', [...OPEN, 'nobody', 'admins', 'owners']],
  ['ADM-23', 'Information Node Subscription', 'info', OPEN],
  ['ADM-24', 'Allowed Node Subscription', 'allowed', LISTS],
  ['ADM-25', 'Banned Node Subscription', 'banned', LISTS],
  ['ADM-26', 'Configuration Node Access', 'config', LISTS],
])('%s: %s', (row, option, name, values) => {
  test.each(values)(`${row}: %s`, async (value) =>
    play(async (scene) => {
      const people = await cast(scene, { [option]: value });
      const own = (person: Person): string => subscribe(node(name), person);
      expect(await reached(scene, people, 'get', () => items(node(name)))).toBe(REACHES[value]);
      expect(await reached(scene, people, 'set', own)).toBe(REACHES[value]);
    })(),
  );
});

test.each(OPEN)('ADM-20: Messages Node Subscription: %s', async (value) =>
  play(async (scene) => {
    const people = await cast(scene, { 'Messages Node Subscription': value });
    const own = (person: Person): string => subscribe(node('messages'), person);
    expect(await reached(scene, people, 'set', own)).toBe(REACHES[value]);
    const got = await scene.say(people.two, people.channel, '<body>Hail!</body>');
    const readers = { anyone: ['stranger', 'friend'], allowed: ['friend'], participants: [] }[value] ?? [];
    expect(Object.keys(got).sort()).toEqual(['graymalkin', 'hag', 'hecate', 'witch', ...readers].sort());
  })(),
);

/** An outsider cannot join, and presence is no matter of pubsub, so it subscribes by update-subscription. */
test.each(OPEN)('ADM-21: Presence Node Subscription: %s', async (value) =>
  play(async (scene) => {
    const people = await cast(scene, { 'Presence Node Subscription': value });
    const { one, two, stranger, friend, channel } = people;
    const update = `<update-subscription xmlns='${CORE}'><subscribe node='${node('presence')}'/></update-subscription>`;
    const found: string[] = [];
    for (const [name, asker] of Object.entries({ X: stranger, 'allowed X': friend, U: one })) {
      const answer = await scene.ask(asker, 'set', channel, update);
      if (answer.attrs['type'] === 'result') found.push(name);
      else expect(reasonIn(answer)).toBe('forbidden/auth');
    }
    expect(`${found.join(', ')}, A, O`).toBe(REACHES[value]);
    scene.news();
    await scene.stage.disconnect(two.player);
    const outsiders = { anyone: ['stranger', 'friend'], allowed: ['friend'], participants: [] }[value] ?? [];
    expect(Object.keys(scene.news()).sort()).toEqual(['witch', ...outsiders].sort());
  })(),
);

test(
  'ADM-20 to ADM-26: the defaults',
  play(async (scene) => {
    const { channel, owner, admin } = await coven(scene);
    const config = await scene.config(owner, channel);
    const defaults = {
      'Messages Node Subscription': 'participants',
      'Presence Node Subscription': 'participants',
      'Participants Node Subscription': 'participants',
      'Information Node Subscription': 'participants',
      'Allowed Node Subscription': 'admins',
      'Banned Node Subscription': 'admins',
      'Configuration Node Access': 'owners',
      'Information Node Update Rights': 'admins',
      'Avatar Nodes Update Rights': 'admins',
    };
    for (const [option, value] of Object.entries(defaults)) expect(config.get(option)).toEqual([value]);
    await scene.refused(admin, 'get', channel, items(node('config')), CLOSED);
    await scene.refused(admin, 'set', channel, subscribe(node('config'), admin), CLOSED);
  }),
);

test(
  'ADM-26: with Configuration Node Access for administrators, these read what only owners change',
  play(async (scene) => {
    const { channel, owner, admin, one } = await coven(scene, { 'Configuration Node Access': 'admins' });
    expect((await scene.config(admin, channel)).get('Owner')).toEqual([owner.bare]);
    await scene.refused(one, 'get', channel, items(node('config')), CLOSED);
  }),
);

const png = 'iVBORw0KGgo=';
const PICTURE = `<data xmlns='urn:xmpp:avatar:data'>${png}</data>`;

test.each(['participants', 'admins', 'owners'])('ADM-27: Information Node Update Rights: %s', async (value) =>
  play(async (scene) => {
    const people = await cast(scene, { 'Information Node Update Rights': value });
    const payload = publish(node('info'), form({ Name: 'Coven' }, CORE));
    // The stranger may not know what the rights are: it is not allowed here at all.
    const { stranger, channel } = people;
    await scene.refused(stranger, 'set', channel, payload, 'registration-required/auth');
    const inside = { ...people, stranger: people.friend };
    expect(await reached(scene, inside, 'set', () => payload, 'forbidden/auth')).toBe(REACHES[value]);
  })(),
);

test.each(['participants', 'admins', 'owners'])('ADM-28: Avatar Nodes Update Rights: %s', async (value) =>
  play(async (scene) => {
    const people = await cast(scene, { 'Avatar Nodes Update Rights': value });
    const payload = publish('urn:xmpp:avatar:data', PICTURE);
    await scene.refused(people.stranger, 'set', people.channel, payload, 'registration-required/auth');
    const inside = { ...people, stranger: people.friend };
    expect(await reached(scene, inside, 'set', () => payload, 'forbidden/auth')).toBe(REACHES[value]);
  })(),
);
