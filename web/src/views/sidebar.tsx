/**
 * The list of channels and private conversations.
 * Shows each with what is unread, and the ways to more: search, create, settings.
 * Does not open them (the page's address does).
 * Always: counts are said in words to a screen reader.
 * Before: state/channels.ts. After: views/channel-view.tsx.
 */
import type { JSX } from 'preact';
import { ChannelSign } from '../parts/channel-sign.tsx';
import { Icon } from '../parts/icon.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Logo, Mask } from '../parts/mask.tsx';
import { isBlocked } from '../state/blocked.ts';
import { rooms, sortedRooms, nameOf, type Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { invitations, putAway } from '../state/invitations.ts';
import { privates, type PrivateConversation } from '../state/privates.ts';
import { pathOf, route } from '../state/route.ts';
import { session } from '../state/session.ts';
import { shortTime } from '../text/dates.ts';
import { inOneLine } from '../text/said.ts';
import type { Unread } from '../state/unread.ts';

export function Sidebar(): JSX.Element {
  const list = sortedRooms.value;
  return (
    <nav class="sidebar" aria-label="Channels">
      <header class="sidebar-head">
        <a class="brand small-brand" href="/" aria-label="Vizard, to the start">
          <Logo />
          <span>Vizard</span>
        </a>
        <IconButton
          icon="search"
          name="Find channels"
          opens="dialog"
          onClick={() => openDialog({ is: 'find' })}
        />
        <IconButton
          icon="plus"
          name="New channel"
          opens="dialog"
          onClick={() => openDialog({ is: 'create' })}
        />
      </header>
      <div class="sidebar-lists">
        <Invitations />
        {rooms.value === undefined && (
          <p class="empty" role="status">
            <span class="spinner" aria-hidden="true" /> Loading your channels …
          </p>
        )}
        {rooms.value !== undefined && list.length === 0 && (
          <p class="empty soft">You are in no channel yet.</p>
        )}
        <ul class="list" aria-label="Your channels">
          {list.map((room) => (
            <ChannelItem key={room.channel} room={room} />
          ))}
        </ul>
        <Privates />
      </div>
      <footer class="sidebar-foot">
        <span class="grow small">
          <span class="soft">Signed in as</span>
          <span class="own-address">{session.value?.account}</span>
        </span>
        <a class="icon-button" href="/settings" aria-label="Settings" title="Settings">
          <Icon name="gear" />
        </a>
      </footer>
    </nav>
  );
}

function ChannelItem({ room }: { readonly room: Room }): JSX.Element {
  const at = route.value;
  const isCurrent = 'channel' in at && at.channel === room.channel && at.at !== 'private';
  const last = room.messages.value.findLast(
    ({ body, sender }) => body !== undefined && !isBlocked(room.channel, sender.id),
  );
  const unread = room.unread.value;
  return (
    <li>
      <a
        class={`item ${unread.count > 0 ? 'is-unread' : ''}`}
        href={pathOf({ at: 'channel', channel: room.channel })}
        {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
      >
        <ChannelSign name={nameOf(room.channel)} mode={room.info.value?.mode} picture={room.picture.value} />
        <span class="grow">
          <span class="item-name">{nameOf(room.channel)}</span>
          <span class="item-last">
            {last === undefined ? '\u00a0' : `${last.sender.nick ?? 'Somebody'}: ${inOneLine(last)}`}
          </span>
        </span>
        <span class="item-side">
          {last !== undefined && <span class="item-time">{shortTime(last.at, Date.now())}</span>}
          <Counts unread={unread} />
        </span>
      </a>
    </li>
  );
}

function Counts({ unread }: { readonly unread: Unread }): JSX.Element | null {
  if (unread.count === 0) return null;
  const count = `${unread.count}${unread.isMore ? '+' : ''}`;
  return (
    <span class="counts">
      {unread.mentions > 0 && (
        <span class="count mentions">
          <span aria-hidden="true">@{unread.mentions}</span>
          <span class="hidden-text">{unread.mentions} to you,</span>
        </span>
      )}
      <span class="count">
        <span aria-hidden="true">{count}</span>
        <span class="hidden-text">{count} unread</span>
      </span>
    </span>
  );
}

function Privates(): JSX.Element | null {
  const all = [...privates.value.values()];
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="privates">
      <h2 class="list-title" id="privates">
        <Icon name="lock" /> Private, through a channel
      </h2>
      <ul class="list">
        {all.map((one) => (
          <PrivateItem key={one.key} conversation={one} />
        ))}
      </ul>
    </section>
  );
}

function PrivateItem({ conversation }: { readonly conversation: PrivateConversation }): JSX.Element {
  const { channel, id } = conversation;
  const at = route.value;
  const isCurrent = at.at === 'private' && at.channel === channel && at.id === id;
  const unread = conversation.unread.value;
  return (
    <li>
      <a
        class={`item ${unread.count > 0 ? 'is-unread' : ''}`}
        href={pathOf({ at: 'private', channel, id })}
        {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
      >
        <Mask id={id} />
        <span class="grow">
          <span class="item-name">{personName(channel, id)}</span>
          <span class="item-last">in {nameOf(channel)}</span>
        </span>
        <span class="item-side">
          <Counts unread={unread} />
        </span>
      </a>
    </li>
  );
}

function personName(channel: string, id: string): string {
  const room = rooms.value?.get(channel);
  const isLoaded = room?.info.value !== undefined;
  return room?.participants.value.get(id)?.nick ?? (isLoaded ? 'Somebody who left' : 'Somebody');
}

function Invitations(): JSX.Element | null {
  const open = invitations.value.filter(({ channel }) => rooms.value?.has(channel) !== true);
  if (open.length === 0) return null;
  return (
    <ul class="list" aria-label="Invitations">
      {open.map(({ channel }) => (
        <li key={channel} class="invitation">
          <a class="grow" href={pathOf({ at: 'join', channel })}>
            You are invited to <strong>{nameOf(channel)}</strong>
          </a>
          <IconButton
            icon="close"
            name={`Put away the invitation to ${nameOf(channel)}`}
            onClick={() => putAway(channel)}
          />
        </li>
      ))}
    </ul>
  );
}
