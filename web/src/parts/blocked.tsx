/**
 * Blocking somebody in a channel.
 * Shows the button for it, what stands in the place of what somebody blocked says, and the list of all who are.
 * Does not block (state/blocked.ts).
 * Always: says what blocking does and who learns of it.
 * Before: state/blocked.ts. After: dialogs/person.tsx, parts/message.tsx, views/settings-view.tsx.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { encodedAddress, parseEncoded } from 'vizard';
import { blocked, isBlocked, setBlocked } from '../state/blocked.ts';
import { nameOf, roomOf } from '../state/channels.ts';
import { attempt } from '../state/notices.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly channel: string;
  readonly id: string;
}

export function BlockButton({ channel, id }: Props): JSX.Element | null {
  if (blocked.value === undefined) return null;
  const is = isBlocked(channel, id);
  const words = is
    ? 'Unblocked.'
    : 'Blocked. Private messages from this mask do not reach you, and what it says in the channel is folded away.';
  return (
    <button
      type="button"
      class="button"
      onClick={() => void attempt(() => setBlocked(encodedAddress(channel, id), !is), words)}
    >
      <Icon name="shield" /> {is ? 'Unblock' : 'Block'}
    </button>
  );
}

/** What somebody blocked has said, on demand only. */
export function Folded({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const isShown = useSignal(false);
  if (isShown.value) return <>{children}</>;
  return (
    <p class="tombstone">
      From somebody whom you have blocked.{' '}
      <button type="button" class="link-button" onClick={() => (isShown.value = true)}>
        Show it
      </button>
    </p>
  );
}

/** In the place where one would write to somebody. */
export function BlockedBar({ channel, id, name }: Props & { readonly name: string }): JSX.Element {
  return (
    <div class="ended">
      <p class="grow">You have blocked {name}, so nothing goes to and fro here.</p>
      <BlockButton channel={channel} id={id} />
    </div>
  );
}

export function BlockedList(): JSX.Element | null {
  const list = blocked.value;
  if (list === undefined) return null;
  return (
    <section class="stack tight">
      <h2>Whom you have blocked</h2>
      <p class="soft">
        Your own server keeps this list. Neither the channel nor the person is told; they may notice that
        their private messages are not taken.
      </p>
      <ul class="list rows" aria-label="Blocked">
        {[...list].map((address) => (
          <li key={address} class="row">
            <span class="grow">{wordsFor(address)}</span>
            <button
              type="button"
              class="button"
              aria-label={`Unblock ${wordsFor(address)}`}
              onClick={() => void attempt(() => setBlocked(address, false), 'Unblocked.')}
            >
              Unblock
            </button>
          </li>
        ))}
      </ul>
      {list.size === 0 && <p class="soft">Nobody.</p>}
    </section>
  );
}

function wordsFor(address: string): string {
  const { channel, participantId = '' } = parseEncoded(address) ?? {};
  if (channel === undefined) return address;
  const nick = roomOf(channel)?.participants.value.get(participantId)?.nick ?? 'Somebody who left';
  return `${nick} in ${nameOf(channel)}`;
}
