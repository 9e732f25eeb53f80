/**
 * Whom the person does not want to hear from (XEP-0191, which the account's server keeps).
 * Owns the list, and adds to it and takes from it.
 * Does not stop anything: the server stops private messages, and views fold away what stands in channels.
 * Always: a person in a channel is blocked by mask and channel, never by address; only the own server knows of it.
 * Before: state/session.ts. After: dialogs/person.tsx.
 */
import { signal } from '@preact/signals';
import { block, encodedAddress, listBlocked, onBlocked, unblock, type Client } from 'vizard';
import { session } from './session.ts';

/** By address; undefined while it is not known, and where the server cannot block. */
export const blocked = signal<ReadonlySet<string> | undefined>(undefined);

export function followBlocked(client: Client): () => void {
  const ask = (): void =>
    void listBlocked(client).then(
      (list) => (blocked.value = new Set(list)),
      () => undefined,
    );
  const stops = [
    client.on('fresh', ask),
    onBlocked(client, ({ verb, addresses }) => {
      const next = new Set(verb === 'unblock' && addresses.length === 0 ? [] : blocked.value);
      for (const address of addresses) next[verb === 'block' ? 'add' : 'delete'](address);
      blocked.value = next;
    }),
  ];
  if (client.state.is === 'online') ask();
  return () => {
    for (const stop of stops) stop();
    blocked.value = undefined;
  };
}

/** Somebody in a channel, or everybody in it. */
export function isBlocked(channel: string, id: string): boolean {
  const list = blocked.value;
  if (list === undefined || list.size === 0) return false;
  return list.has(encodedAddress(channel, id)) || list.has(channel);
}

export async function setBlocked(address: string, isWanted: boolean): Promise<void> {
  const { client } = session.value ?? {};
  if (client !== undefined) await (isWanted ? block : unblock)(client, [address]);
}
