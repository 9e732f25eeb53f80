/** XEP-0059 §2.2: a list is read to its end, and there is one. */
import { expect, test } from 'vitest';
import { everyPage, type PageOf } from './pages.ts';
import type { RsmRequest } from './wire.ts';

/** Gives `size` items at a time out of a hundred. */
async function hundred(
  page: RsmRequest | undefined,
  size: number,
  tellsCount = true,
): Promise<PageOf<number>> {
  const from = page?.after === undefined ? 0 : Number(page.after) + 1;
  const items = Array.from({ length: Math.min(size, 100 - from) }, (_, at) => from + at);
  const last = items.at(-1)?.toString();
  return Promise.resolve({
    items,
    rsm: { first: String(from), last, ...(tellsCount ? { count: 100 } : {}) },
  });
}

test.each([1, 7, 50, 100])('%d at a time', async (size) => {
  expect(await everyPage((page) => hundred(page, size))).toHaveLength(100);
  expect(await everyPage((page) => hundred(page, size, false))).toHaveLength(100);
});

test('an answer without pages is the whole', async () => {
  expect(await everyPage(async () => Promise.resolve({ items: [1, 2], rsm: undefined }))).toEqual([1, 2]);
});

test('an answer that leads nowhere ends', async () => {
  const stuck = async (): Promise<PageOf<number>> => Promise.resolve({ items: [1], rsm: { last: 'x' } });
  expect(await everyPage(stuck)).toEqual([1, 1]);
});
