/**
 * The notice that a channel has changed what it does with addresses.
 * Watches the mode while the channel is open, and says what the change means for this person.
 * Does not change anything (dialogs/mode.tsx).
 * Always: stays until it is closed.
 * Before: privacy/words.ts. After: views/channel-view.tsx.
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Mode } from 'vizard';
import { Icon } from '../parts/icon.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { wordsFor } from '../parts/privacy-badge.tsx';
import { MODE_WORDS } from '../privacy/words.ts';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';

export function ModeNotice({ room }: { readonly room: Room }): JSX.Element | null {
  const before = useRef<Mode | undefined>(room.info.peek()?.mode);
  const changed = useSignal<Mode | undefined>(undefined);
  useSignalEffect(() => {
    const mode = room.info.value?.mode;
    if (mode !== undefined && before.current !== undefined && mode !== before.current) changed.value = mode;
    before.current = mode ?? before.current;
  });
  const words = wordsFor(room);
  if (changed.value === undefined || words === undefined) return null;
  return (
    <div class={`note mode-notice ${words.tone}`} role="alert">
      <Icon name={words.tone === 'masked' ? 'mask' : 'warn'} />
      <p class="grow">
        <strong>
          The owners have changed this channel: {MODE_WORDS[changed.value].label.toLowerCase()}.
        </strong>{' '}
        {words.own}{' '}
        <button
          type="button"
          class="link-button"
          onClick={() => openDialog({ is: 'privacy', channel: room.channel })}
        >
          What this means
        </button>
      </p>
      <IconButton icon="close" name="Close this notice" onClick={() => (changed.value = undefined)} />
    </div>
  );
}
