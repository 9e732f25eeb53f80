/**
 * A channel's sign in lists.
 * Shows the first letter of its name.
 * Does not say anything to a screen reader: the name stands beside it.
 * Always: a channel that shows addresses looks different from one that does not.
 * Before: styles/shell.css. After: views/sidebar.tsx.
 */
import type { JSX } from 'preact';

export function ChannelSign({
  name,
  mode,
}: {
  readonly name: string;
  readonly mode: string | undefined;
}): JSX.Element {
  return (
    <span class={`sign ${mode === 'jid-visible' ? 'open' : ''}`} aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase() ?? '#'}
    </span>
  );
}
