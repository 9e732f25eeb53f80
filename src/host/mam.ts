/**
 * XEP-0313 Message Archive Management 1.1.3 §4, §5: questions to an account's archive.
 * Finds the page that a query asks for, and sends it.
 * Does not store (archive.ts).
 * Always: only the account itself asks; order is the order in which messages were stored, within and across pages;
 * `with` matches addresses as they stood on the wire.
 * Before: host/archive.ts. After: host/extensions.ts.
 */
import { refuse } from '../stanza/error.ts';
import type { Value } from '../storage/sqlite/connection.ts';
import {
  buildFin,
  buildMetadata,
  buildQueryForm,
  buildResult,
  parseQuery,
  type ArchiveEnd,
  type MamQuery,
} from '../xep/0313-mam/wire.ts';
import type { Context } from './context.ts';
import type { Row } from './database.ts';
import { bareOf, bareText, compose, tryJid } from './envelope.ts';
import type { Answer, Request } from './iq.ts';
import { readStored } from './stored.ts';

/** Rows are chosen by these conditions, all of which hold. */
interface Filter {
  readonly where: string;
  readonly values: readonly Value[];
}

/** §4.1.5: what one can ask. */
export function getMamForm(): Answer {
  return buildQueryForm();
}

/** §4: a page. */
export function queryArchive(context: Context, request: Request): Answer {
  const query = parseQuery(request.payload);
  if (query.node !== undefined) throw refuse('item-not-found', 'there is no such archive');
  const filter = filterOf(context, request.account, query);
  const { rows, complete } = pageOf(context, request.account, query, filter);
  const { envelope, asker } = request;
  for (const row of query.flip ? [...rows].reverse() : rows) {
    const { id, at } = endOf(row);
    const message = readStored(String(row['stanza']));
    const result = buildResult({ queryId: query.queryId, id, at, message });
    context.route(compose('message', bareOf(envelope.to), asker, {}, [result]));
  }
  const [first, last] = [rows[0], rows.at(-1)];
  const count = Number(
    context.database.get(`SELECT count(*) AS n FROM archive WHERE ${filter.where}`, ...filter.values)?.['n'],
  );
  return buildFin({ complete, first: first && endOf(first).id, last: last && endOf(last).id, count });
}

/** §5: where the archive begins and ends. */
export function getMetadata(context: Context, request: Request): Answer {
  const end = (direction: 'ASC' | 'DESC') =>
    context.database.get(
      `SELECT id, at FROM archive WHERE account = ? ORDER BY place ${direction} LIMIT 1`,
      request.account,
    );
  const [first, last] = [end('ASC'), end('DESC')];
  const isEmpty = first === undefined || last === undefined;
  return buildMetadata(isEmpty ? undefined : { start: endOf(first), end: endOf(last) });
}

function filterOf(context: Context, account: string, query: MamQuery): Filter {
  const parts: [string, Value][] = [['account = ?', account]];
  if (query.with !== undefined) {
    const peer = tryJid(query.with);
    if (peer === undefined) throw refuse('jid-malformed', '`with` is not a JID');
    if (peer.resource === undefined) parts.push(['peer = ?', bareText(peer)]);
    else parts.push(['peer_full = ?', `${bareText(peer)}/${peer.resource}`]);
  }
  if (query.start !== undefined) parts.push(['at >= ?', query.start]);
  if (query.end !== undefined) parts.push(['at <= ?', query.end]);
  if (query.afterId !== undefined) parts.push(['place > ?', placeOf(context, account, query.afterId)]);
  if (query.beforeId !== undefined) parts.push(['place < ?', placeOf(context, account, query.beforeId)]);
  if (query.ids !== undefined) {
    for (const id of query.ids) placeOf(context, account, id);
    parts.push(['id IN (SELECT value FROM json_each(?))', JSON.stringify(query.ids)]);
  }
  return { where: parts.map(([part]) => part).join(' AND '), values: parts.map(([, value]) => value) };
}

function pageOf(
  context: Context,
  account: string,
  { page = {} }: MamQuery,
  filter: Filter,
): { readonly rows: readonly Row[]; readonly complete: boolean } {
  if (page.index !== undefined) throw refuse('feature-not-implemented', 'pages are found by id only');
  const pageMax = context.limits.archivePageMax;
  const max = Math.min(page.max ?? pageMax, pageMax);
  const isBackward = page.before !== undefined;
  const edge = page.after ?? page.before ?? '';
  const within = edge === '' ? '' : ` AND place ${isBackward ? '<' : '>'} ?`;
  const values = edge === '' ? filter.values : [...filter.values, placeOf(context, account, edge)];
  const rows = context.database.all(
    `SELECT id, at, stanza FROM archive WHERE ${filter.where}${within} ORDER BY place ${isBackward ? 'DESC' : 'ASC'} LIMIT ?`,
    ...values,
    max + 1,
  );
  const cut = rows.slice(0, max);
  return { rows: isBackward ? cut.reverse() : cut, complete: rows.length <= max };
}

function placeOf(context: Context, account: string, id: string): number {
  const row = context.database.get('SELECT place FROM archive WHERE account = ? AND id = ?', account, id);
  if (row === undefined) throw refuse('item-not-found', 'the archive has no message with this id');
  return Number(row['place']);
}

function endOf(row: Row): ArchiveEnd {
  return { id: String(row['id']), at: Number(row['at']) };
}
