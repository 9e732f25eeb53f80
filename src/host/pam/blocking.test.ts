import { afterEach, beforeEach, expect, test } from 'vitest';
import { childText, type XmlElement } from '../../xml/element.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import {
  archived,
  channelAnswers,
  clientLeave,
  CORE,
  COVEN,
  errorOf,
  event,
  groupchat,
  HEATH,
  isMessage,
  isPresence,
  join,
  PARTICIPANTS,
  PRESENCE,
  roster,
} from './stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage();
  hag = await stage.client('hag66', 'a');
  await hag.online();
  await join(stage, hag, { joined: `<subscribe node='${PRESENCE}'/>` });
  await stage.settled();
  stage.service.stanzas.length = hag.inbox.stanzas.length = 0;
});
afterEach(async () => stage.stop());

const command = async (verb: string, ...jids: readonly string[]) =>
  hag.iq(
    `<${verb} xmlns='urn:xmpp:blocking'>${jids.map((jid) => `<item jid='${jid}'/>`).join('')}</${verb}>`,
    'set',
  );

/** Somebody at the service sends one of each to the user; returns what of them has arrived, and what came back. */
async function pesters(from: string, to = 'hag66@localhost'): Promise<[string, string]> {
  stage.say(`<message type='chat' id='m' from='${from}' to='${to}'><body>psst</body></message>`);
  stage.say(`<presence from='${from}' to='${to}' id='p'/>`);
  stage.say(`<iq type='get' id='i' from='${from}' to='${hag.jid}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  await stage.settled();
  await hag.sync();
  const idOf = ({ attrs }: XmlElement) => attrs['id'] ?? '';
  const got = hag.inbox.takeAll((stanza) => ['m', 'p', 'i'].includes(idOf(stanza))).map(idOf);
  const answers = stage.service.takeAll(({ attrs }) => attrs['to'] === from);
  return [got.join(''), answers.map((stanza) => `${idOf(stanza)}: ${errorOf(stanza)}`).join(', ')];
}

/** The channel's own: a message and an event; returns what of them has arrived, and what came back. */
async function channelSpeaks(channel = COVEN): Promise<[string, string]> {
  const id = `c${(count += 1)}`;
  stage.say(groupchat(id, `${channel}/1`));
  stage.say(event(`<items node='${PARTICIPANTS}'><item id='9'/></items>`, channel));
  await stage.settled();
  await hag.sync();
  const got = hag.inbox.takeAll(isMessage).map((message) => childText(message, 'body') ?? 'event');
  const answers = stage.service.takeAll(isMessage).map(errorOf);
  return [got.join().replace(id, 'message'), answers.join()];
}
let count = 0;

const REFUSED = 'm: service-unavailable/cancel, i: service-unavailable/cancel';

test('PAM-47: who blocks all strangers of a domain still hears the channels that were joined, and who is in them', async () => {
  await command('block', 'mix.localhost');
  expect(await pesters('1#coven@mix.localhost/x')).toEqual(['mpi', '']);
  expect(await channelSpeaks()).toEqual(['message,event', '']);
  expect((await archived(hag, COVEN)).length).toBe(1);
  expect(await pesters('1#heath@mix.localhost/x')).toEqual(['', REFUSED]);
  expect(await pesters(HEATH)).toEqual(['', REFUSED]);
  hag.send("<message type='chat' id='out' to='1#coven@mix.localhost'><body>x</body></message>");
  await stage.service.take(({ attrs }) => attrs['id'] === 'out');
  await join(stage, hag, { channel: HEATH });
  await stage.settled();
  expect(await pesters('1#heath@mix.localhost/x')).toEqual(['mpi', '']);
});

test('PAM-47: a rule for one of the addresses below a channel does not touch the rest', async () => {
  await command('block', `${COVEN}/1`, 'heath@mix.localhost', '2#coven@mix.localhost');
  expect(await pesters('1#coven@mix.localhost/x')).toEqual(['mpi', '']);
  expect(await channelSpeaks()).toEqual(['event', '']);
  stage.say(groupchat('g3', `${COVEN}/3`));
  stage.say(groupchat('g2', `${COVEN}/2`));
  await stage.settled();
  await hag.sync();
  expect(hag.inbox.takeAll(isMessage).map(({ attrs }) => attrs['id'])).toEqual(['g3', 'g2']);
});

test('PAM-48: blocking a participant stops that one, whichever client it uses, and nobody else', async () => {
  await command('block', '1#coven@mix.localhost');
  expect(await pesters('1#coven@mix.localhost/x')).toEqual(['', REFUSED]);
  expect(await pesters('1#coven@mix.localhost/y', hag.jid)).toEqual(['', REFUSED]);
  expect(await pesters('2#coven@mix.localhost/x')).toEqual(['mpi', '']);
  expect(await pesters('1#heath@mix.localhost/x')).toEqual(['mi', '']);
  expect(await channelSpeaks()).toEqual(['message,event', '']);
  expect(await archived(hag, '1#coven@mix.localhost')).toEqual([]);
  hag.send("<message type='chat' id='out' to='1#coven@mix.localhost/x'><body>x</body></message>");
  expect(errorOf(await hag.inbox.take(({ attrs }) => attrs['id'] === 'out'))).toBe('not-acceptable/cancel');
  await stage.settled();
  expect(stage.service.takeAll(isMessage)).toEqual([]);
  await command('unblock', '1#coven@mix.localhost');
  expect(await pesters('1#coven@mix.localhost/x')).toEqual(['mpi', '']);
});

test('D-81: blocking a channel stops its messages and all who are in it, without an error for what it sends', async () => {
  await command('block', COVEN);
  const gone = await stage.service.take(isPresence);
  expect(gone.attrs).toEqual({ from: hag.jid, to: COVEN, type: 'unavailable' });
  expect(await channelSpeaks()).toEqual(['', '']);
  expect(await pesters('1#coven@mix.localhost/x')).toEqual(['', REFUSED]);
  stage.say(`<presence type='probe' from='${COVEN}' to='hag66@localhost'/>`);
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  await stage.settled();
  expect(stage.service.takeAll(isPresence)).toEqual([]);
  expect(await archived(hag, COVEN)).toEqual([]);
  await command('unblock');
  const back = [await stage.service.take(isPresence), await stage.service.take(isPresence)];
  expect(back.map(({ attrs }) => [attrs['from'], attrs['to'], attrs['type']])).toEqual([
    [hag.jid, COVEN, undefined],
    ['hag66@localhost', COVEN, undefined],
  ]);
  expect(await channelSpeaks()).toEqual(['message,event', '']);
});

test('D-81: a channel that is blocked can be left, and the roster learns when it removes the account', async () => {
  await command('block', COVEN);
  const answer = hag.iq(clientLeave(COVEN), 'set');
  await channelAnswers(stage, `type='result'><leave xmlns='${CORE}'/>`);
  expect(errorOf(await answer)).toBe('none');
  expect(await roster(hag, true)).toEqual([]);
  await command('unblock');
  await join(stage, hag);
  await command('block', COVEN);
  stage.say(event(`<items node='${PARTICIPANTS}'><retract id='123456'/></items>`));
  await stage.settled();
  expect(await roster(hag, true)).toEqual([]);
});
