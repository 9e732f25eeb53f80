/**
 * XEP-0406 §2.4: the finer options of a channel, for owners.
 * Shows who may read, see and change what, and when the channel ends, in plain words.
 * Does not send them (views/manage-channel.tsx).
 * Always: only what was changed is handed on, so that the rest stays as it is.
 * Before: views/manage-channel.tsx. After: parts/form.tsx.
 */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Config, Group } from 'vizard';
import { Check, Field } from '../parts/form.tsx';

type Change = Parameters<typeof import('vizard').setConfig>[2];

interface Props {
  readonly config: Config;
  readonly change: Change;
  readonly onChange: (change: Change) => void;
}

const GROUPS: Readonly<Record<Group, string>> = {
  owners: 'Owners',
  admins: 'Owners and administrators',
  participants: 'Everybody in the channel',
  allowed: 'Everybody who may come in',
  anyone: 'Anybody',
  nobody: 'Nobody',
};

const READ: readonly Group[] = ['participants', 'allowed', 'anyone', 'nobody'];
const KEPT: readonly Group[] = ['owners', 'admins', 'participants', 'nobody'];

const RIGHTS = [
  ['messagesSubscription', 'Who may read the messages', READ],
  ['participantsSubscription', 'Who may see who is in the channel', READ],
  ['presenceSubscription', 'Who may see who is online', READ],
  ['informationSubscription', 'Who may read what it is about', READ],
  ['informationUpdate', 'Who may change its name', KEPT],
  ['avatarUpdate', 'Who may change its picture', KEPT],
  ['administratorRetraction', 'Who may remove messages of others', ['owners', 'admins', 'nobody']],
  ['configurationAccess', 'Who may read these settings', KEPT],
] as const satisfies readonly (readonly [keyof Config, string, readonly Group[]])[];

export function ManageOptions({ config, change, onChange }: Props): JSX.Element {
  const end = 'endOfLife' in change ? change.endOfLife : config.endOfLife;
  return (
    <details class="more">
      <summary>Finer settings</summary>
      <div class="stack">
        {RIGHTS.map(([name, label, groups]) => (
          <Select
            key={name}
            label={label}
            groups={groups}
            value={change[name] ?? config[name]}
            onValue={(value) => onChange({ ...change, [name]: value })}
          />
        ))}
        <Check
          label="People outside may show themselves"
          hint="Somebody who is not in the channel can show that they are online, under a name that the channel makes up."
          isChecked={change.openPresence ?? config.openPresence ?? false}
          onChecked={(openPresence) => onChange({ ...change, openPresence })}
        />
        <Field
          label="The channel closes by itself"
          type="datetime-local"
          value={end === undefined || end === null ? '' : localTime(end)}
          onValue={(value) =>
            onChange({ ...change, endOfLife: value === '' ? null : new Date(value).getTime() })
          }
          hint="Left empty, never."
        />
      </div>
    </details>
  );
}

interface SelectProps {
  readonly label: string;
  readonly groups: readonly Group[];
  readonly value: Group | undefined;
  readonly onValue: (value: Group) => void;
}

function Select({ label, groups, value, onValue }: SelectProps): JSX.Element | null {
  const id = useId();
  // What the channel does not tell cannot be changed.
  if (value === undefined) return null;
  const all = groups.includes(value) ? groups : [value, ...groups];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = all.find((group) => group === event.currentTarget.value);
          if (chosen !== undefined) onValue(chosen);
        }}
      >
        {all.map((group) => (
          <option key={group} value={group}>
            {GROUPS[group]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** As the field wants it: in the reader's zone, without a zone. */
function localTime(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
