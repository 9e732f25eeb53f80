/**
 * XEP-0313 MAM 1.1.3 §3.2: which messages of an archive are too many or too old.
 * Owns the arithmetic that all stores share.
 * Does not fetch messages, nor know which of them are still to be told (the stores do).
 * Always: what goes is a run from the oldest end, so no hole is left, whatever the clock did.
 * Before: storage/store.ts. After: storage/memory.ts, storage/sqlite/excess.ts.
 */
import type { ArchivedMessage } from './facts.ts';
import type { ArchiveBounds } from './store.ts';

/**
 * The position of the last message that has to go, if any has to.
 * @param oldest the messages from the archive's oldest end that may go
 * @param count of the whole archive
 */
export function excessIn(
  oldest: readonly Pick<ArchivedMessage, 'position' | 'at'>[],
  count: number,
  { messagesMax = Infinity, since = 0 }: ArchiveBounds,
): number | undefined {
  const firstKept = oldest.findIndex(({ at }) => at >= since);
  const tooOld = firstKept < 0 ? oldest.length : firstKept;
  const going = Math.min(oldest.length, Math.max(tooOld, count - messagesMax));
  return oldest[going - 1]?.position;
}
