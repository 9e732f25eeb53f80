/**
 * Who can see what in a channel, in full.
 * Shows the sentences about the address, and a table of who sees what.
 * Does not find the words (privacy/words.ts, privacy/table.ts).
 * Always: leads to the place where it can be changed.
 * Before: privacy/table.ts. After: dialogs/preferences.tsx.
 */
import type { JSX } from 'preact';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Icon } from '../parts/icon.tsx';
import { DEFAULT_PREFERENCES } from '../parts/preference-choices.tsx';
import { wordsFor } from '../parts/privacy-badge.tsx';
import { whoSeesWhat } from '../privacy/table.ts';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { settings } from '../state/settings.ts';

export function PrivacyDialog({ room }: { readonly room: Room }): JSX.Element {
  const words = wordsFor(room);
  const preferences = room.preferences.value ?? DEFAULT_PREFERENCES;
  const rows = whoSeesWhat(room.info.value?.mode, preferences, settings.value);
  return (
    <DialogFrame title="Who can see what">
      {words !== undefined && (
        <>
          <p class={`note row ${words.tone === 'masked' ? 'masked' : 'open'}`}>
            <Icon name={words.tone === 'masked' ? 'mask' : 'eye'} />
            <strong>{words.own}</strong>
          </p>
          <p>{words.others}</p>
          <p>{words.later}</p>
        </>
      )}
      <table class="sees">
        <thead>
          <tr>
            <th scope="col">Of you</th>
            <th scope="col">People here</th>
            <th scope="col">Owners, administrators</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ what, people, owners }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{people}</td>
              <td>{owners}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft small">
        Whoever runs the channel’s server, or your own, can see your address and what is written: channels are
        not encrypted from end to end. What you write yourself, such as your name or a link, can tell who you
        are.
      </p>
      <div class="dialog-foot">
        <button
          type="button"
          class="button main"
          onClick={() => openDialog({ is: 'preferences', channel: room.channel })}
        >
          Change what others see
        </button>
      </div>
    </DialogFrame>
  );
}
