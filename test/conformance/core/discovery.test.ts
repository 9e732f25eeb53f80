/** XEP-0369 §6: what there is, and who is shown it. */
import { expect, test } from 'vitest';
import { jid, Stage } from '../../../src/testing/rules-kit.ts';
import { disco } from '../../../src/xep/0030-disco/service.ts';
import { parseFragment } from '../../../src/xml/document.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  config,
  configure,
  CORE,
  INFO,
  ITEMS,
  itemsOf,
  MAM,
  NODES,
  only,
  publish,
  PUBSUB,
  refusal,
  says,
  SVC,
  textIn,
  world,
} from './kit.ts';

const MUC = 'http://jabber.org/protocol/muc';
const info = (node?: string) => `<query xmlns="${INFO}"${node === undefined ? '' : ` node="${node}"`}/>`;
const items = (node?: string) => `<query xmlns="${ITEMS}"${node === undefined ? '' : ` node="${node}"`}/>`;
const vars = (answer: XmlElement) => all(answer, 'feature').map(({ attrs }) => attrs['var'] ?? '');
const jids = (answer: XmlElement) => all(answer, 'item').map(({ attrs }) => attrs['jid']);
const nodes = (answer: XmlElement) => all(answer, 'item').map(({ attrs }) => attrs['node']);
const identities = (answer: XmlElement) =>
  all(answer, 'identity').map(({ attrs: { category, type } }) => `${category ?? ''}/${type ?? ''}`);

test('CORE-23, MUC-01: the service says that it is a conference of both types, and speaks core:1 and muc', async () => {
  const w = await world();
  const x = w.person('x');
  const answer = await x.get(SVC, info());
  expect(answer.attrs['type']).toBe('result');
  expect(identities(answer)).toEqual(['conference/mix', 'conference/text']);
  expect(vars(answer)).toEqual(expect.arrayContaining([CORE, MUC]));
  expect(new Set(vars(answer)).size).toBe(vars(answer).length);
  await w.quiet();
});

test('CORE-24: #searchable is there, and so is the list of channels', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const coven = await w.create(owner);
  expect(vars(await x.get(SVC, info()))).toContain(`${CORE}#searchable`);
  expect(jids(await x.get(SVC, items()))).toEqual([coven]);
  await w.quiet();
});

test('CORE-25: #create-channel is for those who may create', async () => {
  const w = await world({ create: 'admins' });
  const x = w.person('x');
  expect(vars(await x.get(SVC, info()))).not.toContain(`${CORE}#create-channel`);
  expect(refusal(await x.set(SVC, `<create xmlns="${CORE}" channel="coven"/>`))).toBe('forbidden/auth');
  const open = await world();
  const y = open.person('y');
  expect(vars(await y.get(SVC, info()))).toContain(`${CORE}#create-channel`);
  expect(refusal(await y.get(`coven@${SVC}`, info()))).toBe('item-not-found/cancel');
});

test('CORE-26, CORE-27: the service has neither an archive nor pubsub', async () => {
  const w = await world();
  const x = w.person('x');
  const found = vars(await x.get(SVC, info()));
  expect(found.filter((each) => each.startsWith('urn:xmpp:mam') || each.startsWith(PUBSUB))).toEqual([]);
  for (const ns of ['urn:xmpp:mam:2', 'urn:xmpp:mam:1'])
    expect(refusal(await x.set(SVC, `<query xmlns="${ns}"/>`))).toBe('service-unavailable/cancel');
  expect(refusal(await x.get(SVC, itemsOf('info')))).toBe('service-unavailable/cancel');
  await w.quiet();
});

test('CORE-28: the list has the channels that the asker may join, and no others', async () => {
  const w = await world();
  const [owner, u1, x] = [w.person('owner'), w.person('u1'), w.person('x')];
  const coven = await w.create(owner, 'coven');
  const closed = await w.create(owner, 'closed', { 'Nodes Present': ['participants', 'allowed', 'banned'] });
  const created = await owner.set(SVC, `<create xmlns="${CORE}"/>`);
  const adHoc = only(created).attrs['channel'] ?? '';
  await owner.set(coven, publish('banned', `<item id="${u1.bare}"/>`));
  expect(jids(await owner.get(SVC, items())).sort()).toEqual([closed, coven]);
  expect(jids(await u1.get(SVC, items()))).toEqual([]);
  expect(jids(await x.get(SVC, items()))).toEqual([coven]);
  await owner.set(closed, publish('allowed', `<item id="x.test"/>`));
  const seen = await x.get(SVC, items());
  expect(jids(seen).sort()).toEqual([closed, coven]);
  expect(all(seen, 'item').flatMap(({ attrs }) => Object.keys(attrs))).not.toContain('node');
  await owner.set(SVC, `<destroy xmlns="${CORE}" channel="closed"/>`);
  expect(jids(await x.get(SVC, items()))).toEqual([coven]);
  expect(JSON.stringify(await owner.get(SVC, items()))).not.toContain(adHoc);
  await w.quiet();
});

test('CORE-29: a channel says that it is a conference of type mix, with core:1 and mam:2', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const coven = await w.create(owner);
  for (const node of [undefined, 'mix']) {
    const answer = await x.get(coven, info(node));
    expect(only(answer).attrs['node']).toBe(node);
    expect(identities(answer)).toEqual(['conference/mix', 'conference/text']);
    expect(vars(answer)).toEqual(expect.arrayContaining([CORE, MAM, MUC]));
  }
  expect(refusal(await x.get(coven, info('other')))).toBe('item-not-found/cancel');
  await w.quiet();
});

test('CORE-30: who may not join is told no more than that', async () => {
  const w = await world();
  const [owner, u1, x] = [w.person('owner'), w.person('u1'), w.person('x')];
  const coven = await w.create(owner);
  await owner.set(coven, publish('banned', `<item id="${u1.bare}"/>`));
  expect(refusal(await u1.get(coven, info()))).toBe('forbidden/auth');
  await owner.set(coven, configure({ 'Nodes Present': ['participants', 'banned', 'allowed'] }));
  expect(refusal(await x.get(coven, info()))).toBe('registration-required/auth');
  const name = only(await owner.set(SVC, `<create xmlns="${CORE}"/>`)).attrs['channel'] ?? '';
  expect(refusal(await x.get(`${name}@${SVC}`, info()))).toBe('item-not-found/cancel');
  expect(refusal(await x.get(`${name}@${SVC}`, items('mix')))).toBe('item-not-found/cancel');
  expect((await owner.get(`${name}@${SVC}`, info())).attrs['type']).toBe('result');
  await w.quiet();
});

test('CORE-31: the identity bears the name of the information node', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const coven = await w.create(owner);
  for (const name of ['Witches', 'Weird Sisters']) {
    await owner.set(coven, publish('info', `<item>${config({ Name: name }, CORE)}</item>`));
    expect(all(await x.get(coven, info()), 'identity')[0]?.attrs['name']).toBe(name);
    expect(all(await x.get(SVC, items()), 'item')[0]?.attrs['name']).toBe(name);
  }
});

test('CORE-32: a channel that is not there', async () => {
  const w = await world();
  const x = w.person('x');
  expect(refusal(await x.get(`nochannel@${SVC}`, info()))).toBe('item-not-found/cancel');
  expect(refusal(await x.get(`nochannel@${SVC}`, items('mix')))).toBe('item-not-found/cancel');
  await w.quiet();
});

test('CORE-33: the nodes, each asker those that it may subscribe to', async () => {
  const w = await world();
  const [owner, admin, u1, x] = [w.person('owner'), w.person('admin'), w.person('u1'), w.person('x')];
  const coven = await w.create(owner, 'coven', {
    Administrator: admin.bare,
    'Information Node Subscription': 'anyone',
  });
  await u1.join(coven, 'u1', []);
  const avatar = ['urn:xmpp:avatar:data', 'urn:xmpp:avatar:metadata'];
  const everybody = ['messages', 'participants', 'presence', 'info'].map((node) => NODES + node);
  const sorted = (names: readonly string[]) => [...names].sort();
  const of = async (who: typeof x) => {
    const answer = await who.get(coven, items('mix'));
    expect(only(answer).attrs['node']).toBe('mix');
    expect(new Set(jids(answer))).toEqual(new Set([coven]));
    return sorted(nodes(answer) as string[]);
  };
  expect(await of(u1)).toEqual(sorted([...everybody, ...avatar]));
  expect(await of(admin)).toEqual(sorted([...everybody, ...avatar, `${NODES}jidmap`, `${NODES}banned`]));
  expect(await of(owner)).toEqual(
    sorted([...everybody, ...avatar, ...['jidmap', 'banned', 'config'].map((node) => NODES + node)]),
  );
  expect(await of(x)).toEqual(sorted([`${NODES}info`, ...avatar]));
});

test('CORE-34, MUC-06: items of a channel without a node are those of a room, or none where there are no rooms', async () => {
  const w = await world();
  const [owner, u1, x] = [w.person('owner'), w.person('u1'), w.person('x')];
  const coven = await w.create(owner);
  await u1.join(coven, 'u1', []);
  const named = all(await u1.get(coven, items()), 'item').map(({ attrs }) => attrs);
  expect(named).toEqual([{ jid: `${coven}/u1` }]);
  expect(all(await x.get(coven, items()), 'item')).toEqual([]);
  // A service that is made without XEP-0045 is for MIX only.
  const handler = disco([]).iq?.find(({ on, ns }) => on === 'channel' && ns.endsWith('#items'));
  const stage = new Stage().create(jid('owner@owner.test'));
  const [payload] = parseFragment(items());
  expect(stage.refusal((turn) => handler?.run({ payload } as never, turn as never, {} as never, {}))).toBe(
    'bad-request',
  );
  expect(refusal(await u1.get(coven, items('other')))).toBe('item-not-found/cancel');
  await w.quiet();
});

test('CORE-35: the information by pubsub', async () => {
  const w = await world();
  const [owner, u2, x] = [w.person('owner'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2', []);
  const answer = await u2.get(coven, itemsOf('info'));
  const [item] = all(answer, 'item');
  says(
    answer,
    `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u2.full}"><pubsub xmlns="${PUBSUB}">
       <items node="${NODES}info"><item id="${item?.attrs['id']}"><x xmlns="jabber:x:data" type="result">
         <field var="FORM_TYPE" type="hidden"><value>${CORE}</value></field>
         <field var="JID Visibility" type="list-single"><value>jid-hidden</value></field>
       </x></item></items></pubsub></iq>`,
  );
  expect(refusal(await x.get(coven, itemsOf('info')))).toBe('not-allowed/cancel + closed-node');
});

test('CORE-36: the participants by pubsub', async () => {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner, 'coven', { 'JID Visibility': 'jid-visible' });
  const id1 = await u1.joined(coven, 'first', []);
  const id2 = await u2.joined(coven, 'second', []);
  const answer = await u2.get(coven, itemsOf('participants'));
  says(
    answer,
    `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u2.full}"><pubsub xmlns="${PUBSUB}"><items node="${NODES}participants">
       <item id="${id1}"><participant xmlns="${CORE}"><nick>first</nick><jid>${u1.bare}</jid></participant></item>
       <item id="${id2}"><participant xmlns="${CORE}"><nick>second</nick><jid>${u2.bare}</jid></participant></item>
     </items></pubsub></iq>`,
  );
  expect(textIn(answer, 'nick')).toBe('first');
  expect(refusal(await x.get(coven, itemsOf('participants')))).toBe('not-allowed/cancel + closed-node');
  await w.quiet();
});
