/**
 * XEP-0404 §3.1: changing what others see of oneself in a channel.
 * Shows the choices as they are held by the channel, and sends what was changed.
 * Does not know the words (privacy/choices.ts).
 * Always: what would become visible is said, and asked for, before it is sent.
 * Before: parts/preference-choices.tsx. After: privacy/choices.ts.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { setPreferences, type CustomValues, type Preferences } from 'vizard';
import { CustomPreferences } from '../parts/custom-preferences.tsx';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Form } from '../parts/form.tsx';
import { DEFAULT_PREFERENCES, PreferenceChoices } from '../parts/preference-choices.tsx';
import { ShownNote } from '../parts/shown-note.tsx';
import { revealedBy } from '../privacy/choices.ts';
import type { Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { notify } from '../state/notices.ts';
import { session } from '../state/session.ts';

export function PreferencesDialog({ room }: { readonly room: Room }): JSX.Element {
  const { client, account = '' } = session.value ?? {};
  const held = room.preferences.value;
  const value = useSignal<Preferences>(held ?? DEFAULT_PREFERENCES);
  const custom = useSignal<CustomValues>({});
  const isSure = useSignal(false);
  const mode = room.info.value?.mode;
  const shows = revealedBy(mode, held, value.value, account);
  if (held === undefined)
    return (
      <DialogFrame title="What others see of me">
        <p>This channel offers no choices. What it shows of you is up to its server.</p>
      </DialogFrame>
    );
  const submit = async (): Promise<void> => {
    if (client === undefined) return;
    room.preferences.value = await setPreferences(client, room.channel, value.value, custom.value);
    closeDialog();
    notify('The channel has your choices.');
  };
  return (
    <DialogFrame title="What others see of me">
      <Form submit="Save" onSubmit={submit} isDisabled={shows.length > 0 && !isSure.value}>
        <PreferenceChoices
          mode={mode}
          address={account}
          value={value.value}
          onValue={(next) => {
            value.value = next;
            isSure.value = false;
          }}
          isOpen
        />
        <CustomPreferences
          channel={room.channel}
          value={custom.value}
          onValue={(next) => (custom.value = next)}
        />
        <ShownNote sentences={shows} isSure={isSure.value} onSure={(next) => (isSure.value = next)} />
      </Form>
    </DialogFrame>
  );
}
