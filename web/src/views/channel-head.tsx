/**
 * The head of a channel: its name, and what can be done with the channel.
 * Owns the menu of the channel.
 * Does not do what is chosen (dialogs/).
 * Always: everything in the menu can be done from here by keyboard.
 * Before: views/channel-view.tsx. After: dialogs/dialogs.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ChannelSign } from '../parts/channel-sign.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Popover } from '../parts/popover.tsx';
import { nameOf, type Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { go } from '../state/route.ts';

interface Props {
  readonly room: Room;
  readonly arePeopleShown: boolean;
  readonly onPeople: () => void;
}

export function ChannelHead({ room, arePeopleShown, onPeople }: Props): JSX.Element {
  const menu = useSignal<Element | undefined>(undefined);
  const { channel } = room;
  const count = room.participants.value.size;
  const description = room.info.value?.description;
  return (
    <header class="place-head">
      <a class="icon-button back" href="/" aria-label="Back to the channels" title="Back to the channels">
        <Icon name="back" />
      </a>
      {room.picture.value !== undefined && (
        <ChannelSign name={nameOf(channel)} mode={room.info.value?.mode} picture={room.picture.value} />
      )}
      <div class="grow">
        <h1 class="place-title">{nameOf(channel)}</h1>
        {description !== undefined && description !== '' && <p class="place-about">{description}</p>}
      </div>
      <IconButton icon="people" name={`People (${count})`} isPressed={arePeopleShown} onClick={onPeople} />
      <IconButton
        icon="more"
        name="More about this channel"
        opens="menu"
        onClick={(event) => (menu.value = event.currentTarget)}
      />
      {menu.value !== undefined && (
        <Popover at={menu.value} name="This channel" role="menu" onClose={() => (menu.value = undefined)}>
          {itemsOf(room).map(({ icon, name, isDangerous, act }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              class={isDangerous === true ? 'danger' : ''}
              onClick={() => {
                menu.value = undefined;
                act();
              }}
            >
              <Icon name={icon} /> {name}
            </button>
          ))}
        </Popover>
      )}
    </header>
  );
}

interface Item {
  readonly icon: IconName;
  readonly name: string;
  readonly isDangerous?: boolean;
  readonly act: () => void;
}

function itemsOf({ channel, role }: Room): Item[] {
  const items: Item[] = [
    { icon: 'mask', name: 'What others see of me', act: () => openDialog({ is: 'preferences', channel }) },
    { icon: 'edit', name: 'My name here', act: () => openDialog({ is: 'nick', channel }) },
    { icon: 'share', name: 'Invite and share', act: () => openDialog({ is: 'share', channel }) },
  ];
  if (role.value !== 'participant')
    items.push({
      icon: 'key',
      name: 'Manage the channel',
      act: () => go({ at: 'manage', channel, tab: 'people' }),
    });
  items.push({
    icon: 'out',
    name: 'Leave',
    isDangerous: true,
    act: () => openDialog({ is: 'leave', channel }),
  });
  return items;
}
