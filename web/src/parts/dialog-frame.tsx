/**
 * What all dialogs have in common.
 * Opens a native <dialog> over the page, with a title and a button to close it.
 * Does not know which dialog is open (state/dialogs.ts).
 * Always: Escape and a click beside it close it, and the focus goes back to where it was.
 * Before: state/dialogs.ts. After: dialogs/dialogs.tsx.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { closeDialog } from '../state/dialogs.ts';
import { IconButton } from './icon-button.tsx';

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function DialogFrame({ title, children }: Props): JSX.Element {
  const frame = useRef<HTMLDialogElement>(null);
  // Before the page is drawn, so that what is typed next goes to the dialog.
  useLayoutEffect(() => {
    const element = frame.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      // What is behind an open dialog takes no focus.
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={frame}
      aria-labelledby="dialog-title"
      onClose={() => {
        // Not when another has taken its place already.
        if (frame.current !== null) closeDialog();
      }}
      onClick={(event) => {
        if (event.target === frame.current) closeDialog();
      }}
    >
      <div class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <IconButton icon="close" name="Close" onClick={closeDialog} />
      </div>
      <div class="dialog-body stack">{children}</div>
    </dialog>
  );
}
