import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { child, elements, type XmlElement } from '../xml/element.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({
    limits: { authenticateMs: 300, unauthenticatedConnectionsMax: 5, stanzasPerSecondMax: 1000 },
  });
});
afterEach(async () => stage.stop());

const header = (attrs: string) =>
  `<stream:stream ${attrs} xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;

/** All that the host says over TCP to this, until it ends the connection. */
async function say(bytes: string | Uint8Array): Promise<string> {
  const [, port] = stage.host.tcpAddress.split(':');
  const socket = connect(Number(port), '127.0.0.1');
  let said = '';
  socket.on('data', (data: Buffer) => (said += data.toString()));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.on('close', resolve));
  return said;
}

function conditionOf(error: XmlElement): string | undefined {
  return elements(error)[0]?.name;
}

test.each([
  ['another domain', header("to='example.org' version='1.0'"), 'host-unknown'],
  ['an account', header("to='hag66@localhost' version='1.0'"), 'host-unknown'],
  ['no version', header("to='localhost'"), 'unsupported-version'],
  [
    'a component',
    `<stream:stream to='localhost' version='1.0' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`,
    'invalid-namespace',
  ],
  ['no stream', "<stream xmlns='jabber:client'>", 'bad-format'],
  ['no XML', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'not-well-formed'],
  [
    'a DTD',
    `<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>${header("to='localhost' version='1.0'")}`,
    'restricted-xml',
  ],
  ['a stanza before the log-in', `${header("to='localhost' version='1.0'")}<message/>`, 'not-authorized'],
  [
    '10,001 bytes before the log-in',
    `${header("to='localhost' version='1.0'")}<auth>${'A'.repeat(10_001)}`,
    'policy-violation',
  ],
])('a stream that begins with %s ends with an error', async (_, bytes, condition) => {
  const said = await say(bytes);
  expect(said).toContain(`<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
  expect(said).toMatch(/^<\?xml version="1.0"\?><stream:stream .*<\/stream:stream>$/s);
});

test('10,000 bytes of garbage, many times, end connections and nothing else', async () => {
  const client = await stage.client('hag66');
  for (let count = 0; count < 20; count++) await say(randomBytes(10_000));
  for (const garbage of [
    '\0',
    '<',
    '<a',
    '</a>',
    '<a><b></a>',
    ']]>',
    '\xff\xfe',
    '&x;',
    '<?xml version="1.1"?>',
  ]) {
    await say(Buffer.from(`${garbage}\n`.repeat(50), 'latin1'));
  }
  await client.sync();
});

test('a half-open connection is ended in time, whether it says nothing or half of something', async () => {
  expect(await say('')).toContain('connection-timeout');
  expect(await say(header("to='localhost' version='1.0'"))).toContain('connection-timeout');
});

test('strangers have only so many connections; clients that are logged in do not count', async () => {
  const client = await stage.client('hag66');
  const strangers = await Promise.all(
    Array.from({ length: 5 }, () => new Client().overTcp(stage.host.tcpAddress)),
  );
  const late = await new Client().overTcp(stage.host.tcpAddress);
  await late.inbox.ended();
  await client.sync();
  for (const stranger of strangers) stranger.vanish();
});

test.each([
  ["<foo xmlns='jabber:client'/>", 'unsupported-stanza-type'],
  ["<foo xmlns='urn:x'/>", 'invalid-namespace'],
  ["<message from='hecate@localhost' to='hag66@localhost'/>", 'invalid-from'],
  ["<message from='hag66@localhost/other'/>", 'invalid-from'],
  ['<message><a></b></message>', 'not-well-formed'],
  ['<!-- x --><message/>', 'restricted-xml'],
])('after the log-in, %s ends the stream with %s', async (stanza, condition) => {
  const client = await stage.client('hag66', 'cauldron');
  client.send(stanza);
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'error'))).toBe(condition);
  await client.inbox.ended();
});

test('own addresses in `from` are accepted', async () => {
  const client = await stage.client('hag66', 'cauldron');
  client.send(
    "<message from='hag66@localhost' to='hag66@localhost/cauldron' type='chat'><body>1</body></message>",
  );
  client.send(
    "<message from='hag66@localhost/cauldron' to='hag66@localhost/cauldron' type='chat'><body>2</body></message>",
  );
  for (let count = 0; count < 2; count++) {
    const got = await client.inbox.take(({ name }) => name === 'message');
    expect(got.attrs['from']).toBe('hag66@localhost/cauldron');
  }
});

test('GEN-18: a stanza over the limit is refused and the stream goes on', async () => {
  const client = await stage.client('hag66');
  client.send(
    `<message to='coven@mix.localhost' type='groupchat' id='big'><body>${'x'.repeat(300_000)}</body></message>`,
  );
  const error = await client.inbox.take(({ name, attrs }) => name === 'message' && attrs['type'] === 'error');
  expect(error.attrs).toMatchObject({ id: 'big', from: 'coven@mix.localhost' });
  expect(
    child(child(error, 'error')!, 'policy-violation', 'urn:ietf:params:xml:ns:xmpp-stanzas'),
  ).toBeDefined();
  await client.sync();
  expect(stage.service.stanzas).toEqual([]);
});

test('a client that sends too fast is read more slowly, and loses nothing', async () => {
  const client = await stage.client('hag66');
  for (let count = 0; count < 2_500; count++)
    client.send(`<message to='coven@mix.localhost' id='${count}'/>`);
  await client.sync();
  await stage.settled();
  expect(stage.service.stanzas.map(({ attrs }) => Number(attrs['id']))).toEqual(
    Array.from({ length: 2_500 }, (_, at) => at),
  );
});

test('over WebSocket: no subprotocol, binary, too much before the log-in, nonsense, and a proper end', async () => {
  const url = `${stage.host.httpUrl.replace('http', 'ws')}/xmpp-websocket`;
  const refused = new WebSocket(url);
  await expect(new Promise((_, reject) => refused.on('error', reject))).rejects.toThrow('400');
  const elsewhere = new WebSocket(`${url}x`, 'xmpp');
  await expect(new Promise((_, reject) => elsewhere.on('error', reject))).rejects.toThrow('404');
  const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
  for (const [first, second, condition] of [
    [open, Buffer.from('<a/>'), 'bad-format'],
    [open, `<auth xmlns='x'>${'A'.repeat(10_001)}</auth>`, 'policy-violation'],
    [open, '<a', 'not-well-formed'],
    [open, '<a/><b/>', 'not-well-formed'],
    [open, "<message xmlns='jabber:client'/>", 'not-authorized'],
    ['<a/>', '', 'not-authorized'],
  ] as const) {
    const socket = new WebSocket(url, 'xmpp');
    const said: string[] = [];
    socket.on('message', (data: Buffer) => said.push(data.toString()));
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send(first);
    socket.send(second);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(said.at(-2)).toContain(condition);
    expect(said.at(-1)).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
  }
  const client = await new Client().overWebSocket(stage.host.httpUrl);
  await client.open();
  client.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
  await client.inbox.take(({ name }) => name === 'close');
  await client.inbox.ended();
});

test('a client that opens its stream again where that means nothing has its stream ended, and no second session', async () => {
  await stage.host.accounts.add('hag66', PASSWORD);
  const client = await new Client().overWebSocket(stage.host.httpUrl);
  await client.open();
  await client.authenticate('hag66', PASSWORD);
  await client.open();
  await client.bind('a');
  client.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>");
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'error'))).toBe('bad-format');
  await client.inbox.ended();
});

test('a stop ends every stream with system-shutdown', async () => {
  const client = await stage.client('hag66');
  await stage.restart();
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'error'))).toBe('system-shutdown');
  await client.inbox.ended();
  await (await stage.client('hag66')).sync();
  expect(await stage.host.accounts.isPassword('hag66', PASSWORD)).toBe(true);
});

test('too many clients of one account, a bad resource, and stanzas before binding', async () => {
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await stage.host.accounts.add('hag66', PASSWORD);
  await client.open();
  await client.authenticate('hag66', PASSWORD);
  await client.open();
  const answer = await client.bind('\u202e');
  expect(conditionOf(child(answer, 'error')!)).toBe('bad-request');
  await client.bind('ok');
  expect(client.jid).toBe('hag66@localhost/ok');
  for (let count = 1; count < 20; count++) await stage.client('hag66', `r${count}`);
  const late = await new Client().overTcp(stage.host.tcpAddress);
  await late.open();
  await late.authenticate('hag66', PASSWORD);
  await late.open();
  expect(conditionOf(child(await late.bind('late'), 'error')!)).toBe('resource-constraint');
  late.send('<message/>');
  expect(conditionOf(await late.inbox.take(({ name }) => name === 'error'))).toBe('not-authorized');
});
