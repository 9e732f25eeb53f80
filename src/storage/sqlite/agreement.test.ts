/**
 * The memory store and the SQLite store, given the same random turns.
 * Owns one property: they refuse the same and answer the same, whatever came before.
 * Does not say which of them is right (contract.ts does).
 * Always: a failure prints its seed, and running it again with that seed fails again.
 * Before: storage/contract-random.ts. After: storage/sqlite/sqlite.ts.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelName, ParticipantId } from '../../jid/public-jid.ts';
import { aConfig, aFact, aMessageId, anId, aText, beginning, PEOPLE } from '../contract-random.ts';
import {
  channelName,
  created,
  jid,
  participantId,
  place,
  plain,
  posted,
  sampleMessage,
} from '../contract-samples.ts';
import type { ChannelConfig, Fact, Notice } from '../facts.ts';
import { memoryStore } from '../memory.ts';
import type { ArchiveQuery, Commit, PageRequest, RegisteredNick, Store } from '../store.ts';
import { openSqlite } from './sqlite.ts';

const CHANNELS = ['coven', 'heath', 'forres'].map(channelName);

interface Turn {
  readonly channel: ChannelName;
  readonly begins: boolean;
  readonly config: ChannelConfig;
  readonly stale: boolean;
  readonly facts: readonly (Fact | 'post')[];
  readonly sender: ParticipantId | undefined;
  readonly originalId: string | undefined;
  readonly at: number;
  readonly shown: boolean;
  readonly payload: string;
}

const aTurn: fc.Arbitrary<Turn> = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  // Most turns of a channel that is not there create it, or little would happen.
  begins: fc.integer({ min: 0, max: 19 }).map((number) => number > 0),
  config: aConfig,
  stale: fc.integer({ min: 0, max: 39 }).map((number) => number === 39),
  facts: fc.array(aFact, { maxLength: 3 }),
  sender: fc.option(anId, { nil: undefined, freq: 4 }),
  originalId: fc.constantFrom('o1', 'o2', undefined),
  at: fc.integer({ min: 0, max: 60 }),
  shown: fc.boolean(),
  payload: aText,
});

const aPage: fc.Arbitrary<PageRequest> = fc.record({
  max: fc.integer({ min: 0, max: 6 }),
  after: fc.option(aMessageId, { nil: undefined, freq: 1 }),
  before: fc.option(fc.oneof(aMessageId, fc.constant('')), { nil: undefined, freq: 1 }),
});
const aRegisteredNick: fc.Arbitrary<RegisteredNick> = fc.record({
  key: fc.constantFrom('k1', 'k2', 'k3'),
  nick: aText,
  jid: fc.constantFrom(...PEOPLE).map(jid),
});
const rarely = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
const aQuery: fc.Arbitrary<ArchiveQuery> = fc.record({
  sender: rarely(anId),
  shownOnly: rarely(fc.boolean()),
  start: rarely(fc.integer({ min: 0, max: 60 })),
  end: rarely(fc.integer({ min: 0, max: 60 })),
  afterId: rarely(aMessageId),
  beforeId: rarely(aMessageId),
  ids: fc.option(fc.array(aMessageId, { maxLength: 3 }), { nil: undefined, freq: 9 }),
  page: aPage,
});

/** Makes the commits of a call from random turns; the versions come from what the stores hold now. */
async function commitsOf(turns: readonly Turn[], store: Store, numbered: () => number): Promise<Commit[]> {
  const versions = new Map<ChannelName, number>();
  for (const name of CHANNELS) versions.set(name, (await store.load(name))?.version ?? 0);
  return turns.map((turn) => {
    const { channel } = turn;
    const current = versions.get(channel) ?? 0;
    const expected = turn.stale ? current + 1 : current;
    const version = expected + 1;
    const notices: Notice[] = [
      { kind: 'participant', id: participantId('p0'), nick: 'n', audience: { node: 'info' } },
    ];
    const facts = turn.facts.map((fact): Fact => {
      if (fact !== 'post') return fact;
      const { sender, originalId, at, shown, payload } = turn;
      const message = sampleMessage(`m${numbered()}`, version, { sender, originalId, at, shown, payload });
      notices.push({ kind: 'message', message, shown, audience: { jid: jid('a@x.example/1') } });
      return posted(message);
    });
    const needed =
      current === 0 && turn.begins ? [...beginning(created({ config: turn.config })), ...facts] : facts;
    const erased = facts.at(-1)?.fact === 'erased';
    versions.set(channel, erased ? 0 : version);
    return { channel, expected, version, facts: needed, notices: erased ? [] : notices };
  });
}

/** What a call came to: its value, or the name of its error where that is promised. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return plain(await call);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return ['StaleChannel', 'UnknownItem', 'NickTaken'].includes(name) ? name : 'Error';
  }
}

async function sameEverywhere(memory: Store, sqlite: Store, ask: (store: Store) => Promise<unknown>) {
  const [expected, found] = [await outcome(ask(memory)), await outcome(ask(sqlite))];
  expect(found).toEqual(expected);
}

async function compare(memory: Store, sqlite: Store, queries: readonly ArchiveQuery[]): Promise<void> {
  for (const name of CHANNELS) {
    await sameEverywhere(memory, sqlite, (store) => store.load(name));
    await sameEverywhere(memory, sqlite, (store) => store.reservedTo(name));
    await sameEverywhere(memory, sqlite, (store) => store.archiveEnds(name));
    await sameEverywhere(memory, sqlite, (store) => store.message(name, 'm3'));
    await sameEverywhere(memory, sqlite, (store) => store.messageOf(name, participantId('p1'), 'o1'));
    for (const item of ['i1', 'i2']) {
      await sameEverywhere(memory, sqlite, (store) => store.picture(name, 'avatar-data', item));
    }
    for (const { start: since, page } of queries)
      await sameEverywhere(memory, sqlite, (store) =>
        store.excess(name, { since, messagesMax: 4 }, page.max),
      );
    for (const query of queries) await sameEverywhere(memory, sqlite, (store) => store.archive(name, query));
  }
  for (const address of PEOPLE) {
    await sameEverywhere(memory, sqlite, (store) => store.listChannels(jid(address), { max: 2 }));
    await sameEverywhere(memory, sqlite, (store) => store.channelsOf(jid(address), undefined, 2));
    await sameEverywhere(memory, sqlite, (store) =>
      store.listChannels(jid(address), { max: 1, before: 'heath' }),
    );
  }
  await sameEverywhere(memory, sqlite, (store) => store.channelNames(undefined, 10));
  await sameEverywhere(memory, sqlite, (store) => store.expired(20, 2));
  await sameEverywhere(memory, sqlite, (store) => store.registeredNicks(undefined, 10));
  await sameEverywhere(memory, sqlite, (store) => store.pending(undefined, 1_000));
  await sameEverywhere(memory, sqlite, (store) => store.pending(place(3, 0), 4));
}

test('memory and SQLite agree after random commits', async () => {
  const someCalls = fc.array(fc.array(aTurn, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  });
  const someNicks = fc.array(aRegisteredNick, { maxLength: 8 });
  const someQueries = fc.array(aQuery, { minLength: 4, maxLength: 12, size: 'max' });
  await fc.assert(
    fc.asyncProperty(someCalls, someNicks, someQueries, async (calls, nicks, queries) => {
      const [memory, sqlite] = [memoryStore(), openSqlite(':memory:')];
      let messages = 0;
      for (const turns of calls) {
        const commits = await commitsOf(turns, memory, () => (messages += 1));
        const struck = (await memory.pending(undefined, 4)).map((one) => one.place);
        await sameEverywhere(memory, sqlite, (store) => store.commit(commits, struck));
      }
      for (const nick of nicks) await sameEverywhere(memory, sqlite, (store) => store.registerNick(nick));
      await compare(memory, sqlite, queries);
      await Promise.all([memory.close(), sqlite.close()]);
    }),
    { numRuns: 150 },
  );
}, 60_000);
