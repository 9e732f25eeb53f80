/**
 * The messages of a conversation, from the oldest loaded to the newest.
 * Owns scrolling: staying at the newest, loading older ones on the way up, and jumping to a message.
 * Does not draw a message (parts/message.tsx) nor part the list (look/chunks.ts).
 * Always: what stands on the screen stays where it is while something is loaded above it; chunks that are far away
 * are empty boxes of their height, so ten thousand messages are as smooth as a hundred.
 * Before: look/chunks.ts. After: parts/message.tsx.
 */
import {
  signal,
  useComputed,
  useSignal,
  useSignalEffect,
  type ReadonlySignal,
  type Signal,
} from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { chunksOf, isSameChunk, type Chunk, type ChunkMemory } from '../look/chunks.ts';
import type { Conversation } from '../state/live.ts';
import { markOf } from '../state/marks.ts';
import { problemOf } from '../state/notices.ts';
import { readUpTo } from '../state/reading.ts';
import { unreadOf } from '../state/unread.ts';
import type { LiveMessage } from 'vizard';
import { Icon } from './icon.tsx';
import { MessageChunk } from './message-chunk.tsx';
import { findMessage, handleLogKey } from './message-keys.ts';

export interface ListContext {
  readonly conversation: Conversation;
  readonly isPrivate: boolean;
  /** The first message that was not read when the conversation was opened. */
  readonly divider: ReadonlySignal<string | undefined>;
  readonly jump: (messageId: string) => void;
  readonly openMenu: (message: LiveMessage, at: Element, kind: 'menu' | 'reactions') => void;
  readonly openPerson: (id: string) => void;
}

interface Props {
  readonly context: Omit<ListContext, 'divider' | 'jump'>;
}

const NEAR_TOP = 800;
const AT_END = 48;

export function MessageList({ context }: Props): JSX.Element {
  const { conversation, isPrivate } = context;
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useSignal(true);
  const opened = useOpened(conversation);
  const list = useMemo<ListContext>(
    () => ({
      ...context,
      divider: opened.divider,
      jump: (id) => void jumpTo(scroller.current, conversation, id),
    }),
    [context, conversation, opened.divider],
  );
  useReading(conversation, isAtEnd);
  const onScroll = (): void => {
    const box = scroller.current;
    if (box === null) return;
    isAtEnd.value = box.scrollTop > -AT_END;
    const above = box.scrollHeight - box.clientHeight + box.scrollTop;
    if (above < NEAR_TOP) loadOlder(conversation);
  };
  // A list that does not fill its box cannot be scrolled, so it loads by itself.
  useSignalEffect(() => {
    if (conversation.messages.value.length > 0 && !conversation.isLoading.value)
      requestAnimationFrame(onScroll);
  });
  return (
    <div class="log-place">
      <div class="log-scroller" ref={scroller} onScroll={onScroll}>
        <div class="log-inner">
          <Beginning conversation={conversation} isPrivate={isPrivate} />
          <div
            class="log"
            role="log"
            aria-label="Messages"
            aria-busy={conversation.isLoading.value}
            tabIndex={0}
            onKeyDown={(event) => handleLogKey(event, list)}
          >
            <Chunks list={list} />
          </div>
        </div>
      </div>
      <Jumps
        conversation={conversation}
        opened={opened}
        isAtEnd={isAtEnd}
        scroller={scroller}
        jump={list.jump}
      />
    </div>
  );
}

/** After a failure only when somebody asks for it. */
function loadOlder(conversation: Conversation, isAsked = false): void {
  const { hasOlder, isLoading, problem } = conversation;
  if (!hasOlder.value || isLoading.value || (!isAsked && problem.value !== undefined)) return;
  void conversation.live.loadOlder().catch(() => undefined);
}

function Chunks({ list }: { readonly list: ListContext }): JSX.Element {
  const memory = useRef<ChunkMemory>({ firstKey: undefined, place: 0 });
  const drawn = useRef(new Map<number, { chunk: Chunk<LiveMessage>; element: JSX.Element }>());
  const chunks = chunksOf(list.conversation.messages.value, memory.current);
  const next: typeof drawn.current = new Map();
  const elements = chunks.map((chunk, at) => {
    const known = drawn.current.get(chunk.number);
    const isEdge = at === 0 || at >= chunks.length - 2;
    const element =
      known !== undefined && isSameChunk(known.chunk, chunk) ? (
        known.element
      ) : (
        <MessageChunk
          key={chunk.number}
          chunk={chunk}
          list={list}
          startsNear={isEdge || chunks.length < 12}
        />
      );
    next.set(chunk.number, { chunk, element });
    return element;
  });
  drawn.current = next;
  return <>{elements}</>;
}

function Beginning(props: { readonly conversation: Conversation; readonly isPrivate: boolean }): JSX.Element {
  const { isLoading, hasOlder, messages, problem } = props.conversation;
  return (
    <div class="beginning">
      {isLoading.value && (
        <p role="status">
          <span class="spinner" aria-hidden="true" /> Loading {messages.value.length > 0 ? 'earlier' : ''}{' '}
          messages …
        </p>
      )}
      {!isLoading.value && problem.value !== undefined && (
        <p class="problem" role="alert">
          Messages could not be loaded: {problemOf(problem.value)}
        </p>
      )}
      {!isLoading.value && hasOlder.value && (
        <button type="button" class="button plain" onClick={() => loadOlder(props.conversation, true)}>
          {problem.value === undefined ? 'Load earlier messages' : 'Try again'}
        </button>
      )}
      {!isLoading.value && !hasOlder.value && (
        <p class="soft">
          {messages.value.length === 0
            ? 'Nothing has been said yet.'
            : `This is the beginning of ${props.isPrivate ? 'your conversation' : 'the channel'}.`}
        </p>
      )}
    </div>
  );
}

interface Opened {
  readonly divider: Signal<string | undefined>;
  readonly count: ReadonlySignal<number>;
  readonly isSeen: Signal<boolean>;
}

/** What was unread when the conversation was opened, or looked at again. */
function useOpened(conversation: Conversation): Opened {
  const mark = useSignal(markOf(conversation.key).peek());
  const at = useSignal(Date.now());
  const isSeen = useSignal(false);
  const unread = useComputed(() =>
    unreadOf(
      conversation.messages.value,
      mark.value,
      conversation.selfId.value,
      conversation.hasOlder.value,
      at.value,
    ),
  );
  const divider = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    divider.value = unread.value.firstKey;
  });
  const count = useComputed(() => unread.value.count);
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState !== 'visible' || conversation.unread.peek().count === 0) return;
      mark.value = markOf(conversation.key).peek();
      at.value = Date.now();
      isSeen.value = false;
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [conversation, mark, at, isSeen]);
  return useMemo(() => ({ divider, count, isSeen }), [divider, count, isSeen]);
}

/** Whoever looks at the newest message has read everything. */
function useReading(conversation: Conversation, isAtEnd: ReadonlySignal<boolean>): void {
  const looks = useMemo(() => signal(isLooking()), []);
  useEffect(() => {
    const look = (): void => {
      looks.value = isLooking();
    };
    for (const event of ['focus', 'blur', 'visibilitychange']) addEventListener(event, look);
    return () => {
      for (const event of ['focus', 'blur', 'visibilitychange']) removeEventListener(event, look);
    };
  }, [looks]);
  useSignalEffect(() => {
    const newest = conversation.messages.value.findLast(({ id }) => id !== undefined);
    if (newest !== undefined && isAtEnd.value && looks.value) readUpTo(conversation, newest);
  });
}

function isLooking(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

interface JumpsProps {
  readonly conversation: Conversation;
  readonly opened: Opened;
  readonly isAtEnd: ReadonlySignal<boolean>;
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly jump: (id: string) => void;
}

function Jumps({ conversation, opened, isAtEnd, scroller, jump }: JumpsProps): JSX.Element {
  const { divider, count, isSeen } = opened;
  const first = conversation.messages.value.find(({ key }) => key === divider.value);
  const unread = conversation.unread.value.count;
  return (
    <>
      {first?.id !== undefined && count.value > 0 && !isSeen.value && (
        <button
          type="button"
          class="jump up"
          onClick={() => {
            isSeen.value = true;
            if (first.id !== undefined) jump(first.id);
          }}
        >
          {count.value} new, from the first
        </button>
      )}
      {!isAtEnd.value && (
        <button
          type="button"
          class="jump down"
          onClick={() => scroller.current?.scrollTo({ top: 0, behavior: 'smooth' })}
        >
          <Icon name="down" />
          {unread > 0 ? `${unread} new` : 'To the newest'}
        </button>
      )}
    </>
  );
}

const PAGES_MAX = 40;

/** Shows a message, loading older ones until it is there. */
async function jumpTo(box: HTMLElement | null, conversation: Conversation, id: string): Promise<void> {
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const message = conversation.messages.peek().find((one) => one.id === id);
    if (message !== undefined && box !== null) {
      findMessage(box, message.key);
      return;
    }
    if (!conversation.hasOlder.peek()) return;
    await conversation.live.loadOlder();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
