/**
 * ANON-59, ANON-62 to ANON-67, ANON-78 to ANON-82, ANON-86: what follows from a preference.
 * Sets preferences and looks at what the others get, what is refused, and what is left after a restart.
 * Does not look at the forms (preferences.test.ts).
 * Before: test/conformance/anon/preferences.test.ts. After: test/conformance/anon/private-messages.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import {
  closeWorlds,
  eventXml,
  expectAre,
  expectIs,
  expectRefused,
  fieldsOf,
  form,
  joinXml,
  openWorld,
  participantXml,
  presenceXml,
  xml,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
  readonly id: string;
}

/** `one` and `two` take part; nobody shows presence. */
async function setUp(options: Readonly<Record<string, string>> = {}, world?: World): Promise<Scene> {
  const there = world ?? (await openWorld());
  const [owner, one, two] = (await there.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven', { 'JID Visibility': 'jid-maybe-visible', ...options });
  await two.join(channel);
  const id = await one.join(channel);
  there.mark();
  return { world: there, owner, one, two, channel, id };
}

const CARD = `<vCard xmlns='vcard-temp'/>`;

test('ANON-59: preferences survive a restart, on disk', async () => {
  const folder = mkdtempSync(path(tmpdir(), 'vizard-'));
  try {
    const world = await openWorld({ store: openSqlite(path(folder, 'vizard.db')) });
    const { one, two, channel } = await setUp({}, world);
    const own = {
      'JID Visibility': 'never',
      'Private Messages': 'block',
      vCard: 'allow',
      Presence: 'not share',
    };
    await one.prefer(channel, own);
    await world.stage.powers.restart();
    expect(await one.preferences(channel)).toEqual(own);
    expect((await two.preferences(channel))['vCard']).toBe('block');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('ANON-62: Private Messages: block keeps private messages away, and looks like nobody there', async () => {
  const { world, one, two, channel, id } = await setUp();
  await one.prefer(channel, { 'Private Messages': 'block' });
  world.mark();
  for (const type of ['chat', 'normal'])
    expectRefused(await two.say(type, `${id}#${channel}`, '<body>Psst</body>'), 'service-unavailable/cancel');
  world.expectSilence();
  await one.prefer(channel, { 'Private Messages': 'allow' });
  expect(await two.say('chat', `${id}#${channel}`, '<body>Psst</body>')).toBeUndefined();
  expect(one.heard('message')).toHaveLength(1);
});

test('ANON-63: the vCard is had only where its owner allows it', async () => {
  const { world, one, two, channel, id } = await setUp();
  world.stage.powers.setCard(one.player, xml(`<vCard xmlns='vcard-temp'><FN>One</FN></vCard>`));
  expectRefused(await two.ask('get', `${id}#${channel}`, CARD), 'service-unavailable/cancel');
  world.expectSilence();
  await one.prefer(channel, { vCard: 'allow' });
  const answer = await two.ask('get', `${id}#${channel}`, CARD);
  expectIs(
    answer,
    `<iq type='result' id='${answer.attrs['id'] ?? ''}' from='${id}#${channel}' to='${two.full}'><vCard xmlns='vcard-temp'><FN>One</FN></vCard></iq>`,
  );
  await one.prefer(channel, { vCard: 'block' });
  world.mark();
  expectRefused(await two.ask('get', `${id}#${channel}`, CARD), 'service-unavailable/cancel');
  world.expectSilence();
});

test('ANON-64, ANON-66: not share ends what was shown, and drops what still comes', async () => {
  const { world, one, two, channel } = await setUp();
  await one.appear(channel);
  const from = two.news[0]?.attrs['from'] ?? '';
  expectAre(two.news, [presenceXml(from, two, { nick: 'one' })]);
  world.mark();
  await one.prefer(channel, { Presence: 'not share' });
  expectAre(two.news, [presenceXml(from, two, { nick: 'one', type: 'unavailable' })]);
  world.mark();
  await one.appear(channel, '<show>away</show>');
  await one.disappear(channel);
  world.expectSilence();
  // Whoever comes later is not shown it either.
  const late = await world.person('late');
  await late.join(channel);
  expect(late.heard('presence')).toEqual([]);
  await one.prefer(channel, { Presence: 'share' });
  world.mark();
  await one.appear(channel);
  expect(two.heard('presence').map(({ attrs }) => attrs['type'])).toEqual([undefined]);
});

test('ANON-64: a join with not share shows nothing', async () => {
  const { world, two, channel } = await setUp();
  const three = await world.person('three');
  await three.join(channel, { preferences: { Presence: 'not share' } });
  world.mark();
  await three.appear(channel);
  world.expectSilence();
  expect(two.news).toEqual([]);
});

test('ANON-65: after a restart those who do not share are not asked for their presence', async () => {
  const { world, one, two, channel } = await setUp();
  const three = await world.person('three');
  await three.join(channel);
  await one.prefer(channel, { Presence: 'not share' });
  world.mark();
  await world.stage.powers.restart();
  for (const person of [two, three])
    expectAre(person.news, [`<presence type='probe' from='${channel}' to='${person.bare}'/>`]);
  expect(one.news).toEqual([]);
});

test('ANON-67: where participants must provide presence, not share is refused', async () => {
  const { world, owner, one, two, channel } = await setUp({ 'Participants Must Provide Presence': 'true' });
  const late = await world.person('late');
  world.mark();
  expectRefused(
    await one.prefer(channel, { Presence: 'not share', vCard: 'allow' }),
    'not-acceptable/modify',
  );
  const wish = { nick: 'late', preferences: { Presence: 'not share' } };
  expectRefused(await late.ask('set', channel, joinXml(wish)), 'not-acceptable/modify');
  world.expectSilence();
  expect(await one.preferences(channel)).toMatchObject({ Presence: 'share', vCard: 'block' });
  expect(Object.keys(await two.participants(channel))).toHaveLength(2);
  await owner.configure(channel, { 'Participants Must Provide Presence': 'false' });
  expect((await one.prefer(channel, { Presence: 'not share' })).attrs['type']).toBe('result');
});

test('ANON-78: a set is atomic', async () => {
  const { world, one, channel } = await setUp();
  const before = await one.preferences(channel);
  for (const wrong of [
    { 'JID Visibility': 'banana' },
    { 'JID Visibility': ['never', 'always'] },
    { Presence: 'allow' },
  ])
    expectRefused(await one.prefer(channel, { vCard: 'allow', ...wrong }), 'not-acceptable/modify');
  expect(await one.preferences(channel)).toEqual(before);
  expect(before['vCard']).toBe('block');
  world.expectSilence();
});

test('ANON-79, ANON-86: all clients of an account see and set the same preferences, and the bare address too', async () => {
  const { world, one, channel } = await setUp();
  const other = await world.person('one', { resource: 'b' });
  await one.prefer(channel, { vCard: 'allow' });
  expect(await other.preferences(channel)).toMatchObject({ vCard: 'allow' });
  await other.prefer(channel, { 'JID Visibility': 'never' });
  expect(await one.preferences(channel)).toMatchObject({ vCard: 'allow', 'JID Visibility': 'never' });
  // As a server asks on its account's behalf: from the bare address, and answered there.
  const account = world.stage.network.account(one.bare);
  const bare = { full: one.bare, resource: '', isOnline: true, presence: xml('<presence/>'), received: [] };
  world.mark();
  const set = `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form('urn:xmpp:mix:anon:0', { 'Private Messages': 'block' })}</user-preference>`;
  account.sendAs(bare, xml(`<iq type='set' id='bare' to='${channel}'>${set}</iq>`));
  await world.stage.settle();
  expect(one.news.map(({ attrs }) => attrs)).toEqual([
    { type: 'result', id: 'bare', from: channel, to: one.bare },
  ]);
  expect(fieldsOf(one.news[0])['Private Messages']).toBe('block');
  expect(await one.preferences(channel)).toMatchObject({ 'Private Messages': 'block', vCard: 'allow' });
});

test('ANON-80: in JID Maybe Visible a set takes effect at once: one event, and the presences anew', async () => {
  const { world, one, two, channel, id } = await setUp();
  const other = await world.person('one', { resource: 'b' });
  await one.prefer(channel, { 'JID Visibility': 'never' });
  await one.appear(channel, '<status>stirring</status>');
  await other.appear(channel);
  const [first = '', second = ''] = two.heard('presence').map(({ attrs }) => attrs['from']);
  for (const [wish, isShown] of [
    ['always', true],
    ['never', false],
  ] as const) {
    world.mark();
    await one.prefer(channel, { 'JID Visibility': wish });
    const jid = (person: Person): { jid?: string } => (isShown ? { jid: person.full } : {});
    expectAre(two.news, [
      eventXml(channel, two, 'participants', participantXml(id, 'one', isShown ? one.bare : undefined)),
      presenceXml(first, two, { nick: 'one', content: '<status>stirring</status>', ...jid(one) }),
      presenceXml(second, two, { nick: 'one', ...jid(other) }),
    ]);
  }
});

test('ANON-81: a set that the mode excludes is refused, and one stays in', async () => {
  for (const [mode, wish] of [
    ['jid-hidden', 'always'],
    ['jid-visible', 'never'],
  ] as const) {
    const { world, one, two, channel } = await setUp({ 'JID Visibility': mode });
    await one.prefer(channel, { 'JID Visibility': 'prefer not' });
    world.mark();
    expectRefused(
      await one.prefer(channel, { 'JID Visibility': wish, vCard: 'allow' }),
      'not-acceptable/modify',
    );
    world.expectSilence();
    expect(await one.preferences(channel)).toMatchObject({ 'JID Visibility': 'prefer not', vCard: 'block' });
    await one.post(channel, '<body>Still here</body>');
    expect(Object.keys(await two.participants(channel))).toHaveLength(2);
  }
});

test('ANON-82: whoever takes no part sets no preferences: not an outsider, an owner or one who has left', async () => {
  const { world, owner, one, channel } = await setUp();
  const outsider = await world.person('outsider');
  await one.leave(channel);
  world.mark();
  for (const person of [outsider, owner, one])
    expectRefused(await person.prefer(channel, { vCard: 'allow' }), 'forbidden/auth');
  world.expectSilence();
});
