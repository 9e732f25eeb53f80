/**
 * The badge of a channel: can people here see my address?
 * Shows the short answer, and opens the long one (dialogs/privacy.tsx).
 * Does not find the words (privacy/words.ts).
 * Always: says it in words, not by colour alone.
 * Before: privacy/words.ts. After: views/channel-head.tsx.
 */
import type { JSX } from 'preact';
import { privacyWords, type PrivacyWords } from '../privacy/words.ts';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { Icon } from './icon.tsx';

/** The words for this person in this channel; undefined while the channel has not told anything. */
export function wordsFor(room: Room): PrivacyWords | undefined {
  const info = room.info.value;
  if (info === undefined) return undefined;
  const preference = room.preferences.value?.jidVisibility ?? 'default';
  return privacyWords(info.mode, preference, room.role.value);
}

export function PrivacyBadge({ room }: { readonly room: Room }): JSX.Element | null {
  const words = wordsFor(room);
  if (words === undefined) return null;
  return (
    <button
      type="button"
      class={`badge ${words.tone}`}
      aria-haspopup="dialog"
      onClick={() => openDialog({ is: 'privacy', channel: room.channel })}
    >
      <Icon name={words.tone === 'masked' ? 'mask' : 'eye'} />
      <span>
        <strong>{words.label}.</strong> {words.own}
      </span>
      <span class="badge-more" aria-hidden="true">
        Who sees what
      </span>
    </button>
  );
}
