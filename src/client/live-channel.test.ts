import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ban,
  createChannel,
  destroyChannel,
  join,
  leave,
  moderate,
  openChannel,
  retract,
  sendChatState,
  setConfig,
  setInfo,
  setNick,
  setPresence,
  type Client,
  type LiveChannel,
  type LiveMessage,
} from '../node/index.ts';
import { ClientStage, until, type Person } from '../testing/client-stage.ts';

let stage: ClientStage;
let hecate: Person;
let hag: Person;
let channel: string;
const open: LiveChannel[] = [];

beforeEach(async () => {
  stage = await ClientStage.open();
  hecate = await stage.enter('hecate');
  hag = await stage.enter('hag66');
  channel = await createChannel(hecate.client, stage.service, {
    name: 'coven',
    config: { userRetraction: true, administratorRetraction: 'owners' },
  });
  await join(hecate.client, channel, { nick: 'Hecate' });
});
afterEach(async () => {
  for (const live of open.splice(0)) live.close();
  await stage.close();
});

function live(client: Client, options?: Parameters<typeof openChannel>[2]): LiveChannel {
  const opened = openChannel(client, channel, options);
  open.push(opened);
  return opened;
}

const texts = ({ messages }: LiveChannel): (string | undefined)[] => messages.map(({ body }) => body);
const message = (conversation: LiveChannel, body: string): LiveMessage | undefined =>
  conversation.messages.find((each) => each.body === body);
const settled = (conversation: LiveChannel): Promise<boolean> =>
  until(conversation, () => !conversation.isLoading, 'the channel is up to date');

describe('messages', () => {
  test('what is sent is shown at once, and is sent when it comes back; others get it', async () => {
    await join(hag.client, channel, { nick: 'Hag' });
    const [mine, theirs] = [live(hecate.client), live(hag.client)];
    const sent = mine.send({ body: 'When shall we three meet again?' });
    expect(sent).toMatchObject({ state: 'sending', isOwn: true, body: 'When shall we three meet again?' });
    expect(mine.messages).toHaveLength(1);
    const there = await until(mine, () => mine.messages.find(({ state }) => state === 'sent'));
    expect(there.key).toBe(sent.key);
    expect(there).toMatchObject({ isOwn: true, sender: { nick: 'Hecate' } });
    const got = await until(theirs, () => theirs.messages[0]);
    expect(got).toMatchObject({
      id: there.id,
      isOwn: false,
      body: 'When shall we three meet again?',
      state: 'sent',
      sender: { id: there.sender.id, nick: 'Hecate' },
    });
    expect(got.sender.address).toBeUndefined();
  });

  test('history is loaded backwards in pages, without double', async () => {
    const mine = live(hecate.client, { pageSize: 4 });
    for (let at = 0; at < 10; at += 1) mine.send({ body: `line ${at}` });
    await until(mine, () => mine.messages.filter(({ state }) => state === 'sent').length === 10);
    const again = live(hecate.client, { pageSize: 4 });
    await settled(again);
    expect(texts(again)).toEqual(['line 6', 'line 7', 'line 8', 'line 9']);
    expect(again.hasOlder).toBe(true);
    await again.loadOlder();
    await again.loadOlder();
    expect(texts(again)).toEqual(Array.from({ length: 10 }, (_, at) => `line ${at}`));
    expect(again.hasOlder).toBe(false);
    await again.loadOlder();
    expect(again.messages).toHaveLength(10);
  });

  test('corrections, reactions, replies and mentions are applied, live and from history', async () => {
    await join(hag.client, channel, { nick: 'Hag' });
    const [mine, theirs] = [live(hecate.client), live(hag.client)];
    mine.send({ body: 'Foul is fair' });
    const first = await until(theirs, () => message(theirs, 'Foul is fair'));
    await theirs.react(first.id ?? '', ['👍', '🔥']);
    mine.correct(first.id ?? '', 'Fair is foul');
    await until(theirs, () => message(theirs, 'Fair is foul'));
    theirs.send({
      body: 'Hecate, and foul is fair',
      reply: { id: first.id ?? '', to: first.sender.id, fallback: '> Fair is foul\n' },
      mentions: [{ id: first.sender.id, begin: 0, end: 6 }],
    });
    await until(mine, () => mine.messages.length === 2);
    const later = live(hecate.client, { pageSize: 2 });
    await settled(later);
    while (later.hasOlder) await later.loadOlder();
    for (const conversation of [mine, theirs, later]) {
      await until(conversation, () => conversation.messages.length === 2);
      const [corrected, reply] = conversation.messages;
      expect(corrected).toMatchObject({ body: 'Fair is foul', corrected: true, id: first.id, state: 'sent' });
      expect([...corrected!.reactions]).toEqual([
        ['👍', [reply!.sender.id]],
        ['🔥', [reply!.sender.id]],
      ]);
      expect(reply).toMatchObject({
        body: 'Hecate, and foul is fair',
        replyTo: { id: first.id, senderId: first.sender.id },
        mentions: [{ id: first.sender.id, begin: 0, end: 6 }],
      });
    }
    await theirs.react(first.id ?? '', []);
    await until(mine, () => mine.messages[0]?.reactions.size === 0);
  });

  test('what was taken back leaves a tombstone, live and from history', async () => {
    await join(hag.client, channel, { nick: 'Hag' });
    const [mine, theirs] = [live(hecate.client), live(hag.client)];
    theirs.send({ body: 'one' });
    theirs.send({ body: 'two' });
    const one = await until(mine, () => message(mine, 'one'));
    const two = await until(mine, () => message(mine, 'two'));
    await retract(hag.client, channel, one.id ?? '');
    await moderate(hecate.client, channel, two.id ?? '', 'not here');
    await until(mine, () => mine.messages.every(({ retracted }) => retracted !== undefined));
    const later = live(hag.client);
    await until(later, () => later.messages.length === 2);
    for (const conversation of [mine, later])
      expect(conversation.messages.map(({ body, retracted }) => [body, retracted])).toEqual([
        [undefined, { by: 'author' }],
        [undefined, { by: 'moderator', reason: 'not here' }],
      ]);
    await expect(theirs.retract('nothing')).rejects.toMatchObject({ condition: 'item-not-found' });
  });

  test('a refusal makes a message fail, with its reason', async () => {
    const theirs = live(hag.client);
    await settled(theirs);
    theirs.send({ body: 'let me in' });
    const failed = await until(theirs, () => theirs.messages.find(({ state }) => state === 'failed'));
    expect(failed.error).toMatchObject({ condition: 'forbidden' });
    await join(hag.client, channel, { nick: 'Hag' });
    failed.retry?.();
    expect(theirs.messages[0]?.state).toBe('sending');
    await until(theirs, () => theirs.messages[0]?.state === 'sent');
  });

  test('who types is told for a while', async () => {
    await join(hag.client, channel, { nick: 'Hag' });
    const mine = live(hecate.client, { typingMs: 50 });
    const { id } = (await join(hag.client, channel)) as { id: string };
    await sendChatState(hag.client, channel, 'composing');
    await until(mine, () => mine.typing.includes(id));
    await until(mine, () => mine.typing.length === 0);
    await sendChatState(hag.client, channel, 'composing');
    await until(mine, () => mine.typing.length === 1);
    await sendChatState(hag.client, channel, 'paused');
    await until(mine, () => mine.typing.length === 0);
    expect(mine.messages).toEqual([]);
  });
});

describe('people', () => {
  test('participants come, change, show themselves and go', async () => {
    const mine = live(hecate.client);
    await until(mine, () => mine.self.nick === 'Hecate');
    const { id } = await join(hag.client, channel, { nick: 'Hag' });
    await until(mine, () => mine.participants.get(id)?.presence === 'online');
    await setPresence(hag.client, undefined, { show: 'dnd', status: 'brewing' });
    await until(mine, () => mine.participants.get(id)?.presence === 'dnd');
    expect(mine.participants.get(id)).toEqual({ id, nick: 'Hag', presence: 'dnd', status: 'brewing' });
    await setNick(hag.client, channel, 'Third witch');
    await until(mine, () => mine.participants.get(id)?.nick === 'Third witch');
    await leave(hag.client, channel);
    await until(mine, () => !mine.participants.has(id));
  });

  test('information is followed, the mode with it', async () => {
    await join(hag.client, channel, { nick: 'Hag' });
    const theirs = live(hag.client);
    await until(theirs, () => theirs.info?.mode === 'jid-hidden');
    await setInfo(hecate.client, channel, { name: 'Coven' });
    await until(theirs, () => theirs.info?.name === 'Coven');
    await setConfig(hecate.client, channel, { mode: 'jid-visible' });
    await until(theirs, () => theirs.info?.mode === 'jid-visible');
    await until(theirs, () =>
      [...theirs.participants.values()].some(({ address }) => address === 'hecate@localhost'),
    );
  });
});

describe('the end', () => {
  const ends: readonly (readonly [string, (id: string) => Promise<unknown>, object])[] = [
    ['leaving', () => leave(hag.client, channel), { reason: 'left' }],
    ['a ban', (id) => ban(hecate.client, channel, { id }), { reason: 'banned' }],
    [
      'a mode that does not admit the preference',
      () => setConfig(hecate.client, channel, { mode: 'jid-visible' }),
      { reason: 'mode-changed', mode: 'jid-visible' },
    ],
    ['the end of the channel', () => destroyChannel(hecate.client, channel), { reason: 'destroyed' }],
  ];

  test.each(ends)('by %s', async (_, cause, ended) => {
    const { id } = await join(hag.client, channel, { nick: 'Hag', preferences: { jidVisibility: 'never' } });
    const theirs = live(hag.client, { self: id });
    await until(theirs, () => theirs.info !== undefined && !theirs.isLoading);
    await cause(id);
    await until(theirs, () => theirs.ended !== undefined);
    expect(theirs.ended).toEqual(ended);
    expect(() => theirs.send({ body: 'too late' })).toThrow(TypeError);
  });
});
