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
import { createChannel, join, setInfo, type Client, type Mode } from 'vizard';
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
  const wanted = useSignal<Wanted>({ name: '', about: '', nick: '', mode: 'jid-hidden', isClosed: false });
  const { client } = session.value ?? {};
  useEffect(() => {
    if (client !== undefined) void loadServices(client);
  }, [client]);
  const service = services.value?.find(({ canCreate }) => canCreate)?.address;
  const submit = async (): Promise<void> => {
    if (client === undefined || service === undefined) return;
    const channel = await make(client, service, wanted.value);
    closeDialog();
    go({ at: 'channel', channel });
  };
  return (
    <DialogFrame title="New channel">
      {services.value !== undefined && service === undefined && (
        <p class="problem">Your server has no place where you may make channels.</p>
      )}
      <Form submit="Make the channel" onSubmit={submit} isDisabled={service === undefined}>
        <Fields
          wanted={wanted.value}
          service={service}
          onChange={(change) => (wanted.value = { ...wanted.value, ...change })}
        />
      </Form>
    </DialogFrame>
  );
}

interface FieldsProps {
  readonly wanted: Wanted;
  readonly service: string | undefined;
  readonly onChange: (change: Partial<Wanted>) => void;
}

function Fields({ wanted, service, onChange }: FieldsProps): JSX.Element {
  const { name, about, nick, mode, isClosed } = wanted;
  const { account = '' } = session.value ?? {};
  const address =
    service === undefined ? {} : { hint: `Its address will be ${localPart(name) || 'name'}@${service}.` };
  return (
    <>
      <Field
        label="Name of the channel"
        value={name}
        onValue={(value) => onChange({ name: value })}
        isRequired
        isFirst
        lengthMax={100}
        {...address}
      />
      <Field
        label="What it is about"
        value={about}
        onValue={(value) => onChange({ about: value })}
        lengthMax={300}
      />
      <Field
        label="Your own name there"
        value={nick}
        onValue={(value) => onChange({ nick: value })}
        lengthMax={100}
        hint={
          mode === 'jid-visible'
            ? `Everybody there will see ${account} as well.`
            : 'Left empty, one is made up.'
        }
      />
      <Choices
        legend="What it does with addresses"
        choices={CHOICES}
        value={mode}
        onValue={(value) => onChange({ mode: value })}
      />
      <Check
        label="Only for people whom I let in"
        hint="You list the addresses of those who may join."
        isChecked={isClosed}
        onChecked={(value) => onChange({ isClosed: value })}
      />
    </>
  );
}

interface Wanted {
  readonly name: string;
  readonly about: string;
  readonly nick: string;
  readonly mode: Mode;
  readonly isClosed: boolean;
}

/** Makes the channel and joins it. @returns its address */
async function make(client: Client, service: string, wanted: Wanted): Promise<string> {
  const { mode, isClosed } = wanted;
  const [name, about, nick] = [wanted.name.trim(), wanted.about.trim(), wanted.nick.trim()];
  const local = localPart(name);
  const channel = await createChannel(client, service, {
    ...(local === '' ? {} : { name: local }),
    config: { ...USUAL, mode, ...(isClosed ? { nodesPresent: WITH_ALLOWED } : {}) },
  });
  await setInfo(client, channel, { name, ...(about === '' ? {} : { description: about }) });
  const joined = await join(client, channel, nick === '' ? {} : { nick });
  startReading(channel, Date.now());
  add(client, channel, joined.id);
  return channel;
}

/** What people expect of a channel today, where the service would leave it switched off. */
const USUAL = {
  userRetraction: true,
  administratorRetraction: 'admins',
  configurationAccess: 'admins',
  mandatoryNicks: false,
} as const;

const WITH_ALLOWED = [
  ...(['participants', 'presence', 'info', 'jidmap', 'allowed', 'banned'] as const),
  ...(['avatar-data', 'avatar-metadata'] as const),
];

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
