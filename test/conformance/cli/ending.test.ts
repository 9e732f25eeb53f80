/**
 * Presence where a channel demands it, and the ways in which one ceases to be in a channel.
 * Puts into what comes back what a channel would send, and looks at what the client does then.
 */
import { describe, expect, test } from 'vitest';
import {
  ban,
  child,
  destroyChannel,
  getPreferences,
  join,
  listJoined,
  onJoined,
  setPreferences,
  type JoinedChange,
} from '../../../src/node/index.ts';
import { eventually, forget, requestsBy, scene, sentBy, settled, type Person } from './kit.ts';

const here = scene();

test('CLI-26: where a channel demands presence, it is shared, and who does not want that is refused', async () => {
  const channel = await here.coven({ mustProvidePresence: true });
  const { hag, hecate } = here;
  const live = await here.open(hecate.client, channel);
  await expect(here.enter(channel, { preferences: { presence: 'not share' } })).rejects.toMatchObject({
    condition: 'not-acceptable',
  });
  const { id, preferences } = await join(hag.client, channel, {
    nick: 'Hag',
    preferences: { presence: 'share' },
  });
  expect(preferences.held).toMatchObject({ presence: 'share' });
  const request = requestsBy(hag).findLast(({ payload }) => payload.name === 'client-join');
  expect(JSON.stringify(request)).toMatch(/"Presence".*"share"/);
  const presences = sentBy(hag).filter(({ name }) => name === 'presence');
  expect(presences).toMatchObject([{ attrs: {} }]);
  expect(child(presences[0]!, 'c', 'http://jabber.org/protocol/caps')).toBeDefined();
  await eventually(() => live.participants.get(id)?.presence === 'online');
  await expect(setPreferences(hag.client, channel, { presence: 'not share' })).rejects.toMatchObject({
    condition: 'not-acceptable',
  });
  expect(await getPreferences(hag.client, channel)).toMatchObject({ presence: 'share' });
});

describe('CLI-31: the end of a channel, and of the own part in it', () => {
  const event = (person: Person, channel: string, inside: string): string =>
    `<message xmlns='jabber:client' from='${channel}' to='${person.client.account}'>` +
    `<event xmlns='http://jabber.org/protocol/pubsub#event'>${inside}</event></message>`;
  const node = 'urn:xmpp:mix:nodes:participants';

  test.each([
    ['participants deleted', () => `<delete node='${node}'/>`, 'destroyed'],
    ['own id retracted', (id: string) => `<items node='${node}'><retract id='${id}'/></items>`, 'removed'],
  ])('by what a channel says: %s', async (_, inside, reason) => {
    const channel = await here.coven();
    const { hag } = here;
    const id = await here.enter(channel);
    const live = await here.open(hag.client, channel, { self: id });
    hag.line.inject(event(hag, channel, `<items node='${node}'><retract id='another'/></items>`));
    hag.line.inject(event(hag, 'heath@mix.localhost', inside(id)));
    await settled(hag);
    expect(live.ended).toBeUndefined();
    hag.line.inject(event(hag, channel, inside(id)));
    await eventually(() => live.ended);
    expect(live.ended).toEqual({ reason });
    expect(() => live.send({ body: 'too late' })).toThrow(TypeError);
  });

  test.each([
    ['destroyed', (channel: string) => destroyChannel(here.hecate.client, channel)],
    ['banned', (channel: string, id: string) => ban(here.hecate.client, channel, { id })],
  ])('%s: it is off the list, and the client does not try to come back', async (reason, act) => {
    const channel = await here.coven();
    const { hag } = here;
    const id = await here.enter(channel);
    const live = await here.open(hag.client, channel, { self: id });
    const changes: JoinedChange[] = [];
    onJoined(hag.client, (change) => changes.push(change));
    await settled(hag);
    await listJoined(hag.client);
    forget(hag);
    await act(channel, id);
    await eventually(() => live.ended !== undefined && changes.length > 0);
    expect(live.ended).toEqual({ reason });
    expect(changes).toEqual([{ channel, left: true }]);
    expect(await listJoined(hag.client)).toEqual([]);
    hag.line.cut();
    await eventually(() => hag.client.state.is !== 'online');
    await eventually(() => hag.client.state.is === 'online');
    await settled(hag);
    expect(await listJoined(hag.client)).toEqual([]);
    const asked = requestsBy(hag).map(({ payload }) => payload.name);
    expect(asked).not.toContain('client-join');
    expect(asked).not.toContain('join');
    expect(changes).toHaveLength(1);
  });
});
