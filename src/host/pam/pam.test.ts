import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements, type XmlElement } from '../../xml/element.ts';
import { parseElement } from '../../xml/reader.ts';
import { serialize } from '../../xml/write.ts';
import { openStage, type Client, type Stage } from '../stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage({
    limits: { channelAnswerMs: 200, capabilityMs: 300, channelRequestsPerAccountMax: 3 },
  });
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

const PAM = 'urn:xmpp:mix:pam:2';
const CORE = 'urn:xmpp:mix:core:1';
const COVEN = 'coven@mix.localhost';
const PARTICIPANTS = 'urn:xmpp:mix:nodes:participants';
const PRESENCE = 'urn:xmpp:mix:nodes:presence';
const isPush = ({ name, attrs }: XmlElement) => name === 'iq' && attrs['type'] === 'set';
const isMessage = ({ name }: XmlElement) => name === 'message';
const isPresence = ({ name }: XmlElement) => name === 'presence';

const form = (presence: string, type = 'submit') =>
  `<x xmlns='jabber:x:data' type='${type}'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mix:anon:0</value></field>` +
  `<field var='Presence'><value>${presence}</value></field></x>`;

function errorOf(stanza: XmlElement): string {
  const error = child(stanza, 'error');
  return error === undefined ? 'none' : `${elements(error)[0]!.name}/${error.attrs['type'] ?? ''}`;
}

const clientJoin = (channel: string, inside = '') =>
  `<client-join xmlns='${PAM}' channel='${channel}'><join xmlns='${CORE}'>${inside}</join></client-join>`;
const clientLeave = (channel: string) =>
  `<client-leave xmlns='${PAM}' channel='${channel}'><leave xmlns='${CORE}'/></client-leave>`;

/** The channel's next request, answered by `answer`. */
async function channelAnswers(answer: (request: XmlElement) => string, channel = COVEN): Promise<XmlElement> {
  const request = await stage.service.take(
    ({ name, attrs }) => name === 'iq' && attrs['to'] === channel,
    'a request',
  );
  const { id = '', from = '' } = request.attrs;
  stage.say(`<iq from='${channel}' to='${from}' id='${id}' ${answer(request)}</iq>`);
  return request;
}

interface Joining {
  readonly channel?: string;
  readonly inside?: string;
  /** The inside of the channel's answer, and its attributes. */
  readonly joined?: string;
  readonly attrs?: string;
}

async function join(
  client: Client,
  { channel = COVEN, inside = '', joined = '', attrs = "id='123456'" }: Joining = {},
) {
  const answer = client.iq(clientJoin(channel, inside), 'set');
  await channelAnswers(() => `type='result'><join xmlns='${CORE}' ${attrs}>${joined}</join>`, channel);
  return answer;
}

async function roster(client: Client, annotated: boolean): Promise<XmlElement[]> {
  const annotate = annotated ? "<annotate xmlns='urn:xmpp:mix:roster:0'/>" : '';
  const answer = await client.iq(`<query xmlns='jabber:iq:roster'>${annotate}</query>`);
  return elements(child(answer, 'query', 'jabber:iq:roster')!);
}

const itemIn = (push: XmlElement) => elements(child(push, 'query', 'jabber:iq:roster')!)[0]!;
const participantId = (item: XmlElement) =>
  child(item, 'channel', 'urn:xmpp:mix:roster:0')?.attrs['participant-id'];
const groupchat = (id: string, from = `${COVEN}/99`, inside = '') =>
  `<message type='groupchat' id='${id}' from='${from}' to='hag66@localhost'><body>${id}</body>` +
  `<mix xmlns='${CORE}'><nick>n</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${COVEN}' id='${id}'/>${inside}</message>`;

test.each([
  ["another user's account", clientJoin(COVEN), 'hecate@localhost', 'forbidden/auth'],
  [
    'no channel',
    `<client-join xmlns='${PAM}'><join xmlns='${CORE}'/></client-join>`,
    undefined,
    'bad-request/modify',
  ],
  ['a malformed channel', clientJoin('a@@b'), undefined, 'jid-malformed/modify'],
  ['a channel with a resource', clientJoin(`${COVEN}/x`), undefined, 'bad-request/modify'],
  ['a channel without a name', clientJoin('mix.localhost'), undefined, 'bad-request/modify'],
  ['no join', `<client-join xmlns='${PAM}' channel='${COVEN}'/>`, undefined, 'bad-request/modify'],
  ['a channel elsewhere', clientJoin('coven@mix.example.org'), undefined, 'remote-server-not-found/cancel'],
])('PAM-05: a join with %s is refused', async (_, payload, to, error) => {
  expect(errorOf(await hag.iq(payload, 'set', to))).toBe(error);
  expect(await roster(hag, true)).toEqual([]);
});

test.each([CORE, 'urn:xmpp:mix:anon:0', 'urn:xmpp:mix:misc:0'])(
  'PAM-06: a join in %s reaches the channel byte-equal, from the bare JID and with the same id',
  async (ns) => {
    const inside =
      `<join xmlns="${ns}" custom="1"><subscribe node="urn:xmpp:mix:nodes:messages"/><nick>third &amp; witch</nick>` +
      `<x xmlns="jabber:x:data" type="submit"><field var="JID Visibility"><value>never</value></field></x>` +
      `<invitation xmlns="urn:xmpp:mix:misc:0"><token>ABC</token></invitation></join>`;
    hag.send(
      `<iq type='set' id='E6E1' to='hag66@localhost'><client-join xmlns='${PAM}' channel='${COVEN}'>${inside}</client-join></iq>`,
    );
    const request = await stage.service.take(({ name }) => name === 'iq');
    expect(request.attrs).toEqual({ type: 'set', id: 'E6E1', from: 'hag66@localhost', to: COVEN });
    expect(elements(request).map((element) => serialize(element))).toEqual([serialize(parseElement(inside))]);
    expect(request.children).toHaveLength(1);
  },
);

test("PAM-07: the channel's error is passed to the client", async () => {
  const answer = hag.iq(clientJoin(COVEN), 'set');
  const error =
    "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>taken</text></error>";
  await channelAnswers(() => `type='error'><join xmlns='${CORE}'><subscribe node='x'/></join>${error}`);
  const got = await answer;
  expect(errorOf(got)).toBe('conflict/cancel');
  expect(got.attrs).toMatchObject({ type: 'error', from: 'hag66@localhost', to: 'hag66@localhost/a' });
  expect(serialize(child(got, 'client-join', PAM)!)).toContain('<subscribe node="x"/>');
  expect(await roster(hag, true)).toEqual([]);
});

test('PAM-08: a silent channel gives remote-server-timeout, and its late success still gets into the roster', async () => {
  const answer = hag.iq(clientJoin(COVEN), 'set');
  const request = await stage.service.take(({ name }) => name === 'iq');
  expect(errorOf(await answer)).toBe('remote-server-timeout/wait');
  expect(await roster(hag, true)).toEqual([]);
  stage.say(
    `<iq type='result' from='${COVEN}' to='hag66@localhost' id='${request.attrs['id']!}'><join xmlns='${CORE}' id='1'/></iq>`,
  );
  expect(participantId(itemIn(await hag.inbox.take(isPush)))).toBe('1');
  await hag.sync();
  expect(hag.inbox.stanzas).toEqual([]);
});

test('too many requests that wait are refused', async () => {
  for (let count = 0; count < 3; count++) hag.request(clientJoin(`c${count}@mix.localhost`), 'set');
  expect(errorOf(await hag.iq(clientJoin(COVEN), 'set'))).toBe('resource-constraint/wait');
});

test('two clients may use the same id at the same time', async () => {
  const other = await stage.client('hag66', 'b');
  for (const client of [hag, other]) client.send(`<iq type='set' id='same'>${clientJoin(COVEN)}</iq>`);
  const ids = new Set<string>();
  for (let count = 0; count < 2; count++) {
    const request = await channelAnswers(() => `type='result'><join xmlns='${CORE}' id='1'/>`);
    ids.add(request.attrs['id']!);
  }
  expect(ids.size).toBe(2);
  for (const client of [hag, other])
    await client.inbox.take(({ attrs }) => attrs['id'] === 'same' && attrs['type'] === 'result');
});

test('PAM-09: the roster push comes before the answer to the join', async () => {
  await roster(hag, false);
  await join(hag, {});
  hag.request(clientLeave(COVEN), 'set');
  const answer = await hag.inbox.take(() => true);
  expect(isPush(answer)).toBe(true);
  expect(itemIn(answer).attrs).toEqual({ jid: COVEN, subscription: 'from' });
});

test("PAM-10: the answer wraps the channel's join as it was received", async () => {
  const joined = `<nick>n</nick><subscribe node='urn:xmpp:mix:nodes:messages'/>${form('share', 'result')}`;
  const answer = await join(hag, { joined, attrs: "id='123456' jid='123456#coven@mix.localhost'" });
  expect(answer.attrs).toMatchObject({ type: 'result', from: 'hag66@localhost', to: 'hag66@localhost/a' });
  const [wrapper, ...more] = elements(answer);
  expect(more).toEqual([]);
  expect([wrapper!.name, wrapper!.ns]).toEqual(['client-join', PAM]);
  const expected = `<join xmlns='${CORE}' id='123456' jid='123456#coven@mix.localhost'>${joined}</join>`;
  expect(serialize(elements(wrapper!)[0]!)).toBe(expected.replaceAll("'", '"'));
});

test.each([
  ["id='123456'", '123456'],
  ["jid='654321#coven@mix.localhost'", '654321'],
  ['', undefined],
])('PAM-11: from an answer with %s the participant id is %s', async (attrs, id) => {
  expect((await join(hag, { attrs })).attrs['type']).toBe('result');
  const [item] = await roster(hag, true);
  expect(child(item!, 'channel', 'urn:xmpp:mix:roster:0')).toBeDefined();
  expect(participantId(item!)).toBe(id);
});

test('PAM-12: a leave reaches the channel, then the roster entry goes, then the client is told', async () => {
  await join(hag);
  await roster(hag, true);
  hag.send(`<iq type='set' id='L1' to='hag66@localhost'>${clientLeave(COVEN)}</iq>`);
  const request = await channelAnswers(() => `type='result'><leave xmlns='${CORE}'/>`);
  expect(request.attrs).toEqual({ type: 'set', id: 'L1', from: 'hag66@localhost', to: COVEN });
  expect(serialize(elements(request)[0]!)).toBe(`<leave xmlns="${CORE}"/>`);
  const [push, answer] = [await hag.inbox.take(() => true), await hag.inbox.take(() => true)];
  expect(itemIn(push).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
  expect(answer.attrs).toEqual({
    type: 'result',
    id: 'L1',
    from: 'hag66@localhost',
    to: 'hag66@localhost/a',
  });
  expect(serialize(elements(answer)[0]!)).toBe(
    `<client-leave xmlns="${PAM}"><leave xmlns="${CORE}"/></client-leave>`,
  );
});

const errorOfChannel = (condition: string) => () =>
  `type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

test('PAM-12: an error of the channel is passed on, and the entry stays', async () => {
  await join(hag);
  const answer = hag.iq(clientLeave(COVEN), 'set');
  await channelAnswers(errorOfChannel('internal-server-error'));
  expect(errorOf(await answer)).toBe('internal-server-error/cancel');
  expect(await roster(hag, true)).toHaveLength(1);
});

test.each(['item-not-found', 'remote-server-not-found', 'gone'])(
  'PAM-13: a leave that the channel answers with %s cleans the roster',
  async (condition) => {
    await join(hag);
    const answer = hag.iq(clientLeave(COVEN), 'set');
    await channelAnswers(errorOfChannel(condition));
    expect(errorOf(await answer)).toBe('none');
    expect(await roster(hag, true)).toEqual([]);
  },
);

test('PAM-14: a join straight to the channel passes through, and the roster knows nothing of it', async () => {
  const answer = hag.iq(`<join xmlns='${CORE}'><nick>n</nick></join>`, 'set', COVEN);
  const request = await channelAnswers(() => `type='result'><join xmlns='${CORE}' id='1'/>`);
  expect(request.attrs['from']).toBe('hag66@localhost/a');
  expect((await answer).attrs['from']).toBe(COVEN);
  expect(await roster(hag, true)).toEqual([]);
});

test('PAM-15, PAM-21: with annotate, joined channels are marked with the participant id', async () => {
  await join(hag);
  await join(hag, { channel: 'heath@mix.localhost', attrs: "id='7'" });
  await hag.iq("<query xmlns='jabber:iq:roster'><item jid='hecate@localhost'/></query>", 'set');
  expect((await roster(hag, true)).map((item) => [item.attrs['jid'], participantId(item)])).toEqual([
    [COVEN, '123456'],
    ['heath@mix.localhost', '7'],
    ['hecate@localhost', undefined],
  ]);
});

test('PAM-22: without annotate, items are plain', async () => {
  await join(hag);
  const other = await stage.client('hag66');
  expect((await roster(other, false)).map((item) => serialize(item, 'jabber:iq:roster'))).toEqual([
    `<item jid="${COVEN}" subscription="from"/>`,
  ]);
});

test('PAM-23, PAM-24: pushes are marked for those clients whose last roster request asked for it', async () => {
  const plain = await stage.client('hag66', 'plain');
  await roster(hag, true);
  await roster(plain, false);
  await join(await stage.client('hag66', 'third'));
  expect(participantId(itemIn(await hag.inbox.take(isPush)))).toBe('123456');
  expect(elements(itemIn(await plain.inbox.take(isPush)))).toEqual([]);
  await roster(hag, false);
  await join(hag, { channel: 'heath@mix.localhost' });
  expect(elements(itemIn(await hag.inbox.take(isPush)))).toEqual([]);
});

test('PAM-16, PAM-20: a sharing join gives a one-way subscription and shows the client, without a handshake', async () => {
  await hag.online([CORE], '<show>dnd</show>');
  hag.inbox.stanzas.length = 0;
  await join(hag);
  const shown = await stage.service.take(isPresence);
  expect(shown.attrs).toEqual({ from: 'hag66@localhost/a', to: COVEN });
  expect(serialize(child(shown, 'show')!)).toBe('<show>dnd</show>');
  const [item] = await roster(hag, false);
  expect(item!.attrs['subscription']).toBe('from');
  stage.say(
    `<presence type='subscribe' from='${COVEN}' to='hag66@localhost'/><presence type='subscribed' from='${COVEN}' to='hag66@localhost'/>`,
  );
  await stage.settled();
  await hag.sync();
  expect(hag.inbox.takeAll(isPresence)).toEqual([]);
});

test.each([
  ['in the answer', { joined: form('not share', 'result') }],
  ['in the request, where the answer has no form', { inside: form('not_share') }],
])("PAM-17: with Presence='not share' %s nothing is shown", async (_, joining) => {
  await hag.online();
  await join(hag, joining);
  const [item] = await roster(hag, true);
  expect(item!.attrs['subscription']).toBe('none');
  await hag.sync();
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  await stage.settled();
  expect(stage.service.takeAll(isPresence)).toEqual([]);
  stage.say(`<presence type='probe' from='${COVEN}' to='hag66@localhost'/>`);
  await stage.settled();
  expect(stage.service.takeAll(isPresence)).toEqual([]);
});

test('PAM-18: a changed preference that passes by flips the subscription, and shows or hides the client', async () => {
  await hag.online();
  await join(hag);
  await roster(hag, false);
  await stage.service.take(isPresence);
  const set = async (presence: string, from = COVEN) => {
    const answer = hag.iq(
      `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form(presence)}</user-preference>`,
      'set',
      from,
    );
    await channelAnswers(
      () =>
        `type='result'><user-preference xmlns='urn:xmpp:mix:anon:0'>${form(presence, 'result')}</user-preference>`,
      from,
    );
    expect((await answer).attrs['from']).toBe(from);
  };
  await set('Not Share');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'none' });
  expect((await stage.service.take(isPresence)).attrs['type']).toBe('unavailable');
  await set('share');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'from' });
  expect((await stage.service.take(isPresence)).attrs['type']).toBeUndefined();
  await set('not share', 'heath@mix.localhost');
  await set('not share', '9#coven@mix.localhost');
  expect((await roster(hag, false)).map(({ attrs }) => attrs)).toEqual([
    { jid: COVEN, subscription: 'from' },
  ]);
});

const event = (inside: string, from = COVEN) =>
  `<message from='${from}' to='hag66@localhost' id='e'><event xmlns='http://jabber.org/protocol/pubsub#event'>${inside}</event></message>`;

test.each([
  ['is removed', event(`<items node='${PARTICIPANTS}'><retract id='123456'/></items>`)],
  ['is destroyed', event(`<delete node='${PARTICIPANTS}'/>`)],
])(
  'PAM-19: when the participant or the channel %s, the entry goes and the client gets the event',
  async (_, said) => {
    await hag.online();
    await join(hag);
    await roster(hag, false);
    stage.say(said);
    await hag.inbox.take(isMessage);
    expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
  },
);

test.each([
  ['another participant', event(`<items node='${PARTICIPANTS}'><retract id='9'/></items>`)],
  ['another node', event(`<delete node='${PRESENCE}'/>`)],
  ['somebody else', event(`<delete node='${PARTICIPANTS}'/>`, '9#coven@mix.localhost/x')],
  ["somebody else's resource", event(`<delete node='${PARTICIPANTS}'/>`, `${COVEN}/9`)],
  [
    'another channel',
    event(`<items node='${PARTICIPANTS}'><retract id='123456'/></items>`, 'heath@mix.localhost'),
  ],
])('PAM-19: an event about or by %s leaves the entry', async (_, said) => {
  await join(hag);
  stage.say(said);
  await stage.settled();
  expect(await roster(hag, false)).toHaveLength(1);
});

test('PAM-25: removing the entry by a roster set is a leave; renaming it keeps what it is', async () => {
  await join(hag);
  await roster(hag, true);
  await hag.iq(
    `<query xmlns='jabber:iq:roster'><item jid='${COVEN}' name='The coven' subscription='none'><group>g</group></item></query>`,
    'set',
  );
  const item = itemIn(await hag.inbox.take(isPush));
  expect(item.attrs).toEqual({ jid: COVEN, name: 'The coven', subscription: 'from' });
  expect(participantId(item)).toBe('123456');
  await join(hag);
  expect(itemIn(await hag.inbox.take(isPush)).attrs['name']).toBe('The coven');
  const answer = hag.iq(
    `<query xmlns='jabber:iq:roster'><item jid='${COVEN}' subscription='remove'/></query>`,
    'set',
  );
  const request = await channelAnswers(() => `type='result'><leave xmlns='${CORE}'/>`);
  expect(serialize(elements(request)[0]!)).toBe(`<leave xmlns="${CORE}"/>`);
  expect((await answer).attrs['type']).toBe('result');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
});

test('PAM-03, PAM-04, PAM-26, PAM-27: a message goes to every client that knows channels, whatever its show and priority', async () => {
  await hag.online([CORE], '<show>xa</show><priority>-1</priority>');
  const [dnd, plain, silent] = [
    await stage.client('hag66', 'dnd'),
    await stage.client('hag66', 'plain'),
    await stage.client('hag66'),
  ];
  await dnd.online([CORE, 'x'], '<show>dnd</show>');
  await plain.online(['x']);
  await join(hag);
  stage.say(groupchat('77E0'));
  for (const client of [hag, dnd]) {
    const got = await client.inbox.take(isMessage);
    expect(got.attrs).toEqual({ type: 'groupchat', id: '77E0', from: `${COVEN}/99`, to: client.jid });
  }
  for (const client of [plain, silent]) {
    await client.sync();
    expect(client.inbox.takeAll(isMessage)).toEqual([]);
  }
});

test('PAM-03: what comes before a client has answered waits for it, and a client that never answers gets nothing', async () => {
  await join(hag);
  hag.send('<presence/>');
  const question = await hag.inbox.take(({ name, attrs }) => name === 'iq' && attrs['type'] === 'get');
  stage.say(groupchat('1'));
  await stage.settled();
  await hag.sync();
  expect(hag.inbox.takeAll(isMessage)).toEqual([]);
  hag.send(
    `<iq type='result' id='${question.attrs['id']!}' to='hag66@localhost'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='${CORE}'/></query></iq>`,
  );
  expect((await hag.inbox.take(isMessage)).attrs['id']).toBe('1');
  const mute = await stage.client('hag66', 'mute');
  mute.send('<presence/>');
  await mute.inbox.take(({ attrs }) => attrs['type'] === 'get');
  stage.say(groupchat('2'));
  await new Promise((resolve) => setTimeout(resolve, 400));
  stage.say(groupchat('3'));
  await stage.settled();
  await mute.sync();
  expect(mute.inbox.takeAll(isMessage)).toEqual([]);
});

test('PAM-03: a client is asked again when its capabilities change', async () => {
  await join(hag);
  const c = (ver: string) =>
    `<c xmlns='http://jabber.org/protocol/caps' node='n' hash='sha-1' ver='${ver}'/>`;
  await hag.online([], c('1'));
  hag.send(`<presence>${c('1')}<show>away</show></presence>`);
  await hag.sync();
  expect(hag.inbox.takeAll(({ attrs }) => attrs['type'] === 'get')).toEqual([]);
  await hag.online([CORE], c('2'));
  await stage.service.take(isPresence);
  stage.say(groupchat('1'));
  await hag.inbox.take(isMessage);
});

const with_ = (jid: string) =>
  `<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>${jid}</value></field></x></query>`;

/** The messages that the archive gives, as they were stored. */
async function archived(client: Client, query: string): Promise<XmlElement[]> {
  const answer = await client.iq(query, 'set');
  if (answer.attrs['type'] !== 'result') throw new Error(serialize(answer));
  return client.inbox
    .takeAll((stanza) => isMessage(stanza) && child(stanza, 'result', 'urn:xmpp:mam:2') !== undefined)
    .map((message) =>
      child(child(elements(message)[0]!, 'forwarded', 'urn:xmpp:forward:0')!, 'message', 'jabber:client')!,
    );
}

test('PAM-28, PAM-29, PAM-34, PAM-35: messages to nobody online are not bounced nor kept as such, but archived once', async () => {
  await join(hag);
  hag.vanish();
  for (let count = 0; count < 5; count++) stage.say(groupchat(`m${count}`, `${COVEN}/${count}`));
  stage.say(groupchat('m4', `${COVEN}/4`));
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
  await stage.restart();
  const again = await stage.client('hag66');
  await again.online();
  expect(again.inbox.takeAll(isMessage)).toEqual([]);
  const found = await archived(again, with_(COVEN));
  expect(found.map(({ attrs }) => [attrs['id'], attrs['from']])).toEqual(
    Array.from({ length: 5 }, (_, at) => [`m${at}`, `${COVEN}/${at}`]),
  );
  expect(await archived(again, with_(`${COVEN}/3`))).toHaveLength(1);
});

test('PAM-30: groupchat of a channel that is not joined is refused', async () => {
  await hag.online();
  stage.say(groupchat('1'));
  const error = await stage.service.take(isMessage);
  expect(error.attrs).toMatchObject({ type: 'error', id: '1', from: 'hag66@localhost', to: `${COVEN}/99` });
  expect(errorOf(error)).toBe('service-unavailable/cancel');
  expect(hag.inbox.takeAll(isMessage)).toEqual([]);
});

test('PAM-31: an answer to a request of one client goes to that client alone', async () => {
  const other = await stage.client('hag66', 'b');
  await hag.online();
  await other.online();
  const answer = hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', COVEN);
  await channelAnswers(() => `type='result'><query xmlns='http://jabber.org/protocol/disco#info'/>`);
  await answer;
  await other.sync();
  expect(other.inbox.takeAll(({ attrs }) => attrs['from'] === COVEN)).toEqual([]);
});

test('PAM-32: what a client sends to a channel is relayed as it is', async () => {
  const inside = '<body>Harpier cries: \'tis time</body><x xmlns="urn:x" a="1"><y/></x>';
  hag.send(`<message to='${COVEN}' type='groupchat' id='92vax'>${inside}</message>`);
  const got = await stage.service.take(isMessage);
  expect(got.attrs).toEqual({ to: COVEN, type: 'groupchat', id: '92vax', from: 'hag66@localhost/a' });
  expect(serialize(got)).toContain(`>${inside}</message>`);
});

test('PAM-33: events of a joined channel go to clients that know channels, and are not archived', async () => {
  const plain = await stage.client('hag66', 'plain');
  await hag.online();
  await plain.online([]);
  await join(hag);
  stage.say(event(`<items node='${PARTICIPANTS}'><item id='9'/></items>`));
  expect((await hag.inbox.take(isMessage)).attrs).toEqual({ from: COVEN, to: hag.jid, id: 'e' });
  await plain.sync();
  expect(plain.inbox.takeAll(isMessage)).toEqual([]);
  expect(await archived(hag, with_(COVEN))).toEqual([]);
});

test("PAM-36: the archive's id is added, the channel's is kept, and a false one is removed", async () => {
  await hag.online();
  await join(hag);
  stage.say(
    groupchat('1', `${COVEN}/99`, "<stanza-id xmlns='urn:xmpp:sid:0' by='hag66@localhost' id='false'/>"),
  );
  const got = await hag.inbox.take(isMessage);
  const idsOf = (message: XmlElement) =>
    elements(message)
      .filter(({ name }) => name === 'stanza-id')
      .map(({ attrs }) => [attrs['by'], attrs['id']]);
  const [byChannel, byArchive, ...more] = idsOf(got);
  expect(more).toEqual([]);
  expect(byChannel).toEqual([COVEN, '1']);
  expect(byArchive![0]).toBe('hag66@localhost');
  expect(byArchive![1]).toMatch(/^[\w-]{16}$/);
  const [stored] = await archived(hag, with_(COVEN));
  expect(idsOf(stored!)).toEqual(idsOf(got));
});

test('PAM-38: private messages are ordinary chats, stored under the address on the wire in both directions', async () => {
  await hag.online();
  await join(hag);
  stage.say(
    "<message type='chat' id='p1' from='9#coven@mix.localhost/x' to='hag66@localhost'><body>psst</body></message>",
  );
  expect((await hag.inbox.take(isMessage)).attrs).toMatchObject({
    to: 'hag66@localhost',
    from: '9#coven@mix.localhost/x',
  });
  hag.send("<message type='chat' id='p2' to='9#coven@mix.localhost'><body>what?</body></message>");
  expect((await stage.service.take(isMessage)).attrs['id']).toBe('p2');
  expect((await archived(hag, with_('9#coven@mix.localhost'))).map(({ attrs }) => attrs['id'])).toEqual([
    'p1',
    'p2',
  ]);
  expect(await archived(hag, with_('hecate@localhost'))).toEqual([]);
  expect(await archived(hag, with_(COVEN))).toEqual([]);
});

test('PAM-39, PAM-40, PAM-41: channels see clients that know channels come, change and go, and no others', async () => {
  await join(hag);
  await join(hag, { channel: 'heath@mix.localhost', joined: form('not share', 'result') });
  const plain = await stage.client('hag66', 'plain');
  await plain.online([]);
  plain.send('<presence><show>away</show></presence><presence type="unavailable"/>');
  await plain.sync();
  await hag.online();
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  hag.send("<presence type='unavailable'><status>bye</status></presence>");
  await hag.sync();
  hag.send('<presence/>');
  await hag.sync();
  hag.vanish();
  const seen: (readonly (string | undefined)[])[] = [];
  while (seen.length < 5) {
    const { attrs } = await stage.service.take(isPresence);
    seen.push([attrs['from'], attrs['to'], attrs['type']]);
  }
  const full = 'hag66@localhost/a';
  expect(seen).toEqual([
    [full, COVEN, undefined],
    [full, COVEN, undefined],
    [full, COVEN, 'unavailable'],
    [full, COVEN, undefined],
    [full, COVEN, 'unavailable'],
  ]);
});

test('PAM-42, PAM-46: presence of a joined channel goes to its clients; of an unknown channel to nobody', async () => {
  const plain = await stage.client('hag66', 'plain');
  await hag.online();
  await plain.online([]);
  await join(hag);
  hag.inbox.stanzas.length = plain.inbox.stanzas.length = 0;
  stage.say("<presence from='9#heath@mix.localhost/x' to='hag66@localhost'/>");
  stage.say(
    "<presence from='9#coven@mix.localhost/x' to='hag66@localhost' id='p'><show>dnd</show></presence>",
  );
  stage.say("<presence from='9#coven@mix.localhost/x' to='hag66@localhost' type='unavailable'/>");
  await stage.settled();
  await hag.sync();
  await plain.sync();
  expect(hag.inbox.takeAll(isPresence).map(({ attrs }) => attrs)).toEqual([
    { from: '9#coven@mix.localhost/x', to: hag.jid, id: 'p' },
    { from: '9#coven@mix.localhost/x', to: hag.jid, type: 'unavailable' },
  ]);
  expect(plain.inbox.takeAll(isPresence)).toEqual([]);
});

test('PAM-44: a client that comes online has each channel whose presence it gets asked, from the bare JID', async () => {
  await join(hag, { joined: `<subscribe node='${PRESENCE}'/>` });
  await join(hag, { channel: 'heath@mix.localhost', joined: form('not share', 'result') });
  await stage.restart();
  const asked = async () => {
    const client = await stage.client('hag66');
    await client.online();
    await stage.settled();
    const found = stage.service.takeAll(
      (stanza) => isPresence(stanza) && stanza.attrs['from'] === 'hag66@localhost',
    );
    return [client, found.map(({ attrs }) => attrs)] as const;
  };
  const [client, first] = await asked();
  expect(first).toEqual([{ from: 'hag66@localhost', to: COVEN }]);
  const update = async (channel: string, inside: string) => {
    const answer = client.iq(
      `<update-subscription xmlns='${CORE}'>${inside}</update-subscription>`,
      'set',
      channel,
    );
    await channelAnswers(
      () =>
        `type='result'><update-subscription xmlns='${CORE}' jid='hag66@localhost'>${inside}</update-subscription>`,
      channel,
    );
    await answer;
  };
  await update(COVEN, `<unsubscribe node='${PRESENCE}'/>`);
  await update('heath@mix.localhost', `<subscribe node='${PRESENCE}'/>`);
  expect((await asked())[1]).toEqual([{ from: 'hag66@localhost', to: 'heath@mix.localhost' }]);
});

test('PAM-45: a probe is answered with the presence of each client that knows channels', async () => {
  const [other, plain] = [await stage.client('hag66', 'b'), await stage.client('hag66', 'plain')];
  await hag.online();
  await other.online();
  await plain.online([]);
  await join(hag);
  await stage.settled();
  stage.service.takeAll(isPresence);
  stage.say(`<presence type='probe' from='${COVEN}' to='hag66@localhost'/>`);
  stage.say("<presence type='probe' from='heath@mix.localhost' to='hag66@localhost'/>");
  await stage.settled();
  const answers = stage.service.takeAll(isPresence).map(({ attrs }) => attrs);
  expect(answers).toEqual([
    { from: 'hag66@localhost/a', to: COVEN },
    { from: 'hag66@localhost/b', to: COVEN },
  ]);
});

test('PAM-50: a removed account leaves its channels, until they have confirmed it', async () => {
  await join(hag);
  await join(hag, { channel: 'heath@mix.localhost' });
  stage.host.accounts.remove('hag66');
  const request = await channelAnswers(() => `type='result'><leave xmlns='${CORE}'/>`);
  expect(request.attrs['from']).toBe('hag66@localhost');
  await channelAnswers(errorOfChannel('internal-server-error'), 'heath@mix.localhost');
  await channelAnswers(errorOfChannel('item-not-found'), 'heath@mix.localhost');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(stage.service.stanzas).toEqual([]);
});

test('a stanza of the service to itself comes back in order, after the effects of what went before', async () => {
  await join(hag);
  stage.say(groupchat('1'));
  await stage.settled();
  expect(await archived(hag, with_(COVEN))).toHaveLength(1);
});
