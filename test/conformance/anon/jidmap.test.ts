/**
 * ANON-39 to ANON-45, ANON-49, ANON-54, ANON-56 to ANON-58: the JID map, for those who may read it.
 * Compares it with the participants node through everything that happens to people.
 * Does not try to get at it without the right (jidmap-closed.test.ts).
 * Before: test/conformance/anon/architecture.test.ts. After: test/conformance/anon/jidmap-closed.test.ts.
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
  find,
  findAll,
  openWorld,
  whoByItem,
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

async function setUp(mode = 'jid-hidden', world?: World): Promise<Scene> {
  const there = world ?? (await openWorld());
  const [owner, admin, one, two] = (await there.cast('owner', 'admin', 'one', 'two')) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const channel = await owner.create('coven', { Administrator: admin.bare, 'JID Visibility': mode });
  return { world: there, owner, admin, one, two, channel };
}

/** A map item, as it stands in an answer or event. */
const mapped = (id: string, jid: string, ns = ''): string =>
  `<item ${ns} id='${id}'><participant xmlns='urn:xmpp:mix:anon:0'><jid>${jid}</jid></participant></item>`;

async function mapOf(reader: Person, channel: string): Promise<Record<string, string | undefined>> {
  const items = whoByItem(await reader.items(channel, 'jidmap'));
  return Object.fromEntries(Object.entries(items).map(([id, { jid }]) => [id, jid]));
}

test('ANON-39: discovery lists the node to administrators under its name', async () => {
  const { admin, owner, channel } = await setUp();
  for (const reader of [admin, owner]) {
    const answer = await reader.ask(
      'get',
      channel,
      `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`,
    );
    const item = findAll(answer, 'item').find(({ attrs }) => attrs['node'] === 'urn:xmpp:mix:nodes:jidmap');
    expect(item?.attrs).toEqual({ jid: channel, node: 'urn:xmpp:mix:nodes:jidmap' });
  }
});

test('ANON-40, ANON-41, ANON-43, ANON-45: in every mode the map has an item with the bare address for each participant, shown or not', async () => {
  for (const [mode, wish] of [
    ['jid-hidden', 'never'],
    ['jid-maybe-visible', 'always'],
    ['jid-visible', 'default'],
  ] as const) {
    const { owner, admin, one, two, channel } = await setUp(mode);
    const id = await one.join(channel, { preferences: { 'JID Visibility': wish } });
    const other = await two.join(channel);
    await one.appear(channel);
    for (const reader of [admin, owner]) {
      const answer = await reader.items(channel, 'jidmap');
      expectIs(
        find(answer, 'pubsub'),
        `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:jidmap'>${mapped(id, one.bare)}${mapped(other, two.bare)}</items></pubsub>`,
      );
    }
  }
});

test('ANON-40: a channel without participants has an empty map', async () => {
  const { admin, channel } = await setUp();
  const answer = await admin.items(channel, 'jidmap');
  expectIs(
    find(answer, 'pubsub'),
    `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:jidmap'/></pubsub>`,
  );
});

test('ANON-42: map and participants have the same ids, after joins, leaves, bans and changes of mode', async () => {
  const { world, owner, admin, one, two, channel } = await setUp('jid-maybe-visible');
  const three = await world.person('three');
  const expectSame = async (count: number): Promise<void> => {
    const ids = Object.keys(await mapOf(admin, channel)).sort();
    expect(ids).toEqual(Object.keys(await admin.participants(channel)).sort());
    expect(ids).toHaveLength(count);
  };
  await expectSame(0);
  const id = await one.join(channel, { preferences: { 'JID Visibility': 'always' } });
  await two.join(channel);
  await three.join(channel, { preferences: { 'JID Visibility': 'never' } });
  await admin.join(channel);
  await expectSame(4);
  await two.leave(channel);
  await expectSame(3);
  await owner.configure(channel, { 'JID Visibility': 'jid-visible' });
  await expectSame(2);
  await two.join(channel);
  await owner.configure(channel, { 'JID Visibility': 'jid-hidden' });
  await expectSame(2);
  await owner.publish(channel, 'banned', `<item id='${two.bare}'/>`);
  await expectSame(1);
  await owner.publish(channel, 'banned', `<item id='${one.home}'/>`);
  await expectSame(1);
  expect(await mapOf(admin, channel)).not.toHaveProperty(id);
});

test('ANON-44: an item comes with a join and goes with a leave, and subscribers are told', async () => {
  const { world, owner, admin, one, channel } = await setUp();
  expect((await admin.subscribe(channel, 'jidmap')).attrs['type']).toBe('result');
  expect((await owner.subscribe(channel, 'jidmap')).attrs['type']).toBe('result');
  world.mark();
  const id = await one.join(channel);
  for (const reader of [admin, owner])
    expectAre(reader.news, [eventXml(channel, reader, 'jidmap', mapped(id, one.bare))]);
  expect(await mapOf(admin, channel)).toEqual({ [id]: one.bare });
  world.mark();
  await one.leave(channel);
  for (const reader of [admin, owner])
    expectAre(reader.news, [eventXml(channel, reader, 'jidmap', `<retract id='${id}'/>`)]);
  expect(await mapOf(admin, channel)).toEqual({});
  world.mark();
  // The same one comes back under the same id.
  expect(await one.join(channel)).toBe(id);
  expectAre(admin.news, [eventXml(channel, admin, 'jidmap', mapped(id, one.bare))]);
});

test('ANON-44: a ban takes the item away, with one event', async () => {
  const { world, owner, admin, one, channel } = await setUp();
  await admin.subscribe(channel, 'jidmap');
  const id = await one.join(channel);
  world.mark();
  await owner.publish(channel, 'banned', `<item id='${one.bare}'/>`);
  expectAre(admin.news, [eventXml(channel, admin, 'jidmap', `<retract id='${id}'/>`)]);
});

test('ANON-49: an owner who is no administrator reads and follows it', async () => {
  const { world, owner, one, channel } = await setUp();
  const co = await world.person('coowner');
  await owner.configure(channel, { Owner: [owner.bare, co.bare], Administrator: [] });
  const id = await one.join(channel);
  const two = await world.person('late');
  for (const reader of [owner, co]) {
    expect(await mapOf(reader, channel)).toEqual({ [id]: one.bare });
    expect((await reader.subscribe(channel, 'jidmap')).attrs['type']).toBe('result');
  }
  world.mark();
  const other = await two.join(channel);
  for (const reader of [owner, co])
    expectAre(reader.news, [eventXml(channel, reader, 'jidmap', mapped(other, two.bare))]);
});

test('ANON-54: whoever ceases to be an administrator loses the map at once', async () => {
  const { world, owner, admin, one, two, channel } = await setUp();
  await admin.subscribe(channel, 'jidmap');
  const id = await one.join(channel);
  await owner.configure(channel, { Administrator: [] });
  world.mark();
  await two.join(channel);
  await one.leave(channel);
  expect(admin.news).toEqual([]);
  expectRefused(await admin.items(channel, 'jidmap'), 'not-allowed/cancel', 'closed-node');
  expectRefused(
    await admin.items(channel, 'jidmap', `<item id='${id}'/>`),
    'not-allowed/cancel',
    'closed-node',
  );
  expectRefused(await admin.subscribe(channel, 'jidmap'), 'not-allowed/cancel', 'closed-node');
  // Nor does the subscription come back with the role.
  await owner.configure(channel, { Administrator: admin.bare });
  world.mark();
  await one.join(channel);
  expect(admin.news).toEqual([]);
});

test('ANON-54: so does an administrator who is banned', async () => {
  const { world, owner, admin, one, channel } = await setUp();
  await admin.subscribe(channel, 'jidmap');
  const banned = await owner.publish(channel, 'banned', `<item id='${admin.bare}'/>`);
  expect(banned.attrs['type']).toBe('result');
  world.mark();
  await one.join(channel);
  expect(admin.news).toEqual([]);
  expect((await admin.items(channel, 'jidmap')).attrs['type']).toBe('error');
});

test('ANON-56: the map survives a restart, on disk', async () => {
  const folder = mkdtempSync(path(tmpdir(), 'vizard-'));
  try {
    const world = await openWorld({ store: openSqlite(path(folder, 'vizard.db')) });
    const { admin, one, two, channel } = await setUp('jid-hidden', world);
    await admin.subscribe(channel, 'jidmap');
    const [id, other] = [await one.join(channel), await two.join(channel)];
    await two.leave(channel);
    await world.stage.powers.restart();
    expect(await mapOf(admin, channel)).toEqual({ [id]: one.bare });
    world.mark();
    // Whoever left keeps the id for the day of coming back, and the subscription has lasted.
    expect(await two.join(channel)).toBe(other);
    expectAre(admin.heard('message'), [eventXml(channel, admin, 'jidmap', mapped(other, two.bare))]);
    await world.stage.settle();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('ANON-57: a change of nick or preference does not touch the map', async () => {
  const { world, admin, one, channel } = await setUp('jid-maybe-visible');
  await admin.join(channel);
  await admin.subscribe(channel, 'jidmap');
  const id = await one.join(channel);
  world.mark();
  await one.ask('set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'><nick>other</nick></setnick>`);
  await one.prefer(channel, { 'JID Visibility': 'always' });
  expect(admin.heard('message', 'participants')).toHaveLength(2);
  expect(admin.news).toHaveLength(2);
  expect((await mapOf(admin, channel))[id]).toBe(one.bare);
});

test('ANON-58: one item is had by its id, for an administrator', async () => {
  const { admin, one, two, channel } = await setUp();
  const [id] = [await one.join(channel), await two.join(channel)];
  const answer = await admin.items(channel, 'jidmap', `<item id='${id}'/>`);
  expectIs(
    find(answer, 'pubsub'),
    `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:jidmap'>${mapped(id, one.bare)}</items></pubsub>`,
  );
});
