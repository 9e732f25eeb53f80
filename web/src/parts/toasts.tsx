/**
 * The short notices at the page's edge.
 * Draws what state/notices.ts holds.
 * Does not decide how long one stays.
 * Always: a screen reader hears a notice without losing its place.
 * Before: state/notices.ts. After: views/app.tsx.
 */
import type { JSX } from 'preact';
import { dismiss, notices } from '../state/notices.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {notices.value.map(({ key, text, isProblem }) => (
        <div key={key} class="toast">
          {isProblem && <Icon name="warn" />}
          <span class="grow">{text}</span>
          <IconButton icon="close" name="Close this notice" onClick={() => dismiss(key)} />
        </div>
      ))}
    </div>
  );
}
