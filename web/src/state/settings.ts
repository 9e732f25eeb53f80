/**
 * What a person has chosen for this browser.
 * Owns the settings of the client that are no settings of a channel.
 * Does not keep them for other browsers.
 * Always: what shows something of the person to others can be switched off here.
 * Before: state/kept.ts. After: views/settings-view.tsx.
 */
import { effect, signal } from '@preact/signals';
import { isRecord, keep, readKept } from './kept.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  readonly theme: Theme;
  /** Show others that I am writing (XEP-0085). */
  readonly typing: boolean;
  /** Show others how far I have read (XEP-0333). */
  readonly markers: boolean;
  /** Enter sends; otherwise Ctrl+Enter does. */
  readonly enterSends: boolean;
  /** Ask the browser to show mentions and private messages while the page is hidden. */
  readonly notify: boolean;
}

const DEFAULTS: Settings = { theme: 'system', typing: true, markers: true, enterSends: true, notify: false };

export const settings = signal<Settings>(DEFAULTS);

export function change(what: Partial<Settings>): void {
  settings.value = { ...settings.value, ...what };
  keep('device', 'settings', settings.value);
}

/** Reads what was kept, and lets the theme follow. */
export function startSettings(): void {
  const kept = readKept('device', 'settings', isRecord);
  settings.value = { ...DEFAULTS, ...kept };
  effect(() => {
    const { theme } = settings.value;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  });
}
