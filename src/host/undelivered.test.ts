import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, type XmlElement } from '../xml/element.ts';
import { ManagedClient } from './managed-client.ts';
import { archived, errorOf } from './pam/stage.ts';
import { openStage, type Client, type Stage } from './stage.ts';

const limits = { resumeMs: 200, ackRequestMs: 20, stanzasPerSecondMax: 1e9 };
let stage: Stage;
let hecate: Client;
beforeEach(async () => {
  await open({ limits });
});
afterEach(async () => stage.stop());

async function open(changes: Parameters<typeof openStage>[0]): Promise<void> {
  stage = await openStage(changes);
  hecate = await stage.client('hecate', 'b');
}

const isMessage = ({ name }: XmlElement) => name === 'message';
const bodiesOf = (messages: readonly XmlElement[]) =>
  messages.map((message) => childText(message, 'body', 'jabber:client'));
const say = (to: string, body: string, more = '') =>
  hecate.send(`<message to='${to}' type='chat' id='${body}'><body>${body}</body>${more}</message>`);

/** A client that is there, without a connection. */
async function asleep(resource: string, priority = 0): Promise<ManagedClient> {
  const managed = await ManagedClient.open(stage, 'hag66', resource);
  await managed.client.online([], `<priority>${priority}</priority>`);
  managed.acknowledge();
  await managed.client.sync();
  managed.cut();
  return managed;
}

/** Waits until the host knows of no such client any more. */
async function over(count = 0): Promise<void> {
  const clients = async () => {
    const info = "<query xmlns='http://jabber.org/protocol/disco#items'/>";
    const hag = await stage.client('hag66', 'observer');
    const answer = await hag.iq(info, 'get', 'hag66@localhost');
    hag.send('</stream:stream>');
    return elements(child(answer, 'query', 'http://jabber.org/protocol/disco#items')!).length;
  };
  await expect.poll(clients, { timeout: 3_000 }).toBe(count);
}

/** What a client gets that comes online. */
async function whatWaits(resource = 'next'): Promise<XmlElement[]> {
  const next = await stage.client('hag66', resource);
  await next.online([]);
  return next.inbox.takeAll(isMessage);
}

test('when the time runs out, messages wait for the next client, with their time, and are in the archive once', async () => {
  const hag = await asleep('a');
  say('hag66@localhost', 'bare');
  say('hag66@localhost/a', 'full');
  say('hag66@localhost', '', "<store xmlns='urn:xmpp:hints'/>");
  hecate.send(
    "<message to='hag66@localhost/a' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
  );
  hecate.send("<message to='hag66@localhost/a' type='headline'><body>news</body></message>");
  await hecate.sync();
  expect(hecate.inbox.takeAll(isMessage)).toEqual([]);
  await over();
  const got = await whatWaits();
  expect(bodiesOf(got)).toEqual(['bare', 'full', '']);
  for (const message of got) {
    expect(
      message.children.filter((node) => typeof node === 'object' && 'name' in node && node.name === 'delay'),
    ).toHaveLength(1);
    expect(message.attrs['to']).toBe('hag66@localhost');
  }
  const reader = await stage.client('hag66', 'reader');
  expect(await archived(reader, 'hecate@localhost')).toHaveLength(3);
  const failed = await hag.tryResume();
  expect([failed.name, elements(failed)[0]?.name, failed.attrs['h']]).toEqual([
    'failed',
    'item-not-found',
    '4',
  ]);
});

test('contacts are told once that the client is gone, and not while it may come back', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  hecate.send("<presence to='hag66@localhost' type='subscribe'/>");
  await hag.client.online([]);
  hag.client.send("<presence to='hecate@localhost' type='subscribed'/>");
  await hecate.online([]);
  await hag.client.sync();
  hag.cut();
  await hag.resume();
  hag.cut();
  await hecate.sync();
  expect(hecate.inbox.takeAll(({ attrs }) => attrs['type'] === 'unavailable')).toEqual([]);
  await hecate.inbox.take(({ attrs }) => attrs['type'] === 'unavailable');
  await over();
  expect(hecate.inbox.takeAll(({ attrs }) => attrs['type'] === 'unavailable')).toEqual([]);
});

test('what was kept for a client that ends in order is seen to at once', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await hag.client.online([]);
  say('hag66@localhost', 'never acknowledged');
  await hag.client.inbox.take(isMessage);
  hag.client.send('</stream:stream>');
  await hag.client.inbox.ended();
  expect(bodiesOf(await whatWaits())).toEqual(['never acknowledged']);
  const other = await ManagedClient.open(stage, 'hag66', 'c', 'TCP', '');
  await other.client.online([]);
  say('hag66@localhost', 'acknowledged');
  await other.client.inbox.take(isMessage);
  other.acknowledge();
  await other.client.sync();
  other.cut();
  expect(bodiesOf(await whatWaits('last'))).toEqual([]);
});

test('a message goes to another client that is there; what that one has had already does not come again', async () => {
  const hag = await asleep('a');
  say('hag66@localhost', 'early');
  await hecate.sync();
  const desk = await stage.client('hag66', 'desk');
  await desk.online([]);
  say('hag66@localhost', 'to both');
  say('hag66@localhost/a', 'to the first');
  expect(childText(await desk.inbox.take(isMessage), 'body')).toBe('to both');
  const got = [await desk.inbox.take(isMessage), await desk.inbox.take(isMessage)];
  expect(bodiesOf(got)).toEqual(['early', 'to the first']);
  expect(child(got[0]!, 'delay', 'urn:xmpp:delay')).toBeDefined();
  await desk.sync();
  expect(desk.inbox.takeAll(isMessage)).toEqual([]);
  desk.send('</stream:stream>');
  await desk.inbox.ended();
  expect(bodiesOf(await whatWaits())).toEqual([]);
  expect(hag.bodies).toEqual([]);
});

test('of two clients that both never come back, one leaves the message to the other', async () => {
  const [one, two] = [await asleep('1'), await asleep('2')];
  say('hag66@localhost', 'for both');
  await hecate.sync();
  await over();
  expect(bodiesOf(await whatWaits())).toEqual(['for both']);
  expect([...one.bodies, ...two.bodies]).toEqual([]);
});

test('a client that comes back has what another one never got, and then nothing waits', async () => {
  const one = await asleep('1');
  const two = await asleep('2');
  say('hag66@localhost', 'for both');
  await hecate.sync();
  await two.resume();
  await two.client.inbox.take(isMessage);
  two.acknowledge();
  await two.client.sync();
  await over(1);
  two.client.send('</stream:stream>');
  await two.client.inbox.ended();
  expect(bodiesOf(await whatWaits())).toEqual([]);
  expect(one.bodies).toEqual([]);
});

test('what a client has had before it was cut off does not wait for others, once it says so', async () => {
  await asleep('1');
  const two = await ManagedClient.open(stage, 'hag66', '2');
  await two.client.online([]);
  say('hag66@localhost', 'for both');
  await two.client.inbox.take(isMessage);
  two.cut();
  await two.resume();
  two.client.send('</stream:stream>');
  await two.client.inbox.ended();
  await over();
  expect(bodiesOf(await whatWaits())).toEqual([]);
});

test('a request waits for the client to come back, or is refused when the time is over', async () => {
  const hag = await asleep('a');
  const ping = (id: string) =>
    hecate.send(`<iq type='get' id='${id}' to='hag66@localhost/a'><ping xmlns='urn:xmpp:ping'/></iq>`);
  ping('first');
  await hecate.sync();
  await hag.resume();
  const asked = await hag.client.inbox.take(({ attrs }) => attrs['id'] === 'first');
  hag.client.send(`<iq type='result' id='first' to='${asked.attrs['from'] ?? ''}'/>`);
  expect((await hecate.inbox.take(({ attrs }) => attrs['id'] === 'first')).attrs['type']).toBe('result');
  hag.acknowledge();
  await hag.client.sync();
  hag.cut();
  ping('second');
  const error = await hecate.inbox.take(({ attrs }) => attrs['id'] === 'second');
  expect(errorOf(error)).toBe('service-unavailable/cancel');
});

test('there is only so much room for what waits offline: the rest is refused, as for anybody who is not there', async () => {
  await stage.stop();
  await open({ limits: { ...limits, offlineMessagesPerAccountMax: 2 } });
  await asleep('a');
  for (const body of ['1', '2', '3']) say('hag66@localhost', body);
  const error = await hecate.inbox.take(isMessage);
  expect([error.attrs['id'], errorOf(error)]).toEqual(['3', 'service-unavailable/cancel']);
  expect(bodiesOf(await whatWaits())).toEqual(['1', '2']);
});

test('what a client never got of the messages that had waited for it waits again, with the first time', async () => {
  await stage.host.accounts.add('hag66', 'correct horse');
  say('hag66@localhost', 'old');
  await hecate.sync();
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await hag.client.online([]);
  const first = await hag.client.inbox.take(isMessage);
  hag.cut();
  await over();
  const [again] = await whatWaits();
  expect(again).toEqual(first);
});

test('a stop of the host loses nothing of what was not acknowledged', async () => {
  const hag = await asleep('a');
  say('hag66@localhost', 'to one asleep');
  await hecate.sync();
  const awake = await ManagedClient.open(stage, 'hex', 'a');
  await awake.client.online([]);
  say('hex@localhost', 'to one awake');
  await awake.client.inbox.take(isMessage);
  await stage.restart();
  expect((await hag.tryResume()).name).toBe('failed');
  expect(bodiesOf(await whatWaits())).toEqual(['to one asleep']);
  const next = await stage.client('hex');
  await next.online([]);
  expect(bodiesOf(next.inbox.takeAll(isMessage))).toEqual(['to one awake']);
});

test('another client of the same name takes the place of one that sleeps, and gets what had waited for it', async () => {
  const hag = await asleep('a');
  say('hag66@localhost/a', 'for the first');
  await hecate.sync();
  expect(bodiesOf(await whatWaits('a'))).toEqual(['for the first']);
  expect((await hag.tryResume()).name).toBe('failed');
});

test('a removed account loses its sessions, also those that sleep', async () => {
  const hag = await asleep('a');
  say('hag66@localhost', 'too late');
  await hecate.sync();
  stage.host.accounts.remove('hag66');
  await stage.host.accounts.add('hag66', 'correct horse');
  await over();
  expect(hag.bodies).toEqual([]);
});

test('channel messages that wait for what a client knows still come when it is cut off meanwhile', async () => {
  await stage.stop();
  await open({ limits: { ...limits, resumeMs: 5_000, capabilityMs: 50 } });
  const joiner = await stage.client('hag66', 'joiner');
  const request = joiner.request(
    "<client-join xmlns='urn:xmpp:mix:pam:2' channel='coven@mix.localhost'><join xmlns='urn:xmpp:mix:core:1'/></client-join>",
    'set',
    'hag66@localhost',
  );
  const join = await stage.service.take(({ attrs }) => attrs['id'] === request);
  stage.say(
    `<iq type='result' id='${request}' from='coven@mix.localhost' to='${join.attrs['from'] ?? ''}'><join xmlns='urn:xmpp:mix:core:1' id='p'/></iq>`,
  );
  await joiner.inbox.take(({ attrs }) => attrs['id'] === request);
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  hag.client.send('<presence/>');
  await hag.client.inbox.take(({ attrs }) => attrs['type'] === 'get');
  const handled = hag.handled - 1;
  hag.cut();
  stage.say(
    "<message type='groupchat' id='m' from='coven@mix.localhost/p' to='hag66@localhost'><body>held</body></message>",
  );
  await stage.settled();
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setTimeout(resolve, 60));
  await hag.resume(handled);
  const query = await hag.client.inbox.take(({ attrs }) => attrs['type'] === 'get');
  hag.client.send(
    `<iq type='result' id='${query.attrs['id'] ?? ''}' to='hag66@localhost'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mix:core:1'/></query></iq>`,
  );
  await expect.poll(() => hag.bodies).toEqual(['held']);
});

test.each([
  ['Stanzas', { unacknowledgedStanzasMax: 5, sleepingStanzasPerSessionMax: 5 }],
  ['Bytes', { unacknowledgedBytesMax: 2_000, sleepingBytesPerSessionMax: 2_000 }],
])(
  'unacknowledged%sMax bounds what is kept: then the session ends, and nothing is lost',
  async (_, bound) => {
    await stage.stop();
    await open({ limits: { ...limits, resumeMs: 60_000, ...bound } });
    const awake = await ManagedClient.open(stage, 'hag66', 'a');
    await awake.client.online([]);
    for (let count = 0; count < 20; count++) say('hag66@localhost', `${count}`);
    const error = await awake.client.inbox.take(({ name }) => name === 'error');
    expect(elements(error)[0]?.name).toBe('resource-constraint');
    const all = Array.from({ length: 20 }, (_, at) => `${at}`);
    await hecate.sync();
    expect(bodiesOf(await whatWaits())).toEqual(all);
    const sleeping = await asleep('c');
    const next = await stage.client('hag66', 'next');
    next.send('</stream:stream>');
    await next.inbox.ended();
    for (let count = 0; count < 20; count++) say('hag66@localhost', `${count}`);
    await hecate.sync();
    await over();
    expect((await sleeping.tryResume()).name).toBe('failed');
    expect(bodiesOf(await whatWaits('last'))).toEqual(all);
  },
);

test('what comes while a session ends does not overtake what was kept for it', async () => {
  await stage.stop();
  const offline = { offlineMessagesPerAccountMax: 1_000, tasksPerCommitMax: 1 };
  await open({ limits: { ...limits, unacknowledgedStanzasMax: 20, ...offline } });
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await hag.client.online([]);
  for (let count = 0; count < 300; count++) {
    say('hag66@localhost', `${count}`);
    if (count % 25 === 0) await hecate.sync();
  }
  await hecate.sync();
  await hag.client.inbox.ended();
  expect(bodiesOf(await whatWaits())).toEqual(Array.from({ length: 300 }, (_, at) => `${at}`));
});

test.each([
  ['sleepingSessionsMax', { sleepingSessionsMax: 2 }],
  ['sleepingBytesMax', { sleepingBytesMax: 4_000 }],
])('%s bounds what sleeps: the oldest ends', async (_, bound) => {
  await stage.stop();
  await open({ limits: { ...limits, resumeMs: 60_000, ...bound } });
  const clients: ManagedClient[] = [];
  for (const resource of ['1', '2', '3']) {
    clients.push(await asleep(resource));
    // Of these nothing is left when a client is gone, which would go to the others.
    hecate.send(
      `<message to='hag66@localhost/${resource}' type='headline'><body>${'x'.repeat(1_500)}</body></message>`,
    );
    await hecate.sync();
  }
  const [first, second, third] = clients;
  await expect.poll(async () => (await first!.tryResume()).name).toBe('failed');
  await second!.resume();
  await third!.resume();
});

test('a client that is there gets the room of one that sleeps', async () => {
  await stage.stop();
  await open({ limits: { ...limits, resumeMs: 60_000, sessionsPerAccountMax: 3 } });
  const [one, two] = [await asleep('1'), await asleep('2')];
  await stage.client('hag66', '3');
  const late = await stage.client('hag66', '4');
  await late.sync();
  expect((await one.tryResume()).name).toBe('failed');
  await two.resume();
});
