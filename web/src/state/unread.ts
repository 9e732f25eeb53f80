/**
 * What a person has not read yet.
 * Counts messages and mentions behind the place up to which somebody has read.
 * Does not keep that place (state/marks.ts).
 * Always: own messages, taken back ones and those without text count as read.
 * Before: state/marks.ts. After: state/live.ts.
 */
import type { LiveMessage } from 'vizard';

export interface Mark {
  readonly id: string;
  readonly at: number;
}

export interface Unread {
  readonly count: number;
  readonly mentions: number;
  /** The first message that was not read; undefined where all were. */
  readonly firstKey: string | undefined;
  /** There may be more before what is loaded. */
  readonly isMore: boolean;
}

export const NOTHING: Unread = { count: 0, mentions: 0, firstKey: undefined, isMore: false };

export function unreadOf(
  messages: readonly LiveMessage[],
  mark: Mark | undefined,
  selfId: string | undefined,
  hasOlder: boolean,
  until = Infinity,
): Unread {
  if (mark === undefined) return NOTHING;
  let count = 0;
  let mentions = 0;
  let firstKey: string | undefined;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message === undefined || message.id === mark.id || message.at < mark.at)
      return { count, mentions, firstKey, isMore: false };
    if (!isCounted(message) || message.at > until) continue;
    count += 1;
    if (isMentioned(message, selfId)) mentions += 1;
    firstKey = message.key;
  }
  return { count, mentions, firstKey, isMore: hasOlder && count > 0 };
}

export function isMentioned(message: LiveMessage, selfId: string | undefined): boolean {
  if (selfId === undefined || message.isOwn) return false;
  return message.mentions.some(({ id }) => id === selfId) || message.replyTo?.senderId === selfId;
}

function isCounted({ isOwn, body, retracted }: LiveMessage): boolean {
  return !isOwn && body !== undefined && retracted === undefined;
}
