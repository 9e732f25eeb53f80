/**
 * Who said what: ids, nicks, replies, and what takes a message back, from a channel that may be anybody's.
 * Puts messages into what comes back that a channel of ours would never send.
 */
import { describe, expect, test } from 'vitest';
import {
  child,
  discoverInfo,
  encryptionOf,
  join,
  moderate,
  queryArchive,
  sendMessage,
  setNick,
  el,
} from '../../../src/node/index.ts';
import { eventually, forget, reflection, requestsBy, scene, sentBy, settled } from './kit.ts';

const here = scene();
const body = (text: string): string => `<body>${text}</body>`;

test('CLI-10: who speaks is known by the id, also where two people exchange their nicks', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  const hagId = await here.enter(channel);
  const live = await here.open(hecate.client, channel);
  const hecateId = live.self.id;
  await sendMessage(hag.client, channel, { body: 'one' });
  const one = await eventually(() => live.messages.find((each) => each.body === 'one'));
  await setNick(hag.client, channel, 'Nobody');
  await setNick(hecate.client, channel, 'Hag');
  await setNick(hag.client, channel, 'Hecate');
  await sendMessage(hag.client, channel, { body: 'two', reply: { id: one.id ?? '' } });
  await sendMessage(hag.client, channel, { body: 'one, again', replaces: one.originId ?? '' });
  await eventually(
    () => live.messages.some((each) => each.body === 'one, again') && live.messages.length === 2,
  );
  expect(live.messages).toMatchObject([
    { body: 'one, again', corrected: true, isOwn: false, sender: { id: hagId, nick: 'Hag' } },
    { body: 'two', isOwn: false, sender: { id: hagId, nick: 'Hecate' }, replyTo: { senderId: hagId } },
  ]);
  expect(live.participants.get(hecateId ?? '')).toMatchObject({ nick: 'Hag' });
  expect(live.participants.get(hagId)).toMatchObject({ nick: 'Hecate' });
});

test('CLI-11: where addresses are hidden names are shown, nothing fails, and nobody’s address is looked for', async () => {
  const channel = await here.coven();
  const { hag, hecate } = here;
  await here.enter(channel);
  await sendMessage(hecate.client, channel, { body: 'Hail!' });
  forget(hag);
  const live = await here.open(hag.client, channel);
  const message = await eventually(() => live.messages[0]);
  await eventually(() => live.participants.size === 2);
  expect(message.sender).toEqual({ id: message.sender.id, nick: 'Hecate' });
  expect([...live.participants.values()].map(({ nick }) => nick).sort()).toEqual(['Hag', 'Hecate']);
  for (const participant of live.participants.values()) expect(participant).not.toHaveProperty('address');
  expect(live.problem).toBeUndefined();
  const asked = requestsBy(hag).map(({ to }) => to ?? hag.client.account);
  expect(new Set(asked)).toEqual(new Set([hag.client.account, channel]));
});

test('CLI-12: what is said bears an id of its own, by which its reflection is known', async () => {
  const channel = await here.coven();
  const { hecate } = here;
  const live = await here.open(hecate.client, channel);
  for (const text of ['one', 'two', 'two']) live.send({ body: text });
  expect(live.messages).toHaveLength(3);
  await eventually(() => live.messages.every(({ state }) => state === 'sent'));
  expect(live.messages.map((each) => each.body)).toEqual(['one', 'two', 'two']);
  const sent = sentBy(hecate).filter(({ name }) => name === 'message');
  const ids = sent.map(({ attrs }) => attrs['id'] ?? '');
  expect(new Set(ids).size).toBe(3);
  expect(sent.map((stanza) => child(stanza, 'origin-id', 'urn:xmpp:sid:0')?.attrs['id'])).toEqual(ids);
  expect(live.messages.map(({ originId }) => originId)).toEqual(ids);
});

test('CLI-13: others’ stanza-ids are nothing; replies, reactions, retractions and markers use the channel’s', async () => {
  const channel = await here.coven({ userRetraction: true });
  const { hag } = here;
  await here.enter(channel);
  const live = await here.open(hag.client, channel, { sendMarkers: true });
  const others = [hag.client.account, 'mix.localhost', `${channel}/x`, 'hecate@localhost']
    .map((by) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='forged'/>`)
    .join('');
  hag.line.inject(reflection(hag, `${channel}/x`, { id: 'right', inside: others + body('Hail!') }));
  hag.line.inject(
    reflection(hag, `${channel}/x`, { id: 'plain', by: '', inside: others + body('All hail!') }),
  );
  await eventually(() => live.messages.length === 2);
  expect(live.messages.map(({ id }) => id)).toEqual(['right', 'plain']);
  forget(hag);
  live.send({ body: 'Hail to thee', reply: { id: live.messages[0]?.id ?? '' } });
  void live.react(live.messages[0]?.id ?? '', ['👍']).catch(() => undefined);
  void live.retract(live.messages[0]?.id ?? '').catch(() => undefined);
  live.markDisplayed('right');
  const sent = await eventually(() => {
    const found = sentBy(hag).filter(({ name }) => name === 'message');
    return found.length >= 4 && found;
  });
  expect(sent.map((stanza) => JSON.stringify(stanza)).filter((text) => text.includes('right'))).toHaveLength(
    4,
  );
  expect(hag.line.sent).not.toContain('forged');
});

test('CLI-14: the nick that the channel gives is the one that holds', async () => {
  const channel = await here.coven({ mandatoryNicks: false });
  const { hag } = here;
  const joined = await join(hag.client, channel);
  expect(joined.nick).toMatch(/\w/);
  const live = await here.open(hag.client, channel, { self: joined.id });
  expect(live.self.nick).toBe(joined.nick);
  expect(await setNick(hag.client, channel, '  Third   witch ')).toBe('Third witch');
  await eventually(() => live.self.nick === 'Third witch');
  const given = await setNick(hag.client, channel);
  expect(given).not.toMatch(/^$|third witch/i);
  await eventually(() => live.self.nick === given);
});

describe('CLI-20: encryption', () => {
  test('nothing that is sent is encrypted, and nothing says that it could be', async () => {
    const channel = await here.coven();
    const { hag, hecate } = here;
    await here.enter(channel);
    const live = await here.open(hag.client, channel);
    live.send({ body: 'Hail!' });
    await eventually(() => live.messages.some(({ state }) => state === 'sent'));
    expect(hag.line.sent).not.toMatch(/omemo|axolotl|openpgp|urn:xmpp:eme/);
    const { features } = await discoverInfo(hecate.client, hag.client.address);
    expect(features.join()).not.toMatch(/omemo|axolotl|openpgp|urn:xmpp:eme/);
  });

  test('what others encrypt is shown as such, whether they say so in clear or not', async () => {
    const channel = await here.coven({ mode: 'jid-visible' });
    const { hag, hecate } = here;
    await here.enter(channel);
    const live = await here.open(hag.client, channel);
    const encrypted = el('encrypted', 'eu.siacs.conversations.axolotl', {}, [
      el('payload', 'eu.siacs.conversations.axolotl', {}, ['eNh']),
    ]);
    await sendMessage(hecate.client, channel, { payloads: [encrypted, el('store', 'urn:xmpp:hints')] });
    await sendMessage(hecate.client, channel, { body: 'I sent you an OMEMO message', payloads: [encrypted] });
    await eventually(() => live.messages.length === 2);
    expect(live.messages.map(encryptionOf)).toEqual(['OMEMO', 'OMEMO']);
  });
});

describe('CLI-22: taking back', () => {
  const retract = (id: string): string =>
    `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/><body>/me retracted</body>`;

  test('of a channel that does not check it, only the author is believed', async () => {
    const channel = await here.coven();
    const { hag } = here;
    await here.enter(channel);
    hag.line.alter = (text) =>
      text.replaceAll('urn:xmpp:message-retract:1', 'urn:x:1').replaceAll('urn:xmpp:mix:misc:0', 'urn:x:2');
    const live = await here.open(hag.client, channel);
    hag.line.alter = undefined;
    hag.line.inject(reflection(hag, `${channel}/x`, { id: 'm1', inside: body('Hail!') }));
    hag.line.inject(reflection(hag, `${channel}/y`, { id: 'm2', inside: retract('m1') }));
    await settled(hag);
    await eventually(() => live.messages.length === 1);
    expect(live.messages).toMatchObject([{ id: 'm1', body: 'Hail!' }]);
    expect(live.messages[0]?.retracted).toBeUndefined();
    hag.line.inject(reflection(hag, `${channel}/x`, { id: 'm3', inside: retract('m1') }));
    await eventually(() => live.messages[0]?.retracted);
    expect(live.messages).toMatchObject([{ id: 'm1', retracted: { by: 'author' } }]);
    expect(live.messages[0]?.body).toBeUndefined();
  });

  test('of a channel that checks it, what it lets pass counts, and others’ attempts do not', async () => {
    const channel = await here.coven({ userRetraction: true, administratorRetraction: 'owners' });
    const { hag, hecate } = here;
    await here.enter(channel);
    const [mine, theirs] = [await here.open(hecate.client, channel), await here.open(hag.client, channel)];
    mine.send({ body: 'Hail!' });
    const { id = '' } = await eventually(() => theirs.messages.find((each) => each.body === 'Hail!'));
    await expect(theirs.retract(id)).rejects.toMatchObject({ condition: 'forbidden' });
    await queryArchive(hag.client, channel);
    for (const live of [mine, theirs]) expect(live.messages).toMatchObject([{ body: 'Hail!', id }]);
    await moderate(hecate.client, channel, id, 'too loud');
    for (const live of [mine, theirs]) await eventually(() => live.messages[0]?.retracted);
    expect(theirs.messages).toMatchObject([{ retracted: { by: 'moderator', reason: 'too loud' } }]);
  });
});
