/**
 * XEP-0404 §2.2: what the channel does with addresses.
 * Shows the three modes, and leads to the change of one.
 * Does not change it (dialogs/mode.tsx).
 * Always: only owners can change it, and only after they have seen what it would do.
 * Before: views/manage-view.tsx. After: dialogs/mode.tsx.
 */
import type { JSX } from 'preact';
import type { Mode } from 'vizard';
import { Icon } from '../parts/icon.tsx';
import { MODE_WORDS } from '../privacy/words.ts';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';

const MODES: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];

export function ManageMode({ room }: { readonly room: Room }): JSX.Element {
  const now = room.info.value?.mode ?? room.config.value?.mode;
  const isOwner = room.role.value === 'owner';
  return (
    <>
      <h2>What this channel does with addresses</h2>
      <ul class="modes">
        {MODES.map((mode) => (
          <li key={mode} class={`mode ${mode === now ? 'is-now' : ''}`}>
            <Icon name={mode === 'jid-visible' ? 'eye' : 'mask'} />
            <div class="grow">
              <p class="item-name">{MODE_WORDS[mode].label}</p>
              <p class="soft">{MODE_WORDS[mode].meaning}</p>
            </div>
            {mode === now && <span class="now">as it is now</span>}
            {mode !== now && isOwner && (
              <button
                type="button"
                class="button"
                aria-label={`Change to: ${MODE_WORDS[mode].label}`}
                onClick={() => openDialog({ is: 'mode', channel: room.channel, mode })}
              >
                Change …
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="soft">
        Before anything is changed you see how many people would leave and how many would become visible.
        Nobody is shown by opening this question.
      </p>
      {!isOwner && <p class="note">Only owners can change this.</p>}
    </>
  );
}
