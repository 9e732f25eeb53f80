/**
 * Somebody in a channel.
 * Shows the mask, the name and what the channel shows of them; to owners and administrators the address on demand.
 * Does not look addresses up by itself.
 * Always: an address that was looked up is said to be known to owners and administrators only, and is held nowhere.
 * Before: parts/people-list.tsx. After: dialogs/ban.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { getJidMap } from 'vizard';
import { BlockButton } from '../parts/blocked.tsx';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Icon } from '../parts/icon.tsx';
import { Mask } from '../parts/mask.tsx';
import { Profile } from '../parts/profile.tsx';
import { hueOf } from '../look/features.ts';
import type { Room } from '../state/channels.ts';
import { closeDialog, openDialog } from '../state/dialogs.ts';
import { mention } from '../state/draft.ts';
import { attempt } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { session } from '../state/session.ts';
import { presenceWords } from '../text/presence.ts';

export function PersonDialog({ room, id }: { readonly room: Room; readonly id: string }): JSX.Element {
  const person = room.participants.value.get(id);
  const isSelf = id === room.selfId.value;
  const nick = person?.nick ?? (person === undefined ? 'Somebody who left' : 'Without a name');
  const { channel } = room;
  return (
    <DialogFrame title={isSelf ? 'You in this channel' : 'Somebody in this channel'}>
      <div class="person-card">
        <Mask id={id} size="large" />
        <div>
          <p class="person-title coloured" style={{ '--hue': String(hueOf(id)) }}>
            {nick}
          </p>
          <p class="soft">
            {person === undefined ? 'Not here any more' : (presenceWords(person.presence) ?? '')}
          </p>
          {person?.status !== undefined && <p>{person.status}</p>}
        </div>
      </div>
      <AddressOf room={room} id={id} shown={person?.address} isSelf={isSelf} />
      {!isSelf && person !== undefined && <Profile room={room} id={id} />}
      {isSelf ? (
        <div class="dialog-foot">
          <button type="button" class="button" onClick={() => openDialog({ is: 'nick', channel })}>
            Change my name
          </button>
          <button
            type="button"
            class="button main"
            onClick={() => openDialog({ is: 'preferences', channel })}
          >
            What others see of me
          </button>
        </div>
      ) : (
        person !== undefined && <PersonActs room={room} id={id} nick={nick} />
      )}
    </DialogFrame>
  );
}

interface ActsProps {
  readonly room: Room;
  readonly id: string;
  readonly nick: string;
}

function PersonActs({ room, id, nick }: ActsProps): JSX.Element {
  const { channel } = room;
  return (
    <div class="dialog-foot">
      {room.role.value !== 'participant' && (
        <button type="button" class="button danger" onClick={() => openDialog({ is: 'ban', channel, id })}>
          <Icon name="ban" /> Ban
        </button>
      )}
      <BlockButton channel={channel} id={id} />
      <button
        type="button"
        class="button"
        onClick={() => {
          closeDialog();
          go({ at: 'channel', channel });
          mention(channel, id, nick);
        }}
      >
        <Icon name="mention" /> Mention
      </button>
      <button
        type="button"
        class="button main"
        onClick={() => {
          closeDialog();
          go({ at: 'private', channel, id });
        }}
      >
        <Icon name="lock" /> Write in private
      </button>
    </div>
  );
}

interface AddressProps {
  readonly room: Room;
  readonly id: string;
  readonly shown: string | undefined;
  readonly isSelf: boolean;
}

function AddressOf({ room, id, shown, isSelf }: AddressProps): JSX.Element {
  const found = useSignal<string | undefined>(undefined);
  const { client, account } = session.value ?? {};
  const lookUp = (): void => {
    if (client === undefined) return;
    void attempt(async () => {
      const map = await getJidMap(client, room.channel);
      found.value = map.find((one) => one.id === id)?.address ?? 'not in the channel any more';
    });
  };
  if (shown !== undefined)
    return (
      <p class="note open">
        Everybody here sees {isSelf ? 'your' : 'this'} address: <span class="address">{shown}</span>
      </p>
    );
  if (isSelf)
    return (
      <p class="note masked">
        People here do not see your address, <span class="address">{account}</span>. Owners and administrators
        do.
      </p>
    );
  if (room.role.value === 'participant')
    return (
      <p class="note masked">
        You do not see this person’s address, and they do not see yours unless you show it.
      </p>
    );
  return (
    <div class="note masked stack tight">
      {found.value === undefined ? (
        <>
          <p>Only owners and administrators can see this person’s address.</p>
          <button type="button" class="button" onClick={lookUp}>
            <Icon name="eye" /> Look the address up
          </button>
        </>
      ) : (
        <p>
          Only owners and administrators see this: <span class="address">{found.value}</span>
        </p>
      )}
    </div>
  );
}
