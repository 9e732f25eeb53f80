/**
 * How a client speaks: to its own server about joining and leaving, to the channel about everything else.
 * Looks at what was written to the socket.
 */
import { expect, test } from 'vitest';
import {
  child,
  discoverInfo,
  el,
  getInfo,
  getPreferences,
  hasParticipantServer,
  join,
  leave,
  listChannels,
  listJoined,
  listNodes,
  listParticipants,
  queryArchive,
  setNick,
  setPreferences,
  updateSubscription,
} from '../../../src/node/index.ts';
import { buildEntry } from '../../../src/xep/0045-muc/wire.ts';
import { eventually, forget, requestsBy, scene, sentBy, SERVICE, settled } from './kit.ts';

const NS_PAM = 'urn:xmpp:mix:pam:2';
const NS_MIX = 'urn:xmpp:mix:core:1';
const NS_INFO = 'http://jabber.org/protocol/disco#info';
const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
const NS_ROSTER = 'jabber:iq:roster';

const here = scene();

test('CLI-01: a client tells that it knows channels, to whom asks and by the hash in its presence', async () => {
  const { hag, hecate } = here;
  const { features } = await discoverInfo(hag.client, hecate.client.address);
  expect(features).toContain(NS_MIX);
  const presence = sentBy(hecate).find(({ name }) => name === 'presence');
  const { node = '', ver = '' } = child(presence!, 'c', 'http://jabber.org/protocol/caps')!.attrs;
  const hashed = await discoverInfo(hag.client, hecate.client.address, `${node}#${ver}`);
  expect(hashed.features).toContain(NS_MIX);
});

test('CLI-02, CLI-03: the own account is asked before anything is said about channels, and joins and leaves', async () => {
  const channel = await here.coven();
  const { hag } = here;
  await here.enter(channel);
  await leave(hag.client, channel);
  const requests = requestsBy(hag);
  const asked = requests.findIndex(({ to, payload }) => payload.ns === NS_INFO && to === hag.client.account);
  const first = requests.findIndex(({ payload }) => payload.ns.startsWith('urn:xmpp:mix:'));
  expect(asked).toBeGreaterThanOrEqual(0);
  expect(asked).toBeLessThan(first);
  const mix = requests.filter(({ payload }) => payload.ns.startsWith('urn:xmpp:mix:'));
  expect(mix.map(({ to, payload }) => [to, payload.ns, payload.name])).toEqual([
    [undefined, NS_PAM, 'client-join'],
    [undefined, NS_PAM, 'client-leave'],
  ]);
  expect(requests.filter(({ to }) => to === channel)).toEqual([]);
});

test('CLI-02: where the server says that it takes no part, it is not asked to', async () => {
  const channel = await here.coven();
  const { hag } = here;
  hag.line.alter = (text) =>
    text.replaceAll(`<feature var='${NS_PAM}'/>`, '').replaceAll(`<feature var="${NS_PAM}"/>`, '');
  expect(await hasParticipantServer(hag.client)).toBe(false);
  await join(hag.client, channel, { nick: 'Hag' });
  await leave(hag.client, channel);
  expect(requestsBy(hag).filter(({ payload }) => payload.ns === NS_PAM)).toEqual([]);
});

test('CLI-04, CLI-27: everything else goes straight to the channel, and nothing to the presence node', async () => {
  const channel = await here.coven();
  const { hag } = here;
  await here.enter(channel);
  const live = await here.open(hag.client, channel);
  forget(hag);
  await setNick(hag.client, channel, 'Third witch');
  await updateSubscription(hag.client, channel, { subscribe: ['info'] });
  await getInfo(hag.client, channel);
  await listParticipants(hag.client, channel);
  await getPreferences(hag.client, channel);
  await setPreferences(hag.client, channel, { vCard: 'block' });
  await queryArchive(hag.client, channel);
  live.send({ body: 'Hail!' });
  await eventually(() => live.messages.some(({ state }) => state === 'sent'));
  const requests = requestsBy(hag);
  const names = [
    'setnick',
    'update-subscription',
    'pubsub',
    'pubsub',
    'user-preference',
    'user-preference',
    'query',
  ];
  expect(requests.map(({ payload }) => payload.name).slice(0, names.length)).toEqual(names);
  for (const { to } of requests) expect(to).toBe(channel);
  const said = sentBy(hag).filter(({ name }) => name === 'message');
  expect(said.map(({ attrs }) => [attrs['to'], attrs['type']])).toEqual([[channel, 'groupchat']]);
  for (const { payload } of [...requestsBy(here.hecate), ...requests])
    if (payload.ns.startsWith('http://jabber.org/protocol/pubsub'))
      expect(JSON.stringify(payload)).not.toContain('nodes:presence');
});

test('CLI-05: every question for the list asks for the marks', async () => {
  const channel = await here.coven();
  const { hag } = here;
  const id = await here.enter(channel);
  await here.open(hag.client, channel);
  expect(await listJoined(hag.client)).toEqual([{ channel, participantId: id }]);
  const rosters = requestsBy(hag).filter(({ payload }) => payload.ns === NS_ROSTER);
  expect(rosters.length).toBeGreaterThan(0);
  for (const { payload } of rosters)
    expect(payload.children).toMatchObject([{ name: 'annotate', ns: 'urn:xmpp:mix:roster:0' }]);
});

test('CLI-06: the nodes of a channel are asked for as those of a channel', async () => {
  const channel = await here.coven();
  forget(here.hag);
  await here.enter(channel);
  expect(await listNodes(here.hag.client, channel)).toEqual(
    expect.arrayContaining(['messages', 'participants', 'presence', 'info']),
  );
  const asked = requestsBy(here.hag).filter(({ payload }) => payload.ns === NS_ITEMS);
  expect(asked).toMatchObject([{ to: channel, payload: { attrs: { node: 'mix' } } }]);
});

test('CLI-07: an address that is channel and room in one is one channel, whoever talks by which way', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  const { identities, features } = await discoverInfo(hag.client, channel);
  expect(identities.map(({ category, type }) => `${category}/${type}`)).toEqual([
    'conference/mix',
    'conference/text',
  ]);
  expect(features).toEqual(expect.arrayContaining([NS_MIX, 'http://jabber.org/protocol/muc']));
  expect(await listChannels(hag.client, SERVICE)).toEqual([{ address: channel, name: 'coven' }]);
  const live = await here.open(hecate.client, channel);
  await hag.client.send(el('presence', 'jabber:client', { to: `${channel}/Hag` }, [buildEntry()]));
  const inRoom = await eventually(() => [...live.participants.values()].find(({ nick }) => nick === 'Hag'));
  const body = el('body', 'jabber:client', {}, ['Hail!']);
  await hag.client.send(el('message', 'jabber:client', { to: channel, type: 'groupchat', id: 'm1' }, [body]));
  const message = await eventually(() => live.messages[0]);
  await settled(hecate);
  expect(live.messages).toHaveLength(1);
  expect(message).toMatchObject({ body: 'Hail!', sender: { id: inRoom.id, nick: 'Hag' } });
  expect(live.participants.size).toBe(2);
  live.send({ body: 'All hail!' });
  await eventually(() => live.messages.length === 2 && live.messages.every(({ state }) => state === 'sent'));
});
