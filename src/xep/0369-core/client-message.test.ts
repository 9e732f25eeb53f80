/**
 * XEP-0369 §7.1.6: which stanzas are messages of a channel, and what is sent to one.
 * Reads what our service, ejabberd's channels, rooms and forgers send.
 * Does not test conversations (client/live-channel.test.ts).
 * Always: a message counts for the channel that it came from.
 * Before: xep/0369-core/client-message.ts. After: xep/0404-anon/client-private.ts.
 */
import { describe, expect, test } from 'vitest';
import { reflected, ScriptedClient } from '../../testing/scripted-client.ts';
import { parseElement } from '../../xml/document.ts';
import { serialize } from '../../xml/write.ts';
import { readPrivate } from '../0404-anon/client-private.ts';
import { buildMessage, onMessage, readMessage, sendMessage, type ChannelMessage } from './client-message.ts';

const CHANNEL = 'coven@mix.localhost';
const read = (xml: string, at?: number) => readMessage(parseElement(xml), CHANNEL, at);
const MIX = `<mix xmlns='urn:xmpp:mix:core:1'><nick>Hag</nick></mix>`;
const groupchat = (from: string, inside: string) =>
  `<message xmlns='jabber:client' type='groupchat' from='${from}' id='7'>${inside}</message>`;

describe('a message is', () => {
  test('what our service sends', () => {
    const message = read(
      reflected(CHANNEL, {
        id: '7',
        body: 'Hail!',
        origin: 'o',
        inside: `<x xmlns='urn:x'/><mix xmlns=''/>`,
      }),
      1000,
    );
    expect(message).toMatchObject({
      channel: CHANNEL,
      id: '7',
      isArchived: true,
      originId: 'o',
      at: 1000,
      sender: { id: 'ab2', nick: 'ab2' },
      body: 'Hail!',
      isDelayed: true,
    });
    expect(message?.payloads.map(({ ns }) => ns)).toEqual(['urn:x']);
  });

  test('what ejabberd’s own channels send', () => {
    const mix = `<mix xmlns='urn:xmpp:mix:core:0'><nick>Hag</nick><jid>hag@b.example</jid></mix>`;
    expect(read(groupchat(`${CHANNEL}/9`, `<body>x</body>${mix}`))?.sender).toEqual({
      id: '9',
      nick: 'Hag',
      address: 'hag@b.example',
    });
  });

  test('what the channel itself says', () => {
    const retract = `<retract xmlns='urn:xmpp:message-retract:1' id='1'/>`;
    expect(read(groupchat(CHANNEL, retract))).toMatchObject({ sender: { id: '' }, isArchived: false });
  });

  test('delayed by the moment that is told', () => {
    const delay = `<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:05Z'/>`;
    expect(read(groupchat(`${CHANNEL}/9`, `<body>x</body>${MIX}${delay}`))).toMatchObject({
      at: 5000,
      isDelayed: true,
    });
  });
});

test.each([
  ['a room’s', groupchat(`${CHANNEL}/Hag`, '<body>x</body>')],
  ['another channel’s', groupchat('heath@mix.localhost/9', `<body>x</body>${MIX}`)],
  ['a private one', groupchat(`9#${CHANNEL}`, `<body>x</body>${MIX}`).replace('groupchat', 'chat')],
  ['an event', groupchat(CHANNEL, '').replace('groupchat', 'headline')],
  ['a service’s', groupchat('mix.localhost', '<body>x</body>')],
  ['a presence', `<presence xmlns='jabber:client' type='groupchat' from='${CHANNEL}/9'>${MIX}</presence>`],
])('it is not %s', (_, xml) => {
  expect(read(xml)).toBeUndefined();
});

test('a stanza-id counts when it is the channel’s', () => {
  const ids = `<stanza-id xmlns='urn:xmpp:sid:0' by='hag66@localhost' id='mine'/>`;
  expect(read(groupchat(`${CHANNEL}/9`, `${MIX}${ids}`))).toMatchObject({ id: '7', isArchived: false });
});

describe('what is sent', () => {
  test('has its id twice, and everything that was asked for', () => {
    const stanza = buildMessage(
      CHANNEL,
      {
        body: '🎉 Hag!',
        reply: { id: '1', to: '9', fallback: '> Hi\n' },
        replaces: '3',
        mentions: [{ id: '9', begin: 3, end: 6 }],
      },
      'o1',
    );
    expect(serialize(stanza)).toBe(
      `<message to="${CHANNEL}" type="groupchat" id="o1"><body>&gt; Hi\n🎉 Hag!</body>` +
        `<replace xmlns="urn:xmpp:message-correct:0" id="3"/>` +
        `<reply xmlns="urn:xmpp:reply:0" to="${CHANNEL}/9" id="1"/>` +
        `<fallback xmlns="urn:xmpp:fallback:0" for="urn:xmpp:reply:0"><body start="0" end="5"/></fallback>` +
        `<reference xmlns="urn:xmpp:reference:0" type="mention" uri="xmpp:9%23coven@mix.localhost" begin="7" end="10"/>` +
        `<origin-id xmlns="urn:xmpp:sid:0" id="o1"/></message>`,
    );
  });

  test('goes to a channel, and to nothing else', async () => {
    const client = new ScriptedClient(() => undefined);
    const { originId } = await sendMessage(client, 'Coven@mix.localhost', { body: 'x' });
    expect(client.sent[0]?.attrs).toEqual({ to: CHANNEL, type: 'groupchat', id: originId });
    await expect(sendMessage(client, 'hag66@localhost/x', { body: 'x' })).rejects.toThrow(TypeError);
  });

  test('is heard by who listens to that channel, or to all', () => {
    const client = new ScriptedClient(() => undefined);
    const heard: ChannelMessage[] = [];
    onMessage(client, 'heath@mix.localhost', (message) => heard.push(message));
    const stop = onMessage(client, undefined, (message) => heard.push(message));
    client.receive(reflected(CHANNEL, { id: '7', body: 'x' }));
    stop();
    client.receive(reflected(CHANNEL, { id: '8', body: 'x' }));
    expect(heard.map(({ id }) => id)).toEqual(['7']);
  });
});

describe('a private message', () => {
  const client = new ScriptedClient(() => undefined);
  const chat = (from: string, to: string, inside = '<body>psst</body>') =>
    parseElement(
      `<message xmlns='jabber:client' type='chat' from='${from}' to='${to}' id='i'>${inside}</message>`,
    );

  test('comes from a participant, or goes to one from any of the user’s clients', () => {
    expect(readPrivate(client, chat(`9#${CHANNEL}/c81x`, client.address))).toMatchObject({
      channel: CHANNEL,
      participantId: '9',
      isOwn: false,
      id: 'i',
      body: 'psst',
    });
    const mine = readPrivate(client, chat('hag66@localhost/phone', `9#${CHANNEL}`), { id: 'a', at: 5 });
    expect(mine).toMatchObject({ isOwn: true, participantId: '9', archiveId: 'a', at: 5 });
  });

  test('knows its archive’s id, where the own server says so', () => {
    const ids = `<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='hag66@localhost' id='mine'/>
      <stanza-id xmlns='urn:xmpp:sid:0' by='${CHANNEL}' id='theirs'/>`;
    expect(readPrivate(client, chat(`9#${CHANNEL}/c`, client.address, ids))?.archiveId).toBe('mine');
  });

  test('is not what comes from elsewhere', () => {
    expect(readPrivate(client, chat('romeo@montague.example/x', client.address))).toBeUndefined();
    expect(readPrivate(client, chat(`${CHANNEL}/9`, client.address))).toBeUndefined();
    expect(readPrivate(client, chat('romeo@montague.example/x', `9#${CHANNEL}`))).toBeUndefined();
  });
});
