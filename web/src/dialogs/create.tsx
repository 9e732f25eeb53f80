/**
 * XEP-0369 §7.3.2: a new channel.
 * Asks for its name, what it does with addresses, and who may join.
 * Does not make it (the service does).
 * Always: hiding addresses is what is chosen already.
 * Before: parts/form.tsx. After: views/join-view.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { createChannel, join, setInfo, type Mode } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Check, Choices, Field, Form } from '../parts/form.tsx';
import { MODE_WORDS } from '../privacy/words.ts';
import { add, startReading } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { go } from '../state/route.ts';
import { loadServices, services } from '../state/services.ts';
import { session } from '../state/session.ts';

const MODES: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];
const CHOICES = MODES.map((value) => ({
  value,
  label: MODE_WORDS[value].label,
  effect: MODE_WORDS[value].meaning,
  isPossible: true,
}));

export function CreateDialog(): JSX.Element {
  const name = useSignal('');
  const nick = useSignal('');
  const about = useSignal('');
  const mode = useSignal<Mode>('jid-hidden');
  const isClosed = useSignal(false);
  const { client, account = '' } = session.value ?? {};
  useEffect(() => {
    if (client !== undefined) void loadServices(client);
  }, [client]);
  const service = services.value?.find(({ canCreate }) => canCreate)?.address;
  const submit = async (): Promise<void> => {
    if (client === undefined || service === undefined) return;
    const local = localPart(name.value);
    const channel = await createChannel(client, service, {
      ...(local === '' ? {} : { name: local }),
      config: { ...USUAL, mode: mode.value, ...(isClosed.value ? { nodesPresent: WITH_ALLOWED } : {}) },
    });
    const info = {
      name: name.value.trim(),
      ...(about.value.trim() === '' ? {} : { description: about.value.trim() }),
    };
    await setInfo(client, channel, info);
    const joined = await join(client, channel, nick.value.trim() === '' ? {} : { nick: nick.value.trim() });
    startReading(channel, Date.now());
    add(client, channel, joined.id);
    closeDialog();
    go({ at: 'channel', channel });
  };
  return (
    <DialogFrame title="New channel">
      {services.value !== undefined && service === undefined && (
        <p class="problem">Your server has no place where you may make channels.</p>
      )}
      <Form submit="Make the channel" onSubmit={submit} isDisabled={service === undefined}>
        <Field
          label="Name of the channel"
          value={name.value}
          onValue={(value) => (name.value = value)}
          isRequired
          isFirst
          lengthMax={100}
          hint={
            service === undefined
              ? undefined
              : `Its address will be ${localPart(name.value) || 'name'}@${service}.`
          }
        />
        <Field
          label="What it is about"
          value={about.value}
          onValue={(value) => (about.value = value)}
          lengthMax={300}
        />
        <Field
          label="Your own name there"
          value={nick.value}
          onValue={(value) => (nick.value = value)}
          lengthMax={100}
          hint={
            mode.value === 'jid-visible'
              ? `Everybody there will see ${account} as well.`
              : 'Left empty, one is made up.'
          }
        />
        <Choices
          legend="What it does with addresses"
          choices={CHOICES}
          value={mode.value}
          onValue={(value) => (mode.value = value)}
        />
        <Check
          label="Only for people whom I let in"
          hint="You list the addresses of those who may join."
          isChecked={isClosed.value}
          onChecked={(value) => (isClosed.value = value)}
        />
      </Form>
    </DialogFrame>
  );
}

/** What people expect of a channel today, where the service would leave it switched off. */
const USUAL = { userRetraction: true, administratorRetraction: 'admins', configurationAccess: 'admins', mandatoryNicks: false } as const;

const WITH_ALLOWED = ['participants', 'presence', 'info', 'jidmap', 'allowed', 'banned'] as const;

/** An address's first part that can be typed on every keyboard, as far as the name allows. */
function localPart(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}
