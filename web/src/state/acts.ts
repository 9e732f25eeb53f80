/**
 * What a person does with messages, apart from writing them.
 * Reacts, and says in words who reacted.
 * Does not show anything (parts/message.tsx).
 * Always: pressing the same sign again takes it away.
 * Before: state/live.ts. After: parts/message.tsx.
 */
import type { LiveMessage } from 'vizard';
import { roomOf } from './channels.ts';
import type { Conversation } from './live.ts';
import { attempt } from './notices.ts';

export const COMMON_REACTIONS = [
  '👍',
  '❤️',
  '😂',
  '😮',
  '😢',
  '🎉',
  '🙏',
  '👀',
  '🔥',
  '🎭',
  '✅',
  '👎',
] as const;

export function react(conversation: Conversation, message: LiveMessage, emoji: string): void {
  const selfId = conversation.selfId.value;
  const { id } = message;
  if (selfId === undefined || id === undefined) return;
  const mine = [...message.reactions].filter(([, ids]) => ids.includes(selfId)).map(([one]) => one);
  const next = mine.includes(emoji) ? mine.filter((one) => one !== emoji) : [...mine, emoji];
  void attempt(() => conversation.live.react(id, next));
}

export function reactionText({ channel }: Conversation, emoji: string, ids: readonly string[]): string {
  const participants = roomOf(channel)?.participants.value;
  const names = ids.slice(0, 5).map((id) => participants?.get(id)?.nick ?? 'somebody');
  const more = ids.length > names.length ? ` and ${ids.length - names.length} more` : '';
  return `${emoji} ${ids.length}, from ${names.join(', ')}${more}`;
}
