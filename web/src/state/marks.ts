/**
 * Up to where each conversation has been read.
 * Keeps one mark for each, by account, where the session may keep things.
 * Does not count (state/unread.ts) nor tell others (state/reading.ts).
 * Always: a mark only moves forward.
 * Before: state/kept.ts. After: state/unread.ts.
 */
import { signal, type Signal } from '@preact/signals';
import { isRecord, keep, readKept } from './kept.ts';
import { session } from './session.ts';
import type { Mark } from './unread.ts';

const marks = new Map<string, Signal<Mark | undefined>>();
let owner: string | undefined;

/** The mark of a conversation: a channel's address, or a person's in a channel. */
export function markOf(conversation: string): Signal<Mark | undefined> {
  load();
  const known = marks.get(conversation);
  if (known !== undefined) return known;
  const made = signal<Mark | undefined>(undefined);
  marks.set(conversation, made);
  return made;
}

export function moveMark(conversation: string, mark: Mark): void {
  const held = markOf(conversation);
  if (held.value !== undefined && held.value.at >= mark.at) return;
  held.value = mark;
  save();
}

function load(): void {
  const current = session.value;
  if (current === undefined || current.account === owner) return;
  owner = current.account;
  marks.clear();
  const kept = readKept(current.where, `of.${owner}.marks`, isRecord) ?? {};
  for (const [conversation, value] of Object.entries(kept))
    if (isMark(value)) marks.set(conversation, signal<Mark | undefined>(value));
}

function save(): void {
  const current = session.value;
  if (current === undefined) return;
  const values = [...marks].flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  keep(current.where, `of.${current.account}.marks`, Object.fromEntries(values));
}

function isMark(value: unknown): value is Mark {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['at'] === 'number';
}
