import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createChannel,
  join,
  openChannel,
  openPrivate,
  sendMessage,
  type LiveChannel,
  type LiveConversation,
} from '../node/index.ts';
import { ClientStage, until, type Person } from '../testing/client-stage.ts';
import { SeededRandom } from '../testing/random.ts';

let stage: ClientStage;
let hecate: Person;
let hag: Person;
let channel: string;
const open: LiveConversation[] = [];

beforeEach(async () => {
  stage = await ClientStage.open();
  hecate = await stage.enter('hecate');
  hag = await stage.enter('hag66', { maxWaitMs: 50, isResumed: false });
  channel = await createChannel(hecate.client, stage.service, { name: 'coven' });
  await join(hecate.client, channel, { nick: 'Hecate' });
});
afterEach(async () => {
  for (const live of open.splice(0)) live.close();
  await stage.close();
});

function opened<Live extends LiveConversation>(live: Live): Live {
  open.push(live);
  return live;
}

const texts = ({ messages }: LiveConversation): (string | undefined)[] => messages.map(({ body }) => body);
const lines = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, at) => `line ${from + at}`);
const isUp = (live: LiveConversation): Promise<boolean> =>
  until(live, () => !live.isLoading, 'it is up to date');

/** Not all at once: a client holds only so many that are not acknowledged. */
async function say(count: number, from = 0): Promise<void> {
  const bodies = lines(count, from);
  for (let at = 0; at < count; at += 500)
    await Promise.all(
      bodies.slice(at, at + 500).map((body) => sendMessage(hecate.client, channel, { body })),
    );
}

describe('a channel over a lost connection', () => {
  let theirs: LiveChannel;
  beforeEach(async () => {
    const { id } = await join(hag.client, channel, { nick: 'Hag' });
    theirs = opened(openChannel(hag.client, channel, { self: id }));
    await isUp(theirs);
  });

  test('what was said meanwhile is there, once and in order', async () => {
    await say(3);
    await until(theirs, () => theirs.messages.length === 3);
    hag.line.isClosed = true;
    hag.line.cut();
    await say(300, 3);
    hag.line.isClosed = false;
    await say(5, 303);
    await until(theirs, () => theirs.messages.length >= 308);
    expect(texts(theirs)).toEqual(lines(308));
  });

  test('much more than is worth fetching begins the list anew, without a gap', async () => {
    await say(3);
    await until(theirs, () => theirs.messages.length === 3);
    hag.line.isClosed = true;
    hag.line.cut();
    await say(2_100, 3);
    hag.line.isClosed = false;
    await until(theirs, () => theirs.messages.at(-1)?.body === 'line 2102');
    const shown = texts(theirs);
    expect(shown).toEqual(lines(shown.length, 2_103 - shown.length));
    expect(shown.length).toBeLessThan(2_000);
    await theirs.loadOlder();
    expect(texts(theirs)).toEqual(lines(theirs.messages.length, 2_103 - theirs.messages.length));
  });

  test('what was sent into a dead connection is sent once', async () => {
    const mine = opened(openChannel(hecate.client, channel));
    // Arrives, but nothing comes back.
    hag.line.isDeaf = true;
    theirs.send({ body: 'arrived' });
    await until(mine, () => texts(mine).includes('arrived'));
    // Does not even arrive.
    hag.line.isMute = true;
    theirs.send({ body: 'lost' });
    hag.line.isClosed = true;
    hag.line.cut();
    theirs.send({ body: 'waited' });
    expect(theirs.messages.map(({ state }) => state)).toEqual(['sending', 'sending', 'sending']);
    hag.line.isClosed = false;
    await until(theirs, () => theirs.messages.every(({ state }) => state === 'sent'));
    await until(mine, () => mine.messages.length >= 3);
    expect(texts(theirs)).toEqual(['arrived', 'lost', 'waited']);
    expect(texts(mine)).toEqual(['arrived', 'lost', 'waited']);
  });

  test('a message that is swallowed fails in time, and goes when it is sent again', async () => {
    hag.line.isMute = true;
    theirs.send({ body: 'into the void' });
    await until(theirs, () => theirs.messages[0]?.state === 'sending');
    hag.line.cut();
    await until(theirs, () => theirs.messages[0]?.state === 'sent');
    expect(theirs.messages).toHaveLength(1);
  });

  const moments = [1, 2, 3].flatMap((seed) => [true, false].map((isResumed) => ({ seed, isResumed })));
  test.each(moments)('cut at any moment, nothing is lost or doubled: $seed $isResumed', async (moment) => {
    const random = new SeededRandom(moment.seed);
    hag.line.hidesResumption = !moment.isResumed;
    hag.line.cut();
    const mine = opened(openChannel(hecate.client, channel));
    await isUp(mine);
    const said: string[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      const who = random.below(2) === 0 ? mine : theirs;
      const body = `turn ${turn}`;
      said.push(body);
      who.send({ body });
      const fate = random.below(6);
      if (fate === 0) hag.line.isDeaf = true;
      if (fate === 1) hag.line.isMute = true;
      if (fate <= 2) {
        await new Promise((resolve) => setTimeout(resolve, random.below(20)));
        hag.line.cut();
      }
      if (fate === 3) await new Promise((resolve) => setTimeout(resolve, random.below(60)));
    }
    const whole = ({ messages }: LiveChannel): boolean =>
      messages.length >= said.length && messages.every(({ state }) => state === 'sent');
    await until(mine, () => whole(mine), 'all of it is with her');
    await until(theirs, () => whole(theirs) && !theirs.isLoading, 'all of it is with him');
    expect(texts(mine).toSorted()).toEqual(said.toSorted());
    expect(theirs.messages.map(({ id }) => id)).toEqual(mine.messages.map(({ id }) => id));
  });
});

describe('a private conversation', () => {
  test('goes both ways, has its history, and is whole after a lost connection', async () => {
    const me = await join(hecate.client, channel);
    const other = await join(hag.client, channel, { nick: 'Hag' });
    const mine = opened(openPrivate(hecate.client, channel, other.id));
    const theirs = opened(openPrivate(hag.client, channel, me.id));
    await isUp(mine);
    await isUp(theirs);
    mine.send({ body: 'Not so loud!' });
    const got = await until(theirs, () => theirs.messages[0]);
    expect(got).toMatchObject({ body: 'Not so loud!', isOwn: false, sender: { id: me.id } });
    await until(mine, () => mine.messages[0]?.state === 'sent');
    theirs.send({ body: 'Why?', reply: { id: got.id ?? '', to: me.id } });
    await until(mine, () => mine.messages.length === 2);
    expect(mine.messages[1]).toMatchObject({ body: 'Why?', replyTo: { id: mine.messages[0]?.id } });
    await mine.react(mine.messages[1]?.id ?? '', ['🤫']);
    await until(theirs, () => theirs.messages[1]?.reactions.size === 1);
    mine.correct(mine.messages[0]?.id ?? '', 'Not so loud, please!');
    await until(theirs, () => theirs.messages[0]?.body === 'Not so loud, please!');

    hag.line.isClosed = true;
    hag.line.cut();
    mine.send({ body: 'They listen' });
    theirs.send({ body: 'Who?' });
    hag.line.isClosed = false;
    await until(theirs, () => theirs.messages.length === 4);
    await until(mine, () => mine.messages.length === 4);
    const later = opened(openPrivate(hecate.client, channel, other.id, { pageSize: 3 }));
    await isUp(later);
    while (later.hasOlder) await later.loadOlder();
    for (const live of [mine, later, theirs])
      expect(texts(live).toSorted()).toEqual(['Not so loud, please!', 'They listen', 'Who?', 'Why?']);
    expect([...later.messages[1]!.reactions]).toEqual([['🤫', [me.id]]]);
  });

  test('what nobody takes fails', async () => {
    const other = await join(hag.client, channel, { nick: 'Hag', preferences: { privateMessages: 'block' } });
    const mine = opened(openPrivate(hecate.client, channel, other.id));
    await isUp(mine);
    mine.send({ body: 'psst' });
    const failed = await until(mine, () => mine.messages.find(({ state }) => state === 'failed'));
    expect(failed.error).toMatchObject({ condition: 'service-unavailable' });
  });
});
