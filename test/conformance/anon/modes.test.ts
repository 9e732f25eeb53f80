/**
 * ANON-05 to ANON-15: the three modes, and what each preference means in them.
 * Lets people speak and appear, and looks at who is shown to whom in items, messages and presences.
 * Does not change the mode under people (mode-change.test.ts).
 * Before: test/conformance/anon/kit.ts. After: test/conformance/anon/mode-change.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  closeWorlds,
  expectRefused,
  fieldsOf,
  find,
  openWorld,
  whoIn,
  whoByItem,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

const MODES = [
  ['jid-hidden', 'jid-hidden'],
  ['jid-maybe-visible', 'jid-optionally-visible'],
  ['jid-visible', 'jid-mandatory-visible'],
] as const;
type Mode = (typeof MODES)[number][0];

/** Where `of` is shown to `to`, and by which address: its item, a message of its, a presence of its. */
async function shown(
  channel: string,
  of: Person,
  to: Person,
): Promise<{ item?: string; message?: string; presence?: string }> {
  const items = whoByItem(await to.items(channel, 'participants'));
  to.world.mark();
  await of.appear(channel);
  const [presence] = to.heard('presence').filter(({ attrs }) => attrs['type'] === undefined);
  await of.post(channel, '<body>Here I am</body>');
  const message = to.heard('message').find(({ attrs }) => attrs['type'] === 'groupchat');
  const id = message?.attrs['from']?.split('/')[1] ?? '';
  await of.disappear(channel);
  const found = {
    item: items[id]?.jid,
    message: whoIn(find(message, 'mix')).jid,
    presence: whoIn(find(presence, 'mix')).jid,
  };
  expect(whoIn(find(message, 'mix')).nick).toBe(of.player.name);
  expect(whoIn(find(presence, 'mix')).nick).toBe(of.player.name);
  return JSON.parse(JSON.stringify(found)) as typeof found extends object ? Record<string, string> : never;
}

const inFull = (person: Person): Record<string, string> => ({
  item: person.bare,
  message: person.bare,
  presence: person.full,
});

async function setUp(
  mode: Mode,
): Promise<{ world: World; owner: Person; one: Person; two: Person; channel: string }> {
  const world = await openWorld();
  const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven', { 'JID Visibility': mode });
  await two.join(channel);
  return { world, owner, one, two, channel };
}

test('ANON-05: exactly three modes exist, and an owner can set each; config, information and discovery tell it', async () => {
  const { world, owner, two, channel } = await setUp('jid-hidden');
  for (const [mode, inConfig] of [...MODES].reverse()) {
    for (const spelt of [mode, inConfig, mode.toUpperCase().replaceAll('-', '_')]) {
      const answer = await owner.configure(channel, { 'JID Visibility': spelt });
      expect(answer.attrs['type']).toBe('result');
    }
    expect(fieldsOf(await owner.items(channel, 'config'))['JID Visibility']).toBe(inConfig);
    expect(fieldsOf(await two.items(channel, 'info'))['JID Visibility']).toBe(mode);
    const about = await two.ask('get', channel, `<query xmlns='http://jabber.org/protocol/disco#info'/>`);
    expect(fieldsOf(about)['JID Visibility']).toBe(mode);
  }
  world.mark();
  for (const wrong of ['jid-shown', 'maybe', 'Never', '4'])
    expectRefused(await owner.configure(channel, { 'JID Visibility': wrong }), 'not-acceptable/modify');
  expect(fieldsOf(await owner.items(channel, 'config'))['JID Visibility']).toBe('jid-hidden');
  world.expectSilence();
});

test('ANON-05: a channel that is made without a word about it hides', async () => {
  const world = await openWorld();
  const [owner] = (await world.cast('owner')) as [Person];
  const channel = await owner.create('coven');
  expect(fieldsOf(await owner.items(channel, 'config'))['JID Visibility']).toBe('jid-hidden');
});

test('ANON-06: in JID Visible every item, message and presence bears the address', async () => {
  const { one, two, channel } = await setUp('jid-visible');
  for (const wish of ['default', 'prefer not', 'prefer', 'always']) {
    await one.join(channel, { preferences: { 'JID Visibility': wish } });
    expect(await shown(channel, one, two), wish).toEqual(inFull(one));
  }
});

test('ANON-07: in JID Maybe Visible the address is shown only of those who want it', async () => {
  const { world, one, two, channel } = await setUp('jid-maybe-visible');
  const three = await world.person('three');
  await one.join(channel, { preferences: { 'JID Visibility': 'always' } });
  await three.join(channel);
  expect(await shown(channel, one, two)).toEqual(inFull(one));
  expect(await shown(channel, three, two)).toEqual({});
});

test('ANON-08: in JID Hidden no address reaches participants, whatever its owner wants', async () => {
  const { one, two, channel } = await setUp('jid-hidden');
  for (const wish of ['default', 'prefer', 'prefer not', 'never']) {
    await one.join(channel, { preferences: { 'JID Visibility': wish } });
    expect(await shown(channel, one, two), wish).toEqual({});
  }
});

test('ANON-09: in JID Hidden administrators obtain addresses from the map', async () => {
  const { world, owner, one, channel } = await setUp('jid-hidden');
  const admin = await world.person('admin');
  await owner.configure(channel, { Administrator: admin.bare });
  const id = await one.join(channel);
  expect(whoByItem(await admin.items(channel, 'jidmap'))[id]).toEqual({ jid: one.bare });
});

test('ANON-10: a preference is held for one participant in one channel', async () => {
  const { owner, one, two, channel } = await setUp('jid-maybe-visible');
  const other = await owner.create('forest', { 'JID Visibility': 'jid-maybe-visible' });
  await one.join(channel);
  await one.join(other);
  await one.prefer(channel, { 'JID Visibility': 'never' });
  expect((await one.preferences(channel))['JID Visibility']).toBe('never');
  expect((await one.preferences(other))['JID Visibility']).toBe('default');
  expect((await two.preferences(channel))['JID Visibility']).toBe('default');
});

/** The rows of D-04's table, seen from outside: is it shown in JV, JM, JH? */
const TABLE = {
  prefer: { 'jid-visible': true, 'jid-maybe-visible': true, 'jid-hidden': false },
  'prefer not': { 'jid-visible': true, 'jid-maybe-visible': false, 'jid-hidden': false },
  never: { 'jid-maybe-visible': false, 'jid-hidden': false },
  always: { 'jid-visible': true, 'jid-maybe-visible': true },
  default: { 'jid-visible': true, 'jid-maybe-visible': false, 'jid-hidden': false },
} as const;

const ROWS = [
  ['ANON-11', 'prefer'],
  ['ANON-12', 'prefer not'],
  ['ANON-13', 'never'],
  ['ANON-14', 'always'],
] as const;

describe.each(ROWS)('%s: somebody who wants %j', (_, wish) => {
  test.each(Object.entries(TABLE[wish]) as [Mode, boolean][])('in %s is shown: %s', async (mode, isShown) => {
    const { owner, one, two, channel } = await setUp(mode);
    await one.join(channel, { preferences: { 'JID Visibility': wish } });
    for (const reader of [two, owner])
      if (reader === two) expect(await shown(channel, one, reader)).toEqual(isShown ? inFull(one) : {});
      else
        expect(Object.values(await one.participants(channel)).map(({ jid }) => jid)).toContain(
          isShown ? one.bare : undefined,
        );
  });
});

test('ANON-15: somebody who said nothing is hidden in Maybe Visible, shown in Visible, and told that it is the default', async () => {
  for (const [mode, isShown] of Object.entries(TABLE.default) as [Mode, boolean][]) {
    const { one, two, channel } = await setUp(mode);
    const join = `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/><nick>one</nick></join>`;
    const answer = await one.ask('set', channel, join);
    expect(fieldsOf(answer)['JID Visibility']).toBe('default');
    expect(await shown(channel, one, two), mode).toEqual(isShown ? inFull(one) : {});
  }
});
