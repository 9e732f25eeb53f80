import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements, text, type XmlElement } from '../xml/element.ts';
import { deriveKeys, finish, parseClientFirst, serverFirst } from './scram.ts';
import { preparePassword } from './password.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await stage.host.accounts.add('hag66', PASSWORD);
});
afterEach(async () => stage.stop());

test('RFC 7677: the example is accepted and signed as printed', async () => {
  const keys = await deriveKeys(
    'SCRAM-SHA-256',
    'pencil',
    Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
    4096,
  );
  const first = parseClientFirst('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')!;
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const challenge = serverFirst(nonce, keys);
  expect(challenge).toBe(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  const exchange = { mechanism: 'SCRAM-SHA-256', first, nonce, challenge, keys } as const;
  expect(finish(exchange, `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)).toEqual({
    signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  });
  expect(finish(exchange, `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVA=`)).toBe('wrong');
  expect(finish(exchange, `c=eSws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)).toBe(
    'malformed',
  );
  expect(finish(exchange, `c=biws,r=${nonce}x,p=AA==`)).toBe('malformed');
});

test('RFC 5802: the example of SCRAM-SHA-1 is accepted', async () => {
  const keys = await deriveKeys('SCRAM-SHA-1', 'pencil', Buffer.from('QSXCR+Q6sek8bf92', 'base64'), 4096);
  const first = parseClientFirst('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL')!;
  const nonce = 'fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j';
  const exchange = {
    mechanism: 'SCRAM-SHA-1',
    first,
    nonce,
    challenge: serverFirst(nonce, keys),
    keys,
  } as const;
  expect(finish(exchange, `c=biws,r=${nonce},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`)).toEqual({
    signature: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  });
});

test.each([
  ['p=tls-unique,,n=user,r=abc', undefined],
  ['n,,n=us=er,r=abc', undefined],
  ['n,,n=,r=abc', undefined],
  ['n,,m=x,n=user,r=abc', undefined],
  ['n,,n=user', undefined],
  ['y,a=other,n=us=2Cer=3D,r=abc', 'us,er='],
])('the first message %s names %s', (message, name) => {
  expect(parseClientFirst(message)?.name).toBe(name);
});

test.each([
  ['I\u00adX', 'IX'],
  ['\u2168', 'IX'],
  ['a\u00a0b', 'a b'],
  ['\u0007', undefined],
  ['', undefined],
])('RFC 4013: the password %j is prepared to %j', (password, prepared) => {
  expect(preparePassword(password)).toBe(prepared);
});

const ways = {
  TCP: (client: Client) => client.overTcp(stage.host.tcpAddress),
  WebSocket: (client: Client) => client.overWebSocket(stage.host.httpUrl),
};
const cases = Object.keys(ways).flatMap((way) =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'].map(
    (mechanism) => [way as keyof typeof ways, mechanism] as const,
  ),
);

test.each(cases)('a client logs in over %s with %s and binds a resource', async (way, mechanism) => {
  const client = await ways[way](new Client());
  const features = await client.open();
  const mechanisms = elements(child(features, 'mechanisms', 'urn:ietf:params:xml:ns:xmpp-sasl')!).map(text);
  expect(mechanisms).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
  expect((await client.authenticate('hag66', PASSWORD, mechanism)).name).toBe('success');
  const after = await client.open();
  expect(child(after, 'bind', 'urn:ietf:params:xml:ns:xmpp-bind')).toBeDefined();
  const bound = await client.bind('cauldron');
  expect(client.jid).toBe('hag66@localhost/cauldron');
  expect([bound.attrs['from'], bound.attrs['to']]).toEqual([undefined, undefined]);
  expect(
    (await client.iq("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", 'set')).attrs['type'],
  ).toBe('result');
  await client.sync();
});

test('a name in upper case is the same account', async () => {
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await client.open();
  expect((await client.authenticate('Hag66', PASSWORD)).name).toBe('success');
});

test.each(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])(
  'a wrong password and an unknown name look the same with %s',
  async (mechanism) => {
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    const wrong = await client.authenticate('hag66', 'wrong', mechanism);
    const unknown = await client.authenticate('nobody', 'wrong', mechanism);
    expect(wrong.name).toBe('failure');
    expect(elements(wrong).map(({ name }) => name)).toEqual(['not-authorized']);
    expect(unknown).toEqual(wrong);
  },
);

test('an unknown name is challenged with the same salt each time, and with as many iterations', async () => {
  const challengeOf = async (name: string) => {
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    const first = Buffer.from(`n,,n=${name},r=abc`).toString('base64');
    client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>${first}</auth>`);
    return Buffer.from(text(await client.outcome()), 'base64')
      .toString()
      .replace(/^r=[^,]*/, '');
  };
  const [one, again, other] = [
    await challengeOf('nobody'),
    await challengeOf('nobody'),
    await challengeOf('someone'),
  ];
  expect(one).toBe(again);
  expect(one).not.toBe(other);
  const shape = /^,s=[A-Za-z0-9+/]{22}==,i=4096$/;
  expect(one).toMatch(shape);
  expect(await challengeOf('hag66')).toMatch(shape);
  await stage.restart();
  expect(await challengeOf('nobody')).toBe(one);
});

test.each([
  ["<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X'/>", 'invalid-mechanism'],
  ["<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%%%</auth>", 'incorrect-encoding'],
  ["<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AAAA</auth>", 'malformed-request'],
  [
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>eA==</auth>",
    'malformed-request',
  ],
  ["<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", 'malformed-request'],
  ["<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", 'aborted'],
])('%s fails with %s', async (auth, condition) => {
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await client.open();
  client.send(auth);
  expect(elements(await client.outcome()).map(({ name }) => name)).toEqual([condition]);
});

test("nobody logs in under another's name", async () => {
  await stage.host.accounts.add('hecate', PASSWORD);
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await client.open();
  const data = Buffer.from(`hecate@localhost\0hag66\0${PASSWORD}`).toString('base64');
  client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`);
  expect(elements(await client.outcome()).map(({ name }) => name)).toEqual(['invalid-authzid']);
});

test('the third failure on one connection ends it, and ten failures for one name in a minute stop the name', async () => {
  const fail = async () => {
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    return client;
  };
  const client = await fail();
  for (let count = 0; count < 3; count++) await client.authenticate('hag66', 'wrong', 'PLAIN');
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'error'))).toBe('policy-violation');
  await client.inbox.ended();
  for (let count = 3; count < 10; count++) await (await fail()).authenticate('hag66', 'wrong', 'PLAIN');
  const last = await (await fail()).authenticate('hag66', PASSWORD);
  expect(elements(last).map(({ name }) => name)).toEqual(['temporary-auth-failure']);
});

test('a second client with the same resource takes the place of the first', async () => {
  const one = await stage.client('hag66', 'cauldron');
  const two = await stage.client('hag66', 'cauldron');
  expect(conditionOf(await one.inbox.take(({ name }) => name === 'error'))).toBe('conflict');
  await one.inbox.ended();
  await two.sync();
  expect((await stage.client('hag66')).jid).toMatch(/^hag66@localhost\/[\w-]{12}$/);
});

test('accounts: names are prepared, taken ones refused, passwords changed, removal ends the session', async () => {
  const { accounts } = stage.host;
  await expect(accounts.add('HAG66', PASSWORD)).rejects.toMatchObject({ why: 'taken' });
  await expect(accounts.add('a b', PASSWORD)).rejects.toMatchObject({ why: 'name' });
  await expect(accounts.add('hecate', '')).rejects.toMatchObject({ why: 'password' });
  await expect(accounts.setPassword('nobody', PASSWORD)).rejects.toMatchObject({ why: 'unknown' });
  expect(accounts.list().map(({ name }) => name)).toEqual(['hag66']);
  const client = await stage.client('hag66');
  await accounts.setPassword('hag66', 'another one');
  expect(await accounts.isPassword('hag66', PASSWORD)).toBe(false);
  expect(await accounts.isPassword('hag66', 'another one')).toBe(true);
  expect(accounts.remove('hag66')).toBe(true);
  expect(accounts.remove('hag66')).toBe(false);
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'error'))).toBe('not-authorized');
});

function conditionOf(error: XmlElement): string | undefined {
  return elements(error)[0]?.name;
}
