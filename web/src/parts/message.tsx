/**
 * One message.
 * Shows who wrote it, when, what it answers, its text, reactions, and how it fares on its way.
 * Does not know what can be done with it (parts/message-menu.tsx).
 * Always: a name has the colour of its participant's id; what was taken back is not shown in any form.
 * Before: parts/message-chunk.tsx. After: parts/message-menu.tsx.
 */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { encryptionOf, type LiveMessage } from 'vizard';
import { hueOf } from '../look/features.ts';
import { react, reactionText } from '../state/acts.ts';
import { roomOf } from '../state/channels.ts';
import { startReply } from '../state/draft.ts';
import { problemOf } from '../state/notices.ts';
import { isMentioned } from '../state/unread.ts';
import { dateAndTime, timeOfDay } from '../text/dates.ts';
import { IconButton } from './icon-button.tsx';
import { Mask } from './mask.tsx';
import type { ListContext } from './message-list.tsx';
import { RichText } from './rich-text.tsx';
import { SeenBy } from './seen-by.tsx';

interface Props {
  readonly message: LiveMessage;
  readonly list: ListContext;
}

export function Message({
  message,
  isContinued,
  list,
}: Props & { readonly isContinued: boolean }): JSX.Element {
  const { sender, at, retracted, state } = message;
  // Private messages come without a name.
  const id = authorOf(message, list);
  const known = useComputed(() => roomOf(list.conversation.channel)?.participants.value.get(id)?.nick);
  const name = sender.nick ?? known.value ?? 'Somebody';
  const toMe = isMentioned(message, list.conversation.selfId.peek());
  const marks = `${isContinued ? 'continued' : ''} ${message.isOwn ? 'own' : ''} ${toMe ? 'to-me' : ''} ${state}`;
  return (
    <article
      class={`message ${marks}`}
      data-key={message.key}
      tabIndex={-1}
      aria-label={`${name}, ${timeOfDay(at)}`}
    >
      <div class="message-side">{isContinued ? <Time at={at} /> : <Mask id={id} />}</div>
      <div class="message-main">
        {!isContinued && (
          <header class="message-head">
            <button
              type="button"
              tabIndex={-1}
              class="name coloured"
              style={{ '--hue': String(hueOf(id)) }}
              onClick={() => list.openPerson(id)}
            >
              {name}
            </button>
            {message.isOwn && <span class="you">you</span>}
            {sender.address !== undefined && <span class="address">{sender.address}</span>}
            <Time at={at} />
          </header>
        )}
        {message.replyTo !== undefined && retracted === undefined && <Quote message={message} list={list} />}
        {retracted === undefined ? (
          <Content message={message} list={list} />
        ) : (
          <Tombstone retracted={retracted} />
        )}
        <Reactions message={message} list={list} />
        <Fate message={message} />
        {message.displayedBy.length > 0 && <SeenBy message={message} list={list} />}
      </div>
      {retracted === undefined && message.id !== undefined && <Actions message={message} list={list} />}
    </article>
  );
}

/** Who wrote it; an own private message does not say who one is in the channel. */
function authorOf({ isOwn, sender }: LiveMessage, { conversation }: ListContext): string {
  return isOwn ? (conversation.selfId.value ?? sender.id) : sender.id;
}

function Time({ at }: { readonly at: number }): JSX.Element {
  return (
    <time dateTime={new Date(at).toISOString()} title={dateAndTime(at)}>
      {timeOfDay(at)}
    </time>
  );
}

function Content({ message, list }: Props): JSX.Element {
  const { body = '', mentions, corrected } = message;
  const encryption = encryptionOf(message);
  // What stands in clear beside it is for clients that do not know that it is encrypted.
  if (encryption !== undefined)
    return (
      <p class="tombstone">
        This message is encrypted with {encryption}. It cannot be read here: messages in channels are not
        encrypted between people.
      </p>
    );
  const names = mentions.map(({ begin, end }) => body.slice(begin, end));
  const self = roomOf(list.conversation.channel)?.self.peek().nick;
  const all = self === undefined ? names : [...names, `@${self}`];
  // XEP-0245: “/me waves” is said of the one who says it.
  const isAction = body.startsWith('/me ');
  const text = isAction ? `${message.sender.nick ?? 'Somebody'} ${body.slice(4)}` : body;
  return (
    <>
      <div class={isAction ? 'action' : ''}>
        <RichText text={text} names={all} />
      </div>
      {corrected && <span class="corrected">(corrected)</span>}
    </>
  );
}

function Tombstone({
  retracted,
}: {
  readonly retracted: NonNullable<LiveMessage['retracted']>;
}): JSX.Element {
  const who = retracted.by === 'author' ? 'Taken back by whoever wrote it.' : 'Removed by a moderator.';
  return (
    <p class="tombstone">
      {who}
      {retracted.reason !== undefined && <span> Reason: {retracted.reason}</span>}
    </p>
  );
}

function Quote({ message, list }: Props): JSX.Element {
  const id = message.replyTo?.id;
  const original = useComputed(() => list.conversation.messages.value.find((one) => one.id === id));
  const sender = original.value?.sender;
  const gone = original.value?.retracted !== undefined;
  return (
    <button
      type="button"
      tabIndex={-1}
      class="quote"
      style={{ '--hue': String(hueOf(sender?.id ?? message.replyTo?.senderId ?? '')) }}
      onClick={() => id !== undefined && list.jump(id)}
    >
      <span class="coloured">{sender?.nick ?? 'An earlier message'}</span>{' '}
      <span class="quote-text">{gone ? 'taken back' : (original.value?.body ?? 'Show it')}</span>
    </button>
  );
}

function Reactions({ message, list }: Props): JSX.Element | null {
  if (message.reactions.size === 0 || message.retracted !== undefined) return null;
  const { conversation } = list;
  const selfId = conversation.selfId.value;
  return (
    <div class="reactions">
      {[...message.reactions].map(([emoji, ids]) => {
        const isMine = selfId !== undefined && ids.includes(selfId);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={isMine}
            aria-label={reactionText(conversation, emoji, ids)}
            title={reactionText(conversation, emoji, ids)}
            onClick={() => react(conversation, message, emoji)}
          >
            <span aria-hidden="true">
              {emoji} {ids.length}
            </span>
          </button>
        );
      })}
    </div>
  );
}

function Fate({ message }: { readonly message: LiveMessage }): JSX.Element | null {
  if (message.state === 'sent') return null;
  if (message.state === 'sending') return <span class="fate">Sending …</span>;
  return (
    <p class="fate failed" role="alert">
      Not sent{message.error === undefined ? '' : `: ${problemOf(message.error)}`}{' '}
      {message.retry !== undefined && (
        <button type="button" class="link-button" onClick={() => message.retry?.()}>
          Try again
        </button>
      )}{' '}
      {message.discard !== undefined && (
        <button type="button" class="link-button" onClick={() => message.discard?.()}>
          Throw away
        </button>
      )}
    </p>
  );
}

function Actions({ message, list }: Props): JSX.Element {
  const { conversation } = list;
  return (
    <div class="actions">
      <IconButton
        icon="smile"
        name="React"
        opens="dialog"
        onClick={(event) => list.openMenu(message, event.currentTarget, 'reactions')}
      />
      <IconButton icon="reply" name="Reply" onClick={() => startReply(conversation.key, message)} />
      <IconButton
        icon="more"
        name="More"
        opens="menu"
        onClick={(event) => list.openMenu(message, event.currentTarget, 'menu')}
      />
    </div>
  );
}
