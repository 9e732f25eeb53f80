/**
 * Having read.
 * Moves the mark of a conversation to a message, here and on the person's other devices.
 * Does not know what is on the screen (parts/message-list.tsx).
 * Always: others are told only where the settings allow it, which the library is told when a channel is opened.
 * Before: state/marks.ts. After: parts/message-list.tsx.
 */
import type { LiveMessage } from 'vizard';
import type { Conversation } from './live.ts';
import { markOf, moveMark } from './marks.ts';

const TELL_MS = 1_000;

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Everything up to this message was on the screen. */
export function readUpTo({ key, live, ended }: Conversation, message: LiveMessage): void {
  const { id, at } = message;
  const held = markOf(key).peek();
  if (id === undefined || ended.peek() !== undefined || held?.id === id || (held?.at ?? 0) >= at) return;
  moveMark(key, { id, at });
  clearTimeout(timers.get(key));
  timers.set(
    key,
    setTimeout(() => live.markDisplayed(id), TELL_MS),
  );
}
