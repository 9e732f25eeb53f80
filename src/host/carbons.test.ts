import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, type XmlElement } from '../xml/element.ts';
import { COVEN, groupchat, isMessage, join } from './pam/stage.ts';
import { openStage, type Client, type Stage } from './stage.ts';

const ENABLE = "<enable xmlns='urn:xmpp:carbons:2'/>";
const DISABLE = "<disable xmlns='urn:xmpp:carbons:2'/>";
const PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";

let stage: Stage;
let hag: Client;
let other: Client;
let plain: Client;
let hecate: Client;
beforeEach(async () => {
  stage = await openStage();
  [hag, other, plain] = [
    await stage.client('hag66', 'a'),
    await stage.client('hag66', 'b'),
    await stage.client('hag66', 'plain'),
  ];
  hecate = await stage.client('hecate', 'h');
  for (const client of [hag, other, plain, hecate]) await client.online();
  await hag.iq(ENABLE, 'set');
  await other.iq(ENABLE, 'set');
});
afterEach(async () => stage.stop());

const chat = (to: string, inside = '<body>x</body>', type = 'chat') =>
  `<message to='${to}' type='${type}' id='m1'>${inside}</message>`;

/** The copies that have arrived: of which kind, and what they hold. */
async function copies(client: Client): Promise<readonly (readonly [string, XmlElement])[]> {
  for (const sender of [hag, hecate]) await sender.sync();
  await stage.settled();
  await client.sync();
  return client.inbox.takeAll(isMessage).map((message) => {
    const carbon = ['sent', 'received']
      .map((name) => child(message, name, 'urn:xmpp:carbons:2'))
      .find(Boolean);
    if (carbon === undefined) return ['original', message] as const;
    expect(message.attrs).toMatchObject({ from: 'hag66@localhost', to: client.jid });
    const forwarded = child(carbon, 'forwarded', 'urn:xmpp:forward:0')!;
    return [carbon.name, child(forwarded, 'message', 'jabber:client')!] as const;
  });
}
const kinds = async (client: Client) => (await copies(client)).map(([kind]) => kind);

test('what one client sends and receives, the others that ask for it get as a copy, with its id in the archive', async () => {
  hag.send(chat('hecate@localhost/h'));
  await hag.sync();
  hecate.send(chat('hag66@localhost/a', '<body>y</body>'));
  const [sent, received] = await copies(other);
  expect([sent?.[0], childText(sent![1], 'body')]).toEqual(['sent', 'x']);
  expect(sent![1].attrs).toEqual({ id: 'm1', type: 'chat', from: hag.jid, to: 'hecate@localhost/h' });
  expect(child(sent![1], 'stanza-id', 'urn:xmpp:sid:0')?.attrs['by']).toBe('hag66@localhost');
  expect([received?.[0], childText(received![1], 'body')]).toEqual(['received', 'y']);
  expect(child(received![1], 'stanza-id', 'urn:xmpp:sid:0')?.attrs['by']).toBe('hag66@localhost');
  expect(await kinds(hag)).toEqual(['original']);
  expect(await kinds(plain)).toEqual([]);
  expect(await kinds(hecate)).toEqual(['original']);
});

test('who has the message itself gets no copy; who may not have it yet gets one', async () => {
  other.send('<presence><priority>-1</priority></presence>');
  await other.sync();
  hecate.send(chat('hag66@localhost'));
  expect(await kinds(hag)).toEqual(['original']);
  expect(await kinds(plain)).toEqual(['original']);
  expect(await kinds(other)).toEqual(['received']);
  hag.send("<presence type='unavailable'/>");
  plain.send("<presence type='unavailable'/>");
  await hag.sync();
  await plain.sync();
  hecate.send(chat('hag66@localhost'));
  expect(await kinds(other)).toEqual(['received']);
});

test('a message to oneself is copied once, and not back to its sender', async () => {
  hag.send(chat('hag66@localhost/plain'));
  expect(await kinds(hag)).toEqual([]);
  expect(await kinds(other)).toEqual(['received']);
  expect(await kinds(plain)).toEqual(['original']);
});

test.each([
  ['chat', "<active xmlns='http://jabber.org/protocol/chatstates'/>", true],
  ['normal', '<body>x</body>', true],
  ['normal', "<received xmlns='urn:xmpp:receipts' id='1'/>", true],
  ['normal', "<x xmlns='jabber:x:conference' jid='coven@mix.localhost'/>", true],
  ['normal', '', false],
  ['headline', '<body>x</body>', false],
  ['error', "<error type='cancel'/>", false],
  ['chat', `<body>x</body>${PRIVATE}`, false],
  ['chat', "<body>x</body><no-copy xmlns='urn:xmpp:hints'/>", false],
])('of a message of type %s with %s there are copies: %s', async (type, inside, isCopied) => {
  hag.send(chat('hecate@localhost/h', inside, type));
  expect(await kinds(other)).toEqual(isCopied ? ['sent'] : []);
  hecate.send(chat('hag66@localhost/a', inside, type));
  expect(await kinds(other)).toEqual(isCopied ? ['received'] : []);
});

test('copies can be switched off and on again as often as one likes, by the client itself only', async () => {
  for (let count = 0; count < 2; count++)
    expect((await other.iq(DISABLE, 'set')).attrs['type']).toBe('result');
  hag.send(chat('hecate@localhost/h'));
  expect(await kinds(other)).toEqual([]);
  expect((await other.iq(ENABLE, 'set')).attrs['type']).toBe('result');
  expect((await hecate.iq(DISABLE, 'set', 'hag66@localhost')).attrs['type']).toBe('error');
  hag.send(chat('hecate@localhost/h'));
  expect(await kinds(other)).toEqual(['sent']);
});

test('PAM-37: a channel reaches each client by itself; a private message through it is copied under the address on the wire', async () => {
  await join(stage, hag);
  hag.send(chat(COVEN, '<body>x</body>', 'groupchat'));
  await hag.sync();
  stage.say(groupchat('1'));
  expect(await kinds(other)).toEqual(['original']);
  hag.send(chat('9#coven@mix.localhost'));
  await hag.sync();
  stage.say(
    "<message type='chat' id='p' from='9#coven@mix.localhost/x' to='hag66@localhost/a'><body>psst</body></message>",
  );
  const both = await copies(other);
  expect(both.map(([kind, { attrs }]) => [kind, attrs['from'], attrs['to']])).toEqual([
    ['sent', hag.jid, '9#coven@mix.localhost'],
    ['received', '9#coven@mix.localhost/x', hag.jid],
  ]);
});

test('the host says that it copies', async () => {
  for (const to of ['localhost', 'hag66@localhost']) {
    const info = await hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', to);
    const query = child(info, 'query', 'http://jabber.org/protocol/disco#info')!;
    expect(query.children).toContainEqual(
      expect.objectContaining({ name: 'feature', attrs: { var: 'urn:xmpp:carbons:2' } }),
    );
  }
});
