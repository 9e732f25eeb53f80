/**
 * A channel: its messages, where one writes, and its people.
 * Puts the parts together.
 * Does not own what they show (state/channels.ts).
 * Always: the privacy badge is in sight; when the channel has ended for this person, says why, and what was said stays readable.
 * Before: views/app.tsx. After: views/channel-head.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Composer } from '../parts/composer.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { MessageList } from '../parts/message-list.tsx';
import { MessageMenu, type OpenMenu } from '../parts/message-menu.tsx';
import { PeopleList } from '../parts/people-list.tsx';
import { PrivacyBadge } from '../parts/privacy-badge.tsx';
import { TypingLine } from '../parts/typing-line.tsx';
import { closeRoom, nameOf, roomOf, rooms, type Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { go } from '../state/route.ts';
import { ChannelHead } from './channel-head.tsx';
import { ModeNotice } from './mode-notice.tsx';

export function ChannelView({ channel }: { readonly channel: string }): JSX.Element {
  const room = roomOf(channel);
  const isLoaded = rooms.value !== undefined;
  // A channel that one is not in can be joined.
  useEffect(() => {
    if (isLoaded && room === undefined) go({ at: 'join', channel }, 'replace');
  }, [isLoaded, room, channel]);
  if (room === undefined)
    return (
      <main class="place">
        <p class="empty" role="status">
          <span class="spinner" aria-hidden="true" /> Loading {nameOf(channel)} …
        </p>
      </main>
    );
  return <OpenChannel key={channel} room={room} />;
}

function OpenChannel({ room }: { readonly room: Room }): JSX.Element {
  const { channel } = room;
  const arePeopleShown = useSignal(matchMedia('(min-width: 75rem)').matches);
  const menu = useSignal<OpenMenu | undefined>(undefined);
  const context = useMemo(
    () => ({
      conversation: room,
      isPrivate: false,
      openMenu: (message: OpenMenu['message'], at: Element, kind: OpenMenu['kind']) => {
        menu.value = { message, at, kind };
      },
      openPerson: (id: string) => openDialog({ is: 'person', channel, id }),
    }),
    [room, channel, menu],
  );
  return (
    <div class={`place-and-people ${arePeopleShown.value ? 'with-people' : ''}`}>
      <main class="place">
        <ChannelHead
          room={room}
          arePeopleShown={arePeopleShown.value}
          onPeople={() => (arePeopleShown.value = !arePeopleShown.value)}
        />
        <PrivacyBadge room={room} />
        <ModeNotice room={room} />
        <MessageList context={context} />
        <TypingLine conversation={room} />
        {room.ended.value === undefined ? (
          <Composer conversation={room} placeholder={`Write to ${nameOf(channel)}`} isPrivate={false} />
        ) : (
          <EndedBar room={room} />
        )}
        {menu.value !== undefined && (
          <MessageMenu
            open={menu.value}
            conversation={room}
            isPrivate={false}
            onClose={() => (menu.value = undefined)}
          />
        )}
      </main>
      {arePeopleShown.value && (
        <aside class="people-pane" aria-label="People">
          <header class="pane-head">
            <h2 class="grow">
              People <span class="soft">{room.participants.value.size}</span>
            </h2>
            <IconButton
              icon="close"
              name="Close the list of people"
              onClick={() => (arePeopleShown.value = false)}
            />
          </header>
          <PeopleList room={room} />
        </aside>
      )}
    </div>
  );
}

function EndedBar({ room }: { readonly room: Room }): JSX.Element {
  return (
    <div class="ended" role="alert">
      <p class="grow">{endedWords(room)}</p>
      <button
        type="button"
        class="button"
        onClick={() => {
          closeRoom(room.channel);
          go({ at: 'home' });
        }}
      >
        Close
      </button>
    </div>
  );
}

function endedWords({ ended, channel }: Room): string {
  const name = nameOf(channel);
  switch (ended.value?.reason) {
    case 'destroyed':
      return `${name} has been closed for good by its owners.`;
    case 'banned':
      return `You have been banned from ${name} by its owners.`;
    case 'left':
      return `You have left ${name}.`;
    case 'mode-changed':
      return ended.value.mode === 'jid-visible'
        ? `${name} now shows addresses. You have been removed before that, as you chose. Yours was not shown.`
        : `${name} now hides all addresses. You have been removed, since you chose to be shown always.`;
    default:
      return `You are no longer in ${name}.`;
  }
}
