/**
 * XEP-0406 §3.3, §3.4: who may come into a channel, and who may not.
 * Shows the lists of allowed and banned addresses, and switches the first one on.
 * Does not ban people by their masks (dialogs/ban.tsx).
 * Always: a whole server can be listed by its name.
 * Before: views/manage-view.tsx. After: parts/address-list.tsx.
 */
import { useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import {
  allow,
  ban,
  disallow,
  listAllowed,
  listBanned,
  setConfig,
  unban,
  type Client,
  type Config,
  type Node,
} from 'vizard';
import { AddressList } from '../parts/address-list.tsx';
import { Check } from '../parts/form.tsx';
import type { Room } from '../state/channels.ts';
import { attempt } from '../state/notices.ts';
import { refreshStanding } from '../state/role.ts';
import { session } from '../state/session.ts';

export function ManageAccess({
  room,
  config,
}: {
  readonly room: Room;
  readonly config: Config | undefined;
}): JSX.Element {
  const { client } = session.value ?? {};
  const { channel } = room;
  const nodes = config?.nodesPresent ?? [];
  const isClosed = nodes.includes('allowed');
  const isOwner = room.role.value === 'owner';
  const allowed = useSignal<readonly string[] | undefined>(undefined);
  const banned = useSignal<readonly string[] | undefined>(undefined);
  useEffect(() => {
    if (client === undefined) return;
    void fill(allowed, () => (isClosed ? listAllowed(client, channel) : Promise.resolve([])));
    void fill(banned, () => listBanned(client, channel));
  }, [client, channel, isClosed, allowed, banned]);
  if (client === undefined) return <p>…</p>;
  return (
    <>
      {isOwner && <ClosedSwitch client={client} room={room} nodes={nodes} />}
      {isClosed && (
        <AddressList
          title="Let in"
          hint="Addresses, or whole servers by their names. Whoever is taken off the list may stay, but cannot come again; to remove people, ban them."
          entries={allowed.value}
          addLabel="Address or server"
          add={(who) =>
            allow(client, channel, who).then(() => fill(allowed, () => listAllowed(client, channel)))
          }
          remove={(who) =>
            disallow(client, channel, who).then(() => fill(allowed, () => listAllowed(client, channel)))
          }
        />
      )}
      <AddressList
        title="Banned"
        hint="They are removed and cannot come back. People can also be banned by their masks, without knowing their addresses."
        entries={banned.value}
        addLabel="Address or server"
        add={(who) => ban(client, channel, who).then(() => fill(banned, () => listBanned(client, channel)))}
        remove={(who) =>
          unban(client, channel, who).then(() => fill(banned, () => listBanned(client, channel)))
        }
      />
    </>
  );
}

interface SwitchProps {
  readonly client: Client;
  readonly room: Room;
  readonly nodes: readonly Node[];
}

function ClosedSwitch({ client, room, nodes }: SwitchProps): JSX.Element {
  const isClosed = nodes.includes('allowed');
  /** What was asked for, until the channel has answered. */
  const wanted = useSignal<boolean | undefined>(undefined);
  const close = async (isWanted: boolean): Promise<void> => {
    wanted.value = isWanted;
    await attempt(async () => {
      if (isWanted) await closeTo(client, room, nodes);
      else
        await setConfig(client, room.channel, { nodesPresent: nodes.filter((node) => node !== 'allowed') });
      await refreshStanding(room, client, room.channel);
    });
    wanted.value = undefined;
  };
  return (
    <Check
      label="Only people on the list may come in"
      hint={
        isClosed
          ? 'Whoever is not on it cannot join.'
          : 'Now everybody can join who is not banned. Those who are in now are put on the list.'
      }
      isChecked={wanted.value ?? isClosed}
      onChecked={(value) => void close(value)}
    />
  );
}

async function fill(
  into: Signal<readonly string[] | undefined>,
  from: () => Promise<readonly string[]>,
): Promise<void> {
  await attempt(async () => (into.value = await from()));
}

/** A new list lets in those who are there, so that they can come again. */
async function closeTo(client: Client, room: Room, nodes: readonly Node[]): Promise<void> {
  await setConfig(client, room.channel, { nodesPresent: [...nodes, 'allowed'] });
  for (const id of room.participants.peek().keys()) await allow(client, room.channel, { id });
}
