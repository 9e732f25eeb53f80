/**
 * The outbox: what is to be told and was not yet.
 * Owns the rows of notices: written with their turn, read in order, struck off when delivered.
 * Does not know subscribers; a notice is one row however many it is for.
 * Always: a message is in the archive once; its notice holds the key of that row.
 * Before: storage/sqlite/facts.ts. After: storage/sqlite/archive.ts.
 */
import { decodeNotice, encodeNotice } from '../codec.ts';
import type { Notice, NoticePlace } from '../facts.ts';
import type { ChannelName } from '../../jid/public-jid.ts';
import { MESSAGE_COLUMNS, messageOf, type MessageRow } from './archive.ts';
import type { Database } from './connection.ts';
import type { Turn } from './facts.ts';

export interface Outbox {
  write(turn: Turn): void;
  strike(place: NoticePlace): void;
  pending(after: NoticePlace | undefined, max: number): { place: NoticePlace; notice: Notice }[];
}

interface OutboxRow extends MessageRow {
  readonly channelName: ChannelName;
  readonly version: number;
  readonly place: number;
  readonly content: string;
  readonly message: number | null;
}

export function outbox(db: Database): Outbox {
  const insert = db.prepare(`INSERT INTO outbox (channel, version, place, content, message)
    VALUES (?, ?, ?, ?, ?)`);
  const keyOf = db.prepare('SELECT key FROM message WHERE channel = ? AND id = ?');
  const remove = db.prepare('DELETE FROM outbox WHERE channel = ? AND version = ? AND place = ?');
  const select = (where: string) =>
    db.prepare(`SELECT outbox.channel AS channelName, version, place, content, message, ${MESSAGE_COLUMNS}
      FROM outbox LEFT JOIN message ON message.key = outbox.message ${where}
      ORDER BY outbox.channel, version, place LIMIT ?`);
  const first = select('');
  const following = select('WHERE (outbox.channel, version, place) > (?, ?, ?)');

  const archived = (turn: Turn, notice: Notice): number | null => {
    if (notice.kind !== 'message') return null;
    const { id } = notice.message;
    const row =
      turn.posted.get(id) ?? (keyOf.get(turn.key ?? null, id) as { readonly key: number } | undefined)?.key;
    if (row === undefined) throw new Error('a notice of a message that is not in the archive');
    return row;
  };
  return {
    write(turn) {
      const { channel, version, notices } = turn.commit;
      for (const [index, notice] of notices.entries()) {
        insert.run(channel, version, index, encodeNotice(notice), archived(turn, notice));
      }
    },
    strike({ channel, version, index }) {
      remove.run(channel, version, index);
    },
    pending(after, max) {
      const rows =
        after === undefined ? first.all(max) : following.all(after.channel, after.version, after.index, max);
      return (rows as OutboxRow[]).map((row) => ({
        place: { channel: row.channelName, version: row.version, index: row.place },
        notice: decodeNotice(row.content, row.message === null ? undefined : messageOf(row)),
      }));
    },
  };
}
