/**
 * What every store must do: XEP-0313 MAM 1.1.3 §3.2, an archive that loses its oldest messages.
 * Owns the tests of the fact 'trimmed', and of the question how much is too much.
 * Does not test how much is kept (channel/retention.ts) nor when (service/trimming.ts).
 * Always: what is left of an archive is its newest end, and is found as before; what is gone is unknown.
 * Before: storage/contract-messages.ts. After: storage/contract-lists.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  channelName,
  COVEN,
  created,
  HAG,
  HECATE,
  place,
  posted,
  sampleMessage,
  Scribe,
  toldMessage,
} from './contract-samples.ts';
import type { ArchivedMessage, Fact, Notice } from './facts.ts';
import { UnknownItem, type ArchiveBounds } from './store.ts';

const EMPTY = channelName('empty');
const HEATH = channelName('heath');
const NOWHERE = channelName('nowhere');

/** At positions 2 to 11 and 1000 to 10000, one after the other Hecate's and Hag's. */
const MESSAGES: readonly ArchivedMessage[] = Array.from({ length: 10 }, (_, index) =>
  sampleMessage(`m${index + 1}`, index + 2, {
    at: (index + 1) * 1_000,
    sender: index % 2 === 0 ? HECATE : HAG,
  }),
);

const trimmed = (through: number): Fact => ({ fact: 'trimmed', through });

export function trimContract(subject: Subject): void {
  describe('trimming', () => {
    let scribe: Scribe;
    beforeEach(async () => {
      scribe = new Scribe(subject);
      await scribe.write(EMPTY, [created()]);
      await scribe.write(HEATH, [created(), posted(sampleMessage('m1', 1, { payload: 'other' }))]);
      await scribe.write(COVEN, [created()]);
      for (const message of MESSAGES) await scribe.write(COVEN, [posted(message)]);
      await subject.reopened();
    });
    const write = (facts: readonly Fact[], notices: readonly Notice[] = []) =>
      scribe.write(COVEN, facts, notices);
    what(subject, write);
    whole(subject, write);
    told(subject, write);
    excess(subject, write);
  });
}

type Write = (facts: readonly Fact[], notices?: readonly Notice[]) => Promise<void>;

function what(subject: Subject, write: Write): void {
  test('what is left is the newest end, counted and found as before', async () => {
    await write([trimmed(5)]);
    const store = await subject.reopened();
    const page = await store.archive(COVEN, { page: { max: 3 } });
    expect(page).toStrictEqual({ items: MESSAGES.slice(4, 7), complete: false, count: 6, index: 0 });
    expect(await store.archive(COVEN, { page: { max: 2, before: '' } })).toMatchObject({
      items: MESSAGES.slice(8),
      index: 4,
    });
    expect(await store.archive(COVEN, { sender: HAG, page: { max: 9 } })).toMatchObject({ count: 3 });
    expect(await store.archive(COVEN, { start: 1_000, end: 6_000, page: { max: 9 } })).toMatchObject({
      items: MESSAGES.slice(4, 6),
      count: 2,
    });
    expect(await store.archiveEnds(COVEN)).toStrictEqual({ first: MESSAGES[4], last: MESSAGES[9] });
  });

  test('what is gone is unknown, under whatever name', async () => {
    await write([trimmed(5)]);
    const store = await subject.reopened();
    const page = { max: 9 };
    for (const id of ['m1', 'm4'])
      for (const query of [
        { afterId: id, page },
        { beforeId: id, page },
        { ids: ['m7', id], page },
        { page: { max: 9, after: id } },
        { page: { max: 9, before: id } },
      ])
        await expect(store.archive(COVEN, query)).rejects.toBeInstanceOf(UnknownItem);
    expect(await store.message(COVEN, 'm4')).toBeUndefined();
    expect(await store.messageOf(COVEN, HAG, 'original-m4')).toBeUndefined();
    expect(await store.message(HEATH, 'm1')).toMatchObject({ payload: 'other' });
    await expect(write([{ fact: 'retracted', id: 'm4', payload: '<gone/>' }])).rejects.toThrow();
  });

  test('trimmed again, and of what is gone already', async () => {
    await write([trimmed(3)]);
    await write([trimmed(6), trimmed(2)]);
    await write([trimmed(6)]);
    const { items, count } = await (await subject.reopened()).archive(COVEN, { page: { max: 9 } });
    expect([items.map(({ id }) => id).join(' '), count]).toEqual(['m6 m7 m8 m9 m10', 5]);
  });
}

function whole(subject: Subject, write: Write): void {
  test('an archive that lost everything goes on', async () => {
    await write([trimmed(11)]);
    const empty = await subject.reopened();
    expect(await empty.archiveEnds(COVEN)).toBeUndefined();
    expect(await empty.archive(COVEN, { page: { max: 9 } })).toStrictEqual({
      ...{ items: [], complete: true, count: 0 },
    });
    const next = [sampleMessage('n1', 14, { at: 500 }), sampleMessage('n2', 15, { at: 20_000 })];
    await write([]);
    for (const message of next) await write([posted(message)]);
    const store = await subject.reopened();
    expect(await store.archive(COVEN, { page: { max: 9 } })).toStrictEqual({
      ...{ items: next, complete: true, count: 2, index: 0 },
    });
    // The clock was set back, though what shows it is gone.
    const times = { start: 400, end: 600 };
    expect((await store.archive(COVEN, { ...times, page: { max: 9 } })).items).toEqual(next.slice(0, 1));
    expect((await store.archive(COVEN, { start: 600, page: { max: 9 } })).items).toEqual(next.slice(1));
  });

  test('within the turn that posts', async () => {
    const next = sampleMessage('n', 12);
    await write([posted(next), trimmed(11)], [toldMessage(next)]);
    await expect(
      write([posted(sampleMessage('o', 13)), trimmed(13)], [toldMessage(sampleMessage('o', 13))]),
    ).rejects.toThrow();
    const store = await subject.reopened();
    expect((await store.archive(COVEN, { page: { max: 9 } })).items).toEqual([next]);
    expect((await store.pending(undefined, 9)).map(({ notice }) => notice)).toMatchObject([
      { message: next },
    ]);
  });

  test('no message of another channel, nor of none', async () => {
    const { store } = subject;
    await write([trimmed(1_000)]);
    expect(await store.message(HEATH, 'm1')).toBeDefined();
    const nobody = { channel: NOWHERE, expected: 0, version: 1, facts: [trimmed(1)], notices: [] };
    await expect(store.commit([nobody], [])).rejects.toThrow();
  });
}

function told(subject: Subject, write: Write): void {
  test('a message that is still to be told cannot go, and nothing of the commit is written', async () => {
    const { store } = subject;
    const next = sampleMessage('n', 12);
    await write([posted(next)], [toldMessage(next)]);
    const turn = (facts: readonly Fact[]) => ({
      ...{ channel: COVEN, expected: 12, version: 13, facts, notices: [] },
    });
    await expect(store.commit([turn([trimmed(12)])], [])).rejects.toThrow();
    // Being struck off with the same commit is not soon enough.
    await expect(store.commit([turn([trimmed(12)])], [place(12, 0)])).rejects.toThrow();
    expect((await store.archive(COVEN, { page: { max: 99 } })).count).toBe(11);
    expect(await store.pending(undefined, 9)).toMatchObject([{ notice: { message: next } }]);
    await store.commit([turn([trimmed(11)])], [place(12, 0)]);
    await store.commit([{ ...turn([trimmed(12)]), expected: 13, version: 14 }], []);
    expect(await (await subject.reopened()).archiveEnds(COVEN)).toBeUndefined();
  });

  test('what another channel has to tell, or the old one of this name had, is no matter', async () => {
    const { store } = subject;
    const scribe = new Scribe(subject);
    const old = channelName('old');
    await scribe.write(old, [created(), posted(sampleMessage('m', 1))], [toldMessage(sampleMessage('m', 1))]);
    await write([trimmed(11)]);
    const again = [created(), posted(sampleMessage('m', 1)), trimmed(1)];
    await scribe.write(old, [{ fact: 'erased' }, ...again]);
    expect(await store.archiveEnds(old)).toBeUndefined();
  });
}

function excess(subject: Subject, write: Write): void {
  const cases: readonly (readonly [what: string, bounds: ArchiveBounds, max: number, steps: string])[] = [
    ['no bounds', {}, 99, ''],
    ['as many as there may be', { messagesMax: 10 }, 99, ''],
    ['one too many', { messagesMax: 9 }, 99, '2'],
    ['too many', { messagesMax: 3 }, 99, '8'],
    ['all too many', { messagesMax: 0 }, 99, '11'],
    ['none too old', { since: 1_000 }, 99, ''],
    ['some too old', { since: 3_001 }, 99, '4'],
    ['all too old', { since: 10_001 }, 99, '11'],
    ['more too many than too old', { messagesMax: 3, since: 3_000 }, 99, '8'],
    ['more too old than too many', { messagesMax: 8, since: 6_000 }, 99, '6'],
    ['too many, two at a time', { messagesMax: 3 }, 2, '3 5 7 8'],
    ['too old, four at a time', { since: 10_001 }, 4, '5 9 11'],
    ['exactly as many as may go at a time', { messagesMax: 6 }, 4, '5'],
  ];
  test.each(cases)('too much: %s', async (_what, bounds, max, steps) => {
    const found: number[] = [];
    for (;;) {
      const through = await (await subject.reopened()).excess(COVEN, bounds, max);
      if (through === undefined) break;
      found.push(through);
      await write([trimmed(through)]);
    }
    expect(found.join(' ')).toBe(steps);
  });

  test('too much: nothing, where there is nothing', async () => {
    for (const channel of [EMPTY, NOWHERE])
      expect(await subject.store.excess(channel, { messagesMax: 0, since: 1e15 }, 9)).toBeUndefined();
  });

  test('too much: tombstones are messages', async () => {
    await write(['m1', 'm2'].map((id) => ({ fact: 'retracted', id, payload: '<retracted/>' })));
    expect(await subject.store.excess(COVEN, { messagesMax: 8 }, 99)).toBe(3);
  });

  test('too much: from the first message on that is young enough, nothing is too old', async () => {
    await write([posted(sampleMessage('n1', 12, { at: 3_000 })), trimmed(8)]);
    expect(await subject.store.excess(COVEN, { since: 9_000 }, 99)).toBe(9);
    await write([trimmed(11)]);
    expect(await subject.store.excess(COVEN, { since: 3_000 }, 99)).toBeUndefined();
    expect(await subject.store.excess(COVEN, { since: 3_001 }, 99)).toBe(12);
  });

  test('too much: not what is still to be told, nor what came after it', async () => {
    const { store } = subject;
    for (const message of [MESSAGES[4], MESSAGES[2]]) if (message) await write([], [toldMessage(message)]);
    const bounds = { messagesMax: 2, since: 8_000 };
    expect(await store.excess(COVEN, bounds, 99)).toBe(3);
    await write([trimmed(3)]);
    expect(await store.excess(COVEN, bounds, 99)).toBeUndefined();
    await store.commit([], [place(13, 0)]);
    expect(await (await subject.reopened()).excess(COVEN, bounds, 99)).toBe(5);
    await subject.store.commit([], [place(12, 0)]);
    expect(await subject.store.excess(COVEN, bounds, 99)).toBe(9);
  });
}
