/**
 * Names to choose from while somebody types `@`.
 * Finds participants whose name begins with what stands behind the `@`, and puts the chosen one into the text.
 * Does not send the mention (state/draft.ts).
 * Always: usable by keyboard alone; the list is told to a screen reader as the field's own; no key is lost or moved.
 * Before: state/draft.ts. After: parts/composer.tsx.
 */
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LiveParticipant } from 'vizard';
import { roomOf } from '../state/channels.ts';
import type { Draft } from '../state/draft.ts';
import type { Conversation } from '../state/live.ts';
import { Mask } from './mask.tsx';

const SHOWN_MAX = 8;
const LIST = 'mention-list';

export interface Mentions {
  readonly found: ReadonlySignal<readonly LiveParticipant[]>;
  readonly at: ReadonlySignal<number>;
  readonly aria: ReadonlySignal<{ 'aria-controls'?: string; 'aria-activedescendant'?: string }>;
  /** Looks at the text again. */
  look(): void;
  choose(participant: LiveParticipant): void;
  /** @returns whether the key was for the list */
  onKey(event: KeyboardEvent): boolean;
}

type Field = { readonly current: HTMLTextAreaElement | null };

export function useMentions(
  draft: Draft,
  conversation: Conversation,
  isPrivate: boolean,
  field: Field,
): Mentions {
  const word = useSignal<string | undefined>(undefined);
  const at = useSignal(0);
  const found = useComputed(() => {
    const all = isPrivate ? undefined : roomOf(conversation.channel)?.participants.value;
    return word.value === undefined || all === undefined
      ? []
      : matching(all, word.value, conversation.selfId.value);
  });
  const aria = useComputed(() =>
    found.value.length === 0 ? {} : { 'aria-controls': LIST, 'aria-activedescendant': `${LIST}-${at.value}` },
  );
  // Into the field itself and at once: what is typed next stands behind it, however late the page is drawn.
  const choose = ({ id, nick = '' }: LiveParticipant): void => {
    const name = `@${nick}`;
    const { text } = draft;
    const caret = field.current?.selectionStart ?? text.value.length;
    const start = text.value.lastIndexOf('@', caret - 1);
    field.current?.setRangeText(`${name} `, start, caret, 'end');
    text.value = field.current?.value ?? text.value;
    draft.mentioned.value = [...draft.mentioned.value, { id, name }];
    word.value = undefined;
  };
  const isAtWord = (): boolean => wordBefore(field.current) === word.value;
  return {
    found,
    at,
    aria,
    choose,
    look() {
      at.value = 0;
      word.value = wordBefore(field.current);
    },
    onKey(event) {
      // People leave while the list is open, and the cursor may be elsewhere by now.
      const chosen = found.value[Math.min(at.value, found.value.length - 1)];
      if (chosen === undefined || !isAtWord()) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) at.value = (at.value + step + found.value.length) % found.value.length;
      else if (event.key === 'Enter' || event.key === 'Tab') choose(chosen);
      else if (event.key === 'Escape') word.value = undefined;
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** What stands behind the `@` that the cursor is at. */
function wordBefore(field: HTMLTextAreaElement | null): string | undefined {
  const before = field?.value.slice(0, field.selectionStart) ?? '';
  return /(?:^|\s)@([^\s@]{0,40})$/u.exec(before)?.[1];
}

function matching(
  all: ReadonlyMap<string, LiveParticipant>,
  word: string,
  selfId: string | undefined,
): LiveParticipant[] {
  const wanted = word.toLocaleLowerCase();
  const found: LiveParticipant[] = [];
  for (const participant of all.values()) {
    if (participant.id === selfId || participant.nick === undefined) continue;
    if (participant.nick.toLocaleLowerCase().startsWith(wanted)) found.push(participant);
    if (found.length === SHOWN_MAX) break;
  }
  return found;
}

export function MentionList({ mentions }: { readonly mentions: Mentions }): JSX.Element | null {
  const { found, at } = mentions;
  const list = useRef<HTMLUListElement>(null);
  const chosen = at.value;
  useEffect(() => list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' }), [chosen]);
  if (found.value.length === 0) return null;
  return (
    <ul ref={list} class="mention-list" id={LIST} role="listbox" aria-label="People to mention">
      {found.value.map((participant, index) => (
        <li
          key={participant.id}
          id={`${LIST}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onPointerDown={(event) => {
            event.preventDefault();
            mentions.choose(participant);
          }}
        >
          <Mask id={participant.id} size="small" /> {participant.nick}
        </li>
      ))}
    </ul>
  );
}
