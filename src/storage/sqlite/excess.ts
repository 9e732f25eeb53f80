/**
 * XEP-0313 MAM 1.1.3 §3.2: what of an archive is too much.
 * Owns the question up to where messages may go; facts.ts lets them go.
 * Does not decide how much is kept (channel/retention.ts).
 * Always: for an archive of which nothing has to go, the price is that of one row; for others that of the slice that
 * may go, and of the channel's outbox.
 * Before: storage/excess.ts. After: storage/sqlite/sqlite.ts.
 */
import type { ChannelName } from '../../jid/public-jid.ts';
import { excessIn } from '../excess.ts';
import type { ArchivedMessage } from '../facts.ts';
import type { ArchiveBounds } from '../store.ts';
import type { ChannelRow } from './channels.ts';
import type { Database } from './connection.ts';

type Aged = Pick<ArchivedMessage, 'position' | 'at'>;

export type ExcessOf = (
  name: ChannelName,
  row: ChannelRow,
  bounds: ArchiveBounds,
  max: number,
) => number | undefined;

export function excessFinder(db: Database): ExcessOf {
  const first = db.prepare(`SELECT position, at, ordinal FROM message WHERE channel = ?
    ORDER BY position LIMIT 1`);
  const told = db.prepare(`SELECT min(position) AS position
    FROM outbox CROSS JOIN message ON message.key = outbox.message WHERE outbox.channel = ?`);
  const oldest = db.prepare(`SELECT position, at FROM message WHERE channel = ? AND position < ?
    ORDER BY position LIMIT ?`);
  return (name, { key, messages }, bounds, max) => {
    const end = first.get(key) as (Aged & { readonly ordinal: number }) | undefined;
    if (end === undefined) return undefined;
    // Messages are numbered without a gap.
    const count = messages - end.ordinal + 1;
    if (excessIn([end], count, bounds) === undefined) return undefined;
    const { position } = told.get(name) as { readonly position: number | null };
    const free = oldest.all(key, position ?? Number.MAX_SAFE_INTEGER, max) as Aged[];
    return excessIn(free, count, bounds);
  };
}
