/**
 * XEP-0313 MAM 1.1.3 §3.2: for how long a channel keeps what was said.
 * Decides how much of an archive is kept, and lets the rest go.
 * Does not choose the moment (service/trimming.ts), nor find or delete the messages (storage/).
 * Always: only the oldest go, tombstones like all others, and nobody is told (MAM-38).
 * Before: channel/post.ts. After: service/trimming.ts.
 */
import type { ArchiveBounds } from '../storage/store.ts';
import type { Turn } from './turn.ts';

const DAY_MS = 24 * 60 * 60_000;

/** How much is kept; 0: without that bound. */
export interface Retention {
  readonly days: number;
  readonly messagesMax: number;
}

/** The bounds of an archive at a moment, in milliseconds since 1970; undefined where everything is kept for ever. */
export function boundsAt(now: number, { days, messagesMax }: Retention): ArchiveBounds | undefined {
  if (days === 0 && messagesMax === 0) return undefined;
  return {
    messagesMax: messagesMax === 0 ? undefined : messagesMax,
    since: days === 0 ? undefined : Math.max(0, now - days * DAY_MS),
  };
}

/** The messages up to this position are no more. */
export function trim(turn: Turn, through: number): void {
  if (turn.channel.exists) turn.record({ fact: 'trimmed', through });
}
