/**
 * Times as people read them.
 * Formats days and times of day in the reader's language, and tells where a new day or a new group begins.
 * Does not ask for the time: `now` is handed in.
 * Always: a time is shown in the reader's zone; the machine-readable form goes beside it.
 * Before: text/links.ts. After: parts/message-list.tsx.
 */

const DAY_MS = 86_400_000;
const GROUP_MS = 5 * 60_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export function timeOfDay(at: number): string {
  return clock.format(at);
}

export function dateAndTime(at: number): string {
  return full.format(at);
}

/** A number that is the same for all times of one day. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;
}

export function dayName(at: number, now: number): string {
  const age = dayOf(now) - dayOf(at);
  if (age === 0) return 'Today';
  if (age === 1) return 'Yesterday';
  if (age > 1 && age < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/** For lists: the time today, the day before that. */
export function shortTime(at: number, now: number): string {
  const age = dayOf(now) - dayOf(at);
  if (age <= 0) return clock.format(at);
  return age === 1 ? 'Yesterday' : short.format(at);
}

/** Do two messages of one sender stand under one name? */
export function areClose(before: number, after: number): boolean {
  return after - before < GROUP_MS && dayOf(before) === dayOf(after);
}
