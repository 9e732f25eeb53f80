/**
 * A run of twenty messages.
 * Draws them while they are near the screen, and an empty box of their height otherwise.
 * Does not draw a message itself (parts/message.tsx).
 * Always: a chunk in which something has the focus stays drawn.
 * Before: parts/message-list.tsx. After: parts/message.tsx.
 */
import { useComputed } from '@preact/signals';
import { Fragment, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveMessage } from 'vizard';
import type { Chunk } from '../look/chunks.ts';
import { areClose, dayName, dayOf } from '../text/dates.ts';
import { Message } from './message.tsx';
import type { ListContext } from './message-list.tsx';

const NEAR = '2500px 0px';
/** A guess for messages that were never drawn. */
const LINE_HEIGHT = 56;

interface Props {
  readonly chunk: Chunk<LiveMessage>;
  readonly list: ListContext;
  readonly startsNear: boolean;
}

export function MessageChunk({ chunk, list, startsNear }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(chunk.items.length * LINE_HEIGHT);
  const [isNear, setNear] = useState(startsNear);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const root = element.closest('.log-scroller');
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return;
        if (!entry.isIntersecting && element.contains(document.activeElement)) return;
        if (!entry.isIntersecting && entry.boundingClientRect.height > 0)
          height.current = entry.boundingClientRect.height;
        setNear(entry.isIntersecting);
      },
      { root, rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  if (!isNear)
    return (
      <div
        ref={box}
        class="chunk"
        data-keys={chunk.items.map(({ key }) => key).join(' ')}
        style={{ height: `${height.current}px` }}
      />
    );
  return (
    <div ref={box} class="chunk">
      {chunk.items.map((message, at) => {
        const before = at === 0 ? chunk.before : chunk.items[at - 1];
        return (
          <Fragment key={message.key}>
            <Separators message={message} before={before} list={list} />
            <Message message={message} isContinued={isContinued(before, message)} list={list} />
          </Fragment>
        );
      })}
    </div>
  );
}

/** Does it stand under the name of the message before it? */
function isContinued(before: LiveMessage | undefined, message: LiveMessage): boolean {
  return (
    before !== undefined &&
    before.sender.id === message.sender.id &&
    before.sender.nick === message.sender.nick &&
    message.replyTo === undefined &&
    areClose(before.at, message.at)
  );
}

interface SeparatorsProps {
  readonly message: LiveMessage;
  readonly before: LiveMessage | undefined;
  readonly list: ListContext;
}

function Separators({ message, before, list }: SeparatorsProps): JSX.Element {
  const isFirstUnread = useComputed(() => list.divider.value === message.key);
  const isNewDay = before === undefined || dayOf(before.at) !== dayOf(message.at);
  return (
    <>
      {isNewDay && (
        <h2 class="day">
          <span>{dayName(message.at, Date.now())}</span>
        </h2>
      )}
      {isFirstUnread.value && (
        <p class="divider">
          <span>New</span>
        </p>
      )}
    </>
  );
}
