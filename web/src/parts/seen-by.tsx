/**
 * XEP-0333: who has read up to a message, as far as they tell.
 * Shows their masks, small, at the end of the message.
 * Does not tell others what this person has read (state/reading.ts).
 * Always: says in words whom the masks stand for.
 * Before: parts/message.tsx. After: parts/mask.tsx.
 */
import type { JSX } from 'preact';
import type { LiveMessage } from 'vizard';
import { roomOf } from '../state/channels.ts';
import { Mask } from './mask.tsx';
import type { ListContext } from './message-list.tsx';

const SHOWN_MAX = 6;

export function SeenBy({
  message,
  list,
}: {
  readonly message: LiveMessage;
  readonly list: ListContext;
}): JSX.Element | null {
  const { channel, selfId } = list.conversation;
  const others = message.displayedBy.filter((id) => id !== selfId.value);
  if (others.length === 0) return null;
  const people = roomOf(channel)?.participants.value;
  const names = others.slice(0, SHOWN_MAX).map((id) => people?.get(id)?.nick ?? 'somebody');
  const more = others.length - SHOWN_MAX;
  const words = `Read up to here by ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return (
    <p class="seen-by" title={words}>
      <span class="hidden-text">{words}</span>
      {others.slice(0, SHOWN_MAX).map((id) => (
        <Mask key={id} id={id} size="small" />
      ))}
      {more > 0 && <span aria-hidden="true">+{more}</span>}
    </p>
  );
}
