/**
 * The profile of somebody in a channel, where they let others open it (XEP-0404 §3.1, XEP-0054).
 * Asks for it when the person wants to see it, and shows what it says.
 * Does not fetch anything from elsewhere: the picture is drawn from what came.
 * Always: a profile that is not shown looks like one that is not there.
 * Before: dialogs/person.tsx. After: parts/picture.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { encodedAddress, getVCard, type VCard } from 'vizard';
import type { Room } from '../state/channels.ts';
import { session } from '../state/session.ts';
import { Picture } from './picture.tsx';

export function Profile({ room, id }: { readonly room: Room; readonly id: string }): JSX.Element {
  const found = useSignal<VCard | 'asking' | 'none' | undefined>(undefined);
  const ask = (): void => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    found.value = 'asking';
    getVCard(client, encodedAddress(room.channel, id)).then(
      (card) => (found.value = Object.keys(card).length === 0 ? 'none' : card),
      () => (found.value = 'none'),
    );
  };
  const card = found.value;
  if (card === undefined)
    return (
      <p>
        <button type="button" class="link-button" onClick={ask}>
          Is there a profile?
        </button>
      </p>
    );
  return (
    <div role="status">
      {card === 'asking' && (
        <p>
          <span class="spinner" aria-hidden="true" /> Asking …
        </p>
      )}
      {card === 'none' && <p class="soft">This person shows no profile.</p>}
      {typeof card === 'object' && <Card card={card} />}
    </div>
  );
}

function Card({ card }: { readonly card: VCard }): JSX.Element {
  const lines = [card.fullName, card.nickname, card.about, card.url, card.email].filter(
    (line) => line !== undefined,
  );
  return (
    <div class="row profile">
      {card.photo !== undefined && <Picture bytes={card.photo.bytes} type={card.photo.type} />}
      <div>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
    </div>
  );
}
