import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, text, type XmlElement } from '../xml/element.ts';
import { openStage, type Client, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ limits: { rosterItemsMax: 5 } });
});
afterEach(async () => stage.stop());

const presence = (from: string, type?: string) => (stanza: XmlElement) =>
  stanza.name === 'presence' && stanza.attrs['from'] === from && stanza.attrs['type'] === type;
const isPush = ({ name, attrs }: XmlElement) => name === 'iq' && attrs['type'] === 'set';

async function push(client: Client): Promise<Record<string, string>> {
  return items(await client.inbox.take(isPush, 'a roster push'))[0]!;
}

function items(iq: XmlElement): Record<string, string>[] {
  return elements(child(iq, 'query', 'jabber:iq:roster')!).map(({ attrs, ...item }) => {
    const groups = elements({ ...item, attrs }).map(text);
    return groups.length === 0 ? { ...attrs } : { ...attrs, groups: groups.join() };
  });
}

const roster = async (client: Client) => items(await client.iq("<query xmlns='jabber:iq:roster'/>"));
const setItem = async (client: Client, item: string) =>
  client.iq(`<query xmlns='jabber:iq:roster'>${item}</query>`, 'set');

function errorOf(stanza: XmlElement): string {
  const error = child(stanza, 'error');
  return error === undefined ? 'none' : `${elements(error)[0]!.name}/${error.attrs['type'] ?? ''}`;
}

/** The two see each other. */
async function befriend(one: Client, other: Client): Promise<void> {
  const [a, b] = [one.jid.split('/')[0]!, other.jid.split('/')[0]!];
  one.send(`<presence to='${b}' type='subscribe'/>`);
  await other.inbox.take(presence(a, 'subscribe'));
  other.send(`<presence to='${a}' type='subscribed'/><presence to='${a}' type='subscribe'/>`);
  await one.inbox.take(presence(b, 'subscribe'));
  one.send(`<presence to='${b}' type='subscribed'/>`);
  await one.sync();
  await other.sync();
  one.inbox.stanzas.length = 0;
  other.inbox.stanzas.length = 0;
}

test('the roster is changed by a set, pushed to those that have asked for it, and nothing else can be set', async () => {
  const [one, two, three] = [
    await stage.client('hag66'),
    await stage.client('hag66'),
    await stage.client('hag66'),
  ];
  expect(await roster(one)).toEqual([]);
  await roster(two);
  const item =
    "<item jid='Hecate@LOCALHOST/x' name='Hecate' subscription='both' ask='subscribe'><group>Witches</group></item>";
  expect((await setItem(one, item)).attrs['type']).toBe('result');
  const expected = { jid: 'hecate@localhost', name: 'Hecate', subscription: 'none', groups: 'Witches' };
  expect(await push(one)).toEqual(expected);
  expect(await push(two)).toEqual(expected);
  await three.sync();
  expect(three.inbox.stanzas).toEqual([]);
  expect(await roster(three)).toEqual([expected]);
  await setItem(one, "<item jid='hecate@localhost' subscription='remove'/>");
  expect(await push(two)).toEqual({ jid: 'hecate@localhost', subscription: 'remove' });
  expect(await roster(one)).toEqual([]);
});

test.each([
  ['', 'bad-request/modify'],
  ["<item jid='a@localhost'/><item jid='b@localhost'/>", 'bad-request/modify'],
  ["<item jid='a@@b'/>", 'jid-malformed/modify'],
  ["<item jid='hag66@localhost'/>", 'not-allowed/cancel'],
  ["<item jid='a@localhost' subscription='remove'/>", 'item-not-found/cancel'],
  [`<item jid='a@localhost' name='${'x'.repeat(1001)}'/>`, 'not-acceptable/modify'],
  ["<item jid='a@localhost'><group/></item>", 'not-acceptable/modify'],
  ["<item jid='a@localhost'><group>g</group><group>g</group></item>", 'bad-request/modify'],
])('a roster set of %s is refused with %s', async (item, error) => {
  expect(errorOf(await setItem(await stage.client('hag66'), item))).toBe(error);
});

test('the roster has a limit', async () => {
  const client = await stage.client('hag66');
  for (let count = 0; count < 5; count++) await setItem(client, `<item jid='a${count}@localhost'/>`);
  expect(errorOf(await setItem(client, "<item jid='b@localhost'/>"))).toBe('resource-constraint/wait');
  expect(errorOf(await setItem(client, "<item jid='a1@localhost' name='n'/>"))).toBe('none');
  client.send("<presence to='b@localhost' type='subscribe' id='s'/>");
  const error = await client.inbox.take(({ name }) => name === 'presence');
  expect([error.attrs['id'], errorOf(error)]).toEqual(['s', 'resource-constraint/wait']);
});

test('a subscription is asked for, granted and ended, with the pushes of each step', async () => {
  const [hag, hecate] = [await stage.client('hag66', 'a'), await stage.client('hecate', 'b')];
  await roster(hag);
  await roster(hecate);
  await hag.online();
  await hecate.online();
  hag.send(
    "<presence to='hecate@localhost/ignored' type='subscribe' id='s1'><status>hello</status></presence>",
  );
  expect(await push(hag)).toEqual({ jid: 'hecate@localhost', subscription: 'none', ask: 'subscribe' });
  const request = await hecate.inbox.take(presence('hag66@localhost', 'subscribe'));
  expect(childText(request, 'status')).toBe('hello');
  hecate.send("<presence to='hag66@localhost' type='subscribed'/>");
  expect(await push(hecate)).toEqual({ jid: 'hag66@localhost', subscription: 'from' });
  expect(await push(hag)).toEqual({ jid: 'hecate@localhost', subscription: 'to' });
  await hag.inbox.take(presence('hecate@localhost', 'subscribed'));
  await hag.inbox.take(presence('hecate@localhost/b'));
  hecate.send('<presence><show>dnd</show></presence>');
  expect(childText(await hag.inbox.take(presence('hecate@localhost/b')), 'show')).toBe('dnd');
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  await hecate.sync();
  expect(hecate.inbox.takeAll(presence('hag66@localhost/a'))).toEqual([]);
  hecate.send("<presence to='hag66@localhost' type='unsubscribed'/>");
  expect(await push(hecate)).toEqual({ jid: 'hag66@localhost', subscription: 'none' });
  expect(await push(hag)).toEqual({ jid: 'hecate@localhost', subscription: 'none' });
  await hag.inbox.take(presence('hecate@localhost', 'unsubscribed'));
  await hag.inbox.take(presence('hecate@localhost/b', 'unavailable'));
});

test('a request waits for a contact that is offline, is repeated until it is answered, and can be denied', async () => {
  const hag = await stage.client('hag66');
  await roster(hag);
  await stage.host.accounts.add('hecate', 'correct horse');
  hag.send("<presence to='hecate@localhost' type='subscribe'/>");
  await push(hag);
  for (let count = 0; count < 2; count++) {
    const hecate = await stage.client('hecate');
    await hecate.online();
    await hecate.inbox.take(presence('hag66@localhost', 'subscribe'));
    if (count === 1) hecate.send("<presence to='hag66@localhost' type='unsubscribed'/>");
    await hecate.sync();
    hecate.vanish();
  }
  expect(await push(hag)).toEqual({ jid: 'hecate@localhost', subscription: 'none' });
  const again = await stage.client('hecate');
  await again.online();
  expect(again.inbox.takeAll(presence('hag66@localhost', 'subscribe'))).toEqual([]);
});

test('subscribed, unsubscribe and unsubscribed out of the blue change nothing', async () => {
  const [hag, hecate] = [await stage.client('hag66'), await stage.client('hecate')];
  await roster(hecate);
  await hecate.online();
  for (const type of ['subscribed', 'unsubscribed', 'unsubscribe'])
    hag.send(`<presence to='hecate@localhost' type='${type}'/>`);
  await hag.sync();
  await hecate.sync();
  expect(
    hecate.inbox.takeAll(({ name, attrs }) => name === 'presence' && attrs['from'] === 'hag66@localhost'),
  ).toEqual([]);
  expect(await roster(hecate)).toEqual([]);
  expect(await roster(hag)).toEqual([]);
});

test('removing a contact ends both subscriptions', async () => {
  const [hag, hecate] = [await stage.client('hag66', 'a'), await stage.client('hecate', 'b')];
  await hag.online();
  await hecate.online();
  await befriend(hag, hecate);
  expect(await roster(hag)).toEqual([{ jid: 'hecate@localhost', subscription: 'both' }]);
  await setItem(hag, "<item jid='hecate@localhost' subscription='remove'/>");
  await hecate.inbox.take(presence('hag66@localhost/a', 'unavailable'));
  expect(await roster(hecate)).toEqual([{ jid: 'hag66@localhost', subscription: 'none' }]);
  await hag.inbox.take(presence('hecate@localhost/b', 'unavailable'));
});

test('a client that comes online learns of its other clients and its contacts, and they of it, until it is gone', async () => {
  const [hag, hecate] = [await stage.client('hag66', 'a'), await stage.client('hecate', 'b')];
  await hag.online();
  await hecate.online();
  await befriend(hag, hecate);
  const other = await stage.client('hag66', 'c');
  await other.online([], '<priority>5</priority>');
  await other.inbox.take(presence('hag66@localhost/c'));
  await other.inbox.take(presence('hag66@localhost/a'));
  await other.inbox.take(presence('hecate@localhost/b'));
  await hag.inbox.take(presence('hag66@localhost/c'));
  await hecate.inbox.take(presence('hag66@localhost/c'));
  other.vanish();
  await hag.inbox.take(presence('hag66@localhost/c', 'unavailable'));
  await hecate.inbox.take(presence('hag66@localhost/c', 'unavailable'));
  hag.send("<presence type='unavailable'><status>bye</status></presence>");
  const last = await hecate.inbox.take(presence('hag66@localhost/a', 'unavailable'));
  expect(childText(last, 'status')).toBe('bye');
});

test('directed presence reaches its address, which is told when the client goes', async () => {
  const [hag, hecate] = [await stage.client('hag66', 'a'), await stage.client('hecate', 'b')];
  hag.send(`<presence to='hecate@localhost/b'/><presence to='room@mix.localhost/nick'/>`);
  await hecate.inbox.take(presence('hag66@localhost/a'));
  await stage.service.take(presence('hag66@localhost/a'));
  hag.vanish();
  await hecate.inbox.take(presence('hag66@localhost/a', 'unavailable'));
  const gone = await stage.service.take(presence('hag66@localhost/a', 'unavailable'));
  expect(gone.attrs['to']).toBe('room@mix.localhost/nick');
});

test('GEN-15: presence of an unknown type does nothing', async () => {
  const hag = await stage.client('hag66');
  hag.send("<presence type='foo'/><presence type='foo' to='coven@mix.localhost'/>");
  await hag.sync();
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
});

test('a removed account is taken out of the subscriptions of its contacts', async () => {
  const [hag, hecate] = [await stage.client('hag66', 'a'), await stage.client('hecate', 'b')];
  await hag.online();
  await hecate.online();
  await befriend(hag, hecate);
  await roster(hecate);
  stage.host.accounts.remove('hag66');
  await hecate.inbox.take(presence('hag66@localhost', 'unsubscribed'));
  expect(await roster(hecate)).toEqual([{ jid: 'hag66@localhost', subscription: 'none' }]);
  hecate.send('<presence><show>away</show></presence>');
  const again = await stage.client('hag66', 'c');
  await again.online();
  expect(again.inbox.takeAll(presence('hecate@localhost/b'))).toEqual([]);
});
