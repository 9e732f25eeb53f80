/**
 * Keys that work everywhere.
 * Opens the search and the list of keys, and goes from channel to channel.
 * Does not know the keys within messages (parts/message-keys.ts) and texts (parts/composer.tsx).
 * Always: a plain letter is only a key where nobody is typing.
 * Before: state/dialogs.ts. After: dialogs/help.tsx.
 */
import { sortedRooms } from './channels.ts';
import { dialog, openDialog } from './dialogs.ts';
import { go, route } from './route.ts';
import { session } from './session.ts';

export function startShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (session.value === undefined || event.defaultPrevented) return;
    if (act(event)) event.preventDefault();
  });
}

function act(event: KeyboardEvent): boolean {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k') openDialog({ is: 'find' });
  else if (event.altKey && (key === 'ArrowUp' || key === 'ArrowDown')) step(key === 'ArrowUp' ? -1 : 1);
  else if (key === '?' && !isTyping(event.target) && dialog.value === undefined) openDialog({ is: 'help' });
  else return false;
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}

function step(by: number): void {
  const all = sortedRooms.value;
  const at = route.value;
  const now = 'channel' in at ? all.findIndex(({ channel }) => channel === at.channel) : -1;
  const next = all[(now + by + all.length) % all.length];
  if (next !== undefined) go({ at: 'channel', channel: next.channel });
}
