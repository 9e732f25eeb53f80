/** XEP-0369 §4: participants, their ids, and the nodes of a channel. */
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  config,
  configure,
  CORE,
  ITEMS,
  itemsOf,
  joinOf,
  NODES,
  only,
  publish,
  refusal,
  SVC,
  textIn,
  world,
} from './kit.ts';

const PREFERENCE = 'urn:xmpp:mix:anon:0';
const idsIn = (answer: XmlElement) => all(answer, 'item').map(({ attrs }) => attrs['id'] ?? '');
const setNick = (nick: string) => `<setnick xmlns="${CORE}"><nick>${nick}</nick></setnick>`;
const body = (to: string, text: string) =>
  `<message type="groupchat" to="${to}"><body>${text}</body></message>`;

test('CORE-01: nobody lives at the domain of the service', async () => {
  const w = await world();
  const x = w.person('x');
  for (const type of ['chat', 'normal', 'groupchat']) {
    x.send(`<message type="${type}" id="m" to="nobody@${SVC}"><body>hello</body></message>`);
    const [answer, ...others] = await x.took();
    expect(refusal(answer)).toBe('item-not-found/cancel');
    expect(answer?.attrs).toMatchObject({ id: 'm', from: `nobody@${SVC}`, to: x.full });
    expect(others).toEqual([]);
  }
  expect(refusal(await x.get(`nobody@${SVC}`, '<query xmlns="jabber:iq:roster"/>'))).toMatch(/cancel$/);
});

test('CORE-02, CORE-03, CORE-04: participation outlives sessions; all goes from the bare channel to bare addresses', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const everything = ['messages', 'participants', 'presence', 'info'];
  const id1 = await u1.joined(coven, 'u1', everything);
  await u2.join(coven, 'u2', everything);
  await w.calm();
  u1.send(`<presence to="${coven}"/>`);
  u1.send(`<presence type="unavailable" to="${coven}"/>`);
  u2.send(body(coven, 'anybody?'));
  await u2.set(coven, setNick('second'));
  await owner.set(coven, publish('info', `<item>${config({ Name: 'Witches' }, CORE)}</item>`));
  expect(idsIn(await u2.get(coven, itemsOf('participants')))).toContain(id1);
  const came = await u1.took();
  expect(came.map(({ name }) => name).sort()).toEqual([
    'message',
    'message',
    'message',
    'presence',
    'presence',
  ]);
  for (const { name, attrs } of came) {
    expect(attrs['to']).toBe(u1.bare);
    if (name === 'message')
      expect([coven, attrs['type'] === 'groupchat']).toContain(
        attrs['type'] === 'groupchat' || attrs['from'],
      );
  }
  const events = came.filter((stanza) => all(stanza, 'event').length > 0);
  expect(events.map(({ attrs }) => attrs['from'])).toEqual([coven, coven]);
});

test('CORE-05: a hundred ids of nothing but letters and digits', async () => {
  const w = await world();
  const coven = await w.create(w.person('owner'));
  const ids: string[] = [];
  for (let i = 0; i < 100; i += 1) ids.push(await w.person(`u${i}`).joined(coven, `nick ${i}`, []));
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+$/);
  expect(new Set(ids).size).toBe(100);
});

test('CORE-06: an id stays the same through nicks, preferences and restarts', async () => {
  const w = await world({ store: openSqlite(':memory:') });
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1');
  await u1.set(coven, setNick('another'));
  await u1.set(
    coven,
    `<user-preference xmlns="${PREFERENCE}">${config({ 'JID Visibility': 'never' }, PREFERENCE)}</user-preference>`,
  );
  await w.stage.powers.restart();
  expect(idsIn(await u1.get(coven, itemsOf('participants')))).toEqual([id]);
  expect(await u1.joined(coven)).toBe(id);
});

test('CORE-07, CORE-08: the id of somebody who left is given to nobody else, and given back', async () => {
  const w = await world();
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1', []);
  await u1.set(coven, `<leave xmlns="${CORE}"/>`);
  const others: string[] = [];
  for (let i = 0; i < 100; i += 1) others.push(await w.person(`v${i}`).joined(coven, `nick ${i}`, []));
  expect(others).not.toContain(id);
  expect(await u1.joined(coven, 'u1', [])).toBe(id);
});

test('CORE-09: the participants node is there from the first, whatever the options say', async () => {
  const w = await world();
  const owner = w.person('owner');
  const coven = await w.create(owner, 'coven', { 'Nodes Present': ['participants'] });
  const id = await owner.joined(coven, 'owner');
  expect(idsIn(await owner.get(coven, itemsOf('participants')))).toEqual([id]);
});

test('CORE-10: the messages node has no items', async () => {
  const w = await world();
  const u1 = w.person('u1');
  const coven = await w.create(u1);
  await u1.join(coven, 'u1');
  u1.send(body(coven, 'one'));
  const answer = await u1.get(coven, itemsOf('messages'));
  expect(answer.attrs['type']).toBe('result');
  expect(idsIn(answer)).toEqual([]);
  expect(only(only(answer)).attrs['node']).toBe(`${NODES}messages`);
});

test('CORE-11: no node but those of the documents', async () => {
  const w = await world();
  const owner = w.person('owner');
  const coven = await w.create(owner);
  const answer = await owner.get(coven, `<query xmlns="${ITEMS}" node="mix"/>`);
  const nodes = all(answer, 'item').map(({ attrs }) => attrs['node'] ?? '');
  const documented =
    /^urn:xmpp:(mix:nodes:(messages|participants|presence|info|config|jidmap|allowed|banned)|avatar:(data|metadata))$/;
  expect(nodes.filter((node) => !documented.test(node))).toEqual([]);
  expect(new Set(nodes).size).toBe(nodes.length);
});

test('CORE-12: an item of the participants node is a participant under its id', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const id1 = await u1.joined(coven, 'u1');
  await u2.join(coven, 'u2');
  const items = all(await u2.get(coven, itemsOf('participants')), 'item');
  expect(items).toHaveLength(2);
  expect(items[0]?.attrs).toEqual({ id: id1 });
  const participant = only(items[0]!);
  expect([participant.ns, participant.name, textIn(participant, 'nick')]).toEqual([
    CORE,
    'participant',
    'u1',
  ]);
});

test('CORE-13, CORE-14: nicks that compare equal are one nick', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u1.join(coven, 'Third Witch');
  for (const nick of ['Third Witch', ' Third  Witch', 'third witch', 'THIRD\u00a0WITCH', 'Ｔhird Witch'])
    expect(refusal(await u2.set(coven, joinOf(['messages'], nick)))).toBe('conflict/cancel');
  await u2.join(coven, 'u2', []);
  await w.calm();
  for (const nick of ['Third Witch', ' third  witch '])
    expect(refusal(await u2.set(coven, setNick(nick)))).toBe('conflict/cancel');
  await w.quiet();
  const nicks = all(await u2.get(coven, itemsOf('participants')), 'nick').map(({ children }) => children);
  expect(nicks).toEqual([['Third Witch'], ['u2']]);
});

test('CORE-15: a new channel wants nicks', async () => {
  const w = await world();
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  expect(refusal(await u1.set(coven, joinOf(['messages'])))).toBe('not-acceptable/modify');
  expect(refusal(await u1.set(coven, joinOf(['messages'], '')))).toBe('not-acceptable/modify');
  expect(idsIn(await owner.get(coven, itemsOf('participants')))).toEqual([]);
});

test('CORE-16: not even owners write to the participants node', async () => {
  const w = await world();
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1');
  await w.calm();
  const before = await u1.get(coven, itemsOf('participants'));
  const forged = `<item id="abc"><participant xmlns="${CORE}"><nick>forged</nick></participant></item>`;
  expect(refusal(await owner.set(coven, publish('participants', forged)))).toBe('not-allowed/cancel');
  expect(refusal(await owner.set(coven, publish('participants', `<item id="${id}"/>`, 'retract')))).toBe(
    'not-allowed/cancel',
  );
  expect(only(await u1.get(coven, itemsOf('participants')))).toEqual(only(before));
  await w.quiet();
});

test('CORE-17, CORE-18, CORE-19: the information node is one form with a time for its id', async () => {
  const w = await world();
  const [owner, admin, u1] = [w.person('owner'), w.person('admin'), w.person('u1')];
  const coven = await w.create(owner, 'coven', { Administrator: admin.bare });
  await u1.join(coven, 'u1', []);
  const ids: string[] = [];
  const described = async (fields: Readonly<Record<string, string>>) => {
    const answer = await admin.set(coven, publish('info', `<item>${config(fields, CORE)}</item>`));
    const [item, ...others] = all(await u1.get(coven, itemsOf('info')), 'item');
    expect(others).toEqual([]);
    expect(idsIn(answer)).toEqual([item?.attrs['id']]);
    expect(item?.attrs['id']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    ids.push(item?.attrs['id'] ?? '');
    const values = all(item!, 'field').map((field) => [field.attrs['var'], textIn(field, 'value')]);
    return Object.fromEntries(values) as Record<string, string>;
  };
  const always = { FORM_TYPE: CORE, 'JID Visibility': 'jid-hidden' };
  expect(await described({ Name: 'Witches' })).toEqual({ ...always, Name: 'Witches' });
  expect(await described({ Name: '', Description: 'Thunder' })).toEqual({
    ...always,
    Description: 'Thunder',
  });
  expect(await described({ Description: '', Contact: 'help@example.org' })).toEqual({
    ...always,
    Contact: 'help@example.org',
  });
  expect(await described({ Contact: '' })).toEqual(always);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
  await owner.set(coven, configure({ 'JID Visibility': 'jid-maybe-visible' }));
  const mode = all(await u1.get(coven, itemsOf('info')), 'field').find(
    ({ attrs }) => attrs['var'] === 'JID Visibility',
  );
  expect(textIn(mode!, 'value')).toBe('jid-maybe-visible');
});

test('CORE-20, CORE-22: one answer to every question, however malformed', async () => {
  const w = await world();
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  const id1 = await u1.joined(coven, 'u1', []);
  const payloads = [
    '',
    '<x/><y/>',
    `<join xmlns="${CORE}"><subscribe/></join>`,
    `<join xmlns="${CORE}"><nick>a</nick><nick>b</nick></join>`,
    `<setnick xmlns="${CORE}"><nick>a</nick><nick>b</nick></setnick>`,
    `<unknown xmlns="${CORE}"/>`,
    '<unknown xmlns="urn:example:unknown"/>',
    '<pubsub xmlns="http://jabber.org/protocol/pubsub"/>',
    '<pubsub xmlns="http://jabber.org/protocol/pubsub"><items/></pubsub>',
    '<pubsub xmlns="http://jabber.org/protocol/pubsub"><configure node="x"/></pubsub>',
    `<create xmlns="${CORE}" channel="a/b@c"/>`,
    `<destroy xmlns="${CORE}"/>`,
    '<unknown xmlns="urn:xmpp:mam:2"/>',
  ];
  const addresses = [SVC, coven, `${coven}/x`, `nochannel@${SVC}`, `${id1}#${coven}`, `nobody#${coven}/x`];
  for (const payload of payloads)
    for (const to of addresses)
      for (const type of ['get', 'set'] as const)
        expect(refusal(await u1.ask(type, to, payload))).toMatch(/^[a-z-]+\/[a-z]+/);
  await w.quiet();
});

test('CORE-21: a message that fails comes back as an error', async () => {
  const w = await world();
  const [owner, u2, x] = [w.person('owner'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  await w.calm();
  x.send(`<message type="groupchat" id="m1" to="${coven}"><body>hello</body></message>`);
  const [answer, ...others] = await x.took();
  expect(others).toEqual([]);
  expect(answer?.attrs).toEqual({ type: 'error', id: 'm1', from: coven, to: x.full });
  expect([answer?.name, refusal(answer)]).toEqual(['message', 'forbidden/auth']);
  await w.quiet();
});
