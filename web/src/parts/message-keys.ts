/**
 * Moving among messages by keyboard.
 * Moves the focus from message to message, and does what a letter stands for on the one that has it.
 * Does not draw (parts/message.tsx).
 * Always: a key with Ctrl, Alt or Meta stays the browser's.
 * Before: parts/message-list.tsx. After: dialogs/help.tsx.
 */
import { fileOf } from 'vizard';
import { openDialog } from '../state/dialogs.ts';
import { startEdit, startReply } from '../state/draft.ts';
import type { ListContext } from './message-list.tsx';

const FRAMES_MAX = 30;

/** Brings a message onto the screen and gives it the focus; its chunk may have to be drawn first. */
export function findMessage(box: HTMLElement, key: string): void {
  let frames = 0;
  const look = (): void => {
    const found = messageElement(box, key);
    if (found !== undefined) {
      found.scrollIntoView({ block: 'center' });
      found.focus({ preventScroll: true });
      found.classList.add('found');
      setTimeout(() => found.classList.remove('found'), 1_600);
      return;
    }
    for (const chunk of box.querySelectorAll<HTMLElement>('[data-keys]'))
      if (chunk.dataset['keys']?.split(' ').includes(key) === true) chunk.scrollIntoView({ block: 'center' });
    if ((frames += 1) < FRAMES_MAX) requestAnimationFrame(look);
  };
  look();
}

function messageElement(box: ParentNode, key: string): HTMLElement | undefined {
  return [...box.querySelectorAll<HTMLElement>('[data-key]')].find((one) => one.dataset['key'] === key);
}

export function handleLogKey(
  event: KeyboardEvent & { readonly currentTarget: HTMLElement },
  list: ListContext,
): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const log = event.currentTarget;
  const all = [...log.querySelectorAll<HTMLElement>('[data-key]')];
  const current = document.activeElement?.closest<HTMLElement>('[data-key]') ?? undefined;
  const at = current === undefined ? all.length : all.indexOf(current);
  const step = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (step !== undefined) {
    const next = all[Math.max(0, step)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
    return;
  }
  if (current !== undefined && document.activeElement === current && act(event.key, current, list))
    event.preventDefault();
}

/** @returns whether the key did something */
function act(key: string, element: HTMLElement, list: ListContext): boolean {
  const { conversation } = list;
  const message = conversation.messages.peek().find((one) => one.key === element.dataset['key']);
  if (message === undefined || message.retracted !== undefined || message.id === undefined) return false;
  if (key === 'Enter' || key === ' ') list.openMenu(message, element, 'menu');
  else if (key === 'r') startReply(conversation.key, message);
  else if (key === 'e' && message.isOwn && fileOf(message) === undefined)
    startEdit(conversation.key, message);
  else if (key === '+') list.openMenu(message, element, 'reactions');
  else if (key === 'Delete' && message.isOwn) openDialog({ is: 'retract', conversation, message });
  else return false;
  return true;
}
