/**
 * XEP-0059 Result Set Management 1.0 (2006-09-20): a page of what is in memory.
 * Cuts a list by a request, and says which part of it the page is.
 * Does not build XML (wire.ts) nor page the archive (the store does).
 * Always: a page fits into one stanza, whatever its items weigh.
 * Before: xep/0059-rsm/wire.ts. After: xep/0060-pubsub/nodes.ts.
 */
import { refuse } from '../../refusal.ts';
import type { RsmAnswer, RsmRequest } from './wire.ts';

export interface Cut<Item> {
  readonly items: readonly Item[];
  /** What the page is of the whole; undefined where it is the whole and nobody asked for pages. */
  readonly answer: RsmAnswer | undefined;
}

export interface Bounds {
  readonly itemsMax: number;
  readonly bytesMax: number;
}

/**
 * The page of `all` that is asked for. `sizeOf` gives the bytes of an item.
 * @throws item-not-found where `after` or `before` is no item; bad-request where both are given.
 */
export function cut<Item extends { readonly id: string }>(
  all: readonly Item[],
  request: RsmRequest | undefined,
  { itemsMax, bytesMax }: Bounds,
  sizeOf: (item: Item) => number,
): Cut<Item> {
  const { max, after, before, index } = request ?? {};
  if (after !== undefined && before !== undefined)
    throw refuse('bad-request', 'A page is after an item or before one, not both.');
  const most = Math.min(max ?? itemsMax, itemsMax);
  const placeOf = (id: string): number => {
    const place = all.findIndex((item) => item.id === id);
    if (place < 0) throw refuse('item-not-found', 'There is no such item.');
    return place;
  };
  let start = after === undefined ? (index ?? 0) : placeOf(after) + 1;
  let end = Math.min(start + most, all.length);
  if (before !== undefined) {
    end = before === '' ? all.length : placeOf(before);
    start = Math.max(0, end - most);
  }
  const items = fitting(all.slice(start, end), before !== undefined, bytesMax, sizeOf);
  if (request === undefined && items.length === all.length) return { items, answer: undefined };
  const place = before === undefined ? start : end - items.length;
  const edges = items.length === 0 ? {} : { first: items.at(0)?.id, last: items.at(-1)?.id, index: place };
  return { items, answer: { ...edges, count: all.length } };
}

/** As many as fit, from the front or, where one pages backwards, from the end. */
function fitting<Item>(
  items: readonly Item[],
  isBackwards: boolean,
  bytesMax: number,
  sizeOf: (item: Item) => number,
): readonly Item[] {
  let bytes = 0;
  let taken = 0;
  while (taken < items.length) {
    const item = items.at(isBackwards ? -1 - taken : taken);
    bytes += item === undefined ? 0 : sizeOf(item);
    if (bytes > bytesMax && taken > 0) break;
    taken += 1;
  }
  return isBackwards ? items.slice(items.length - taken) : items.slice(0, taken);
}
