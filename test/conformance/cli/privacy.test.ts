/**
 * What a client says of people, and what it does with what it knows of them.
 * Searches what was written to the socket, and what the library gives to a user interface.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  ban,
  child,
  createChannel,
  getJidMap,
  join,
  leave,
  listBanned,
  listCustomPreferences,
  listJoined,
  openPrivate,
  queryArchive,
  sendMarker,
  sendMessage,
  setAvatar,
  setPreferences,
  upload,
} from '../../../src/node/index.ts';
import { eventually, forget, requestsBy, scene, sentBy, SERVICE } from './kit.ts';

const NS_ANON = 'urn:xmpp:mix:anon:0';
const uploads = mkdtempSync(joinPath(tmpdir(), 'vizard-'));
afterAll(() => rmSync(uploads, { recursive: true }));
const here = scene(() => ({ uploads }));

test('CLI-16: preferences go with the join, and what the answer says of them holds', async () => {
  const channel = await createChannel(here.hecate.client, SERVICE, { config: { mode: 'jid-maybe-visible' } });
  const { hag } = here;
  const joined = await join(hag.client, channel, {
    nick: 'Hag',
    preferences: { jidVisibility: 'never', vCard: 'allow' },
  });
  const request = requestsBy(hag).find(({ payload }) => payload.name === 'client-join');
  const inner = child(request!.payload, 'join', 'urn:xmpp:mix:core:1')!;
  const form = child(inner, 'x', 'jabber:x:data')!;
  expect(form.children.map((field) => JSON.stringify(field))).toEqual([
    expect.stringContaining(NS_ANON),
    expect.stringMatching(/JID Visibility.*never/),
    expect.stringMatching(/vCard.*allow/),
  ]);
  const held = { jidVisibility: 'never', privateMessages: 'allow', vCard: 'allow', presence: 'share' };
  expect(joined.preferences).toMatchObject({ pending: false, held });
  expect(await joined.preferences.settled).toEqual(held);
});

test('CLI-17: what a channel has besides the four preferences is told, and what is chosen is submitted', async () => {
  const channel = await here.coven();
  const { hag } = here;
  const custom =
    `<field var='Custom Preference' type='list-single' label='A preference of this channel'><value>one</value>` +
    `<option label='The first'><value>one</value></option><option><value>two</value></option></field>` +
    `<field type='fixed'><value>Read this</value></field><field var='Newsletter' type='boolean'><value>0</value></field>`;
  hag.line.alter = (text) =>
    text.includes('user-preference') ? text.replace(/<\/x>/, () => `${custom}</x>`) : text;
  expect(await listCustomPreferences(hag.client, channel)).toEqual([
    {
      name: 'Custom Preference',
      label: 'A preference of this channel',
      type: 'list-single',
      values: ['one'],
      options: [
        { value: 'one', label: 'The first' },
        { value: 'two', label: 'two' },
      ],
    },
    { name: 'Newsletter', label: 'Newsletter', type: 'boolean', values: ['0'], options: [] },
  ]);
  hag.line.alter = undefined;
  const customPreferences = { 'Custom Preference': ['two'] };
  await join(hag.client, channel, { nick: 'Hag', customPreferences });
  await setPreferences(hag.client, channel, { vCard: 'block' }, { Newsletter: ['1'] });
  const forms = requestsBy(hag).filter(({ payload }) => /client-join|user-preference/.test(payload.name));
  expect(forms.map((form) => JSON.stringify(form))).toEqual([
    expect.not.stringContaining('Custom'),
    expect.stringMatching(/"join".*"Custom Preference".*two/),
    expect.stringMatching(/vCard.*"Newsletter".*1/),
  ]);
});

test('CLI-18: nothing that is sent to a hidden channel holds anybody’s address', async () => {
  const channel = await here.coven({ userRetraction: true });
  const { hag, hecate } = here;
  const hagId = await here.enter(channel);
  await sendMessage(hag.client, channel, { body: 'one' });
  const live = await here.open(hecate.client, channel, { sendMarkers: true });
  const { id = '' } = await eventually(() => live.messages[0]);
  forget(hecate);
  await setAvatar(hecate.client, channel, { bytes: new Uint8Array([137, 80, 78, 71]), type: 'image/png' });
  live.setTyping(true);
  live.send({
    body: 'Hag, two',
    reply: { id, to: hagId, fallback: '> one\n' },
    mentions: [{ id: hagId, begin: 0, end: 3 }],
  });
  const two = await eventually(() =>
    live.messages.find(({ body, state }) => body === 'Hag, two' && state === 'sent'),
  );
  await live.react(id, ['👍']);
  live.correct(two.id ?? '', 'Hag, three');
  await eventually(() => live.messages.some(({ corrected, state }) => corrected && state === 'sent'));
  await sendMarker(hecate.client, channel, id);
  const file = { name: 'heath.txt', size: 5, type: 'text/plain', body: new Blob(['Hail!']) };
  live.send({ body: await upload(hecate.client, file) });
  await eventually(() => live.messages.length === 3 && live.messages.every(({ state }) => state === 'sent'));
  await live.retract(two.id ?? '');
  const toChannel = sentBy(hecate).filter(({ attrs }) => attrs['to'] === channel);
  expect(toChannel.length).toBeGreaterThan(8);
  for (const stanza of toChannel)
    expect(JSON.stringify(stanza)).not.toMatch(/hecate@|hag66@|hecate%40|hag66%40/i);
});

test('CLI-19: a private message goes to the participant’s address, is kept under it, and makes no contact', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  const hagId = await here.enter(channel);
  const address = `${hagId}#${channel}`;
  const live = openPrivate(hecate.client, channel, hagId);
  await eventually(() => !live.isLoading);
  live.send({ body: 'Not so loud!' });
  await eventually(() => live.messages.some(({ state }) => state === 'sent'));
  const [sent] = sentBy(hecate).filter(({ attrs }) => attrs['type'] === 'chat');
  expect(sent?.attrs['to']).toBe(address);
  expect(live.messages[0]?.sender).not.toHaveProperty('address');
  live.close();
  const kept = await queryArchive(hecate.client, undefined, { with: address });
  expect(kept.messages).toHaveLength(1);
  expect((await queryArchive(hecate.client, undefined, { with: 'hag66@localhost' })).messages).toEqual([]);
  expect((await listJoined(hecate.client)).map((each) => each.channel)).toEqual([channel]);
  for (const person of [hag, hecate])
    for (const { payload } of requestsBy(person))
      if (payload.ns === 'jabber:iq:roster') expect(payload.children).toMatchObject([{ name: 'annotate' }]);
  expect(sentBy(hecate).map(({ attrs }) => attrs['type'])).not.toContain('subscribe');
});

test('CLI-28: who is who is told to the administrator who asks, and stands nowhere else', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  const hagId = await here.enter(channel);
  const live = await here.open(hecate.client, channel);
  await sendMessage(hag.client, channel, { body: 'Hail!' });
  const map = await getJidMap(hecate.client, channel);
  expect(map).toContainEqual({ id: hagId, address: 'hag66@localhost' });
  const message = await eventually(() => live.messages[0]);
  forget(hecate);
  live.send({ body: 'Hail', reply: { id: message.id ?? '', to: message.sender.id, fallback: '> Hail!\n' } });
  await eventually(() => live.messages.length === 2 && live.messages.every(({ state }) => state === 'sent'));
  const shown = JSON.stringify([live.messages, [...live.participants.values()], live.info, live.self]);
  expect(shown).not.toMatch(/hag66|hecate@/);
  expect(hecate.line.sent).not.toMatch(/hag66|hecate@/);
});

test('CLI-29: an administrator bans by address, and somebody who has left by what the channel calls them', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  const hagId = await here.enter(channel);
  await leave(hag.client, channel);
  await ban(hecate.client, channel, { id: hagId });
  await ban(hecate.client, channel, 'porter@castle.example');
  expect((await listBanned(hecate.client, channel)).toSorted()).toEqual([
    'hag66@localhost',
    'porter@castle.example',
  ]);
  await expect(join(hag.client, channel, { nick: 'Hag' })).rejects.toMatchObject({ condition: 'forbidden' });
  const published = requestsBy(hecate).map(({ payload }) => JSON.stringify(payload));
  expect(published.filter((text) => text.includes('banned')).join()).not.toContain('hag66');
});
