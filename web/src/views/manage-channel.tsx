/**
 * XEP-0406 §2.4: what else can be set for a channel.
 * Shows its name, description and options in plain words, and sends what was changed.
 * Does not know the mode (views/manage-mode.tsx) nor lists (views/manage-access.tsx).
 * Always: options that this client does not show stay as they are.
 * Before: views/manage-view.tsx. After: views/manage-options.tsx, views/manage-picture.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { setConfig, setInfo, type Config, type ShownInfo } from 'vizard';
import { Check, Field, Form } from '../parts/form.tsx';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { notify } from '../state/notices.ts';
import { refreshStanding } from '../state/role.ts';
import { session } from '../state/session.ts';
import { ManageOptions } from './manage-options.tsx';
import { ManagePicture } from './manage-picture.tsx';

type Change = Parameters<typeof setConfig>[2];

interface Option {
  readonly name:
    | 'privateMessages'
    | 'userRetraction'
    | 'invitationByParticipant'
    | 'mandatoryNicks'
    | 'mustProvidePresence';
  readonly label: string;
  readonly hint: string;
}

const OPTIONS: readonly Option[] = [
  {
    name: 'privateMessages',
    label: 'Private messages',
    hint: 'People may write to each other alone, through the channel.',
  },
  { name: 'userRetraction', label: 'Taking back', hint: 'People may take back what they wrote.' },
  {
    name: 'invitationByParticipant',
    label: 'Invitations by everybody',
    hint: 'Everybody in the channel may let others in.',
  },
  { name: 'mandatoryNicks', label: 'A name is needed', hint: 'Whoever joins has to choose one.' },
  {
    name: 'mustProvidePresence',
    label: 'Everybody shows when they are online',
    hint: 'Whoever does not want that cannot choose otherwise.',
  },
];

interface Props {
  readonly room: Room;
  readonly config: Config;
}

export function ManageChannel({ room, config }: Props): JSX.Element {
  const info = room.info.value;
  // The fields begin with what the channel is called now, so that has to be known first.
  return info === undefined ? (
    <p role="status">Loading …</p>
  ) : (
    <Settings room={room} config={config} info={info} />
  );
}

function Settings({ room, config, info }: Props & { readonly info: ShownInfo }): JSX.Element {
  const name = useSignal(info.name ?? '');
  const about = useSignal(info.description ?? '');
  const change = useSignal<Change>({});
  const { channel } = room;
  const isOwner = room.role.value === 'owner';
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    const description = about.value.trim();
    if (name.value.trim() !== (info.name ?? '') || description !== (info.description ?? ''))
      await setInfo(client, channel, {
        name: name.value.trim(),
        description: description === '' ? undefined : description,
      });
    if (Object.keys(change.value).length > 0) await setConfig(client, channel, change.value);
    change.value = {};
    await refreshStanding(room, client, channel);
    notify('Saved.');
  };
  return (
    <>
      <Form submit="Save" onSubmit={submit}>
        <Field label="Name" value={name.value} onValue={(value) => (name.value = value)} lengthMax={100} />
        <Field
          label="What it is about"
          value={about.value}
          onValue={(value) => (about.value = value)}
          lengthMax={300}
        />
        {isOwner &&
          OPTIONS.map(({ name: option, label, hint }) => (
            <Check
              key={option}
              label={label}
              hint={hint}
              isChecked={change.value[option] ?? config[option] ?? false}
              onChecked={(value) => (change.value = { ...change.value, [option]: value })}
            />
          ))}
        {isOwner && (
          <ManageOptions config={config} change={change.value} onChange={(next) => (change.value = next)} />
        )}
      </Form>
      <ManagePicture room={room} />
      {isOwner && (
        <section class="stack tight danger-zone">
          <h2>The end</h2>
          <p class="soft">Closing a channel removes everybody and deletes its messages on the server.</p>
          <div>
            <button
              type="button"
              class="button danger"
              onClick={() => openDialog({ is: 'destroy', channel })}
            >
              Close the channel for good …
            </button>
          </div>
        </section>
      )}
    </>
  );
}
