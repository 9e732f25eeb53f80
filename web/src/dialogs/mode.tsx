/**
 * XEP-0404 §2.2: changing what a channel does with addresses.
 * Asks the channel what the change would do, says it, and asks whether to go on.
 * Does not count (the service does).
 * Always: nothing is changed before the person has seen whom it would show; without a dry run the worst is said.
 * Before: views/manage-mode.tsx. After: views/mode-notice.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { dryRunMode, setConfig, type DryRun, type Mode } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Check, Form } from '../parts/form.tsx';
import { MODE_WORDS } from '../privacy/words.ts';
import { nameOf, type Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { notify } from '../state/notices.ts';
import { refreshStanding } from '../state/role.ts';
import { session } from '../state/session.ts';

type Outlook = DryRun | 'asking' | 'unknown';

export function ModeDialog({ room, mode }: { readonly room: Room; readonly mode: Mode }): JSX.Element {
  const { client } = session.value ?? {};
  const outlook = useSignal<Outlook>('asking');
  const isSure = useSignal(false);
  const { channel } = room;
  useEffect(() => {
    if (client === undefined) return;
    dryRunMode(client, channel, mode).then(
      (found) => (outlook.value = found),
      () => (outlook.value = 'unknown'),
    );
  }, [client, channel, mode, outlook]);
  const { value } = outlook;
  const showsSomebody =
    mode !== 'jid-hidden' && (value === 'unknown' || (value !== 'asking' && value.shown > 0));
  const submit = async (): Promise<void> => {
    if (client === undefined) return;
    await setConfig(client, channel, { mode });
    await refreshStanding(room, client, channel);
    closeDialog();
    notify(`${nameOf(channel)}: ${MODE_WORDS[mode].label.toLowerCase()}.`);
  };
  return (
    <DialogFrame title={`Change to “${MODE_WORDS[mode].label}”?`}>
      <Form
        submit="Change it"
        onSubmit={submit}
        isDangerous={mode !== 'jid-hidden'}
        isDisabled={value === 'asking' || (showsSomebody && !isSure.value)}
        buttons={
          <button type="button" class="button plain" onClick={closeDialog}>
            Leave it as it is
          </button>
        }
      >
        <p>{MODE_WORDS[mode].meaning}</p>
        <OutlookWords outlook={value} mode={mode} />
        {showsSomebody && (
          <Check
            label="I understand that what people have seen cannot be taken back"
            isChecked={isSure.value}
            onChecked={(next) => (isSure.value = next)}
          />
        )}
      </Form>
    </DialogFrame>
  );
}

function OutlookWords({ outlook, mode }: { readonly outlook: Outlook; readonly mode: Mode }): JSX.Element {
  if (outlook === 'asking')
    return (
      <p role="status">
        <span class="spinner" aria-hidden="true" /> Finding out whom this would show …
      </p>
    );
  if (outlook === 'unknown') return <p class="note open">{UNKNOWN[mode]}</p>;
  const { leaving, shown, hidden } = outlook;
  return (
    <div class={`note ${shown > 0 ? 'open' : 'masked'}`} role="status">
      <ul class="outlook">
        <li>
          <strong>{people(leaving)}</strong> would leave: they chose never to be{' '}
          {mode === 'jid-hidden' ? 'hidden' : 'shown'}, and are removed before anything is changed.
        </li>
        <li>
          <strong>{people(shown)}</strong> would become visible to everybody in the channel.
        </li>
        {hidden > 0 && (
          <li>
            <strong>{people(hidden)}</strong> would become hidden. What was seen before may be remembered.
          </li>
        )}
      </ul>
    </div>
  );
}

const UNKNOWN: Readonly<Record<Mode, string>> = {
  'jid-hidden':
    'The channel does not say beforehand whom this concerns. People who always want to be shown are removed.',
  'jid-maybe-visible':
    'The channel does not say beforehand whom this shows. Those who chose to be shown become visible.',
  'jid-visible':
    'The channel does not say beforehand whom this shows. Everybody who stays becomes visible; those who chose never to be shown are removed first.',
};

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}
