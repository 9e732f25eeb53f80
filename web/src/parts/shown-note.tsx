/**
 * The question before something of a person becomes visible.
 * Says what would be shown, and asks for a yes.
 * Does not find out what that is (privacy/choices.ts).
 * Always: there is no yes beforehand.
 * Before: privacy/choices.ts. After: views/join-view.tsx, dialogs/preferences.tsx.
 */
import type { JSX } from 'preact';
import { Check } from './form.tsx';

interface Props {
  /** Nothing is asked where there is none. */
  readonly sentences: readonly string[];
  readonly isSure: boolean;
  readonly onSure: (isSure: boolean) => void;
}

export function ShownNote({ sentences, isSure, onSure }: Props): JSX.Element | null {
  if (sentences.length === 0) return null;
  return (
    <div class="note open stack tight" role="status">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p>What people have seen cannot be taken back.</p>
      <Check label="Yes, show it" isChecked={isSure} onChecked={onSure} />
    </div>
  );
}
