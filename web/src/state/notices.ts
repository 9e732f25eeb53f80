/**
 * Short notices at the page's edge: that something was done, or could not be.
 * Owns the list of those that are shown, and says errors in plain words.
 * Does not draw them (parts/toasts.tsx).
 * Always: an error is shown until it is closed; a success goes away by itself.
 * Before: state/route.ts. After: parts/toasts.tsx.
 */
import { signal } from '@preact/signals';
import { ConnectionLost, LoginRefused, RequestTimeout, StanzaError } from 'vizard';

export interface Notice {
  readonly key: number;
  readonly text: string;
  readonly isProblem: boolean;
}

const DONE_MS = 4_000;
let last = 0;

export const notices = signal<readonly Notice[]>([]);

export function notify(text: string, isProblem = false): void {
  const key = (last += 1);
  notices.value = [
    ...notices.value.filter((notice) => notice.text !== text).slice(-3),
    { key, text, isProblem },
  ];
  if (!isProblem) setTimeout(() => dismiss(key), DONE_MS);
}

export function dismiss(key: number): void {
  notices.value = notices.value.filter((notice) => notice.key !== key);
}

/** Does something for the person; where it fails, says so. @returns whether it worked */
export async function attempt(what: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await what();
    if (done !== undefined) notify(done);
    return true;
  } catch (error) {
    notify(problemOf(error), true);
    return false;
  }
}

const CONDITIONS: Readonly<Record<string, string>> = {
  forbidden: 'You may not do this here.',
  'not-allowed': 'The channel does not allow this.',
  'registration-required': 'This channel is not open to everybody. Ask its owners to let you in.',
  'item-not-found': 'There is nothing at this address.',
  'remote-server-not-found': 'The server of this address cannot be found.',
  'remote-server-timeout': 'The server of this address does not answer.',
  'service-unavailable': 'Nobody answers at this address.',
  'feature-not-implemented': 'The server does not know how to do this.',
  conflict: 'This name is taken.',
  'not-acceptable': 'The channel does not accept this.',
  'policy-violation': 'The server does not accept this.',
  'resource-constraint': 'This was too much at once. Try again in a moment.',
  'jid-malformed': 'This is no address.',
};

/** What went wrong, for a person. */
export function problemOf(error: unknown): string {
  if (error instanceof StanzaError) return error.text ?? CONDITIONS[error.condition] ?? error.message;
  if (error instanceof LoginRefused) return loginProblem(error.condition);
  if (error instanceof ConnectionLost) return 'The connection was lost. Try again when you are online.';
  if (error instanceof RequestTimeout) return 'The server did not answer in time. Try again.';
  return error instanceof Error ? error.message : String(error);
}

function loginProblem(condition: string): string {
  if (condition === 'not-authorized') return 'The address or the password is wrong.';
  if (condition === 'account-disabled') return 'This account is closed.';
  if (condition === 'temporary-auth-failure') return 'Too many tries. Wait a minute, then try again.';
  return 'The server did not let you in.';
}
