/**
 * What somebody is about to say.
 * Owns the unsent text of each conversation, what it answers or corrects, and whom it mentions.
 * Does not send (parts/composer.tsx).
 * Always: in memory only; a mention is sent by the participant's id, and only while its name stands in the text.
 * Before: state/live.ts. After: parts/composer.tsx.
 */
import { signal, type Signal } from '@preact/signals';
import type { LiveMessage, Outgoing } from 'vizard';

export interface About {
  readonly is: 'reply' | 'edit';
  readonly message: LiveMessage;
}

export interface Mentioned {
  readonly id: string;
  readonly name: string;
}

export interface Draft {
  readonly text: Signal<string>;
  readonly about: Signal<About | undefined>;
  readonly mentioned: Signal<readonly Mentioned[]>;
  /** Counts up when the field is to get the focus. */
  readonly focus: Signal<number>;
}

const drafts = new Map<string, Draft>();

export function draftOf(conversation: string): Draft {
  const known = drafts.get(conversation);
  if (known !== undefined) return known;
  const made: Draft = {
    text: signal(''),
    about: signal(undefined),
    mentioned: signal([]),
    focus: signal(0),
  };
  drafts.set(conversation, made);
  return made;
}

export function forgetDrafts(): void {
  drafts.clear();
}

export function startReply(conversation: string, message: LiveMessage): void {
  const draft = draftOf(conversation);
  draft.about.value = { is: 'reply', message };
  draft.focus.value += 1;
}

export function startEdit(conversation: string, message: LiveMessage): void {
  const draft = draftOf(conversation);
  draft.about.value = { is: 'edit', message };
  draft.text.value = message.body ?? '';
  draft.focus.value += 1;
}

export function mention(conversation: string, id: string, nick: string): void {
  const draft = draftOf(conversation);
  const name = `@${nick}`;
  const space = draft.text.value === '' || /\s$/.test(draft.text.value) ? '' : ' ';
  draft.text.value += `${space}${name} `;
  draft.mentioned.value = [...draft.mentioned.value, { id, name }];
  draft.focus.value += 1;
}

export function clearDraft({ text, about, mentioned }: Draft): void {
  text.value = '';
  about.value = undefined;
  mentioned.value = [];
}

/** Where each mentioned name stands; a name that was deleted is no mention. */
export function mentionsIn(text: string, mentioned: readonly Mentioned[]): NonNullable<Outgoing['mentions']> {
  const found: { id: string; begin: number; end: number }[] = [];
  for (const { id, name } of mentioned) {
    let begin = text.indexOf(name);
    while (begin >= 0 && found.some((other) => begin < other.end && other.begin < begin + name.length))
      begin = text.indexOf(name, begin + 1);
    if (begin >= 0) found.push({ id, begin, end: begin + name.length });
  }
  return found.sort((a, b) => a.begin - b.begin);
}

/** The message that a draft makes. */
export function outgoingOf({ text, about, mentioned }: Draft): Outgoing {
  const body = text.value.trimEnd();
  const mentions = mentionsIn(body, mentioned.value);
  const more = mentions.length === 0 ? {} : { mentions };
  const { is, message } = about.value ?? {};
  if (message?.id === undefined) return { body, ...more };
  if (is === 'edit') return { body, replaces: message.id, ...more };
  return {
    body,
    reply: { id: message.id, to: message.sender.id, fallback: quoted(message) },
    ...more,
  };
}

/** What clients that know no replies show: the first lines of the other message. */
function quoted({ body = '', sender }: LiveMessage): string {
  const lines = body.split('\n').filter((line) => !line.startsWith('>'));
  const first = lines.slice(0, 3).map((line) => `> ${line.slice(0, 200)}`);
  return `> ${sender.nick ?? 'Somebody'}:\n${first.join('\n')}\n`;
}
