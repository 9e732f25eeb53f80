/**
 * ANON-19 to ANON-30: what items, messages, presences and the archive say of people.
 * Looks at the same participant with the eyes of participants, administrators, owners and outsiders.
 * Does not change modes (mode-change.test.ts).
 * Before: test/conformance/anon/modes.test.ts. After: test/conformance/anon/resources.test.ts.
 */
import { expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import {
  closeWorlds,
  eventXml,
  expectAre,
  expectIs,
  expectRefused,
  find,
  findAll,
  openWorld,
  participantXml,
  presenceXml,
  textOf,
  whoByItem,
  whoIn,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly admin: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
}

/** Everybody but `one` takes part; owner and administrator too. */
async function setUp(options: Readonly<Record<string, string>>): Promise<Scene> {
  const world = await openWorld();
  const [owner, admin, one, two] = (await world.cast('owner', 'admin', 'one', 'two')) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const channel = await owner.create('coven', { Administrator: admin.bare, ...options });
  for (const person of [owner, admin, two]) await person.join(channel);
  return { world, owner, admin, one, two, channel };
}

const HIDDEN = { 'JID Visibility': 'jid-hidden' };
const MAYBE = { 'JID Visibility': 'jid-maybe-visible' };

test('ANON-19, ANON-21: in JID Hidden a participants item holds nothing but the nick, whoever reads it', async () => {
  const { owner, admin, one, two, channel } = await setUp(HIDDEN);
  const id = await one.join(channel, { preferences: { 'JID Visibility': 'prefer' } });
  for (const reader of [two, admin, owner, one]) {
    const answer = await reader.items(channel, 'participants', `<item id='${id}'/>`);
    expect(findAll(answer, 'item')).toHaveLength(1);
    expectIs(
      find(answer, 'item'),
      participantXml(id, 'one').replace('<item ', "<item xmlns='http://jabber.org/protocol/pubsub' "),
    );
    const all = await reader.items(channel, 'participants');
    expect(findAll(all, 'jid')).toEqual([]);
    expect(serialize(all)).not.toContain('#');
  }
});

test('ANON-20: in JID Maybe Visible the item holds the address exactly while its owner wants it, with one event each time', async () => {
  const { world, one, two, channel } = await setUp(MAYBE);
  const id = await one.join(channel);
  for (const wish of ['always', 'never', 'prefer', 'prefer not', 'always']) {
    world.mark();
    await one.prefer(channel, { 'JID Visibility': wish });
    const jid = wish === 'always' || wish === 'prefer' ? one.bare : undefined;
    expectAre(two.news, [eventXml(channel, two, 'participants', participantXml(id, 'one', jid))]);
    expect((await two.participants(channel))[id]).toEqual(
      jid === undefined ? { nick: 'one' } : { nick: 'one', jid },
    );
  }
  world.mark();
  await one.prefer(channel, { 'JID Visibility': 'prefer' });
  world.expectSilence();
});

test("ANON-22: in JID Hidden no copy of a message bears an address: not the sender's own, not an administrator's", async () => {
  const { owner, admin, one, two, channel } = await setUp(HIDDEN);
  const id = await one.join(channel, { preferences: { 'JID Visibility': 'prefer' } });
  const own = await one.post(channel, '<body>Double</body>');
  const archiveId = own.attrs['id'] ?? '';
  for (const reader of [one, two, admin, owner]) {
    const copies = reader.heard('message').filter(({ attrs }) => attrs['type'] === 'groupchat');
    expectAre(copies, [
      `<message type='groupchat' id='${archiveId}' from='${channel}/${id}' to='${reader.bare}'><body>Double</body><mix
        xmlns='urn:xmpp:mix:core:1'><nick>one</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${archiveId}'/></message>`,
    ]);
  }
});

test('ANON-23: in JID Maybe Visible copies bear the address of visible senders only', async () => {
  const { admin, one, two, channel } = await setUp(MAYBE);
  for (const [wish, jid] of [
    ['always', one.bare],
    ['default', undefined],
    ['prefer', one.bare],
    ['never', undefined],
  ] as const) {
    await one.join(channel, { preferences: { 'JID Visibility': wish } });
    one.world.mark();
    await one.post(channel, '<body>Double</body>');
    for (const reader of [one, two, admin]) {
      const copy = reader.heard('message').find(({ attrs }) => attrs['type'] === 'groupchat');
      expect(whoIn(find(copy, 'mix')), wish).toEqual(
        jid === undefined ? { nick: 'one' } : { nick: 'one', jid },
      );
    }
  }
});

test('ANON-24: the archive of a channel in JID Maybe Visible holds the copy without the address', async () => {
  const { owner, one, two, channel } = await setUp(MAYBE);
  const id = await one.join(channel, { preferences: { 'JID Visibility': 'always' } });
  const live = await one.post(channel, '<body>Double</body>');
  expect(whoIn(find(live, 'mix'))).toEqual({ nick: 'one', jid: one.bare });
  const archiveId = live.attrs['id'] ?? '';
  for (const reader of [two, one, owner]) {
    const { messages } = await reader.history(channel);
    expectAre(messages, [
      `<message type='groupchat' id='${archiveId}' from='${channel}/${id}'><body>Double</body><mix
        xmlns='urn:xmpp:mix:core:1'><nick>one</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${archiveId}'/></message>`,
    ]);
  }
});

test('ANON-25: readers who take no part get no address, in any mode', async () => {
  for (const mode of ['jid-visible', 'jid-maybe-visible', 'jid-hidden']) {
    const { world, one, two, channel } = await setUp({
      'JID Visibility': mode,
      'Messages Node Subscription': 'anyone',
      'Participants Node Subscription': 'anyone',
      'Presence Node Subscription': 'anyone',
    });
    const outsider = await world.person('outsider');
    for (const node of ['messages', 'participants', 'presence'])
      expect((await outsider.subscribe(channel, node)).attrs['type'], node).toBe(
        node === 'presence' ? 'error' : 'result',
      );
    world.mark();
    const id = await one.join(channel, {
      preferences: { 'JID Visibility': mode === 'jid-hidden' ? 'prefer' : 'always' },
    });
    await one.appear(channel);
    const live = await one.post(channel, `<body>Double</body><card xmlns='urn:test' of='${one.bare}'/>`);
    const isShown = mode !== 'jid-hidden';
    // A participant is shown it, so that it is hidden from the outsider alone.
    expect(whoIn(find(live, 'mix')).jid).toBe(isShown ? one.bare : undefined);
    expect((await two.participants(channel))[id]?.jid).toBe(isShown ? one.bare : undefined);
    expect(
      outsider.heard('message').map((stanza) => whoIn(find(stanza, 'mix') ?? find(stanza, 'participant'))),
    ).toEqual([{ nick: 'one' }, { nick: 'one' }]);
    expect(whoByItem(await outsider.items(channel, 'participants'))[id]).toEqual({ nick: 'one' });
    const { messages } = await outsider.history(channel);
    expect(messages.map((message) => whoIn(find(message, 'mix')))).toEqual([{ nick: 'one' }]);
    expect(find(messages[0], 'card')?.attrs['of']).toBe(`${channel}/${id}`);
    const { messages: own } = await two.history(channel);
    expect(whoIn(find(own[0], 'mix')).jid).toBe(mode === 'jid-visible' ? one.bare : undefined);
  }
});

test('ANON-26: in JID Hidden and Maybe Visible a presence bears the address of visible senders only', async () => {
  for (const [options, wish, isShown] of [
    [HIDDEN, 'prefer', false],
    [HIDDEN, 'default', false],
    [MAYBE, 'default', false],
    [MAYBE, 'never', false],
    [MAYBE, 'always', true],
  ] as const) {
    const { world, one, two, admin, channel } = await setUp(options);
    const id = await one.join(channel, { preferences: { 'JID Visibility': wish } });
    world.mark();
    await one.appear(channel, '<show>away</show>');
    for (const reader of [two, admin, one]) {
      const from = reader.news[0]?.attrs['from'] ?? '';
      expect(from).toMatch(new RegExp(`^${id}#${channel}/[a-z0-9]+$`));
      expectAre(reader.news, [
        presenceXml(from, reader, {
          nick: 'one',
          content: '<show>away</show>',
          ...(isShown && { jid: one.full }),
        }),
      ]);
    }
  }
});

test('ANON-27: the resource of a client occurs in nothing that the service writes', async () => {
  const { world, one, two, channel } = await setUp(HIDDEN);
  const id = await one.join(channel);
  await one.appear(channel);
  await one.post(channel, '<body>Double</body>');
  await one.say('chat', `${await two.join(channel)}#${channel}`, '<body>Psst</body>');
  await one.prefer(channel, { vCard: 'allow' });
  await one.disappear(channel);
  await two.say('chat', `${id}#${channel}`, '<body>Psst</body>');
  expect(one.resource.length).toBeGreaterThan(4);
  // It stands in the address of what goes to that client itself, and nowhere else.
  const elsewhere = world.bytes.replaceAll(new RegExp(`\\bto=(['"])${one.full}\\1`, 'g'), '');
  expect(elsewhere).not.toContain(one.resource);
});

test('ANON-28: nothing that discovery lists to a participant maps ids to addresses', async () => {
  const { one, two, channel } = await setUp(HIDDEN);
  await one.join(channel);
  const listed = await two.ask(
    'get',
    channel,
    `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`,
  );
  const nodes = findAll(listed, 'item').map(({ attrs }) => attrs['node'] ?? '');
  expect(nodes).not.toContain('urn:xmpp:mix:nodes:jidmap');
  expect(nodes).toContain('urn:xmpp:mix:nodes:participants');
  for (const node of nodes) {
    const answer = await two.items(channel, node);
    expect(serialize(answer)).not.toContain(one.local);
    expect(serialize(answer)).not.toContain(one.home);
  }
});

test('ANON-29: a channel has a map', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { admin, channel } = await setUp({ 'JID Visibility': mode });
    expect((await admin.items(channel, 'jidmap')).attrs['type']).toBe('result');
  }
});

test('ANON-30: a nick is there whenever the address is not', async () => {
  const { world, two, one, channel } = await setUp({ ...HIDDEN, 'Mandatory Nicks': 'false' });
  const answer = await one.ask(
    'set',
    channel,
    `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/></join>`,
  );
  const nick = textOf(answer, 'nick') ?? '';
  const id = find(answer, 'join')?.attrs['id'] ?? '';
  expect(nick).toMatch(/\S{5,}/);
  world.mark();
  await one.appear(channel);
  await one.post(channel, '<body>Double</body>');
  expect(two.news.map((stanza) => whoIn(find(stanza, 'mix')))).toEqual([{ nick }, { nick }]);
  expect((await two.participants(channel))[id]).toEqual({ nick });
});

test('ANON-30: also for somebody whom a change of mode or preference hides, and not before', async () => {
  const { owner, two, one, channel } = await setUp({
    'JID Visibility': 'jid-visible',
    'Mandatory Nicks': 'false',
  });
  const join = `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/></join>`;
  const id = find(await one.ask('set', channel, join), 'join')?.attrs['id'] ?? '';
  expect((await two.participants(channel))[id]).toEqual({ jid: one.bare });
  await owner.configure(channel, { 'JID Visibility': 'jid-hidden' });
  const hidden = (await two.participants(channel))[id];
  expect(hidden).toEqual({ nick: expect.stringMatching(/\S{5,}/) as string });
  expectRefused(
    await one.ask('set', channel, join.replace('</join>', '<nick> </nick></join>')),
    'not-acceptable/modify',
  );
});
