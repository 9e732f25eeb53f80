/**
 * The question before a message that shows an address is sent.
 * Says which address it is, and who would see it.
 * Does not find addresses (privacy/addresses.ts).
 * Always: the way back has the focus, so that pressing Enter once more sends nothing.
 * Before: privacy/addresses.ts. After: parts/composer.tsx.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FoundAddress } from '../privacy/addresses.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly found: readonly FoundAddress[];
  readonly isPrivate: boolean;
  readonly onSend: () => void;
  readonly onBack: () => void;
}

/** Nothing where there is no address. */
export function AddressWarning(props: Props): JSX.Element | null {
  return props.found.length === 0 ? null : <Warning {...props} />;
}

function Warning({ found, isPrivate, onSend, onBack }: Props): JSX.Element {
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  const own = found.some(({ isOwn }) => isOwn);
  const who = isPrivate ? 'The other person' : 'Everybody here';
  return (
    <div class="note open address-warning" role="alertdialog" aria-label="This message shows an address">
      <Icon name="warn" />
      <div class="grow stack tight">
        <p>
          <strong>{own ? 'This shows your own address.' : 'This shows an address.'}</strong> {who} will see{' '}
          {found.map(({ text }) => text).join(', ')}, and it stays in the history.
        </p>
        <div class="row wrap">
          <button ref={back} type="button" class="button" onClick={onBack}>
            Back to the text
          </button>
          <button type="button" class="button danger" onClick={onSend}>
            Send it all the same
          </button>
        </div>
      </div>
    </div>
  );
}
