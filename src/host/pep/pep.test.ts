import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { errorOf } from '../pam/stage.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import { asOwner, events, fetch, options, publish, PUBSUB, retract, TUNE } from './stage.ts';

const INFO = 'http://jabber.org/protocol/disco#info';
const ITEMS = 'http://jabber.org/protocol/disco#items';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage({
    limits: {
      pepNodesPerAccountMax: 3,
      pepItemsPerNodeMax: 4,
      pepNodeNameBytesMax: 50,
      pepItemIdBytesMax: 50,
      pepBytesPerAccountMax: 4_072,
      pepInterestsPerSessionMax: 3,
    },
  });
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

function idIn(answer: XmlElement): string | undefined {
  const published = child(child(answer, 'pubsub', PUBSUB)!, 'publish')!;
  expect(published.attrs['node']).toBe(TUNE);
  return child(published, 'item')?.attrs['id'];
}

test('a node comes with its first item, and holds the newest one', async () => {
  expect(await fetch(hag)).toBe('item-not-found/cancel');
  expect(idIn(await publish(hag, 'one', { id: '1' }))).toBe('1');
  expect(await fetch(hag)).toBe('1: one');
  expect(await fetch(hag, 'hag66@localhost')).toBe('1: one');
  const id = idIn(await publish(hag, 'two'));
  expect(id).toMatch(/./);
  expect(await fetch(hag)).toBe(`${id}: two`);
  await stage.restart();
  hag = await stage.client('hag66');
  expect(await fetch(hag)).toBe(`${id}: two`);
  expect(errorOf(await retract(hag, '1'))).toBe('item-not-found/cancel');
  expect(errorOf(await retract(hag, id!))).toBe('none');
  expect(await fetch(hag)).toBe('');
});

test('a node holds as many items as its owner wants, in the order of their publishing, and some can be asked for', async () => {
  const many = { options: { 'pubsub#max_items': '3', 'pubsub#persist_items': 'true' } };
  for (const id of ['1', '2', '3', '4', '2']) await publish(hag, `t${id}`, { id, ...many });
  expect(await fetch(hag)).toBe('3: t3, 4: t4, 2: t2');
  expect(await fetch(hag, undefined, TUNE, "max_items='2'")).toBe('4: t4, 2: t2');
  expect(await fetch(hag, undefined, TUNE, "<item id='3'/><item id='9'/>")).toBe('3: t3');
  const form = options({ 'pubsub#max_items': '1' }, 'node_config');
  expect(errorOf(await asOwner(hag, 'configure', form))).toBe('none');
  expect(await fetch(hag)).toBe('2: t2');
});

test('what a publish wants of the node has to hold, or the node is made like that', async () => {
  const wanted = {
    'pubsub#access_model': 'whitelist',
    'pubsub#max_items': 'max',
    'pubsub#send_last_published_item': 'never',
    'pubsub#deliver_payloads': '1',
  };
  expect(errorOf(await publish(hag, 'x', { options: wanted }))).toBe('none');
  expect(errorOf(await publish(hag, 'x', { options: { ...wanted, 'pubsub#max_items': '999' } }))).toBe(
    'none',
  );
  for (const [name, value] of [
    ['pubsub#access_model', 'open'],
    ['pubsub#access_model', 'roster'],
    ['pubsub#max_items', '1'],
    ['pubsub#persist_items', '0'],
    ['pubsub#send_last_published_item', 'on_sub'],
    ['pubsub#deliver_payloads', 'false'],
    ['pubsub#unheard_of', '1'],
  ] as const) {
    const refused = await publish(hag, 'y', { options: { [name]: value } });
    expect(errorOf(refused), name).toBe('conflict/cancel');
    expect(serialize(refused)).toContain(
      '<precondition-not-met xmlns="http://jabber.org/protocol/pubsub#errors"/>',
    );
    expect(
      errorOf(await publish(hag, 'y', { node: 'new', options: { [name]: value } })) === 'none',
      name,
    ).toBe(!/roster|false/.test(value) && name !== 'pubsub#unheard_of');
    await hag.iq(`<pubsub xmlns='${PUBSUB}#owner'><delete node='new'/></pubsub>`, 'set');
  }
});

test('a node is made, configured and deleted by its owner', async () => {
  const configure = `<configure>${options({ 'pubsub#access_model': 'open' }, 'node_config')}</configure>`;
  const create = `<pubsub xmlns='${PUBSUB}'><create node='${TUNE}'/>${configure}</pubsub>`;
  expect(errorOf(await hag.iq(create, 'set'))).toBe('none');
  expect(errorOf(await hag.iq(create, 'set'))).toBe('conflict/cancel');
  const form = serialize(await asOwner(hag, 'configure', '', 'get'));
  for (const part of ['type="form"', '<value>open</value>', '<option><value>whitelist</value></option>'])
    expect(form).toContain(part);
  const bad = options({ 'pubsub#access_model': 'roster' }, 'node_config');
  expect(errorOf(await asOwner(hag, 'configure', bad))).toBe('not-acceptable/modify');
  const ignored = options({ 'pubsub#title': 'x', 'pubsub#access_model': 'presence' }, 'node_config');
  expect(errorOf(await asOwner(hag, 'configure', ignored))).toBe('none');
  expect(serialize(await asOwner(hag, 'configure', '', 'get'))).toContain('<value>presence</value>');
  expect(errorOf(await asOwner(hag, 'delete'))).toBe('none');
  expect(errorOf(await asOwner(hag, 'delete'))).toBe('item-not-found/cancel');
});

test('an account holds so many nodes, and so much in them', async () => {
  for (const node of ['1', '2', '3'])
    expect(errorOf(await publish(hag, 'x'.repeat(200), { node }))).toBe('none');
  const fourth = await publish(hag, 'x', { node: '4' });
  expect(errorOf(fourth)).toBe('resource-constraint/wait');
  expect(serialize(fourth)).toContain('max-nodes-exceeded');
  expect(errorOf(await publish(hag, 'x'.repeat(600), { node: '3' }))).toBe('resource-constraint/wait');
  expect(await fetch(hag, undefined, '3')).toMatch(/x{200}$/);
  expect(errorOf(await publish(hag, 'x'.repeat(400), { node: '3' }))).toBe('none');
  expect(errorOf(await publish(hag, 'x', { node: '3', id: 'i'.repeat(51) }))).toBe('not-acceptable/modify');
  expect(errorOf(await publish(hag, 'x', { node: 'n'.repeat(51) }))).toBe('not-acceptable/modify');
});

test.each([
  ["<publish node='n'><item/></publish>", 'set', 'bad-request/modify'],
  [
    "<publish node='n'><item><a xmlns='a'/></item><item><a xmlns='a'/></item></publish>",
    'set',
    'bad-request/modify',
  ],
  ["<publish><item><a xmlns='a'/></item></publish>", 'set', 'bad-request/modify'],
  ["<publish node='n'><item><a xmlns='a'/></item></publish>", 'get', 'bad-request/modify'],
  ["<items node='n'/>", 'set', 'bad-request/modify'],
  ["<create node='n'/>", 'get', 'bad-request/modify'],
  ["<subscribe node='n' jid='hag66@localhost'/>", 'set', 'feature-not-implemented/cancel'],
  ['<subscriptions/>', 'get', 'feature-not-implemented/cancel'],
  ['<frobnicate/>', 'get', 'feature-not-implemented/cancel'],
  ['', 'get', 'bad-request/modify'],
] as const)('%s in an iq of type %s is refused with %s', async (inside, type, error) => {
  expect(errorOf(await hag.iq(`<pubsub xmlns='${PUBSUB}'>${inside}</pubsub>`, type))).toBe(error);
});

test('discovery tells that the account has nodes, and which', async () => {
  await publish(hag, 'x');
  const info = serialize(await hag.iq(`<query xmlns='${INFO}'/>`));
  expect(info).toContain('category="pubsub" type="pep"');
  for (const feature of [`${PUBSUB}#publish-options`, `${PUBSUB}#persistent-items`, PUBSUB])
    expect(info).toContain(`var="${feature}"`);
  const items = child(await hag.iq(`<query xmlns='${ITEMS}'/>`), 'query', ITEMS)!;
  expect(elements(items).map(({ attrs }) => attrs)).toContainEqual({ jid: 'hag66@localhost', node: TUNE });
  const leaf = serialize(await hag.iq(`<query xmlns='${INFO}' node='${TUNE}'/>`));
  expect(leaf).toContain('category="pubsub" type="leaf"');
  expect(errorOf(await hag.iq(`<query xmlns='${INFO}' node='none'/>`))).toBe('item-not-found/cancel');
});

test('the own clients that want it hear of each change, and of the last item when they come online', async () => {
  const plain = await stage.client('hag66', 'plain');
  await hag.online([`${TUNE}+notify`, 'other+notify']);
  await plain.online([TUNE]);
  await publish(hag, 'one', { id: '1' });
  await publish(hag, 'x', { node: 'unheard' });
  const late = await stage.client('hag66', 'late');
  await late.online([`${TUNE}+notify`]);
  await retract(hag, '1');
  await asOwner(hag, 'delete');
  const from = 'hag66@localhost';
  const heard = [`${from} ${TUNE}: 1: one`, `${from} ${TUNE}: -1`, `${from} ${TUNE}: delete`];
  expect(await events(hag)).toEqual(heard);
  expect(await events(late)).toEqual(heard);
  expect(await events(plain)).toEqual([]);
});

test('of the nodes that a client names, so many count, and none that could not be', async () => {
  const [long, more] = ['n'.repeat(51), `${TUNE}+notify`];
  await hag.online([`${long}+notify`, 'a+notify', 'b+notify', more, 'c+notify']);
  const other = await stage.client('hag66', 'other');
  await other.online(['a+notify', 'b+notify', 'c+notify', more]);
  await publish(hag, 'x', { id: '1' });
  expect(await events(hag)).toHaveLength(1);
  expect(await events(other)).toEqual([]);
});

test('what is not to be kept is told and not kept; what is not to be sent again is not sent again', async () => {
  await hag.online([`${TUNE}+notify`, 'n+notify']);
  await publish(hag, 'gone', { id: '1', options: { 'pubsub#persist_items': 'false' } });
  await publish(hag, 'kept', { id: '2', node: 'n', options: { 'pubsub#send_last_published_item': 'never' } });
  expect(await events(hag)).toEqual([`hag66@localhost ${TUNE}: 1: gone`, 'hag66@localhost n: 2: kept']);
  expect([await fetch(hag), await fetch(hag, undefined, 'n')]).toEqual(['', '2: kept']);
  const late = await stage.client('hag66', 'late');
  await late.online([`${TUNE}+notify`, 'n+notify']);
  expect(await events(late)).toEqual([]);
});

test('a client that changes its mind, or goes and comes back, hears of what it wants then', async () => {
  const caps = (ver: string) =>
    `<c xmlns='http://jabber.org/protocol/caps' node='n' hash='sha-1' ver='${ver}'/>`;
  await publish(hag, 'one', { id: '1' });
  await hag.online([], caps('1'));
  expect(await events(hag)).toEqual([]);
  await hag.online([`${TUNE}+notify`], caps('2'));
  const heard = [`hag66@localhost ${TUNE}: 1: one`];
  expect(await events(hag)).toEqual(heard);
  hag.send(`<presence>${caps('2')}<show>away</show></presence>`);
  expect(await events(hag)).toEqual([]);
  hag.send(`<presence type='unavailable'/><presence>${caps('2')}</presence>`);
  expect(await events(hag)).toEqual(heard);
  await hag.online([], caps('3'));
  await publish(hag, 'two');
  expect(await events(hag)).toEqual([]);
});
