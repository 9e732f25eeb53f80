/**
 * What stays in this browser.
 * Reads and writes the browser's two storages: one ends with the tab, one stays until signing out.
 * Does not know what is kept (state/keys.ts, state/settings.ts, state/marks.ts).
 * Always: no password and nobody else's address is written; where storage is forbidden, everything goes on without.
 * Before: state/route.ts. After: state/keys.ts.
 */

export type Where = 'tab' | 'device';

const PREFIX = 'vizard.';

function storage(where: Where): Storage | undefined {
  try {
    return where === 'tab' ? sessionStorage : localStorage;
  } catch {
    return undefined;
  }
}

/** What was kept under this name, if it has the shape that `check` asks for. */
export function readKept<T>(
  where: Where,
  name: string,
  check: (value: unknown) => value is T,
): T | undefined {
  try {
    const text = storage(where)?.getItem(PREFIX + name);
    const value: unknown = text == null ? undefined : JSON.parse(text);
    return check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function keep(where: Where, name: string, value: unknown): void {
  try {
    storage(where)?.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Full or forbidden: then it holds until the page is left.
  }
}

export function forget(where: Where, name: string): void {
  try {
    storage(where)?.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept.
  }
}

/** Forgets everything of this account: what `name` begins with. */
export function forgetAll(where: Where, start: string): void {
  const kept = storage(where);
  if (kept === undefined) return;
  const names = Array.from({ length: kept.length }, (_, at) => kept.key(at) ?? '');
  for (const name of names) if (name.startsWith(PREFIX + start)) kept.removeItem(name);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
