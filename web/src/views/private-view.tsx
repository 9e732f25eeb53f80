/**
 * A private conversation with somebody in a channel.
 * Shows it like a channel, under a mark that says what "private" means here.
 * Does not own what it shows (state/privates.ts).
 * Always: the mark is in sight, so that nobody takes it for the channel, nor for an ordinary chat.
 * Before: views/app.tsx. After: state/privates.ts.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { BlockedBar } from '../parts/blocked.tsx';
import { Composer } from '../parts/composer.tsx';
import { Icon } from '../parts/icon.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Mask } from '../parts/mask.tsx';
import { MessageList } from '../parts/message-list.tsx';
import { MessageMenu, type OpenMenu } from '../parts/message-menu.tsx';
import { wordsFor } from '../parts/privacy-badge.tsx';
import { TypingLine } from '../parts/typing-line.tsx';
import { isBlocked } from '../state/blocked.ts';
import { nameOf, roomOf, rooms, type Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import {
  closePrivate,
  openPrivately,
  privateKey,
  privates,
  type PrivateConversation,
} from '../state/privates.ts';
import { go, pathOf } from '../state/route.ts';
import { session } from '../state/session.ts';

interface Props {
  readonly channel: string;
  readonly id: string;
}

export function PrivateView({ channel, id }: Props): JSX.Element {
  const { client } = session.value ?? {};
  const isReady = rooms.value !== undefined;
  const conversation = privates.value.get(privateKey(channel, id));
  useEffect(() => {
    if (isReady && client !== undefined) openPrivately(client, channel, id);
  }, [isReady, client, channel, id]);
  if (conversation === undefined)
    return (
      <main class="place">
        <p class="empty" role="status">
          <span class="spinner" aria-hidden="true" /> Loading …
        </p>
      </main>
    );
  return <OpenPrivate conversation={conversation} />;
}

function OpenPrivate({ conversation }: { readonly conversation: PrivateConversation }): JSX.Element {
  const { channel, id } = conversation;
  const menu = useSignal<OpenMenu | undefined>(undefined);
  const room = roomOf(channel);
  const name = room?.participants.value.get(id)?.nick ?? 'Somebody who left';
  const context = useMemo(
    () => ({
      conversation,
      isPrivate: true,
      openMenu: (message: OpenMenu['message'], at: Element, kind: OpenMenu['kind']) => {
        menu.value = { message, at, kind };
      },
      openPerson: () => openDialog({ is: 'person', channel, id }),
    }),
    [conversation, channel, id, menu],
  );
  return (
    <main class="place private">
      <header class="place-head">
        <a class="icon-button back" href="/" aria-label="Back to the channels" title="Back to the channels">
          <Icon name="back" />
        </a>
        <Mask id={id} />
        <div class="grow">
          <h1 class="place-title">{name}</h1>
          <p class="place-about">
            in <a href={pathOf({ at: 'channel', channel })}>{nameOf(channel)}</a>
          </p>
        </div>
        <IconButton
          icon="close"
          name="Put this conversation away"
          onClick={() => {
            closePrivate(conversation.key);
            go({ at: 'channel', channel });
          }}
        />
      </header>
      <p class="private-mark">
        <Icon name="lock" />
        <span>
          <strong>Private, through the channel.</strong> Only {name} reads this. {addressWords(room, id)} It
          is not encrypted from end to end: the servers pass it on.
        </span>
      </p>
      <MessageList context={context} />
      <TypingLine conversation={conversation} />
      {isBlocked(channel, id) ? (
        <BlockedBar channel={channel} id={id} name={name} />
      ) : (
        <Composer conversation={conversation} placeholder={`Write to ${name} in private`} isPrivate />
      )}
      {menu.value !== undefined && (
        <MessageMenu
          open={menu.value}
          conversation={conversation}
          isPrivate
          onClose={() => (menu.value = undefined)}
        />
      )}
    </main>
  );
}

function addressWords(room: Room | undefined, id: string): string {
  const seesMine = room === undefined ? undefined : wordsFor(room)?.tone;
  const isSeen = room?.participants.value.get(id)?.address !== undefined;
  if (seesMine === 'masked' && !isSeen) return 'You see each other’s masks, and not your addresses.';
  if (seesMine === 'masked') return 'Your address stays hidden; theirs is shown in the channel.';
  return isSeen ? 'Both your addresses are shown in the channel.' : 'Your address is shown in the channel.';
}
