/**
 * A channel's sign in lists.
 * Shows its picture, or else the first letter of its name.
 * Does not say anything to a screen reader: the name stands beside it.
 * Always: a channel that shows addresses looks different from one that does not.
 * Before: styles/shell.css, parts/picture.tsx. After: views/sidebar.tsx.
 */
import type { JSX } from 'preact';
import type { Avatar } from 'vizard';
import { Picture } from './picture.tsx';

export function ChannelSign({
  name,
  mode,
  picture,
}: {
  readonly name: string;
  readonly mode: string | undefined;
  readonly picture?: Avatar | undefined;
}): JSX.Element {
  return (
    <span class={`sign ${mode === 'jid-visible' ? 'open' : ''}`} aria-hidden="true">
      {picture === undefined ? (
        (Array.from(name)[0]?.toUpperCase() ?? '#')
      ) : (
        <Picture bytes={picture.bytes} type={picture.type} />
      )}
    </span>
  );
}
