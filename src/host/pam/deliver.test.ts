import { afterEach, beforeEach, expect, test } from 'vitest';
import { elements, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import {
  archived,
  channelAnswers,
  CORE,
  COVEN,
  errorOf,
  event,
  groupchat,
  isMessage,
  isPresence,
  join,
  PARTICIPANTS,
} from './stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage({ limits: { capabilityMs: 300 } });
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

test('PAM-03, PAM-04, PAM-26, PAM-27: a message goes to every client that knows channels, whatever its show and priority', async () => {
  await hag.online([CORE], '<show>xa</show><priority>-1</priority>');
  const [dnd, plain, silent] = [
    await stage.client('hag66', 'dnd'),
    await stage.client('hag66', 'plain'),
    await stage.client('hag66'),
  ];
  await dnd.online([CORE, 'x'], '<show>dnd</show>');
  await plain.online(['x']);
  await join(stage, hag);
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
  await join(stage, hag);
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
  await join(stage, hag);
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

test('PAM-28, PAM-29, PAM-34, PAM-35: messages to nobody online are not bounced nor kept as such, but archived once', async () => {
  await join(stage, hag);
  hag.vanish();
  for (let count = 0; count < 5; count++) stage.say(groupchat(`m${count}`, `${COVEN}/${count}`));
  stage.say(groupchat('m4', `${COVEN}/4`));
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
  await stage.restart();
  const again = await stage.client('hag66');
  await again.online();
  expect(again.inbox.takeAll(isMessage)).toEqual([]);
  const found = await archived(again, COVEN);
  expect(found.map(({ attrs }) => [attrs['id'], attrs['from']])).toEqual(
    Array.from({ length: 5 }, (_, at) => [`m${at}`, `${COVEN}/${at}`]),
  );
  expect(await archived(again, `${COVEN}/3`)).toHaveLength(1);
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
  await channelAnswers(stage, `type='result'><query xmlns='http://jabber.org/protocol/disco#info'/>`);
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
  await join(stage, hag);
  stage.say(event(`<items node='${PARTICIPANTS}'><item id='9'/></items>`));
  expect((await hag.inbox.take(isMessage)).attrs).toEqual({ from: COVEN, to: hag.jid, id: 'e' });
  await plain.sync();
  expect(plain.inbox.takeAll(isMessage)).toEqual([]);
  expect(await archived(hag, COVEN)).toEqual([]);
});

test("PAM-36: the archive's id is added, the channel's is kept, and a false one is removed", async () => {
  await hag.online();
  await join(stage, hag);
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
  const [stored] = await archived(hag, COVEN);
  expect(idsOf(stored!)).toEqual(idsOf(got));
});

test('PAM-38: private messages are ordinary chats, stored under the address on the wire in both directions', async () => {
  await hag.online();
  await join(stage, hag);
  stage.say(
    "<message type='chat' id='p1' from='9#coven@mix.localhost/x' to='hag66@localhost'><body>psst</body></message>",
  );
  expect((await hag.inbox.take(isMessage)).attrs).toMatchObject({
    to: 'hag66@localhost',
    from: '9#coven@mix.localhost/x',
  });
  hag.send("<message type='chat' id='p2' to='9#coven@mix.localhost'><body>what?</body></message>");
  expect((await stage.service.take(isMessage)).attrs['id']).toBe('p2');
  expect((await archived(hag, '9#coven@mix.localhost')).map(({ attrs }) => attrs['id'])).toEqual([
    'p1',
    'p2',
  ]);
  expect(await archived(hag, 'hecate@localhost')).toEqual([]);
  expect(await archived(hag, COVEN)).toEqual([]);
});

test('a stanza of the service to itself comes back in order, after the effects of what went before', async () => {
  await join(stage, hag);
  stage.say(groupchat('1'));
  await stage.settled();
  expect(await archived(hag, COVEN)).toHaveLength(1);
});

test('PAM-37: what a client sends to a channel reaches its other clients by the reflection alone', async () => {
  const other = await stage.client('hag66', 'b');
  await other.online();
  await join(stage, hag);
  hag.send(`<message to='${COVEN}' type='groupchat' id='1'><body>x</body></message>`);
  await hag.sync();
  await other.sync();
  expect(other.inbox.takeAll(isMessage)).toEqual([]);
  stage.say(groupchat('1'));
  await stage.settled();
  await other.sync();
  expect(other.inbox.takeAll(isMessage)).toHaveLength(1);
});

test('a service that sends much at once is made to wait, and nothing is lost or overtaken', async () => {
  await stage.stop();
  stage = await openStage({ limits: { serviceStanzasWaitingMax: 10 } });
  hag = await stage.client('hag66', 'a');
  await hag.online();
  await join(stage, hag);
  for (let count = 0; count < 500; count++) stage.say(groupchat(`m${count}`));
  await stage.settled();
  await hag.sync();
  expect(hag.inbox.takeAll(isMessage).map(({ attrs }) => attrs['id'])).toEqual(
    Array.from({ length: 500 }, (_, at) => `m${at}`),
  );
});
