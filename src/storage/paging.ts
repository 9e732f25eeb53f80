/**
 * XEP-0059 RSM 1.0 and XEP-0313 MAM 1.1.3: which items of a list in memory a query selects, and which of them are
 * on the page.
 * Owns paging as it is meant; a database must answer the same.
 * Does not fetch anything.
 * Always: a page is a run of the set, oldest first, and not longer than `max`.
 * Before: storage/store.ts. After: storage/memory.ts.
 */
import type { ArchivedMessage } from './facts.ts';
import { UnknownItem, type ArchiveQuery, type ListedChannel, type Page, type PageRequest } from './store.ts';

/**
 * The page of a list of channels in the order of their names.
 * @throws UnknownItem when the page names a channel that is not in the set.
 */
export function listPage(set: readonly ListedChannel[], page: PageRequest): Page<ListedChannel> {
  const placeOf = (name: string): number => {
    const place = set.findIndex((item) => item.name === name);
    if (place < 0) throw new UnknownItem('no such channel in the list');
    return place;
  };
  const from = page.after === undefined ? 0 : placeOf(page.after) + 1;
  const to = page.before === undefined || page.before === '' ? set.length : placeOf(page.before);
  return cut(set, from, to, page);
}

/**
 * The page of an archive.
 * @param all messages in the order of their positions; at least those that the query selects
 * @param positionOf the position of a message of the archive; throws UnknownItem for an id that is not there
 */
export function archivePage(
  all: readonly ArchivedMessage[],
  query: ArchiveQuery,
  positionOf: (id: string) => number,
): Page<ArchivedMessage> {
  const ids = query.ids === undefined ? undefined : new Set(query.ids);
  ids?.forEach(positionOf);
  const after = query.afterId === undefined ? -Infinity : positionOf(query.afterId);
  const before = query.beforeId === undefined ? Infinity : positionOf(query.beforeId);
  const set = all.filter(
    (message) =>
      message.position > after &&
      message.position < before &&
      (ids?.has(message.id) ?? true) &&
      (query.sender === undefined || message.sender === query.sender) &&
      (query.shownOnly !== true || message.shown) &&
      (query.start === undefined || message.at >= query.start) &&
      (query.end === undefined || message.at <= query.end),
  );
  const { page } = query;
  const pageAfter = page.after === undefined ? -Infinity : positionOf(page.after);
  const pageBefore = page.before === undefined || page.before === '' ? Infinity : positionOf(page.before);
  const from = set.filter((message) => message.position <= pageAfter).length;
  const to = set.filter((message) => message.position < pageBefore).length;
  return cut(set, from, to, page);
}

/** The page of the run [from, to) of a set: its end when paging backwards, else its beginning. */
function cut<Item>(set: readonly Item[], from: number, to: number, page: PageRequest): Page<Item> {
  const backwards = page.before !== undefined;
  const first = backwards ? Math.max(from, to - page.max) : from;
  const items = set.slice(first, backwards ? to : Math.min(to, from + page.max));
  const complete = to - from <= page.max;
  return items.length === 0
    ? { items, complete, count: set.length }
    : { items, complete, count: set.length, index: first };
}
