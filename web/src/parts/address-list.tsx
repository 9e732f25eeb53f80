/**
 * A list of addresses that can be added to and taken from.
 * Shows the entries of one of a channel's lists, and asks for changes.
 * Does not know which list it is (views/manage-access.tsx, views/manage-roles.tsx).
 * Always: an entry leaves the list on the screen only when the channel has taken it off.
 * Before: parts/form.tsx. After: views/manage-access.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { attempt } from '../state/notices.ts';
import { Field, Form } from './form.tsx';
import { IconButton } from './icon-button.tsx';

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly entries: readonly string[] | undefined;
  readonly add: (entry: string) => Promise<unknown>;
  readonly addLabel: string;
  readonly remove: (entry: string) => Promise<unknown>;
  /** Entries that cannot be taken off. */
  readonly fixed?: readonly string[];
  readonly isLocked?: boolean;
}

export function AddressList(props: Props): JSX.Element {
  const { title, hint, entries, add, addLabel, remove, fixed = [], isLocked = false } = props;
  const next = useSignal('');
  const submit = async (): Promise<void> => {
    await add(next.value.trim());
    next.value = '';
  };
  return (
    <section class="stack tight">
      <h2>{title}</h2>
      <p class="soft small">{hint}</p>
      {entries === undefined && <p role="status">Loading …</p>}
      <ul class="list rows" aria-label={title}>
        {entries?.map((entry) => (
          <li key={entry} class="row">
            <span class="address grow">{entry}</span>
            {!isLocked && !fixed.includes(entry) && (
              <IconButton
                icon="close"
                name={`Take ${entry} off the list`}
                onClick={() => void attempt(() => remove(entry))}
              />
            )}
          </li>
        ))}
      </ul>
      {entries?.length === 0 && <p class="soft">Nobody.</p>}
      {!isLocked && (
        <Form submit="Add" onSubmit={submit}>
          <Field label={addLabel} value={next.value} onValue={(value) => (next.value = value)} isRequired />
        </Form>
      )}
    </section>
  );
}
