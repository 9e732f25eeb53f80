/**
 * Private conversations through channels.
 * Owns the list of those that were begun, and one live conversation for each that is shown.
 * Does not send (the library) nor know channels' messages (state/channels.ts).
 * Always: a person is known by channel and id only; the list holds nobody's address.
 * Before: state/live.ts. After: views/private-view.tsx.
 */
import { computed, signal } from '@preact/signals';
import { roomOf } from './channels.ts';
import { onPrivateMessage, openPrivate, type Client, type LivePrivate } from 'vizard';
import { isRecord, keep, readKept } from './kept.ts';
import { watch, type Conversation } from './live.ts';
import { moveMark } from './marks.ts';
import { session } from './session.ts';

export interface PrivateConversation extends Conversation {
  readonly id: string;
  readonly live: LivePrivate;
}

export const privates = signal<ReadonlyMap<string, PrivateConversation>>(new Map());

export const privateTotal = computed(() =>
  [...privates.value.values()].reduce((sum, { unread }) => sum + unread.value.count, 0),
);

export function privateKey(channel: string, id: string): string {
  return `${id}#${channel}`;
}

export function privatesIn(channel: string): PrivateConversation[] {
  return [...privates.value.values()].filter((one) => one.channel === channel);
}

/** The conversation; begun when there is none yet. */
export function openPrivately(client: Client, channel: string, id: string): PrivateConversation {
  const key = privateKey(channel, id);
  const known = privates.value.get(key);
  if (known !== undefined) return known;
  const live = openPrivate(client, channel, id);
  const selfId = computed(() => roomOf(channel)?.selfId.value);
  const made: PrivateConversation = { ...watch(live, key, selfId), id, live };
  privates.value = new Map([...privates.value, [key, made]]);
  save();
  return made;
}

export function closePrivate(key: string): void {
  const rest = new Map(privates.value);
  rest.get(key)?.close();
  rest.delete(key);
  privates.value = rest;
  save();
}

export function followPrivates(client: Client): () => void {
  for (const { channel, id } of load()) openPrivately(client, channel, id);
  const stop = onPrivateMessage(client, ({ channel, participantId, at }) => {
    const key = privateKey(channel, participantId);
    if (privates.value.has(key)) return;
    // It came while nobody looked: all from this message on is new.
    moveMark(key, { id: '', at: at - 1 });
    openPrivately(client, channel, participantId);
  });
  return () => {
    stop();
    for (const one of privates.value.values()) one.close();
    privates.value = new Map();
  };
}

function load(): { channel: string; id: string }[] {
  const { where = 'tab', account = '' } = session.value ?? {};
  const kept =
    readKept(where, `of.${account}.privates`, (value): value is unknown[] => Array.isArray(value)) ?? [];
  return kept.flatMap((one) => {
    const { channel, id } = isRecord(one) ? one : {};
    return typeof channel === 'string' && typeof id === 'string' ? [{ channel, id }] : [];
  });
}

function save(): void {
  const { where, account } = session.value ?? {};
  if (where === undefined) return;
  keep(
    where,
    `of.${account}.privates`,
    [...privates.value.values()].map(({ channel, id }) => ({ channel, id })),
  );
}
