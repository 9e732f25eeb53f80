/**
 * Joining, leaving and the list of channels, with servers that lose things (D-15, servers' quirks).
 * Plays servers by scripts: ejabberd's mod_mix_pam, a server without MIX, and a channel that needs to be asked again.
 * Does not test the way through a real server (client/live-channel.test.ts, test/interop/client.mjs do).
 * Always: what was asked to be hidden is asked until it holds, and no longer.
 * Before: xep/0405-pam/client.ts. After: testing/scripted-client.ts.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { child } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { info, refused, ScriptedClient, type Asked, type Script } from '../../testing/scripted-client.ts';
import { buildPreferences, DEFAULT_PREFERENCES } from '../0404-anon/wire.ts';
import { join, leave, listJoined, onJoined, type JoinedChange } from './client.ts';

const CHANNEL = 'coven@mix.localhost';
const PAM = 'urn:xmpp:mix:pam:2';
const CORE = 'urn:xmpp:mix:core:1';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const form = (preferences: Partial<typeof DEFAULT_PREFERENCES>): string =>
  serialize(buildPreferences({ ...DEFAULT_PREFERENCES, ...preferences }));
const isInfo = ({ payload }: Asked): boolean => payload.ns === 'http://jabber.org/protocol/disco#info';
const told = (preferences: Partial<typeof DEFAULT_PREFERENCES>): string =>
  `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form(preferences)}</user-preference>`;

/** A server with PAM; `others` answers what is neither discovery nor a join. */
function pam(joined: string, others: Script = () => undefined): ScriptedClient {
  return new ScriptedClient((asked) => {
    if (isInfo(asked)) return info(PAM);
    return asked.payload.name === 'client-join' ? joined : others(asked);
  });
}

describe('D-15', () => {
  test('preferences that the answer confirms hold', async () => {
    const client = pam(
      `<client-join xmlns='${PAM}'><join xmlns='${CORE}' id='ab2'><nick>Hag</nick>` +
        `<subscribe node='urn:xmpp:mix:nodes:messages'/>${form({ jidVisibility: 'never' })}</join></client-join>`,
    );
    const joined = await join(client, 'Coven@mix.localhost', {
      nick: 'Hag',
      preferences: { jidVisibility: 'never' },
    });
    expect(joined).toMatchObject({ channel: CHANNEL, id: 'ab2', nick: 'Hag', nodes: ['messages'] });
    expect(joined.preferences.pending).toBe(false);
    expect(await joined.preferences.settled).toEqual({ ...DEFAULT_PREFERENCES, jidVisibility: 'never' });
    const [, { to, payload }] = client.asked as [Asked, Asked];
    expect([to, payload.attrs['channel']]).toEqual([undefined, CHANNEL]);
    expect(serialize(payload)).toContain('<value>never</value>');
  });

  test('ejabberd drops the form: the channel is asked directly, and again until they hold', async () => {
    let asked = 0;
    const client = pam(
      `<client-join xmlns='${CORE}'><join jid='123456#${CHANNEL}'><nick>Hag</nick></join></client-join>`,
      ({ payload, to }) => {
        expect([payload.name, to]).toEqual(['user-preference', CHANNEL]);
        asked += 1;
        if (asked === 1) throw refused('remote-server-timeout', 'wait');
        return told({ jidVisibility: 'never' });
      },
    );
    const joined = await join(client, CHANNEL, { nick: 'Hag', preferences: { jidVisibility: 'never' } });
    expect(joined).toMatchObject({ id: '123456', nick: 'Hag' });
    expect(joined.preferences).toMatchObject({ held: undefined, pending: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await joined.preferences.settled).jidVisibility).toBe('never');
    expect(asked).toBe(2);
  });

  test('what the channel changed is set again', async () => {
    const client = pam(
      `<client-join xmlns='${PAM}'><join xmlns='${CORE}' id='1'>${form({})}</join></client-join>`,
      () => told({ presence: 'not share' }),
    );
    const { preferences } = await join(client, CHANNEL, { preferences: { presence: 'not share' } });
    expect(preferences).toMatchObject({ held: DEFAULT_PREFERENCES, pending: true });
    expect((await preferences.settled).presence).toBe('not share');
  });

  test.each([
    [
      'a refusal ends it',
      () => {
        throw refused('not-acceptable', 'modify');
      },
      'not-acceptable',
    ],
    ['a channel that says one thing and does another ends it', () => told({}), 'do not hold'],
  ])('%s', async (_, answer: Script, message) => {
    const client = pam(`<client-join xmlns='${PAM}'><join xmlns='${CORE}' id='1'/></client-join>`, answer);
    const { preferences } = await join(client, CHANNEL, { preferences: { jidVisibility: 'always' } });
    const settled = expect(preferences.settled).rejects.toThrow(message);
    await vi.advanceTimersByTimeAsync(10_000);
    await settled;
  });

  test('a client that is closed asks no more', async () => {
    const client = pam(`<client-join xmlns='${PAM}'><join xmlns='${CORE}' id='1'/></client-join>`, () => {
      throw refused('remote-server-not-found');
    });
    const { preferences } = await join(client, CHANNEL, { preferences: { jidVisibility: 'never' } });
    await client.close();
    await expect(preferences.settled).rejects.toThrow('remote-server-not-found');
    const { length } = client.asked;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(client.asked).toHaveLength(length);
  });

  test('who asked for nothing is told what holds', async () => {
    const client = pam(`<client-join xmlns='${PAM}'><join xmlns='${CORE}' id='1'/></client-join>`, () =>
      told({}),
    );
    const { preferences } = await join(client, CHANNEL);
    expect(preferences.pending).toBe(false);
    expect(await preferences.settled).toEqual(DEFAULT_PREFERENCES);
  });
});

describe('a server without MIX', () => {
  const NODE = 'urn:xmpp:bookmarks:1';
  let bookmark: string | undefined;
  const script: Script = ({ to, payload }) => {
    if (isInfo({ type: 'get', to, payload })) return info();
    if (payload.name === 'join') return `<join xmlns='${CORE}' id='ab2'><nick>Hag</nick>${form({})}</join>`;
    const publish = child(payload, 'publish');
    if (publish !== undefined) bookmark = serialize(publish).replace(/^<publish[^>]*>|<\/publish>$/g, '');
    if (child(payload, 'retract') !== undefined) bookmark = undefined;
    if (child(payload, 'items')?.attrs['node'] !== NODE) return undefined;
    return `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${NODE}'>${bookmark ?? ''}</items></pubsub>`;
  };

  test('the channel is joined directly, shown presence, and found again', async () => {
    const client = new ScriptedClient(script);
    expect(await join(client, CHANNEL, { nick: 'Hag' })).toMatchObject({ id: 'ab2', nick: 'Hag' });
    expect(client.asked.find(({ payload }) => payload.name === 'join')?.to).toBe(CHANNEL);
    expect(client.sent.map(({ name, attrs }) => [name, attrs])).toEqual([
      ['presence', { to: CHANNEL }],
      ['presence', { to: CHANNEL, type: 'probe' }],
    ]);
    expect(await listJoined(client)).toEqual([{ channel: CHANNEL, participantId: 'ab2' }]);
    await leave(client, CHANNEL);
    expect(client.sent.at(-1)?.attrs).toEqual({ to: CHANNEL, type: 'unavailable' });
    expect(await listJoined(client)).toEqual([]);
  });
});

describe('leaving', () => {
  const leaving = (update: Script): ScriptedClient =>
    new ScriptedClient((asked) => {
      if (isInfo(asked)) return info(PAM);
      if (asked.payload.name === 'client-leave') throw new Error('there was no answer in time');
      return update(asked);
    });

  test('ejabberd never answers: who is out has left', async () => {
    const client = leaving(() => {
      throw refused('forbidden', 'auth');
    });
    await leave(client, CHANNEL);
    expect(client.asked.at(-1)?.payload.name).toBe('update-subscription');
  });

  test('who is still in has not', async () => {
    const client = leaving(() => `<update-subscription xmlns='${CORE}'/>`);
    await expect(leave(client, CHANNEL)).rejects.toThrow('no answer in time');
  });
});

describe('the list of channels', () => {
  const item = (channel: string, mark = '') => `<item jid='${channel}' subscription='both'>${mark}</item>`;
  const MARK = `<channel participant-id='9' xmlns='urn:xmpp:mix:roster:0'/>`;
  let roster: string;
  const watched = async (): Promise<[ScriptedClient, JoinedChange[], () => void]> => {
    roster = item('heath@mix.localhost', MARK) + item('romeo@montague.example');
    const client = new ScriptedClient((asked) =>
      isInfo(asked) ? info(PAM) : `<query xmlns='jabber:iq:roster'>${roster}</query>`,
    );
    const changes: JoinedChange[] = [];
    const stop = onJoined(client, (change) => changes.push(change));
    await vi.advanceTimersByTimeAsync(0);
    return [client, changes, stop];
  };
  const push = (items: string) => `<query xmlns='jabber:iq:roster'>${items}</query>`;

  test('a push with a mark is a channel, a removal its end; contacts are passed over', async () => {
    const [client, changes, stop] = await watched();
    client.push(push(item(CHANNEL, MARK)));
    client.push(push(`<item jid='${CHANNEL}' subscription='remove'/>`));
    client.push(push(`<item jid='romeo@montague.example' subscription='remove'/>`));
    expect(changes).toEqual([
      { channel: CHANNEL, participantId: '9' },
      { channel: CHANNEL, left: true },
    ]);
    stop();
    client.push(push(item(CHANNEL, MARK)));
    expect(changes).toHaveLength(2);
  });

  test('somebody else’s push is none', async () => {
    const [client, changes] = await watched();
    client.push(push(item(CHANNEL, MARK)), 'mallory@localhost');
    expect(changes).toEqual([]);
  });

  test('ejabberd pushes without a mark: the roster tells', async () => {
    const [client, changes] = await watched();
    roster += item(CHANNEL, MARK);
    client.push(push(item(CHANNEL)));
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual([{ channel: CHANNEL, participantId: '9' }]);
  });

  test('many who follow it ask once for each stream', async () => {
    const [client, changes] = await watched();
    for (let at = 0; at < 10; at += 1) onJoined(client, (change) => changes.push(change));
    await vi.advanceTimersByTimeAsync(0);
    const { length } = client.asked;
    client.renew();
    await vi.advanceTimersByTimeAsync(0);
    expect(client.asked.slice(length).map(({ payload }) => payload.ns)).toEqual(['jabber:iq:roster']);
  });

  test('what changed while there was no stream is told with the next one', async () => {
    const [client, changes] = await watched();
    roster = item(CHANNEL, MARK);
    client.renew();
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual([
      { channel: 'heath@mix.localhost', left: true },
      { channel: CHANNEL, participantId: '9' },
    ]);
  });
});
