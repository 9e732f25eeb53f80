/**
 * Who is writing.
 * Says it in a line below the messages.
 * Does not tell others (state/reading.ts).
 * Always: takes the same room whether somebody writes or not, so that nothing jumps.
 * Before: state/live.ts. After: views/channel-view.tsx.
 */
import type { JSX } from 'preact';
import { isBlocked } from '../state/blocked.ts';
import type { Conversation } from '../state/live.ts';
import { roomOf } from '../state/channels.ts';

export function TypingLine({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const selfId = conversation.selfId.value;
  const others = conversation.typing.value.filter(
    (id) => id !== selfId && !isBlocked(conversation.channel, id),
  );
  const people = roomOf(conversation.channel)?.participants.value;
  const names = others.map((id) => people?.get(id)?.nick ?? 'Somebody');
  return (
    <p class="typing" role="status">
      {names.length > 0 && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {sentence(names)}
        </>
      )}
    </p>
  );
}

function sentence(names: readonly string[]): string {
  const [first, second] = names;
  if (names.length === 1) return `${first} is writing`;
  return names.length === 2 ? `${first} and ${second} are writing` : `${names.length} people are writing`;
}
