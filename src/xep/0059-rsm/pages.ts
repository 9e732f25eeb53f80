/**
 * XEP-0059 Result Set Management 1.0 (2006-09-20) §2.2: a long answer, page after page.
 * Asks until there is no more.
 * Does not know what is asked.
 * Always: ends, whatever the other side answers: at the limit, at an empty page, and where a page does not lead on.
 * Before: xep/0059-rsm/wire.ts. After: xep/0030-disco/client.ts.
 */
import type { RsmAnswer, RsmRequest } from './wire.ts';

/** More than this is not fetched: nobody can look at it. */
const ITEMS_MAX = 100_000;

export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly rsm: RsmAnswer | undefined;
}

/** All items. `ask` is first called without a page, which asks for what the other side likes to give at once. */
export async function everyPage<Item>(
  ask: (page: RsmRequest | undefined) => Promise<PageOf<Item>>,
): Promise<Item[]> {
  const all: Item[] = [];
  let page: RsmRequest | undefined;
  for (;;) {
    const { items, rsm } = await ask(page);
    for (const item of items) all.push(item);
    const last = rsm?.last;
    const isWhole = rsm?.count !== undefined && all.length >= rsm.count;
    if (items.length === 0 || last === undefined || last === '' || isWhole || all.length >= ITEMS_MAX)
      return all;
    if (last === page?.after) return all;
    page = { after: last };
  }
}
