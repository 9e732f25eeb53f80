/**
 * Bringing somebody into a channel: by which invitation, to whom, and what was said before.
 * Looks at what was written to the socket.
 */
import { describe, expect, test } from 'vitest';
import {
  child,
  childText,
  convertChat,
  el,
  getInfo,
  inviteTo,
  join,
  knowsChannels,
  onInvitation,
  queryArchive,
  type Client,
  type Invitation,
} from '../../../src/node/index.ts';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { eventually, forget, requestsBy, scene, sentBy, SERVICE, settled, type Person } from './kit.ts';

const NS_MISC = 'urn:xmpp:mix:misc:0';
const LISTED = { nodesPresent: ['participants', 'presence', 'info', 'allowed', 'banned'] as const };
const refusal = (channel: string, id: string): string =>
  `<message xmlns='jabber:client' type='error' from='${channel}' id='${id}'><error type='modify'>` +
  `<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`;
const here = scene();

/** Each sees the other's presence: only then servers tell what somebody's clients can do. */
async function befriend(one: Client, other: Client): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.send(el('presence', 'jabber:client', { to: to.account, type: 'subscribe' }));
    await to.send(el('presence', 'jabber:client', { to: from.account, type: 'subscribed' }));
  }
  await eventually(() => knowsChannels(one, other.account).then((known) => known !== undefined));
}

const messages = (person: Person): XmlElement[] => sentBy(person).filter(({ name }) => name === 'message');
/** Hag's client is one that knows rooms only. */
function asOfOld({ client }: Person): void {
  client.features.delete('urn:xmpp:mix:core:1');
}

describe('CLI-23: the invitation fits whom it is for', () => {
  test('somebody whose clients know channels is invited to the channel', async () => {
    const channel = await here.coven(LISTED);
    const { hag, hecate } = here;
    await befriend(hecate.client, hag.client);
    expect(await knowsChannels(hecate.client, hag.client.account)).toBe(true);
    expect(await inviteTo(hecate.client, channel, hag.client.account)).toBe('channel');
  });

  test('somebody who is known not to is invited to the room, by the channel, without the inviter’s address', async () => {
    const channel = await here.coven(LISTED);
    const { hag, hecate } = here;
    await befriend(hecate.client, hag.client);
    asOfOld(hag);
    const got = new Promise<XmlElement>((resolve) =>
      hag.client.onStanza((stanza) => {
        if (stanza.name === 'message' && child(stanza, 'x', 'jabber:x:conference') !== undefined)
          resolve(stanza);
      }),
    );
    forget(hecate);
    expect(await inviteTo(hecate.client, channel, hag.client.account, 'Come')).toBe('room');
    expect(requestsBy(hecate).filter(({ payload }) => payload.ns === NS_MISC)).toEqual([]);
    expect(hecate.line.sent).not.toContain(NS_MISC);
    const invitation = await got;
    expect(invitation.attrs['from']).toBe(channel);
    expect(JSON.stringify(invitation)).toContain('Come');
    expect(JSON.stringify(invitation)).not.toContain('hecate@');
    await hag.client.send(
      el('presence', 'jabber:client', { to: `${channel}/Hag` }, [el('x', 'http://jabber.org/protocol/muc')]),
    );
    const live = await here.open(hecate.client, channel);
    await eventually(() => live.participants.size === 2);
  });

  test('where the channel is no room, a link is sent', async () => {
    const channel = await here.coven();
    const { hag, hecate } = here;
    await befriend(hecate.client, hag.client);
    asOfOld(hag);
    hecate.line.alter = (text) => text.replaceAll('var="http://jabber.org/protocol/muc"', 'var="urn:x"');
    forget(hecate);
    expect(await inviteTo(hecate.client, channel, hag.client.account, 'Come')).toBe('link');
    await settled(hecate);
    const [sent, ...more] = messages(hecate);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({ attrs: { to: hag.client.account, type: 'chat' } });
    expect(childText(sent!, 'body')).toBe(`Come\nxmpp:${channel}?join`);
    expect(child(sent!, 'reference', 'urn:xmpp:reference:0')?.attrs).toEqual({
      type: 'data',
      uri: `xmpp:${channel}?join`,
    });
  });

  test('of strangers nothing is told, so they get an invitation to the channel', async () => {
    const channel = await here.coven(LISTED);
    const { hag, hecate } = here;
    expect(await knowsChannels(hecate.client, hag.client.account)).toBeUndefined();
    expect(await inviteTo(hecate.client, channel, hag.client.account)).toBe('channel');
  });
});

test('CLI-24: an invitation goes to the invitee alone, whose join bears its token', async () => {
  const channel = await here.coven(LISTED);
  const { hag, hecate } = here;
  const told = new Promise<Invitation>((resolve) => onInvitation(hag.client, resolve));
  forget(hecate);
  await inviteTo(hecate.client, channel, hag.client.account, 'Come to the heath');
  const invitation = await told;
  const bearing = sentBy(hecate).filter((stanza) => JSON.stringify(stanza).includes(invitation.token));
  expect(bearing.map(({ name, attrs }) => [name, attrs['to']])).toEqual([['message', hag.client.account]]);
  await join(hag.client, channel, { nick: 'Hag', invitation });
  const request = requestsBy(hag).find(({ payload }) => payload.name === 'client-join')?.payload;
  const inner = child(child(request!, 'join', 'urn:xmpp:mix:core:1')!, 'invitation', NS_MISC);
  expect(childText(inner!, 'token')).toBe(invitation.token);
});

describe('CLI-25: a chat that goes on in a channel', () => {
  async function chat(): Promise<void> {
    const { hag, hecate } = here;
    for (const [from, to, text] of [
      [hecate, hag, 'Saucy and overbold'],
      [hag, hecate, 'Why, how now, Hecate?'],
    ] as const) {
      const attrs = { to: to.client.account, type: 'chat', id: text.slice(0, 3) };
      await from.client.send(
        el('message', 'jabber:client', attrs, [el('body', 'jabber:client', {}, [text])]),
      );
      await eventually(async () => (await history()).some((each) => JSON.stringify(each).includes(text)));
    }
  }
  const history = async () =>
    (await queryArchive(here.hecate.client, undefined, { with: here.hag.client.account })).messages;

  test('what is shared is in the channel before anybody is invited, forwarded, in messages without a body', async () => {
    const { hag, hecate } = here;
    await chat();
    const told = new Promise<Invitation>((resolve) => onInvitation(hag.client, resolve));
    forget(hecate);
    const channel = await convertChat(hecate.client, SERVICE, hag.client.account, {
      nick: 'Hecate',
      messages: await history(),
      body: 'Let us meet here',
    });
    const invitation = await told;
    await settled(hecate);
    const sent = messages(hecate);
    expect(sent.map(({ attrs }) => attrs['to'])).toEqual([channel, channel, hag.client.account]);
    for (const message of sent.slice(0, 2)) {
      expect(elements(message).map(({ name }) => name)).toEqual(['forwarded', 'origin-id']);
      expect(JSON.stringify(message)).not.toContain('stanza-id');
    }
    const asked = sentBy(hecate).findIndex(({ children }) => JSON.stringify(children).includes('"invite"'));
    expect(asked).toBeGreaterThan(
      sentBy(hecate).indexOf(sentBy(hecate).findLast(({ attrs }) => attrs['type'] === 'groupchat')!),
    );
    const { id } = await join(hag.client, channel, { nick: 'Hag', invitation });
    const live = await here.open(hag.client, channel, { self: id });
    expect(live.messages.map(({ payloads }) => JSON.stringify(payloads))).toEqual([
      expect.stringContaining('Saucy and overbold'),
      expect.stringContaining('Why, how now'),
    ]);
  });

  test('without history the channel hides addresses', async () => {
    const { hag, hecate } = here;
    const hidden = await convertChat(hecate.client, SERVICE, hag.client.account, { nick: 'Hecate' });
    expect(await getInfo(hecate.client, hidden)).toMatchObject({ mode: 'jid-hidden' });
  });

  test('where the channel does not take it all, nobody is invited, and the channel is gone', async () => {
    const { hag, hecate } = here;
    await chat();
    const shared = await history();
    forget(hecate);
    hecate.line.alter = (text) => {
      const [, channel, id] =
        /from="([^"/]+)\/[^>]*>.*?urn:xmpp:forward:0.*?<origin-id[^>]* id="([^"]+)"/s.exec(text) ?? [];
      return channel === undefined ? text : refusal(channel, id ?? '') + text;
    };
    const converted = convertChat(hecate.client, SERVICE, hag.client.account, {
      nick: 'Hecate',
      messages: shared,
    });
    await expect(converted).rejects.toMatchObject({ name: 'StanzaError', condition: 'not-acceptable' });
    await settled(hecate);
    expect(requestsBy(hecate).map(({ payload }) => payload.name)).not.toContain('invite');
    expect(sentBy(hecate).filter(({ attrs }) => attrs['to'] === hag.client.account)).toEqual([]);
    expect(requestsBy(hecate).map(({ payload }) => payload.name)).toContain('destroy');
  });
});
