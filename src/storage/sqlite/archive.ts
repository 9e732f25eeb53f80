/**
 * XEP-0313 MAM 1.1.3: the archive of messages in SQLite.
 * Owns its queries: pages, ends, single messages.
 * Does not write (facts.ts) nor decide who may read.
 * Always: a page costs the same in a small archive and in a large one: every query walks an index from one end of
 * the page, and counting stops at COUNT_MAX rows.
 * Before: storage/paging.ts. After: storage/sqlite/sqlite.ts.
 */
import type { ParticipantId } from '../../jid/public-jid.ts';
import type { ArchivedMessage } from '../facts.ts';
import { archivePage } from '../paging.ts';
import { UnknownItem, type ArchiveQuery, type Page } from '../store.ts';
import type { Database, Statement, Value } from './connection.ts';

/** A set that needs a scan to be counted is counted up to here: less than a millisecond. */
export const COUNT_MAX = 10_000;

export const MESSAGE_COLUMNS = `message.id, position, sender, nick, shown, at, payload,
  original_id AS originalId`;

export interface MessageRow {
  readonly id: string;
  readonly position: number;
  readonly sender: ParticipantId | null;
  readonly nick: string | null;
  readonly shown: number;
  readonly at: number;
  readonly payload: string;
  readonly originalId: string | null;
}

export function messageOf(row: MessageRow): ArchivedMessage {
  return {
    id: row.id,
    position: row.position,
    sender: row.sender ?? undefined,
    nick: row.nick ?? undefined,
    shown: row.shown === 1,
    at: row.at,
    payload: row.payload,
    originalId: row.originalId ?? undefined,
  };
}

/** The positions between which a query's set lies, both inclusive. */
interface Span {
  readonly low: number;
  readonly high: number;
  /** Is there, because a clock was set back, a message between them that is outside of the query's times? */
  readonly byTime: boolean;
}

export interface Archive {
  /** @throws UnknownItem for an id that the channel's archive does not hold */
  page(channel: number, query: ArchiveQuery): Page<ArchivedMessage>;
  ends(channel: number): { first: ArchivedMessage; last: ArchivedMessage } | undefined;
  message(channel: number, id: string): ArchivedMessage | undefined;
  /** The id of the latest message that a participant sent under an id of its own. */
  sent(channel: number, sender: ParticipantId, originalId: string): string | undefined;
}

export function archive(db: Database): Archive {
  const reader = new Reader(db);
  return {
    page: (channel, query) =>
      query.ids === undefined ? pageOf(reader, channel, query) : chosen(reader, channel, query, query.ids),
    ends(channel) {
      const end = (order: Order) =>
        reader.select(MESSAGE_COLUMNS, channel, WHOLE, NO_FILTER, order, 1)[0] as MessageRow | undefined;
      const [first, last] = [end('ASC'), end('DESC')];
      return first === undefined || last === undefined
        ? undefined
        : { first: messageOf(first), last: messageOf(last) };
    },
    message(channel, id) {
      const row = reader.byId.get(channel, id) as MessageRow | undefined;
      return row === undefined ? undefined : messageOf(row);
    },
    sent(channel, sender, originalId) {
      const row = reader.byOriginal.get(channel, sender, originalId);
      return (row as Pick<MessageRow, 'id'> | undefined)?.id;
    },
  };
}

const LAST = Number.MAX_SAFE_INTEGER;
const WHOLE: Span = { low: 0, high: LAST, byTime: false };
const NO_FILTER: ArchiveQuery = { page: { max: 0 } };
type Order = 'ASC' | 'DESC';

/** The statements; those whose text depends on the query are prepared when first needed. */
class Reader {
  readonly byId: Statement;
  readonly byOriginal: Statement;
  readonly reaching: Statement;
  readonly within: Statement;
  readonly setBack: Statement;
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
    this.byId = db.prepare(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE channel = ? AND id = ?`);
    this.byOriginal = db.prepare(`SELECT id FROM message WHERE channel = ? AND sender = ? AND original_id = ?
      ORDER BY position DESC LIMIT 1`);
    this.reaching = db.prepare(`SELECT position FROM message WHERE channel = ? AND latest >= ?
      ORDER BY latest, position LIMIT 1`);
    // SQLite would rather walk the whole archive than the few rows of the other index: it must be told.
    this.within = db.prepare(`SELECT max(
      coalesce((SELECT position FROM message WHERE channel = ?1 AND latest <= ?2
        ORDER BY latest DESC, position DESC LIMIT 1), -1),
      coalesce((SELECT position FROM message INDEXED BY message_set_back
        WHERE channel = ?1 AND at < latest AND at <= ?2 ORDER BY position DESC LIMIT 1), -1)
    ) AS position`);
    this.setBack =
      db.prepare(`SELECT 1 FROM message INDEXED BY message_set_back WHERE channel = ? AND at < latest
      AND position BETWEEN ? AND ? LIMIT 1`);
  }

  /** The rows of a set from one of its ends on. */
  select(columns: string, channel: number, span: Span, query: ArchiveQuery, order: Order, max: number) {
    const { where, values } = conditions(channel, span, query);
    const text = `SELECT ${columns} FROM message WHERE ${where} ORDER BY position ${order} LIMIT ?`;
    return this.#prepare(text).all(...values, max);
  }

  /** How many rows a set has, counted up to `max`. */
  count(channel: number, span: Span, query: ArchiveQuery, max: number): number {
    const { where, values } = conditions(channel, span, query);
    const text = `SELECT count(*) AS size FROM (SELECT 1 FROM message WHERE ${where} LIMIT ?)`;
    return (this.#prepare(text).get(...values, max) as { readonly size: number }).size;
  }

  #prepare(text: string): Statement {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const made = this.#db.prepare(text);
    this.#prepared.set(text, made);
    return made;
  }
}

function conditions(channel: number, span: Span, query: ArchiveQuery) {
  const where = ['channel = ? AND position BETWEEN ? AND ?'];
  const values: Value[] = [channel, span.low, span.high];
  if (query.sender !== undefined) {
    where.push('sender = ?');
    values.push(query.sender);
  }
  if (query.shownOnly === true) where.push('shown = 1');
  if (span.byTime) {
    where.push('at BETWEEN ? AND ?');
    values.push(query.start ?? 0, query.end ?? LAST);
  }
  return { where: where.join(' AND '), values };
}

function positionOf(reader: Reader, channel: number, id: string): number {
  const row = reader.byId.get(channel, id) as MessageRow | undefined;
  if (row === undefined) throw new UnknownItem('no such message in the archive');
  return row.position;
}

/** A few messages by their ids: fetched one by one, and the rest of the query applied to them here. */
function chosen(
  reader: Reader,
  channel: number,
  query: ArchiveQuery,
  ids: readonly string[],
): Page<ArchivedMessage> {
  const found = [...new Set(ids)]
    .map((id) => reader.byId.get(channel, id) as MessageRow | undefined)
    .filter((row) => row !== undefined)
    .map(messageOf)
    .sort((one, other) => one.position - other.position);
  return archivePage(found, query, (id) => positionOf(reader, channel, id));
}

function pageOf(reader: Reader, channel: number, query: ArchiveQuery): Page<ArchivedMessage> {
  const { max, after, before } = query.page;
  const set = spanOf(reader, channel, query);
  const from = after === undefined ? set.low : Math.max(set.low, positionOf(reader, channel, after) + 1);
  const isLastPage = before === undefined || before === '';
  const to = isLastPage ? set.high : Math.min(set.high, positionOf(reader, channel, before) - 1);
  const order = before === undefined ? 'ASC' : 'DESC';
  const run = { ...set, low: from, high: to };
  const rows = reader.select(MESSAGE_COLUMNS, channel, run, query, order, max + 1) as MessageRow[];
  const complete = rows.length <= max;
  const items = rows.slice(0, max).map(messageOf);
  if (before !== undefined) items.reverse();
  return { items, complete, ...countsOf(reader, channel, set, query, items[0]) };
}

function spanOf(reader: Reader, channel: number, query: ArchiveQuery): Span {
  const { start, end, afterId, beforeId } = query;
  const position = (row: unknown) => (row as { readonly position: number } | undefined)?.position;
  // The first message whose time reaches `start` is the first at which the highest time so far does.
  let low = start === undefined ? 0 : (position(reader.reaching.get(channel, start)) ?? LAST);
  let high = end === undefined ? LAST : (position(reader.within.get(channel, end)) ?? -1);
  const timed = start !== undefined || end !== undefined;
  const byTime = timed && reader.setBack.get(channel, low, high) !== undefined;
  if (afterId !== undefined) low = Math.max(low, positionOf(reader, channel, afterId) + 1);
  if (beforeId !== undefined) high = Math.min(high, positionOf(reader, channel, beforeId) - 1);
  return { low, high, byTime };
}

/** Size of the set and place of the page's first item; nothing when the set is too large to be counted. */
function countsOf(
  reader: Reader,
  channel: number,
  set: Span,
  query: ArchiveQuery,
  first: ArchivedMessage | undefined,
): { count?: number; index?: number } {
  const filtered = query.sender !== undefined || query.shownOnly === true || set.byTime;
  const size = (span: Span): number | undefined =>
    filtered ? scanned(reader, channel, span, query) : subtracted(reader, channel, span);
  const count = size(set);
  if (count === undefined) return {};
  const index = first === undefined ? undefined : size({ ...set, high: first.position - 1 });
  return index === undefined ? { count } : { count, index };
}

function scanned(reader: Reader, channel: number, span: Span, query: ArchiveQuery): number | undefined {
  const found = reader.count(channel, span, query, COUNT_MAX + 1);
  return found > COUNT_MAX ? undefined : found;
}

/** Messages are numbered without a gap, so the number in a whole span is a difference. */
function subtracted(reader: Reader, channel: number, span: Span): number {
  const end = (order: Order) => {
    const row = reader.select('ordinal', channel, span, NO_FILTER, order, 1)[0];
    return (row as { readonly ordinal: number } | undefined)?.ordinal;
  };
  const [first, last] = [end('ASC'), end('DESC')];
  return first === undefined || last === undefined ? 0 : last - first + 1;
}
