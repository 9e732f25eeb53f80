/**
 * What every store must do: single messages of the archive.
 * Owns the tests of message, messageOf, archiveEnds, tombstones, and of a message that the channel itself speaks.
 * Does not test pages (contract-archive.ts).
 * Always: a message is found in its own channel only.
 * Before: storage/contract-archive.ts. After: storage/contract-trim.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  channelName,
  COVEN,
  created,
  HAG,
  HECATE,
  participantId,
  posted,
  sampleMessage,
  Scribe,
} from './contract-samples.ts';
import type { ArchivedMessage } from './facts.ts';

const EMPTY = channelName('empty');
const NOWHERE = channelName('nowhere');
const HEATH = channelName('heath');

/** At positions 2 to 8; m7 is spoken by the channel. */
const MESSAGES: readonly ArchivedMessage[] = [
  sampleMessage('m1', 2, { sender: HECATE, originalId: 'one' }),
  sampleMessage('m2', 3, { sender: HAG, originalId: 'one' }),
  sampleMessage('m3', 4, { sender: HECATE, originalId: 'one' }),
  sampleMessage('m4', 5, { sender: HAG, nick: undefined, originalId: undefined, shown: true }),
  sampleMessage('m5', 6, { sender: HECATE, originalId: 'other' }),
  sampleMessage('m6', 7, { sender: HECATE, originalId: '' }),
  sampleMessage('m7', 8, { sender: undefined, nick: undefined, originalId: 'one' }),
];

export function messageContract(subject: Subject): void {
  describe('messages', () => {
    beforeEach(async () => {
      const scribe = new Scribe(subject);
      await scribe.write(EMPTY, [created()]);
      const heath = [
        sampleMessage('m4', 1, { payload: 'other' }),
        sampleMessage('x', 2, { originalId: 'other', sender: HAG }),
      ];
      await scribe.write(HEATH, [created(), ...heath.slice(0, 1).map(posted)]);
      await scribe.write(COVEN, [created()]);
      for (const message of MESSAGES) await scribe.write(COVEN, [posted(message)]);
      await scribe.write(HEATH, heath.slice(1).map(posted));
      await subject.reopened();
    });
    single(subject);
    byOriginalId(subject);
    channelSpeaks(subject);
  });
}

function single(subject: Subject): void {
  test('one message by its id, in its own channel only', async () => {
    const { store } = subject;
    expect(await store.message(COVEN, 'm4')).toStrictEqual(MESSAGES[3]);
    expect(await store.message(HEATH, 'm4')).toMatchObject({ payload: 'other' });
    expect(await store.message(COVEN, 'x')).toBeUndefined();
    expect(await store.message(EMPTY, 'm4')).toBeUndefined();
    expect(await store.message(NOWHERE, 'm4')).toBeUndefined();
  });

  test('a tombstone keeps all but the payload', async () => {
    const facts = [{ fact: 'retracted', id: 'm4', payload: '<retracted/>' }] as const;
    await subject.store.commit([{ channel: COVEN, expected: 8, version: 9, facts, notices: [] }], []);
    const store = await subject.reopened();
    expect(await store.message(COVEN, 'm4')).toStrictEqual({ ...MESSAGES[3], payload: '<retracted/>' });
    expect(await store.message(HEATH, 'm4')).toMatchObject({ payload: 'other' });
    expect(await store.archive(COVEN, { page: { max: 2, after: 'm3' } })).toMatchObject({
      items: [{ id: 'm4', payload: '<retracted/>' }, { id: 'm5' }],
      count: 7,
    });
  });

  test('the first and the last message', async () => {
    const { store } = subject;
    expect(await store.archiveEnds(COVEN)).toStrictEqual({ first: MESSAGES[0], last: MESSAGES[6] });
    expect(await store.archiveEnds(EMPTY)).toBeUndefined();
    expect(await store.archiveEnds(NOWHERE)).toBeUndefined();
  });
}

function byOriginalId(subject: Subject): void {
  const cases: readonly (readonly [
    what: string,
    channel: typeof COVEN,
    sender: typeof HAG,
    originalId: string,
    id: string | undefined,
  ])[] = [
    ['the latest, where there are more', COVEN, HECATE, 'one', 'm3'],
    ["another sender's, under the same", COVEN, HAG, 'one', 'm2'],
    ['the only one', COVEN, HECATE, 'other', 'm5'],
    ['an empty one is one', COVEN, HECATE, '', 'm6'],
    ['none is not an empty one', COVEN, HAG, '', undefined],
    ['unheard of', COVEN, HECATE, 'unheard of', undefined],
    ["somebody else's", COVEN, HAG, 'other', undefined],
    ["the archive's own id", COVEN, HECATE, 'm1', undefined],
    ['of a stranger', COVEN, participantId('nobody'), 'one', undefined],
    ['in another channel', HEATH, HAG, 'other', 'x'],
    ['in an empty channel', EMPTY, HECATE, 'one', undefined],
    ['in no channel', NOWHERE, HECATE, 'one', undefined],
  ];
  test.each(cases)("by the id of the sender's client: %s", async (_what, channel, sender, originalId, id) => {
    expect(await subject.store.messageOf(channel, sender, originalId)).toBe(id);
  });

  test("by the id of the sender's client: a tombstone, as long as nothing came later", async () => {
    const { store } = subject;
    const turn = (version: number, facts: Parameters<Scribe['write']>[1]) =>
      store.commit([{ channel: COVEN, expected: version - 1, version, facts, notices: [] }], []);
    await turn(9, [{ fact: 'retracted', id: 'm5', payload: '<retracted/>' }]);
    expect(await store.messageOf(COVEN, HECATE, 'other')).toBe('m5');
    await turn(10, [posted(sampleMessage('a later one', 10, { originalId: 'other' }))]);
    expect(await (await subject.reopened()).messageOf(COVEN, HECATE, 'other')).toBe('a later one');
  });
}

function channelSpeaks(subject: Subject): void {
  test("the channel's own message has no sender, and is nobody's", async () => {
    const { store } = subject;
    const page = { max: 10 };
    expect(await store.message(COVEN, 'm7')).toStrictEqual(MESSAGES[6]);
    expect((await store.archive(COVEN, { page })).items).toStrictEqual(MESSAGES);
    for (const [sender, ids] of [
      [HECATE, ['m1', 'm3', 'm5', 'm6']],
      [HAG, ['m2', 'm4']],
    ] as const) {
      const found = await store.archive(COVEN, { sender, page });
      expect(found.items.map(({ id }) => id)).toEqual(ids);
    }
  });
}
