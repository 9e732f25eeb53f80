/**
 * Short notices at the page's edge: that something was done, or could not be.
 * Owns the list of those that are shown.
 * Does not draw them (parts/toasts.tsx) nor say what went wrong (text/problems.ts).
 * Always: an error is shown until it is closed; a success goes away by itself.
 * Before: state/route.ts. After: parts/toasts.tsx.
 */
import { signal } from '@preact/signals';
import { problemOf } from '../text/problems.ts';

export { problemOf } from '../text/problems.ts';

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
