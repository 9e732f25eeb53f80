/** Archives that become smaller, with the whole service around them. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import { memoryStore } from '../storage/memory.ts';
import { openSqlite } from '../storage/sqlite/sqlite.ts';
import type { Commit, Store } from '../storage/store.ts';
import { Engine, type EngineOptions } from '../testing/engine-kit.ts';
import { ROUND_MS, SLICE_MESSAGES } from './trimming.ts';

const HECATE = 'hecate@shakespeare.example';
const CLIENT = `${HECATE}/one`;
const COVEN = 'coven' as ChannelName;
const DAY_MS = 86_400_000;

type Limits = NonNullable<EngineOptions['limits']>;

async function scene(limits: Limits, store: Store = memoryStore()): Promise<Engine> {
  const engine = await Engine.start({
    store,
    limits: { stanzasBurst: 1e6, archiveMessagesMax: 0, ...limits },
  });
  await engine.create();
  await engine.join(HECATE);
  engine.take();
  return engine;
}

/** Says so many things, and waits until what was delivered is struck off; the texts are numbers. */
async function say(engine: Engine, count: number, from = 0): Promise<void> {
  for (let at = from; at < from + count; at += 1) engine.say(CLIENT, String(at));
  await engine.settle();
  engine.clock.advance(1_000);
  await engine.settle();
}

/** Lets a round come, and end. */
async function round(engine: Engine, ms = ROUND_MS): Promise<void> {
  engine.clock.advance(ms);
  for (let turns = 0; turns < 5; turns += 1) await engine.settle();
}

/** The texts that the archive has. */
async function kept(store: Store, channel = COVEN): Promise<string[]> {
  const { items, count } = await store.archive(channel, { page: { max: 10_000 } });
  expect(count).toBe(items.length);
  return items.map(({ payload }) => /<body>(.*)<\/body>/.exec(payload)?.[1] ?? '');
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => String(from + at));

/** The store, with a list of the commits that it was given. */
function watched(store: Store): { store: Store; commits: Commit[][] } {
  const commits: Commit[][] = [];
  const commit: Store['commit'] = async (turns, delivered) => {
    await store.commit(turns, delivered);
    commits.push([...turns]);
  };
  return { store: { ...store, commit }, commits };
}

const stores: readonly (readonly [string, () => Store])[] = [
  ['in memory', memoryStore],
  ['on SQLite', () => openSqlite(':memory:')],
];

describe.each(stores)('%s', (_, open) => {
  test('MAM-38: the newest messages stay, and a round finds what came since', async () => {
    const engine = await scene({ archiveMessagesMax: 5 }, open());
    await say(engine, 8);
    expect(await kept(engine.store)).toEqual(numbers(0, 8));
    await round(engine);
    expect(await kept(engine.store)).toEqual(numbers(3, 8));
    await say(engine, 3, 8);
    await round(engine);
    expect(await kept(engine.store)).toEqual(numbers(6, 11));
    expect(engine.mistakes).toEqual([]);
  });

  test('MAM-38: so do the young ones, and in the end there is none', async () => {
    const engine = await scene({ archiveDays: 2 }, open());
    for (let day = 0; day < 4; day += 1) {
      await say(engine, 2, 2 * day);
      await round(engine, DAY_MS);
    }
    await round(engine);
    expect(await kept(engine.store)).toEqual(numbers(6, 8));
    await round(engine, 3 * DAY_MS);
    await round(engine);
    expect(await kept(engine.store)).toEqual([]);
    await say(engine, 1, 8);
    expect(await kept(engine.store)).toEqual(['8']);
  });

  test('everything stays where nothing has a bound', async () => {
    const engine = await scene({ archiveDays: 0 }, open());
    await say(engine, 300);
    await round(engine, 4_000 * DAY_MS);
    expect(await kept(engine.store)).toHaveLength(300);
  });

  test('a large archive goes in slices, and between two of them the channel goes on', async () => {
    const { store, commits } = watched(open());
    const first = await scene({}, store);
    await say(first, 5 * SLICE_MESSAGES);
    await first.service.stop(0);
    const engine = await Engine.start({ store, seed: 2, limits: { archiveMessagesMax: 10 } });
    engine.take();
    commits.length = 0;
    engine.clock.advance(ROUND_MS);
    while (!commits.flat().some(({ facts }) => facts[0]?.fact === 'trimmed')) await turnOfTheLoop();
    engine.say(CLIENT, 'meanwhile');
    for (let turns = 0; turns < 5; turns += 1) await engine.settle();
    const turns = commits.flat().flatMap(({ facts }) => facts);
    const slices = turns.flatMap((fact) => (fact.fact === 'trimmed' ? [fact.through] : []));
    expect(slices).toHaveLength(5);
    const steps = slices.map((through, at) => through - (slices[at - 1] ?? slices[0]! - SLICE_MESSAGES));
    expect(Math.max(...steps)).toBe(SLICE_MESSAGES);
    // Not the last: the others were still to come when it was said.
    expect(turns.findIndex(({ fact }) => fact === 'posted')).toBeLessThan(5);
    expect(await kept(store)).toEqual([...numbers(991, 1_000), 'meanwhile']);
    expect(engine.mistakes).toEqual([]);
  });

  test('what is still to be delivered stays, also over a restart', async () => {
    const store = open();
    const limits = { archiveMessagesMax: 2, archiveDays: 1 };
    const first = await scene(limits, store);
    await say(first, 3);
    first.isRouting = false;
    await say(first, 5, 3);
    await round(first);
    await round(first, 2 * DAY_MS);
    await round(first);
    // Those that arrived are too old by now; the others nobody has confirmed.
    expect(await kept(store)).toEqual(numbers(3, 8));
    await first.service.stop(0);
    const engine = await Engine.start({ store, seed: 2, limits });
    const delivered = engine
      .take(HECATE)
      .flatMap(({ name, attrs }) => (name === 'message' ? [attrs['id']] : []));
    const { items } = await store.archive(COVEN, { page: { max: 9 } });
    expect(delivered).toEqual(items.map(({ id }) => id));
    await round(engine, 1_000);
    await round(engine);
    expect(await kept(store)).toEqual(numbers(6, 8));
  });
});

test('a channel that nobody used for long is not forgotten, and others are not read for it', async () => {
  const read: string[] = [];
  const inner = memoryStore();
  const store = { ...inner, load: (name: ChannelName) => (read.push(name), inner.load(name)) };
  const first = await scene({}, store);
  await say(first, 4);
  for (let at = 0; at < 120; at += 1) await first.create(`d${at}`);
  await first.service.stop(0);
  const limits = { archiveMessagesMax: 1, channelsInMemoryMax: 3 };
  const engine = await Engine.start({ store, seed: 2, limits });
  for (const name of ['e1', 'e2', 'e3']) await engine.create(name);
  read.length = 0;
  await round(engine);
  // There is a pause between two pages of channels.
  await round(engine, 1_000);
  expect(await kept(store)).toEqual(['3']);
  expect(read).toEqual(['coven']);
  await engine.create('zoo');
  await engine.join(HECATE, 'zoo');
  for (const body of ['a', 'b', 'c']) engine.say(CLIENT, body, 'zoo');
  await round(engine, 1_000);
  await round(engine);
  await round(engine, 1_000);
  expect(await kept(store, 'zoo' as ChannelName)).toEqual(['c']);
  expect(engine.mistakes).toEqual([]);
});

test('what fails is said, and tried again in the next round', async () => {
  const inner = memoryStore();
  let isBroken = false;
  const disk = (): Promise<never> => Promise.reject(new Error('the disk is full'));
  const store: Store = {
    ...inner,
    commit: (turns, delivered) => (isBroken ? disk() : inner.commit(turns, delivered)),
  };
  const engine = await scene({ archiveMessagesMax: 1 }, store);
  await say(engine, 3);
  isBroken = true;
  await round(engine);
  expect(engine.lines).toMatchObject([{ level: 'warn', text: 'could not make an archive smaller' }]);
  expect(await kept(store)).toEqual(numbers(0, 3));
  isBroken = false;
  await round(engine);
  expect(await kept(store)).toEqual(['2']);
});

test('a service that is stopped in the middle asks for nothing more', async () => {
  const { store, commits } = watched(memoryStore());
  let asked = 0;
  const excess: Store['excess'] = (...args) => ((asked += 1), store.excess(...args));
  const engine = await scene({ archiveMessagesMax: 1 }, { ...store, excess });
  await say(engine, 5 * SLICE_MESSAGES);
  commits.length = 0;
  engine.clock.advance(ROUND_MS);
  while (commits.length === 0) await turnOfTheLoop();
  await engine.service.stop(0);
  const askedBefore = asked;
  await round(engine);
  await round(engine);
  expect(asked).toBe(askedBefore);
  expect((await kept(store)).length).toBeGreaterThan(SLICE_MESSAGES);
  expect(engine.lines).toEqual([]);
});
