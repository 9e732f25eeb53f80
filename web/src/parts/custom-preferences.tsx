/**
 * XEP-0404 §3.1: preferences that one channel has, beyond the four.
 * Asks the channel which there are, and shows each as its kind of field.
 * Does not know what they do: the channel's own words stand beside them. Does not send them.
 * Always: what was not touched is left to the channel.
 * Before: parts/preference-choices.tsx. After: views/join-view.tsx, dialogs/preferences.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listCustomPreferences, type CustomPreference, type CustomValues } from 'vizard';
import { session } from '../state/session.ts';
import { Check, Choices, Field } from './form.tsx';

interface Props {
  readonly channel: string;
  /** What was changed. */
  readonly value: CustomValues;
  readonly onValue: (value: CustomValues) => void;
}

export function CustomPreferences({ channel, value, onValue }: Props): JSX.Element | null {
  const offered = useSignal<readonly CustomPreference[]>([]);
  const { client } = session.value ?? {};
  useEffect(() => {
    if (client === undefined) return;
    listCustomPreferences(client, channel).then(
      (found) => (offered.value = found),
      // A channel that does not say has none.
      () => undefined,
    );
  }, [client, channel, offered]);
  if (offered.value.length === 0) return null;
  return (
    <details class="more" open>
      <summary>What this channel asks besides</summary>
      <div class="stack">
        {offered.value.map((preference) => (
          <CustomField
            key={preference.name}
            preference={preference}
            values={value[preference.name] ?? preference.values}
            onValues={(values) => onValue({ ...value, [preference.name]: values })}
          />
        ))}
      </div>
    </details>
  );
}

interface FieldProps {
  readonly preference: CustomPreference;
  readonly values: readonly string[];
  readonly onValues: (values: readonly string[]) => void;
}

function CustomField({ preference, values, onValues }: FieldProps): JSX.Element {
  const { label, type, options } = preference;
  const [first = ''] = values;
  if (type === 'boolean') {
    const isChecked = first === '1' || first === 'true';
    return <Check label={label} isChecked={isChecked} onChecked={(is) => onValues([is ? '1' : '0'])} />;
  }
  if (type === 'list-multi')
    return (
      <fieldset class="choices">
        <legend>{label}</legend>
        {options.map((option) => (
          <Check
            key={option.value}
            label={option.label}
            isChecked={values.includes(option.value)}
            onChecked={(is) =>
              onValues([...values.filter((one) => one !== option.value), ...(is ? [option.value] : [])])
            }
          />
        ))}
      </fieldset>
    );
  if (options.length > 0) {
    const choices = options.map((option) => ({ ...option, effect: '', isPossible: true }));
    return <Choices legend={label} choices={choices} value={first} onValue={(one) => onValues([one])} />;
  }
  return <Field label={label} value={first} onValue={(text) => onValues([text])} />;
}
