import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, text, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { openStage, type Client, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({
    limits: { rosterItemsMax: 5, offlineMessagesPerAccountMax: 3, vcardBytesMax: 1000 },
  });
});
afterEach(async () => stage.stop());

const presence = (from: string, type?: string) => (stanza: XmlElement) =>
  stanza.name === 'presence' && stanza.attrs['from'] === from && stanza.attrs['type'] === type;
const body = (wanted: string) => (stanza: XmlElement) =>
  stanza.name === 'message' && childText(stanza, 'body') === wanted;
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

test('a chat to a bare JID goes to every client that wants it, a full JID to that one, and a gone one to the others', async () => {
  const hag = await stage.client('hag66', 'a');
  const [one, two, silent, low] = [
    await stage.client('hecate', '1'),
    await stage.client('hecate', '2'),
    await stage.client('hecate', 'silent'),
    await stage.client('hecate', 'low'),
  ];
  await one.online();
  await two.online();
  await low.online([], '<priority>-1</priority>');
  hag.send("<message to='hecate@localhost' type='chat' id='m1'><body>bare</body></message>");
  hag.send("<message to='hecate@localhost/low' type='chat'><body>full</body></message>");
  hag.send("<message to='hecate@localhost/gone' type='chat'><body>gone</body></message>");
  hag.send("<message to='hecate@localhost' type='headline'><body>news</body></message>");
  await low.inbox.take(body('full'));
  for (const client of [one, two]) {
    const got = await client.inbox.take(body('bare'));
    expect(got.attrs).toMatchObject({ id: 'm1', from: 'hag66@localhost/a', to: 'hecate@localhost' });
    await client.inbox.take(body('gone'));
    await client.inbox.take(body('news'));
  }
  await low.sync();
  await silent.sync();
  expect([...low.inbox.stanzas, ...silent.inbox.stanzas].filter(({ name }) => name === 'message')).toEqual(
    [],
  );
});

test('messages that cannot be delivered are refused, and an error never', async () => {
  const hag = await stage.client('hag66', 'a');
  await stage.host.accounts.add('hecate', 'correct horse');
  for (const [to, type, expected] of [
    ['nobody@localhost', 'chat', 'service-unavailable/cancel'],
    ['nobody@localhost', 'headline', undefined],
    ['nobody@localhost', 'error', undefined],
    ['hecate@localhost', 'groupchat', 'service-unavailable/cancel'],
    ['hecate@localhost/gone', 'groupchat', 'service-unavailable/cancel'],
    ['hecate@localhost/gone', 'normal', 'service-unavailable/cancel'],
    ['hecate@localhost/gone', 'headline', undefined],
    ['someone@example.org', 'chat', 'remote-server-not-found/cancel'],
    ['@@', 'chat', 'jid-malformed/modify'],
  ] as const) {
    hag.send(`<message to='${to}' type='${type}' id='m'><body>x</body></message>`);
    await hag.sync();
    const errors = hag.inbox.takeAll(({ name }) => name === 'message').map(errorOf);
    expect(errors, `${type} to ${to}`).toEqual(expected === undefined ? [] : [expected]);
  }
});

test('chats for somebody offline wait until the next log-in, with the time they came, up to a limit', async () => {
  const hag = await stage.client('hag66', 'a');
  await stage.host.accounts.add('hecate', 'correct horse');
  for (let count = 0; count < 4; count++) {
    hag.send(`<message to='hecate@localhost' type='chat' id='m${count}'><body>${count}</body></message>`);
  }
  hag.send(
    "<message to='hecate@localhost' type='chat'><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
  );
  const error = await hag.inbox.take(({ name }) => name === 'message');
  expect([error.attrs['id'], errorOf(error)]).toEqual(['m3', 'service-unavailable/cancel']);
  await hag.sync();
  await stage.restart();
  const low = await stage.client('hecate', 'low');
  await low.online([], '<priority>-1</priority>');
  expect(low.inbox.takeAll(({ name }) => name === 'message')).toEqual([]);
  const hecate = await stage.client('hecate');
  await hecate.online();
  const got = hecate.inbox.takeAll(({ name }) => name === 'message');
  expect(got.map((message) => childText(message, 'body', 'jabber:client'))).toEqual(['0', '1', '2']);
  for (const message of got) {
    expect(child(message, 'delay', 'urn:xmpp:delay')?.attrs).toMatchObject({ from: 'localhost' });
    expect(child(message, 'stanza-id', 'urn:xmpp:sid:0')?.attrs['by']).toBe('hecate@localhost');
  }
  const again = await stage.client('hecate');
  await again.online();
  expect(again.inbox.takeAll(({ name }) => name === 'message')).toEqual([]);
});

test('discovery tells what is here: the host, the service behind it, and the own account', async () => {
  const hag = await stage.client('hag66', 'a');
  const info = async (to?: string) =>
    child(
      await hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', to),
      'query',
      'http://jabber.org/protocol/disco#info',
    );
  const features = (query: XmlElement | undefined) =>
    elements(query!)
      .filter(({ name }) => name === 'feature')
      .map(({ attrs }) => attrs['var']);
  expect(features(await info('localhost'))).toEqual(
    expect.arrayContaining(['http://jabber.org/protocol/disco#info', 'urn:xmpp:ping', 'jabber:iq:version']),
  );
  expect(elements((await info('localhost'))!)[0]!.attrs).toMatchObject({ category: 'server', type: 'im' });
  const listed = await hag.iq("<query xmlns='http://jabber.org/protocol/disco#items'/>", 'get', 'localhost');
  expect(serialize(listed)).toContain('jid="mix.localhost"');
  expect(features(await info())).toEqual(features(await info('hag66@localhost')));
  const version = await hag.iq("<query xmlns='jabber:iq:version'/>", 'get', 'localhost');
  expect(childText(child(version, 'query', 'jabber:iq:version')!, 'name')).toBe('Vizard');
});

test('PAM-01, PAM-02: the account tells itself about pam:2 and the archive', async () => {
  const hag = await stage.client('hag66');
  const answer = serialize(
    await hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', 'hag66@localhost'),
  );
  for (const feature of [
    'urn:xmpp:mix:pam:2',
    'urn:xmpp:mix:pam:2#archive',
    'urn:xmpp:mam:2',
    'urn:xmpp:mam:2#extended',
    'urn:xmpp:sid:0',
  ]) {
    expect(answer).toContain(`<feature var="${feature}"/>`);
  }
  expect(answer).toContain('category="account" type="registered"');
});

test('whether an account exists is not told to strangers', async () => {
  const hag = await stage.client('hag66');
  await stage.host.accounts.add('hecate', 'correct horse');
  for (const [payload, type] of [
    ["<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get'],
    ["<query xmlns='http://jabber.org/protocol/disco#items'/>", 'get'],
    ["<vCard xmlns='vcard-temp'/>", 'get'],
    ["<query xmlns='jabber:iq:roster'/>", 'get'],
    ["<query xmlns='urn:xmpp:mam:2'/>", 'set'],
    ["<ping xmlns='urn:xmpp:ping'/>", 'get'],
    ["<x xmlns='urn:x'/>", 'get'],
  ] as const) {
    const exists = await hag.iq(payload, type, 'hecate@localhost');
    const missing = await hag.iq(payload, type, 'nobody@localhost');
    expect(errorOf(exists), payload).toBe(errorOf(missing));
    expect(errorOf(exists)).not.toBe('none');
  }
});

test.each([
  ["<iq type='get' id='1'/>", 'bad-request/modify'],
  ["<iq type='set' id='1'><a xmlns='x'/><b xmlns='x'/></iq>", 'bad-request/modify'],
  ["<iq type='foo' id='1'><a xmlns='x'/></iq>", 'bad-request/modify'],
  ["<iq type='get'><query xmlns='jabber:iq:roster'/></iq>", 'bad-request/modify'],
  ["<iq type='get' id='1' to='localhost'><a xmlns='urn:none'/></iq>", 'service-unavailable/cancel'],
  ["<iq type='get' id='1'><frobnicate xmlns='jabber:iq:roster'/></iq>", 'feature-not-implemented/cancel'],
  ["<iq type='set' id='1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", 'bad-request/modify'],
  ["<iq type='get' id='1' to='hag66@localhost/gone'><a xmlns='x'/></iq>", 'service-unavailable/cancel'],
  [
    "<iq type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>",
    'item-not-found/cancel',
  ],
])('GEN-03 to GEN-08 at the host: %s is refused with %s', async (iq, error) => {
  const hag = await stage.client('hag66');
  hag.send(iq);
  expect(errorOf(await hag.inbox.take(({ name }) => name === 'iq'))).toBe(error);
});

test('GEN-02, GEN-11: results and errors that answer nothing are swallowed', async () => {
  const hag = await stage.client('hag66');
  for (const to of [
    '',
    " to='localhost'",
    " to='nobody@localhost'",
    " to='hag66@localhost/gone'",
    " to='x@example.org'",
  ]) {
    hag.send(
      `<iq type='result' id='r'${to}/><iq type='error' id='e'${to}/><message type='error'${to}/><presence type='error'${to}/>`,
    );
  }
  await hag.sync();
  expect(hag.inbox.stanzas).toEqual([]);
});

test('PRES-31, PAM-49: a vCard is stored and given to whoever asks, or refused', async () => {
  const hag = await stage.client('hag66');
  expect(errorOf(await hag.iq("<vCard xmlns='vcard-temp'/>"))).toBe('none');
  const ask = async () => {
    stage.say(
      "<iq type='get' id='v' from='123#coven@mix.localhost/x' to='hag66@localhost'><vCard xmlns='vcard-temp'/></iq>",
    );
    return stage.service.take(({ attrs }) => attrs['id'] === 'v');
  };
  expect(errorOf(await ask())).toBe('service-unavailable/cancel');
  await hag.iq("<vCard xmlns='vcard-temp'><FN>Hag</FN></vCard>", 'set');
  const answer = await ask();
  expect(answer.attrs).toEqual({
    type: 'result',
    id: 'v',
    from: 'hag66@localhost',
    to: '123#coven@mix.localhost/x',
  });
  expect(childText(child(answer, 'vCard', 'vcard-temp')!, 'FN')).toBe('Hag');
  expect(errorOf(await hag.iq(`<vCard xmlns='vcard-temp'><FN>${'x'.repeat(1000)}</FN></vCard>`, 'set'))).toBe(
    'policy-violation/modify',
  );
  const hecate = await stage.client('hecate');
  expect(errorOf(await hecate.iq("<vCard xmlns='vcard-temp'/>", 'set', 'hag66@localhost'))).toBe(
    'forbidden/auth',
  );
});
