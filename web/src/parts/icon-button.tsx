/**
 * A round button with an icon.
 * Owns that every such button has a name, which a pointer shows as well.
 * Does not know what it does.
 * Always: large enough for a finger.
 * Before: parts/icon.tsx. After: views/channel-view.tsx.
 */
import type { JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  readonly icon: IconName;
  readonly name: string;
  readonly onClick: (event: MouseEvent & { readonly currentTarget: HTMLButtonElement }) => void;
  readonly class?: string;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly opens?: 'menu' | 'dialog';
}

export function IconButton({
  icon,
  name,
  onClick,
  isPressed,
  isDisabled,
  opens,
  ...rest
}: Props): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${rest.class ?? ''}`}
      aria-label={name}
      title={name}
      onClick={onClick}
      disabled={isDisabled ?? false}
      {...(isPressed === undefined ? {} : { 'aria-pressed': isPressed })}
      {...(opens === undefined ? {} : { 'aria-haspopup': opens })}
    >
      <Icon name={icon} />
    </button>
  );
}
