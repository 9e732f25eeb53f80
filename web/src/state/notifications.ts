/**
 * Notices of the browser, while nobody looks at the page.
 * Tells of new mentions and private messages, by name and without their text.
 * Does not reach anybody whose browser is closed.
 * Always: only where the person switched it on and the browser agrees.
 * Before: state/settings.ts. After: views/settings-view.tsx.
 */
import { effect } from '@preact/signals';
import { totals } from './channels.ts';
import { privateTotal } from './privates.ts';
import { settings } from './settings.ts';

/** Asks the browser where that is wanted. @returns whether notices can be shown */
export async function notificationsAllowed(isWanted: boolean): Promise<boolean> {
  if (!isWanted || !('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}

export function startNotifications(): void {
  let before = 0;
  effect(() => {
    const now = totals.value.mentions + privateTotal.value;
    const isNew = now > before;
    before = now;
    const canShow =
      settings.peek().notify && 'Notification' in window && Notification.permission === 'granted';
    if (!isNew || !canShow || document.visibilityState === 'visible') return;
    const text = now === 1 ? 'Somebody wrote to you.' : `${now} messages are for you.`;
    new Notification('Vizard', { body: text, icon: '/mask-192.png', tag: 'vizard' });
  });
}
