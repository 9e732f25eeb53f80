import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, type XmlElement } from '../xml/element.ts';
import { archived, errorOf } from './pam/stage.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ limits: { offlineMessagesPerAccountMax: 3 } });
});
afterEach(async () => stage.stop());

const body = (wanted: string) => (stanza: XmlElement) =>
  stanza.name === 'message' && childText(stanza, 'body') === wanted;

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

test('a note to oneself arrives, and is in the archive once', async () => {
  const hag = await stage.client('hag66', 'a');
  await hag.online();
  hag.send("<message to='hag66@localhost' type='chat'><body>note</body></message>");
  await hag.inbox.take(body('note'));
  expect(await archived(hag, 'hag66@localhost')).toHaveLength(1);
});

test('a stanza as large as the limit allows can be stored and read back, though it has grown', async () => {
  const hag = await stage.client('hag66', 'a');
  await stage.host.accounts.add('hecate', 'correct horse');
  const large = 'x'.repeat(262_144 - 100);
  hag.send(`<message to='hecate@localhost' type='chat'><body>${large}</body></message>`);
  hag.send(`<presence to='hecate@localhost' type='subscribe'><status>${large}</status></presence>`);
  await hag.sync();
  const hecate = await stage.client('hecate');
  await hecate.online();
  await hecate.inbox.take(body(large), 'the message');
  await hecate.inbox.take(
    ({ name, attrs }) => name === 'presence' && attrs['type'] === 'subscribe',
    'the request',
  );
  expect(await archived(hecate, 'hag66@localhost')).toHaveLength(1);
});
