/**
 * Where channels can be found and made.
 * Finds the channel services of the account's server, and lists their channels.
 * Does not join or make any (views/join-view.tsx, dialogs/create.tsx).
 * Always: a service that does not answer hides no other.
 * Before: state/session.ts. After: dialogs/find.tsx.
 */
import { signal } from '@preact/signals';
import { findServices, listChannels, type Client, type Service } from 'vizard';
import { site } from './site.ts';

export interface Listed {
  readonly address: string;
  readonly name: string;
}

export const services = signal<readonly Service[] | undefined>(undefined);

/** @throws as the library */
export async function loadServices(client: Client): Promise<readonly Service[]> {
  const found = await findServices(client);
  const own = site.value.service;
  // This page's own service may be one that the account's server does not list.
  const known = own === undefined || found.some(({ address }) => address === own);
  services.value = known ? found : [...found, { address: own, name: undefined, canCreate: true }];
  return services.value;
}

/** All channels that are listed, by name. @throws as the library, where no service answers */
export async function loadChannels(client: Client): Promise<Listed[]> {
  const all = await loadServices(client);
  const lists = await Promise.allSettled(all.map(({ address }) => listChannels(client, address)));
  if (lists.length > 0 && lists.every(({ status }) => status === 'rejected')) {
    const [first] = lists;
    if (first?.status === 'rejected') throw first.reason;
  }
  return lists
    .flatMap((list) => (list.status === 'fulfilled' ? list.value : []))
    .map(({ address, name }) => ({ address, name: name ?? address.split('@', 1)[0] ?? address }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
