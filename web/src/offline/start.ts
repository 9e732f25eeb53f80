/**
 * The service worker, seen from the page.
 * Registers it, and says when a new version of the client is ready.
 * Does not keep anything itself (offline/worker.ts).
 * Always: the page is never reloaded without being asked.
 * Before: offline/worker.ts. After: main.tsx.
 */
import { notify } from '../state/notices.ts';

export function startWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (hadOne) notify('A new version of Vizard is ready. Reload the page to use it.', true);
  });
}
