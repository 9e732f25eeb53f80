/**
 * XEP-0406 §2.1: the owners and administrators of a channel.
 * Shows both lists, and lets owners change them.
 * Does not ask who is in the channel: a role hangs on an address.
 * Always: there is one owner at least.
 * Before: views/manage-view.tsx. After: parts/address-list.tsx.
 */
import type { JSX } from 'preact';
import { setConfig, type Config } from 'vizard';
import { AddressList } from '../parts/address-list.tsx';
import type { Room } from '../state/channels.ts';
import { refreshStanding } from '../state/role.ts';
import { session } from '../state/session.ts';

export function ManageRoles({ room, config }: { readonly room: Room; readonly config: Config }): JSX.Element {
  const { client } = session.value ?? {};
  const isOwner = room.role.value === 'owner';
  const { owners, administrators } = config;
  const set = async (change: Partial<Config>): Promise<void> => {
    if (client === undefined) return;
    await setConfig(client, room.channel, change);
    await refreshStanding(room, client, room.channel);
  };
  const without = (list: readonly string[], entry: string): string[] => list.filter((one) => one !== entry);
  return (
    <>
      <AddressList
        title="Owners"
        hint="They may do everything, and see everybody’s address."
        entries={owners}
        addLabel="Address of a new owner"
        isLocked={!isOwner}
        fixed={owners.length === 1 ? owners : []}
        add={(who) => set({ owners: [...owners, who] })}
        remove={(who) => set({ owners: without(owners, who) })}
      />
      <AddressList
        title="Administrators"
        hint="They may remove messages and people, and see everybody’s address."
        entries={administrators}
        addLabel="Address of a new administrator"
        isLocked={!isOwner}
        add={(who) => set({ administrators: [...administrators, who] })}
        remove={(who) => set({ administrators: without(administrators, who) })}
      />
    </>
  );
}
