/**
 * What every store must do: XEP-0313 MAM 1.1.3, pages of the archive.
 * Owns the tests of paging, filters and counts.
 * Does not test single messages (contract-messages.ts), rendering, nor who may read.
 * Always: a count may be left out by a store, but a count that is given is right.
 * Before: storage/contract-ends.ts. After: storage/contract-messages.ts.
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
import { UnknownItem, type ArchiveQuery, type PageRequest } from './store.ts';

const EMPTY = channelName('empty');
const NOWHERE = channelName('nowhere');

/**
 * The coven's archive: m1 to m10 at positions 2 to 11, at 1000 to 10000; odd ones are Hecate's, even ones the
 * Hag's; from m7 on they were shown. Another channel has messages with some of the same ids.
 */
const MESSAGES: readonly ArchivedMessage[] = Array.from({ length: 10 }, (_, index) =>
  sampleMessage(`m${index + 1}`, index + 2, {
    at: (index + 1) * 1_000,
    sender: index % 2 === 0 ? HECATE : HAG,
    shown: index >= 6,
    nick: index === 3 ? undefined : 'A nick',
    originalId: index === 4 ? undefined : `original ${index}`,
  }),
);

interface Asking {
  /** Ids of the page, and whether it is complete; checks count and index on the way. */
  readonly ask: (query: ArchiveQuery) => Promise<readonly [ids: string, complete: boolean]>;
}

export function archiveContract(subject: Subject): void {
  describe('archive', () => {
    beforeEach(async () => {
      const scribe = new Scribe(subject);
      const other = channelName('heath');
      await scribe.write(EMPTY, [created()]);
      await scribe.write(other, [created(), posted(sampleMessage('m4', 1, { payload: 'other' }))]);
      await scribe.write(COVEN, [created()]);
      for (const message of MESSAGES) await scribe.write(COVEN, [posted(message)]);
      await scribe.write(other, [posted(sampleMessage('x', 2))]);
      await subject.reopened();
    });
    const asking: Asking = {
      async ask(query) {
        const { items, complete, count, index } = await subject.store.archive(COVEN, query);
        const whole = await subject.store.archive(COVEN, { ...query, page: { max: 1_000 } });
        if (count !== undefined) expect(count).toBe(whole.items.length);
        const first = items[0];
        const place = first === undefined ? undefined : whole.items.findIndex(({ id }) => id === first.id);
        if (index !== undefined || first === undefined) expect(index).toBe(place);
        return [items.map(({ id }) => id).join(' '), complete];
      },
    };
    paging(subject, asking);
    filters(asking);
    setBackClock(subject, asking);
    strangeIds(subject);
  });
}

function paging(subject: Subject, { ask }: Asking): void {
  const pages: readonly (readonly [what: string, page: PageRequest, ids: string, complete: boolean])[] = [
    ['the first page', { max: 3 }, 'm1 m2 m3', false],
    ['the next page', { max: 3, after: 'm3' }, 'm4 m5 m6', false],
    ['the last page by after', { max: 3, after: 'm8' }, 'm9 m10', true],
    ['an exact fit by after', { max: 3, after: 'm7' }, 'm8 m9 m10', true],
    ['nothing after the last', { max: 3, after: 'm10' }, '', true],
    ['the last page', { max: 3, before: '' }, 'm8 m9 m10', false],
    ['the page before', { max: 3, before: 'm8' }, 'm5 m6 m7', false],
    ['the first page by before', { max: 3, before: 'm3' }, 'm1 m2', true],
    ['an exact fit by before', { max: 3, before: 'm4' }, 'm1 m2 m3', true],
    ['nothing before the first', { max: 3, before: 'm1' }, '', true],
    ['an exact fit of the whole', { max: 10 }, 'm1 m2 m3 m4 m5 m6 m7 m8 m9 m10', true],
    ['the whole backwards', { max: 10, before: '' }, 'm1 m2 m3 m4 m5 m6 m7 m8 m9 m10', true],
    ['all but one', { max: 9 }, 'm1 m2 m3 m4 m5 m6 m7 m8 m9', false],
    ['only the count', { max: 0 }, '', false],
    ['only the count, backwards', { max: 0, before: '' }, '', false],
    ['between two', { max: 3, after: 'm2', before: 'm9' }, 'm6 m7 m8', false],
    ['between two, all', { max: 9, after: 'm2', before: 'm5' }, 'm3 m4', true],
    ['between two in the wrong order', { max: 9, after: 'm5', before: 'm2' }, '', true],
  ];
  test.each(pages)('%s', async (_what, page, ids, complete) => {
    expect(await ask({ page })).toEqual([ids, complete]);
  });

  test('messages come back whole, with count and index', async () => {
    const page = await subject.store.archive(COVEN, { page: { max: 4, after: 'm3' } });
    expect(page).toEqual({ items: MESSAGES.slice(3, 7), complete: false, count: 10, index: 3 });
    expect(page.items).toStrictEqual(MESSAGES.slice(3, 7));
  });

  test('an empty archive, and none at all', async () => {
    for (const channel of [EMPTY, NOWHERE]) {
      for (const page of [{ max: 5 }, { max: 5, before: '' }, { max: 0 }]) {
        expect(await subject.store.archive(channel, { page })).toEqual({
          items: [],
          complete: true,
          count: 0,
        });
      }
    }
  });
}

function filters({ ask }: Asking): void {
  const page = { max: 3 };
  const last = { max: 3, before: '' };
  const nobody = participantId('nobody');
  const cases: readonly (readonly [what: string, query: ArchiveQuery, ids: string, complete: boolean])[] = [
    ['one sender', { sender: HAG, page }, 'm2 m4 m6', false],
    ['one sender, backwards', { sender: HAG, page: last }, 'm6 m8 m10', false],
    [
      'one sender, after a message of another',
      { sender: HAG, page: { max: 3, after: 'm5' } },
      'm6 m8 m10',
      true,
    ],
    ['a sender who never sent', { sender: nobody, page }, '', true],
    ['shown only', { shownOnly: true, page }, 'm7 m8 m9', false],
    ['shownOnly: false is no filter', { shownOnly: false, page }, 'm1 m2 m3', false],
    ['shown, of one sender', { sender: HECATE, shownOnly: true, page }, 'm7 m9', true],
    ['shown, of one sender, backwards', { sender: HECATE, shownOnly: true, page: last }, 'm7 m9', true],
    ['from a time on, inclusive', { start: 8_000, page }, 'm8 m9 m10', true],
    ['from a time between two', { start: 8_001, page }, 'm9 m10', true],
    ['from before all', { start: 0, page }, 'm1 m2 m3', false],
    ['from after all', { start: 10_001, page }, '', true],
    ['up to a time, inclusive', { end: 2_000, page }, 'm1 m2', true],
    ['up to a time, backwards', { end: 5_999, page: last }, 'm3 m4 m5', false],
    ['up to before all', { end: 999, page }, '', true],
    ['up to after all', { end: 1e15, page: last }, 'm8 m9 m10', false],
    ['between two times', { start: 3_000, end: 5_000, page }, 'm3 m4 m5', true],
    ['between times in the wrong order', { start: 5_000, end: 3_000, page }, '', true],
    ['a time and a sender', { start: 3_000, end: 7_000, sender: HAG, page }, 'm4 m6', true],
    ['strictly after a message', { afterId: 'm8', page }, 'm9 m10', true],
    ['strictly before a message', { beforeId: 'm3', page }, 'm1 m2', true],
    ['between two messages', { afterId: 'm3', beforeId: 'm6', page: last }, 'm4 m5', true],
    [
      'after a message, then after another',
      { afterId: 'm2', page: { max: 3, after: 'm5' } },
      'm6 m7 m8',
      false,
    ],
    ['paging from outside of the set', { afterId: 'm5', page: { max: 3, after: 'm1' } }, 'm6 m7 m8', false],
    [
      'by ids, in the order of the archive',
      { ids: ['m9', 'm2', 'm9', 'm4'], page: { max: 9 } },
      'm2 m4 m9',
      true,
    ],
    ['by ids, a page', { ids: ['m9', 'm2', 'm4', 'm5'], page: { max: 2, after: 'm2' } }, 'm4 m5', false],
    ['by ids, backwards', { ids: ['m9', 'm2', 'm4'], page: { max: 2, before: '' } }, 'm4 m9', false],
    [
      'by ids, with the other filters',
      { ids: ['m9', 'm2', 'm8'], sender: HAG, end: 8_000, page },
      'm2 m8',
      true,
    ],
    ['by no ids', { ids: [], page }, '', true],
  ];
  test.each(cases)('%s', async (_what, query, ids, complete) => {
    expect(await ask(query)).toEqual([ids, complete]);
  });
}

function setBackClock(subject: Subject, { ask }: Asking): void {
  test('times select by the message, also where a clock was set back', async () => {
    const late: readonly (readonly [id: string, at: number])[] = [
      ['n1', 20_000],
      ['n2', 12_000],
      ['n3', 11_000],
      ['n4', 13_000],
      ['n5', 25_000],
    ];
    const commits = late.map(([id, at], index) => ({
      channel: COVEN,
      expected: 11 + index,
      version: 12 + index,
      facts: [posted(sampleMessage(id, 12 + index, { at }))],
      notices: [],
    }));
    await subject.store.commit(commits, []);
    await subject.reopened();
    const page = { max: 3 };
    expect(await ask({ start: 10_000, end: 12_000, page })).toEqual(['m10 n2 n3', true]);
    expect(await ask({ start: 12_500, page })).toEqual(['n1 n4 n5', true]);
    expect(await ask({ start: 10_000, end: 13_000, page })).toEqual(['m10 n2 n3', false]);
    expect(await ask({ end: 13_000, beforeId: 'n2', page: { max: 2, before: '' } })).toEqual([
      'm9 m10',
      false,
    ]);
    expect(await ask({ end: 12_000, page: { max: 3, before: '' } })).toEqual(['m10 n2 n3', false]);
    expect(await ask({ start: 11_500, end: 19_000, page: { max: 1 } })).toEqual(['n2', false]);
    expect(await ask({ start: 21_000, page })).toEqual(['n5', true]);
  });
}

function strangeIds(subject: Subject): void {
  const page = { max: 3 };
  const queries: Record<string, ArchiveQuery> = {
    after: { page: { max: 3, after: 'x' } },
    'an empty after': { page: { max: 3, after: '' } },
    before: { page: { max: 3, before: 'unknown' } },
    afterId: { afterId: 'x', page },
    beforeId: { beforeId: 'unknown', page },
    'one of ids': { ids: ['m1', 'x'], page },
    'one of ids that another filter leaves out': { ids: ['m1', 'x'], sender: HAG, page },
  };
  test.each(Object.entries(queries))('an id that is not in this archive: %s', async (_what, query) => {
    for (const channel of [COVEN, EMPTY, NOWHERE]) {
      await expect(subject.store.archive(channel, query)).rejects.toBeInstanceOf(UnknownItem);
    }
  });
}
