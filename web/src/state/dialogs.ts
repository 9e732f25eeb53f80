/**
 * Which dialog is open.
 * Owns the one that is shown; another takes its place.
 * Does not draw them (dialogs/).
 * Always: at most one, so that Escape always closes what is on top.
 * Before: state/route.ts. After: dialogs/dialogs.tsx.
 */
import { signal } from '@preact/signals';
import type { LiveMessage, Mode } from 'vizard';
import type { Conversation } from './live.ts';

export type Dialog =
  | { readonly is: 'create' }
  | { readonly is: 'find' }
  | { readonly is: 'help' }
  | { readonly is: 'privacy'; readonly channel: string }
  | { readonly is: 'preferences'; readonly channel: string }
  | { readonly is: 'nick'; readonly channel: string }
  | { readonly is: 'share'; readonly channel: string }
  | { readonly is: 'leave'; readonly channel: string }
  | { readonly is: 'person'; readonly channel: string; readonly id: string }
  | { readonly is: 'ban'; readonly channel: string; readonly id: string }
  | { readonly is: 'retract'; readonly conversation: Conversation; readonly message: LiveMessage }
  | { readonly is: 'moderate'; readonly channel: string; readonly message: LiveMessage }
  | { readonly is: 'mode'; readonly channel: string; readonly mode: Mode }
  | { readonly is: 'destroy'; readonly channel: string };

export const dialog = signal<Dialog | undefined>(undefined);

export function openDialog(which: Dialog): void {
  dialog.value = which;
}

export function closeDialog(): void {
  dialog.value = undefined;
}
