/**
 * What one does with channels besides talking, against the service behind the host.
 * Invites, administers, looks people up, and reads lists that are longer than a page.
 * Does not follow conversations (live-channel.test.ts).
 * Always: real sockets.
 * Before: testing/client-stage.ts. After: index.ts.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  allow,
  ban,
  createChannel,
  destroyChannel,
  disallow,
  discoverInfo,
  getAvatar,
  getConfig,
  getInfo,
  getJidMap,
  invite,
  join,
  leave,
  listAllowed,
  listBanned,
  listChannels,
  listParticipants,
  onInvitation,
  onPrivateMessage,
  queryArchive,
  registerNick,
  sendInvitation,
  sendMessage,
  sendPrivateMessage,
  setAvatar,
  setConfig,
  setInfo,
  unban,
  updateSubscription,
  type Invitation,
  type PrivateMessage,
} from '../node/index.ts';
import { ClientStage, type Person } from '../testing/client-stage.ts';

let stage: ClientStage;
let hecate: Person;
let hag: Person;

beforeEach(async () => {
  stage = await ClientStage.open();
  hecate = await stage.enter('hecate');
  hag = await stage.enter('hag66');
});
afterEach(async () => stage.close());

const make = (name?: string, config = {}): Promise<string> =>
  createChannel(hecate.client, stage.service, { ...(name === undefined ? {} : { name }), config });
const nodesWithAllowed = { nodesPresent: ['participants', 'presence', 'info', 'allowed', 'banned'] as const };

test('an invitation lets one in', async () => {
  const channel = await make('coven', nodesWithAllowed);
  await join(hecate.client, channel, { nick: 'Hecate' });
  await expect(join(hag.client, channel, { nick: 'Hag' })).rejects.toMatchObject({
    name: 'StanzaError',
    condition: 'registration-required',
  });
  const told = new Promise<[Invitation, { from: string; body: string | undefined }]>((resolve) => {
    onInvitation(hag.client, (invitation, message) => resolve([invitation, message]));
  });
  const invitation = await invite(hecate.client, channel, hag.client.account);
  await sendInvitation(hecate.client, invitation, 'Come to the heath');
  const [got, message] = await told;
  expect(got).toEqual(invitation);
  expect(message).toEqual({ from: 'hecate@localhost', body: 'Come to the heath' });
  expect(got.inviter).not.toContain('hecate');
  expect((await join(hag.client, channel, { nick: 'Hag', invitation: got })).nick).toBe('Hag');
});

test('an owner configures, allows, bans, and sees who is who', async () => {
  const channel = await make('coven', nodesWithAllowed);
  await setConfig(hecate.client, channel, { administrators: ['hag66@localhost'], privateMessages: false });
  const config = await getConfig(hecate.client, channel);
  expect(config).toMatchObject({
    owners: ['hecate@localhost'],
    administrators: ['hag66@localhost'],
    privateMessages: false,
    mode: 'jid-hidden',
    lastChangeBy: 'hecate@localhost',
  });
  expect(config.endOfLife).toBeUndefined();
  const { id } = await join(hag.client, channel, { nick: 'Hag' });
  expect(await getJidMap(hecate.client, channel)).toEqual([{ id, address: 'hag66@localhost' }]);
  await allow(hag.client, channel, 'friends.example');
  expect(await listAllowed(hecate.client, channel)).toContain('friends.example');
  await disallow(hag.client, channel, 'friends.example');
  await setConfig(hecate.client, channel, { administrators: [] });
  await expect(listBanned(hag.client, channel)).rejects.toMatchObject({ application: 'closed-node' });
  await ban(hecate.client, channel, { id });
  expect(await listBanned(hecate.client, channel)).toEqual(['hag66@localhost']);
  expect(await listParticipants(hecate.client, channel)).toEqual([]);
  await unban(hecate.client, channel, 'hag66@localhost');
  expect(await listBanned(hecate.client, channel)).toEqual([]);
});

test('lists that are longer than a page are read to their end', async () => {
  const channel = await make('coven', nodesWithAllowed);
  const domains = Array.from({ length: 600 }, (_, at) => `d${at}.example`);
  for (let at = 0; at < domains.length; at += 200)
    await Promise.all(domains.slice(at, at + 200).map((domain) => allow(hecate.client, channel, domain)));
  expect(new Set(await listAllowed(hecate.client, channel))).toEqual(new Set(domains));
  const names = Array.from({ length: 300 }, (_, at) => `c${at}`);
  await Promise.all(names.map((name) => make(name)));
  expect(await listChannels(hag.client, stage.service)).toHaveLength(300);
});

test('a channel says what it is to those who are not in it, and shows its picture', async () => {
  const channel = await make('coven');
  await setInfo(hecate.client, channel, { name: 'Coven', description: 'Upon the heath' });
  expect(await getInfo(hag.client, channel)).toMatchObject({ name: 'Coven', mode: 'jid-hidden' });
  expect((await getInfo(hecate.client, channel)).description).toBe('Upon the heath');
  const bytes = new Uint8Array([137, 80, 78, 71]);
  expect(await getAvatar(hecate.client, channel)).toBeUndefined();
  await setAvatar(hecate.client, channel, { bytes, type: 'image/png' });
  await join(hag.client, channel, { nick: 'Hag' });
  expect(await getAvatar(hag.client, channel)).toMatchObject({ type: 'image/png', bytes });
  await setAvatar(hecate.client, channel, undefined);
  expect(await getAvatar(hag.client, channel)).toBeUndefined();
});

test('an ad hoc channel is listed nowhere, and can be ended', async () => {
  const channel = await make();
  expect(await listChannels(hecate.client, stage.service)).toEqual([]);
  await expect(getInfo(hag.client, channel)).rejects.toMatchObject({ condition: 'item-not-found' });
  await destroyChannel(hecate.client, channel);
  await expect(discoverInfo(hecate.client, channel)).rejects.toMatchObject({ condition: 'item-not-found' });
});

test('subscriptions, registered nicks, private messages, archives', async () => {
  const channel = await make('coven');
  const me = await join(hecate.client, channel, { nick: 'Hecate', nodes: ['messages'] });
  expect(me.nodes).toEqual(['messages']);
  expect(await updateSubscription(hecate.client, channel, { subscribe: ['participants', 'config'] })).toEqual(
    {
      subscribed: ['participants', 'config'],
      unsubscribed: [],
    },
  );
  expect(await registerNick(hecate.client, stage.service, 'Third witch')).toBe('Third witch');
  await expect(registerNick(hag.client, stage.service, 'third witch')).rejects.toMatchObject({
    condition: 'conflict',
  });
  const { id } = await join(hag.client, channel, { nick: 'Hag' });
  const told = new Promise<PrivateMessage>((resolve) => void onPrivateMessage(hag.client, resolve));
  const sent = await sendPrivateMessage(hecate.client, channel, id, { body: 'psst' });
  expect(await told).toMatchObject({
    id: sent.id,
    channel,
    participantId: me.id,
    body: 'psst',
    isOwn: false,
  });
  const archived = await queryArchive(hag.client, undefined, { with: `${me.id}#${channel}` });
  expect(archived).toMatchObject({ complete: true, count: 1 });
  await sendMessage(hecate.client, channel, { body: 'aloud' });
  const page = await queryArchive(hag.client, channel, { page: { max: 1, before: '' } });
  expect(page.messages[0]?.at).toBeGreaterThan(Date.now() - 60_000);
  await leave(hag.client, channel);
  await expect(queryArchive(hag.client, channel)).rejects.toMatchObject({ condition: 'forbidden' });
});
