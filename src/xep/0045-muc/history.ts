/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.2.13–7.2.14: the history for somebody who enters.
 * Fetches the end of the archive, as much of it as is wanted and given.
 * Does not render it (message.ts).
 * Always: no more than the room gives; a wish can only make it less.
 * Before: xep/0045-muc/presence.ts. After: storage/store.ts.
 */
import type { ChannelName } from '../../jid/public-jid.ts';
import type { ArchivedMessage } from '../../storage/facts.ts';
import type { Env } from '../extension.ts';
import type { HistoryWish } from './wire.ts';

/** At most, and where nothing is said. Whoever wants more asks the archive. */
export const MESSAGES_MAX = 100;
const MESSAGES_USUAL = 20;
/** About what a message has around its payload. */
const CHARS_AROUND = 300;

/** The newest messages that the wish allows, oldest first. */
export async function historyOf(
  channel: ChannelName,
  { maxChars, maxStanzas, seconds, since }: HistoryWish,
  { store, clock }: Env,
): Promise<readonly ArchivedMessage[]> {
  const isLimited = seconds !== undefined || since !== undefined || maxChars !== undefined;
  const max = Math.min(maxStanzas ?? (isLimited ? MESSAGES_MAX : MESSAGES_USUAL), MESSAGES_MAX);
  if (max === 0 || maxChars === 0) return [];
  const starts = [since ?? 0, seconds === undefined ? 0 : clock.now() - seconds * 1_000];
  const start = Math.max(0, ...starts);
  const { items } = await store.archive(channel, { start, page: { max, before: '' } });
  return maxChars === undefined ? items : newest(items, maxChars);
}

function newest(messages: readonly ArchivedMessage[], charsMax: number): readonly ArchivedMessage[] {
  let left = charsMax;
  const first = messages.findLastIndex(({ payload }) => (left -= payload.length + CHARS_AROUND) < 0);
  return messages.slice(first + 1);
}
