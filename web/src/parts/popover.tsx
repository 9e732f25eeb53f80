/**
 * Something small that opens beside what was pressed.
 * Places a native popover next to an element, inside the window.
 * Does not know what is in it.
 * Always: Escape or a click elsewhere closes it, and the focus goes back; arrow keys move among its buttons.
 * Before: styles/base.css. After: parts/message-menu.tsx.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly at: Element;
  readonly name: string;
  readonly role: 'menu' | 'dialog';
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

const MARGIN = 8;

export function Popover({ at, name, role, onClose, children }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const before = document.activeElement;
    const toggle = (event: Event): void => {
      if ('newState' in event && event.newState === 'closed') close.current();
    };
    element.showPopover();
    place(element, at.getBoundingClientRect());
    element.addEventListener('toggle', toggle);
    element.querySelector<HTMLElement>('button, input')?.focus();
    return () => {
      element.removeEventListener('toggle', toggle);
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body)
        before.focus();
    };
  }, [at]);
  return (
    <div ref={box} popover="auto" class={role} role={role} aria-label={name} onKeyDown={moveFocus}>
      {children}
    </div>
  );
}

function place(element: HTMLElement, beside: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = beside.bottom + height + MARGIN < innerHeight;
  const top = below ? beside.bottom + 4 : Math.max(MARGIN, beside.top - height - 4);
  const left = Math.max(MARGIN, Math.min(beside.right - width, innerWidth - width - MARGIN));
  element.style.top = `${top}px`;
  element.style.left = `${left}px`;
}

function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step === undefined || event.target instanceof HTMLInputElement) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
