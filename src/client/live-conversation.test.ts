/**
 * A channel with an archive that a script plays: what waits, what fails, and what is told when.
 * Sets off streams, losses, refusals and time by hand.
 * Does not need a server (live-channel.test.ts, live-losses.test.ts have one).
 * Always: time is turned on, never waited for.
 * Before: client/live-conversation.ts. After: testing/scripted-client.ts.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { child, childText } from '../xml/element.ts';
import { info, refused, reflected, ScriptedClient, type Asked } from '../testing/scripted-client.ts';
import { ConnectionLost } from './error.ts';
import type { LiveChange, LiveChannel, LiveOptions } from './live.ts';
import { openChannel } from './live-channel.ts';

const CHANNEL = 'coven@mix.localhost';
const MAM = 'urn:xmpp:mam:2';
const RSM = 'http://jabber.org/protocol/rsm';

interface Row {
  readonly id: string;
  readonly xml: string;
}

let client: ScriptedClient;
let rows: Row[];
/** Thrown instead of a page. */
let refusal: Error | undefined;
/** Called before a page is given. */
let onQuery: () => Promise<void> | void;
const open: LiveChannel[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  rows = [];
  refusal = undefined;
  onQuery = () => undefined;
  client = new ScriptedClient(async (asked) => {
    if (asked.payload.ns === MAM) return page(asked);
    if (asked.payload.ns === 'http://jabber.org/protocol/disco#info')
      return info('urn:xmpp:mix:pam:2', 'urn:xmpp:message-retract:1');
    if (asked.payload.ns === 'jabber:iq:roster') return `<query xmlns='jabber:iq:roster'/>`;
    throw refused('item-not-found');
  });
});
afterEach(() => {
  for (const live of open.splice(0)) live.close();
  vi.useRealTimers();
});

/** What the archive has, and the channel sends if it is online. */
function said(id: string, more: Partial<Parameters<typeof reflected>[1]> = {}, isLive = true): void {
  const xml = reflected(CHANNEL, { id, body: id, ...more });
  rows.push({ id, xml });
  if (isLive) client.receive(xml);
}

async function page({ payload }: Asked): Promise<string> {
  await onQuery();
  if (refusal !== undefined) throw refusal;
  const set = child(payload, 'set', RSM)!;
  const [after, before] = [childText(set, 'after', RSM), childText(set, 'before', RSM)];
  const max = Number(childText(set, 'max', RSM));
  const edge = after ?? (before === '' ? undefined : before);
  const at = rows.findIndex(({ id }) => id === edge);
  if (edge !== undefined && at < 0) throw refused('item-not-found');
  const matching =
    after !== undefined ? rows.slice(at + 1) : rows.slice(0, edge === undefined ? undefined : at);
  const found = after !== undefined ? matching.slice(0, max) : matching.slice(-max);
  for (const { id, xml } of found) client.receive(result(payload.attrs['queryid'] ?? '', id, xml));
  const ends = found.length === 0 ? '' : `<first>${found[0]!.id}</first><last>${found.at(-1)!.id}</last>`;
  const complete = found.length === matching.length ? `complete='true'` : '';
  return `<fin xmlns='${MAM}' ${complete}><set xmlns='${RSM}'>${ends}<count>${matching.length}</count></set></fin>`;
}

function result(queryId: string, id: string, xml: string): string {
  return (
    `<message xmlns='jabber:client' from='${CHANNEL}'><result xmlns='${MAM}' queryid='${queryId}' id='${id}'>` +
    `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>${xml}` +
    `</forwarded></result></message>`
  );
}

async function opened(options: LiveOptions & { self?: string | undefined } = {}): Promise<LiveChannel> {
  const live = openChannel(client, CHANNEL, { self: 'me', ...options });
  open.push(live);
  await settle();
  return live;
}

const settle = async (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const texts = ({ messages }: LiveChannel): (string | undefined)[] => messages.map(({ body }) => body);
const states = ({ messages }: LiveChannel): string[] => messages.map(({ state }) => state);
const groupchats = (): string[] =>
  client.sent.filter(({ attrs }) => attrs['type'] === 'groupchat').map(({ attrs }) => attrs['id'] ?? '');
const queries = (): Asked[] => client.asked.filter(({ payload }) => payload.ns === MAM);

describe('catching up', () => {
  test('what comes meanwhile waits its turn', async () => {
    said('1', {}, false);
    let isFirst = true;
    onQuery = () => {
      if (!isFirst) return;
      isFirst = false;
      said('2');
      said('3');
    };
    const live = await opened();
    expect(texts(live)).toEqual(['1', '2', '3']);
    client.become({ is: 'waiting', retryAt: 0, reason: new ConnectionLost('cut') });
    said('4', {}, false);
    client.renew();
    said('5');
    expect(texts(live)).toEqual(['1', '2', '3']);
    await settle();
    expect(texts(live)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('more than a page that comes meanwhile stays in order', async () => {
    said('1', {}, false);
    onQuery = () => {
      onQuery = () => undefined;
      for (const id of ['2', '3', '4', '5']) said(id);
    };
    const live = await opened({ pageSize: 2 });
    expect(texts(live)).toEqual(['2', '3', '4', '5']);
    await live.loadOlder();
    expect(texts(live)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('a stream that is resumed asks for nothing', async () => {
    said('1', {}, false);
    const live = await opened();
    const { length } = queries();
    client.become({ is: 'waiting', retryAt: 0, reason: new ConnectionLost('cut') });
    live.send({ body: 'waits' });
    expect(groupchats()).toEqual([]);
    client.become({ is: 'online' });
    await settle();
    expect(queries()).toHaveLength(length);
    expect(groupchats()).toHaveLength(1);
  });

  test('where the last message is gone from the archive, the list begins anew', async () => {
    said('1', {}, false);
    const live = await opened();
    rows = [];
    said('2', {}, false);
    client.renew();
    await settle();
    expect(texts(live)).toEqual(['2']);
  });

  test('an archive that does not answer is asked again, and nothing is shown out of order', async () => {
    said('1', {}, false);
    const live = await opened();
    refusal = new Error('there was no answer in time');
    client.renew();
    await settle();
    said('2');
    expect(live.problem?.message).toBe('there was no answer in time');
    expect(texts(live)).toEqual(['1']);
    refusal = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(texts(live)).toEqual(['1', '2']);
    expect([live.problem, live.isLoading]).toEqual([undefined, false]);
  });

  test('who may not read the archive goes on with what comes', async () => {
    refusal = refused('service-unavailable');
    const live = await opened();
    expect(live.problem).toBe(refusal);
    said('1');
    expect(texts(live)).toEqual(['1']);
    expect(live.ended).toBeUndefined();
  });

  test('who is not in the channel any more is told so', async () => {
    const live = await opened();
    refusal = refused('forbidden', 'auth');
    client.renew();
    await settle();
    expect(live.ended).toEqual({ reason: 'removed' });
  });

  test('pages that hold nothing to show are passed over', async () => {
    said('1', {}, false);
    for (let at = 2; at < 10; at += 1)
      said(
        String(at),
        { inside: `<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>👍</reaction></reactions>` },
        false,
      );
    said('10', {}, false);
    const live = await opened({ pageSize: 2 });
    await live.loadOlder();
    expect(texts(live)).toEqual(['1', '10']);
    expect(live.hasOlder).toBe(false);
  });
});

describe('sending', () => {
  test('what does not come back is looked for, then fails, and is sent again only where it is missing', async () => {
    const live = await opened({ confirmMs: 5_000 });
    live.send({ body: 'a' });
    live.send({ body: 'b' });
    await settle();
    const [a = '', b = ''] = groupchats();
    said('1', { sender: 'me', body: 'a', origin: a }, false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(states(live)).toEqual(['sent', 'failed']);
    expect(live.messages[1]?.error?.name).toBe('RequestTimeout');
    live.messages[1]?.retry?.();
    await settle();
    expect(groupchats()).toEqual([a, b, b]);
    said('2', { sender: 'me', body: 'b', origin: b });
    expect(states(live)).toEqual(['sent', 'sent']);
  });

  test('of what was lost with a stream, only what the archive lacks is sent again, in order', async () => {
    client.onSend = async () => Promise.reject(new ConnectionLost('cut'));
    const live = await opened();
    for (const body of ['a', 'b', 'c']) live.send({ body });
    await settle();
    expect(states(live)).toEqual(['sending', 'sending', 'sending']);
    const ids = groupchats();
    said('1', { sender: 'me', body: 'b', origin: ids[1]! }, false);
    client.onSend = async () => Promise.resolve();
    client.renew();
    await settle();
    expect(groupchats().slice(3)).toEqual([ids[0], ids[2]]);
    expect(texts(live)).toEqual(['b', 'a', 'c']);
  });

  test('without an archive nobody knows, and the user decides', async () => {
    refusal = refused('service-unavailable');
    client.onSend = async () => Promise.reject(new ConnectionLost('cut'));
    const live = await opened();
    live.send({ body: 'a' });
    await settle();
    client.onSend = async () => Promise.resolve();
    client.renew();
    await settle();
    expect(live.messages[0]).toMatchObject({ state: 'failed', error: { name: 'ConnectionLost' } });
    live.messages[0]?.retry?.();
    await settle();
    expect(groupchats()).toHaveLength(2);
    live.messages[0]?.discard?.();
  });

  test('an error is a definite no; what is discarded is gone', async () => {
    const live = await opened();
    live.send({ body: 'a' });
    await settle();
    const [id = ''] = groupchats();
    client.receive(
      `<message xmlns='jabber:client' type='error' from='${CHANNEL}' id='${id}'><error type='modify'>` +
        `<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
    );
    expect(live.messages[0]).toMatchObject({ state: 'failed', error: { condition: 'policy-violation' } });
    live.messages[0]?.discard?.();
    expect(live.messages).toEqual([]);
  });

  test('somebody else’s message with our id is not ours; without an id of our own it tells us who we are', async () => {
    const live = await opened({ self: undefined });
    expect(live.self).toEqual({});
    live.send({ body: 'a' });
    await settle();
    const [id = ''] = groupchats();
    said('1', { sender: 'me', body: 'a', origin: id });
    expect(live.self).toEqual({ id: 'me' });
    expect(live.messages.map(({ isOwn, state }) => [isOwn, state])).toEqual([[true, 'sent']]);
    live.send({ body: 'b' });
    await settle();
    said('2', { sender: 'mallory', body: 'forged', origin: groupchats()[1]! });
    expect(live.messages.map(({ body, isOwn, state }) => [body, isOwn, state])).toEqual([
      ['a', true, 'sent'],
      ['forged', false, 'sent'],
      ['b', true, 'sending'],
    ]);
  });

  test('a correction shows at once, fails in its place, and can be undone', async () => {
    said('1', { sender: 'me', body: 'teh' }, false);
    const live = await opened();
    live.correct('1', 'the');
    expect(live.messages).toHaveLength(1);
    expect(live.messages[0]).toMatchObject({ body: 'the', state: 'sending', corrected: true });
    await settle();
    const [id = ''] = groupchats();
    client.receive(
      `<message xmlns='jabber:client' type='error' from='${CHANNEL}' id='${id}'><error type='auth'>` +
        `<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
    );
    expect(live.messages[0]).toMatchObject({ body: 'the', state: 'failed' });
    live.messages[0]?.discard?.();
    expect(live.messages[0]).toMatchObject({ body: 'teh', state: 'sent', corrected: false });
  });

  test('what waits is bounded', async () => {
    const live = await opened();
    client.become({ is: 'waiting', retryAt: 0, reason: new ConnectionLost('cut') });
    for (let at = 0; at < 1_000; at += 1) live.send({ body: String(at) });
    expect(() => live.send({ body: 'too much' })).toThrow(RangeError);
  });
});

describe('telling', () => {
  test('once for each kind in a turn, and never after closing', async () => {
    const live = await opened();
    const heard: LiveChange[] = [];
    live.onChange((what) => heard.push(what));
    for (let at = 0; at < 100; at += 1) said(String(at));
    expect(heard).toEqual([]);
    await settle();
    expect(heard).toEqual(['messages']);
    live.close();
    said('more');
    await settle();
    expect(heard).toEqual(['messages']);
  });

  test('reading goes forward, and is told to the user’s other clients only', async () => {
    said('1', {}, false);
    said('2', {}, false);
    const live = await opened();
    live.markDisplayed();
    live.markDisplayed('1');
    await settle();
    expect(live.displayed).toBe('2');
    expect(groupchats()).toEqual([]);
    const published = client.asked.filter(({ payload }) => child(payload, 'publish') !== undefined);
    expect(published).toHaveLength(1);
    const marker = (sender: string, id: string) =>
      client.receive(
        reflected(CHANNEL, {
          id: 'm',
          sender,
          inside: `<displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/>`,
        }).replace(/<stanza-id[^>]*>/, ''),
      );
    marker('toad', '2');
    marker('newt', '1');
    marker('toad', '1');
    expect(live.messages.map(({ displayedBy }) => displayedBy)).toEqual([['newt'], ['toad']]);
  });

  test('typing is said again after a while, not with every letter', async () => {
    const live = await opened();
    const states = (): string[] => client.sent.map(({ children }) => (children[0] as { name: string }).name);
    live.setTyping(false);
    for (let at = 0; at < 5; at += 1) live.setTyping(true);
    expect(states()).toEqual(['composing']);
    await vi.advanceTimersByTimeAsync(10_000);
    live.setTyping(true);
    live.setTyping(false);
    live.setTyping(false);
    expect(states()).toEqual(['composing', 'composing', 'paused']);
  });
});
