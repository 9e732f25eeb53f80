/**
 * Managing a channel, for owners and administrators.
 * Shows one of its tabs: people and their addresses, what is done with addresses, who may come in, roles, settings.
 * Does not change anything by itself (the tabs do).
 * Always: what only owners may do is shown to owners only.
 * Before: views/app.tsx. After: views/manage-people.tsx.
 */
import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { PrivacyBadge } from '../parts/privacy-badge.tsx';
import { nameOf, roomOf, rooms, type Room } from '../state/channels.ts';
import { pathOf } from '../state/route.ts';
import { ManageAccess } from './manage-access.tsx';
import { ManageChannel } from './manage-channel.tsx';
import { ManageMode } from './manage-mode.tsx';
import { ManagePeople } from './manage-people.tsx';
import { ManageRoles } from './manage-roles.tsx';

const TABS = {
  people: 'People and addresses',
  mode: 'Masks',
  access: 'Who may come in',
  roles: 'Owners and helpers',
  channel: 'Settings',
} as const;

type Tab = keyof typeof TABS;

/** On a phone the tabs are wider than the screen. */
function show(element: Element | null): void {
  element?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

export function ManageView({
  channel,
  tab,
}: {
  readonly channel: string;
  readonly tab: string;
}): JSX.Element {
  const room = roomOf(channel);
  const current: Tab = tab in TABS ? (tab as Tab) : 'people';
  return (
    <main class="place manage">
      <header class="place-head">
        <a
          class="icon-button"
          href={pathOf({ at: 'channel', channel })}
          aria-label="Back to the channel"
          title="Back to the channel"
        >
          <Icon name="back" />
        </a>
        <h1 class="place-title grow">Manage {nameOf(channel)}</h1>
      </header>
      {room !== undefined && <PrivacyBadge room={room} />}
      <nav class="tabs" ref={show} aria-label="Parts of the management">
        {(Object.entries(TABS) as [Tab, string][]).map(([name, label]) => (
          <a
            key={name}
            href={pathOf({ at: 'manage', channel, tab: name })}
            {...(name === current ? { 'aria-current': 'page' as const } : {})}
          >
            {label}
          </a>
        ))}
      </nav>
      <div class="page-column stack manage-body">
        <Body room={room} tab={current} />
      </div>
    </main>
  );
}

function Body({ room, tab }: { readonly room: Room | undefined; readonly tab: Tab }): JSX.Element {
  if (room === undefined)
    return (
      <p role="status">
        {rooms.value === undefined ? 'Loading …' : 'You are not in this channel. Join it first.'}
      </p>
    );
  if (room.role.value === 'participant')
    return <p role="status">This is for the owners and administrators of the channel.</p>;
  const config = room.config.value;
  switch (tab) {
    case 'people':
      return <ManagePeople room={room} />;
    case 'mode':
      return <ManageMode room={room} />;
    case 'access':
      return <ManageAccess room={room} config={config} />;
    case 'roles':
      return config === undefined ? <OwnersOnly /> : <ManageRoles room={room} config={config} />;
    case 'channel':
      return config === undefined ? <OwnersOnly /> : <ManageChannel room={room} config={config} />;
  }
}

function OwnersOnly(): JSX.Element {
  return <p role="status">In this channel only owners can see this.</p>;
}
