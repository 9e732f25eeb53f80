/**
 * The keys, and what the signs mean.
 * Lists them.
 * Does not handle keys (state/shortcuts.ts, parts/message-keys.ts).
 * Always: says what those two do, no less.
 * Before: state/shortcuts.ts. After: parts/message-keys.ts.
 */
import type { JSX } from 'preact';
import { DialogFrame } from '../parts/dialog-frame.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl K', 'Find a channel'],
  ['Alt ↑, Alt ↓', 'The channel before, after'],
  ['Tab, Shift Tab', 'To the messages and back'],
  ['↑ ↓ in the messages', 'From message to message'],
  ['Enter on a message', 'What can be done with it'],
  ['R, E, +, Delete on a message', 'Reply, correct, react, take back'],
  ['↑ in an empty text', 'Correct the last message'],
  ['@ in a text', 'Mention somebody'],
  ['Shift Enter', 'A new line'],
  ['Escape', 'Close, or stop replying'],
  ['?', 'This list'],
];

export function HelpDialog(): JSX.Element {
  return (
    <DialogFrame title="Keys and signs">
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3>In a text</h3>
      <p>
        <code>*strong*</code>, <code>_emphasis_</code>, <code>~struck out~</code>, <code>`code`</code>, lines
        that begin with <code>&gt;</code> are a quotation, and three <code>`</code> before and after make a
        block of code.
      </p>
    </DialogFrame>
  );
}
