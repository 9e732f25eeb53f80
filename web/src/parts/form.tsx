/**
 * Forms: a labelled field, a group of choices, and a form that shows that it is busy and what went wrong.
 * Owns the ties between label, hint, problem and field.
 * Does not know what is asked.
 * Always: while a form is being sent it cannot be sent again; what went wrong is said and read out.
 * Before: styles/base.css. After: views/entry-view.tsx.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { problemOf } from '../state/notices.ts';
import type { Choice } from '../privacy/choices.ts';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly type?: 'text' | 'password' | 'search' | 'url' | 'datetime-local';
  readonly autocomplete?: string;
  readonly isRequired?: boolean;
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  readonly placeholder?: string;
  readonly isFirst?: boolean;
}

export function Field({ label, value, onValue, hint, ...rest }: FieldProps): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const isFirst = rest.isFirst ?? false;
  // The attribute alone works in dialogs, and once for each page.
  useLayoutEffect(() => {
    if (isFirst) field.current?.focus();
  }, [isFirst]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={field}
        id={id}
        value={value}
        type={anyType(rest.type ?? 'text')}
        autocomplete={rest.autocomplete ?? 'off'}
        autocapitalize="none"
        spellcheck={false}
        required={rest.isRequired ?? false}
        autofocus={isFirst}
        placeholder={rest.placeholder ?? ''}
        {...(rest.lengthMin === undefined ? {} : { minLength: rest.lengthMin })}
        {...(rest.lengthMax === undefined ? {} : { maxLength: rest.lengthMax })}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** All the types of a field take the same attributes; the checker wants one of them. */
function anyType(type: string): 'text' {
  return type as 'text';
}

interface FormProps {
  readonly submit: string;
  readonly onSubmit: () => Promise<void>;
  readonly children: ComponentChildren;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  /** More buttons, before the one that sends. */
  readonly buttons?: ComponentChildren;
}

export function Form({
  submit,
  onSubmit,
  children,
  isDangerous,
  isDisabled,
  buttons,
}: FormProps): JSX.Element {
  const isBusy = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = undefined;
    try {
      await onSubmit();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void send(event)}>
      {children}
      <div role="alert" class="form-alert">
        {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      </div>
      <div class="dialog-foot">
        {buttons}
        <button
          type="submit"
          class={`button ${isDangerous === true ? 'danger' : 'main'}`}
          disabled={isDisabled === true || isBusy.value}
        >
          {isBusy.value && <span class="spinner" aria-hidden="true" />}
          {submit}
        </button>
      </div>
    </form>
  );
}

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onValue: (value: Value) => void;
}

/** One of several, each with what it does. */
export function Choices<Value extends string>(props: ChoicesProps<Value>): JSX.Element {
  const { legend, choices, value, onValue } = props;
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {choices.map((choice, at) => (
        <label key={choice.value} class={`choice ${choice.isPossible ? '' : 'impossible'}`}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={!choice.isPossible}
            aria-labelledby={`${name}-${at}`}
            aria-describedby={`${name}-${at}-effect`}
            onChange={() => onValue(choice.value)}
          />
          <span class="grow">
            <span class="choice-label" id={`${name}-${at}`}>
              {choice.label}
            </span>
            <span id={`${name}-${at}-effect`}>
              <span class="choice-effect">{choice.effect}</span>
              {choice.warning !== undefined && choice.value === value && (
                <span class="choice-warning">{choice.warning}</span>
              )}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint?: string;
  readonly isChecked: boolean;
  readonly onChecked: (isChecked: boolean) => void;
}

export function Check({ label, hint, isChecked, onChecked }: CheckProps): JSX.Element {
  const id = useId();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isChecked}
        aria-labelledby={id}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>
        <span id={id}>{label}</span>
        {hint !== undefined && (
          <span class="choice-effect" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
