/**
 * The memory store and the SQLite store, given the same random turns.
 * Owns one property: they refuse the same and answer the same, whatever came before.
 * Does not say which of them is right (contract.ts does).
 * Always: a failure prints its seed, and running it again with that seed fails again.
 * Before: storage/contract.ts. After: storage/sqlite/sqlite.ts.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelName, ParticipantId } from '../../jid/public-jid.ts';
import {
  anonymousResource,
  channelName,
  created,
  DEFAULT_PREFERENCES,
  jid,
  joining,
  participantId,
  place,
  plain,
  posted,
  sampleConfig,
  sampleInfo,
  sampleMessage,
} from '../contract-samples.ts';
import type { ChannelConfig, Fact, Node, Notice } from '../facts.ts';
import { memoryStore } from '../memory.ts';
import type { ArchiveQuery, Commit, PageRequest, Store } from '../store.ts';
import { openSqlite } from './sqlite.ts';

const CHANNELS = ['coven', 'heath', 'forres'].map(channelName);
const PEOPLE = ['a@x.example', 'b@x.example', 'c@y.example'];
const NODES: readonly Node[] = ['messages', 'presence', 'info'];

const anId = fc.constantFrom('p0', 'p1', 'p2').map(participantId);
const anAddress = fc.constantFrom(...PEOPLE).map(jid);
const anEntry = fc.constantFrom(...PEOPLE, 'x.example', 'y.example').map(jid);
const aNode = fc.constantFrom(...NODES);
const aNick = fc.option(fc.string(), { nil: undefined });
// SQLite's text ends at a NUL, which XML does not allow, so that no text of ours can have one.
const aText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const aConfig = fc
  .record({ owners: fc.uniqueArray(anAddress, { maxLength: 2 }), guarded: fc.boolean() })
  .map(({ owners, guarded }) =>
    sampleConfig({ owners, nodesPresent: guarded ? ['messages', 'allowed'] : ['messages'] }),
  );
const anInfo = fc.record({
  name: aNick,
  description: aNick,
  contact: fc.array(fc.string(), { maxLength: 2 }),
});
const aSession = fc.record({
  id: anId,
  client: fc.constantFrom('a@x.example/1', 'a@x.example/2@3/4', 'c@y.example/1').map(jid),
  anonymous: fc.constantFrom('r1', 'r2').map(anonymousResource),
  available: fc.boolean(),
  payload: aText,
});
const preferences = fc.constantFrom(DEFAULT_PREFERENCES, { ...DEFAULT_PREFERENCES, vCard: 'allow' as const });
const aMessageId = fc.integer({ min: 1, max: 60 }).map((number) => `m${number}`);

/** A creation that fills the channel, so that most of what follows can be true. */
const beginning = (channel: Fact): readonly Fact[] => [
  channel,
  ...PEOPLE.flatMap((address, index) =>
    joining(participantId(`p${index}`), jid(address), index === 1 ? undefined : 'A nick'),
  ),
];

/** Facts that can be true of most channels; 'post' becomes 'posted' when the position is known. */
const usual: fc.Arbitrary<Fact | 'post'> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('post' as const) },
  aConfig.map((config): Fact => ({ fact: 'configured', config, configId: 'c2' })),
  anInfo.map((info): Fact => ({ fact: 'described', info: sampleInfo(info), infoId: 'i2' })),
  fc.record({ fact: fc.constant('joined' as const), id: anId, nick: aNick, preferences, at: fc.nat() }),
  fc.record({ fact: fc.constant('left' as const), id: anId }),
  fc.record({
    fact: fc.constantFrom('subscribed', 'subscribed', 'unsubscribed'),
    jid: anAddress,
    node: aNode,
  }),
  fc.record({ fact: fc.constant('present' as const), session: aSession }),
  fc.record({
    fact: fc.constant('absent' as const),
    id: anId,
    anonymous: fc.constantFrom('r1', 'r2').map(anonymousResource),
  }),
  fc.record({
    fact: fc.constantFrom('admitted', 'admitted', 'dismissed'),
    list: fc.constantFrom('allowed', 'banned'),
    jid: anEntry,
  }),
);

/** Facts that end a channel, or that are refused more often than not. */
const unusual: fc.Arbitrary<Fact> = fc.oneof(
  fc.constantFrom<Fact>({ fact: 'destroyed' }, { fact: 'erased' }, { fact: 'erased' }),
  fc.record({ config: aConfig, listed: fc.boolean() }).map(created),
  fc.record({ fact: fc.constant('identified' as const), id: anId, jid: anAddress }),
  fc.record({ fact: fc.constant('renamed' as const), id: anId, nick: fc.string() }),
  fc.record({ fact: fc.constant('preferred' as const), id: anId, preferences }),
  fc.record({ fact: fc.constant('retracted' as const), id: aMessageId, payload: aText }),
);
const aFact = fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: unusual });

interface Turn {
  readonly channel: ChannelName;
  readonly begins: boolean;
  readonly config: ChannelConfig;
  readonly stale: boolean;
  readonly facts: readonly (Fact | 'post')[];
  readonly sender: ParticipantId;
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
  sender: anId,
  at: fc.integer({ min: 0, max: 60 }),
  shown: fc.boolean(),
  payload: aText,
});

const aPage: fc.Arbitrary<PageRequest> = fc.record({
  max: fc.integer({ min: 0, max: 6 }),
  after: fc.option(aMessageId, { nil: undefined, freq: 1 }),
  before: fc.option(fc.oneof(aMessageId, fc.constant('')), { nil: undefined, freq: 1 }),
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
      { kind: 'participant', id: turn.sender, nick: 'n', audience: { node: 'info' } },
    ];
    const facts = turn.facts.map((fact): Fact => {
      if (fact !== 'post') return fact;
      const { sender, at, shown, payload } = turn;
      const message = sampleMessage(`m${numbered()}`, version, { sender, at, shown, payload });
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
    return ['StaleChannel', 'UnknownItem'].includes(name) ? name : 'Error';
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
    for (const query of queries) await sameEverywhere(memory, sqlite, (store) => store.archive(name, query));
  }
  for (const address of PEOPLE) {
    await sameEverywhere(memory, sqlite, (store) => store.listChannels(jid(address), { max: 2 }));
    await sameEverywhere(memory, sqlite, (store) =>
      store.listChannels(jid(address), { max: 1, before: 'heath' }),
    );
  }
  await sameEverywhere(memory, sqlite, (store) => store.channelNames(undefined, 10));
  await sameEverywhere(memory, sqlite, (store) => store.pending(undefined, 1_000));
  await sameEverywhere(memory, sqlite, (store) => store.pending(place(3, 0), 4));
}

test('memory and SQLite agree after random commits', async () => {
  const someCalls = fc.array(fc.array(aTurn, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  });
  const someQueries = fc.array(aQuery, { minLength: 4, maxLength: 12, size: 'max' });
  await fc.assert(
    fc.asyncProperty(someCalls, someQueries, async (calls, queries) => {
      const [memory, sqlite] = [memoryStore(), openSqlite(':memory:')];
      let messages = 0;
      for (const turns of calls) {
        const commits = await commitsOf(turns, memory, () => (messages += 1));
        const struck = (await memory.pending(undefined, 2)).map((one) => one.place);
        await sameEverywhere(memory, sqlite, (store) => store.commit(commits, struck));
      }
      await compare(memory, sqlite, queries);
      await Promise.all([memory.close(), sqlite.close()]);
    }),
    { numRuns: 150 },
  );
}, 60_000);
