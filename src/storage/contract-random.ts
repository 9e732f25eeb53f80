/**
 * Random facts, for tests that let stores do the same.
 * Owns the generators of every fact, and the people and texts that they draw from.
 * Does not write nor compare anything (sqlite/agreement.test.ts).
 * Always: most of what is drawn can be true of most channels, or a test would see little but refusals.
 * Before: storage/contract-samples.ts. After: storage/sqlite/agreement.test.ts.
 */
import fc from 'fast-check';
import {
  anonymousResource,
  created,
  DEFAULT_PREFERENCES,
  jid,
  joining,
  participantId,
  sampleConfig,
  sampleInfo,
  sampleInvitation,
} from './contract-samples.ts';
import type { Fact, Node } from './facts.ts';

export const PEOPLE = ['a@x.example', 'b@x.example', 'c@y.example'];
const NODES: readonly Node[] = ['messages', 'presence', 'info'];

export const anId = fc.constantFrom('p0', 'p1', 'p2').map(participantId);
const anAddress = fc.constantFrom(...PEOPLE).map(jid);
const anEntry = fc.constantFrom(...PEOPLE, 'x.example', 'y.example').map(jid);
const aNode = fc.constantFrom(...NODES);
const aNick = fc.option(fc.string(), { nil: undefined });
// SQLite's text ends at a NUL, which XML does not allow, so that no text of ours can have one.
export const aText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
export const aConfig = fc
  .record({
    owners: fc.uniqueArray(anAddress, { maxLength: 2 }),
    guarded: fc.boolean(),
    endOfLife: fc.constantFrom(undefined, 10, 20, 30),
  })
  .map(({ guarded, ...config }) =>
    sampleConfig({ ...config, nodesPresent: guarded ? ['messages', 'allowed'] : ['messages'] }),
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
  entered: fc.constantFrom(undefined, 1, 2),
});
const preferences = fc.constantFrom(DEFAULT_PREFERENCES, { ...DEFAULT_PREFERENCES, vCard: 'allow' as const });
const aToken = fc.integer({ min: 1, max: 20 }).map((number) => `t${number}`);
const aPictureNode = fc.constantFrom('avatar-data' as const, 'avatar-metadata' as const);
const anItemId = fc.constantFrom('i1', 'i2');
export const aMessageId = fc.integer({ min: 1, max: 60 }).map((number) => `m${number}`);

/** A creation that fills the channel, so that most of what follows can be true. */
export const beginning = (channel: Fact): readonly Fact[] => [
  channel,
  ...PEOPLE.flatMap((address, index) =>
    joining(participantId(`p${index}`), jid(address), index === 1 ? undefined : 'A nick'),
  ),
];

/** Positions are versions of a channel, which has a few more than one for each call. */
const aPosition = fc.integer({ min: 1, max: 15 });

/** Facts that can be true of most channels; 'post' becomes 'posted' when the position is known. */
const usual: fc.Arbitrary<Fact | 'post'> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('post' as const) },
  aConfig.map((config): Fact => ({ fact: 'configured', config, configId: 'c2' })),
  anInfo.map((info): Fact => ({ fact: 'described', info: sampleInfo(info), infoId: 'i2' })),
  fc.record({
    fact: fc.constant('joined' as const),
    id: anId,
    nick: aNick,
    preferences,
    at: fc.nat(),
    isSessionOnly: fc.boolean(),
  }),
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
  fc
    .record({ token: aToken, inviter: anAddress, invitee: anAddress })
    .map(({ token, ...people }): Fact => ({ fact: 'invited', invitation: sampleInvitation(token, people) })),
  fc.record({ fact: fc.constant('redeemed' as const), token: aToken }),
  fc.record({ fact: fc.constant('trimmed' as const), through: aPosition }),
  fc.record({
    fact: fc.constant('pictured' as const),
    picture: fc.record({ node: aPictureNode, itemId: anItemId, payload: aText }),
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
export const aFact = fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: unusual });
