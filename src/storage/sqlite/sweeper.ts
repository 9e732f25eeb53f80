/**
 * The messages of erased channels, on their way off the disk.
 * Owns their deletion, a slice at a time: a million rows at once would hold everything up for seconds.
 * Does not decide what is erased (facts.ts); from that commit on no query finds these messages.
 * Always: a channel of one slice is gone with the commit that erased it; what a stop interrupts goes on at the next
 * start.
 * Before: storage/sqlite/facts.ts. After: storage/sqlite/sqlite.ts.
 */
import type { Database } from './connection.ts';

/** About 2 ms of work. */
export const SLICE_ROWS = 200;

export interface Sweeper {
  /** Goes on with what an earlier run left. */
  readonly start: () => void;
  /** Deletes one slice, within a transaction, and leaves the rest for later. */
  readonly sweep: () => void;
  readonly stop: () => void;
}

export function sweeper(db: Database, inTransaction: (work: () => void) => void): Sweeper {
  const next = db.prepare('SELECT channel FROM swept LIMIT 1');
  const slice = db.prepare(`DELETE FROM message WHERE key IN
    (SELECT key FROM message WHERE channel = ? LIMIT ${SLICE_ROWS})`);
  const finish = db.prepare('DELETE FROM swept WHERE channel = ?');
  let waiting: NodeJS.Immediate | undefined;

  const sweep = (): void => {
    const row = next.get() as { readonly channel: number } | undefined;
    if (row === undefined) return;
    if (Number(slice.run(row.channel).changes) < SLICE_ROWS) finish.run(row.channel);
    if (next.get() !== undefined) later();
  };
  // Between two slices whatever else is waiting has its turn.
  const later = (): void => {
    waiting ??= setImmediate(() => {
      waiting = undefined;
      try {
        inTransaction(sweep);
      } catch {
        // A full disk, or another process that writes for long: commits will say so, and this can wait for a restart.
      }
    }).unref();
  };
  return {
    start: () => {
      if (next.get() !== undefined) later();
    },
    sweep,
    stop: () => {
      clearImmediate(waiting);
      waiting = undefined;
    },
  };
}
