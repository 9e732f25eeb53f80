/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22), for a client: owning and administering a channel.
 * Reads and changes the configuration, and the lists of who is allowed and who is banned.
 * Does not say what may be set by whom: the channel does, with an error.
 * Always: an option that the channel does not tell is absent, never guessed.
 * Before: xep/0406-admin/wire.ts. After: xep/0404-anon/client.ts.
 */
import type { Client } from '../../client/client.ts';
import type { ChannelOptions } from '../../mix.ts';
import { parseForm } from '../0004-forms/wire.ts';
import { fetchItems, publishItem, retractItems } from '../0060-pubsub/client.ts';
import { channelAddress, encodedAddress } from '../0369-core/addresses.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import { buildConfigSubmit, parseLastChangeBy, readConfig, type ConfigOptions } from './wire.ts';

export type { ConfigOptions } from './wire.ts';
export type { ChannelOptions, Group, Node } from '../../mix.ts';

/** What a channel is like. */
export interface Config extends Partial<ChannelOptions> {
  readonly owners: readonly string[];
  readonly administrators: readonly string[];
  /** When the channel ends, in milliseconds since 1970; absent: never. */
  readonly endOfLife?: number;
  readonly lastChangeBy?: string;
}

/** An address or a domain; or a participant, by its id, whoever stands behind it (D-32). */
export type Listed = string | { readonly id: string };

/**
 * The configuration of a channel (§2.4).
 * @throws as {@link Client.request}: `not-allowed` or `forbidden` for those who may not read it
 * @example
 * const config = await getConfig(client, channel);
 * console.log(config.mode, config.owners.length); // jid-hidden 1
 */
export async function getConfig(client: Client, channel: string): Promise<Config> {
  const [item] = await fetchItems(client, channel, NODE_NAMES.config);
  if (item?.payload === undefined) return { owners: [], administrators: [] };
  const form = parseForm(item.payload);
  const { owners = [], administrators = [], endOfLife, ...options } = readConfig(form);
  const lastChangeBy = parseLastChangeBy(form);
  return {
    ...options,
    owners,
    administrators,
    ...(typeof endOfLife === 'number' ? { endOfLife } : {}),
    ...(lastChangeBy === undefined ? {} : { lastChangeBy }),
  };
}

/**
 * Changes some options of a channel (§3.2). A change of `mode` removes participants whose preferences do not admit it:
 * `dryRunMode` tells beforehand how many.
 * @param change what is not mentioned stays; `endOfLife: null` is never
 * @throws as {@link Client.request}: `forbidden` for all but owners, `not-acceptable` for what a channel cannot be
 * @example
 * await setConfig(client, channel, { privateMessages: false });
 */
export async function setConfig(
  client: Client,
  channel: string,
  change: Partial<ConfigOptions>,
): Promise<void> {
  await publishItem(client, channel, NODE_NAMES.config, { payload: buildConfigSubmit(change) });
}

/**
 * Who may join, where the channel has such a list (§2.2).
 * @throws as {@link Client.request}: `item-not-found` where it has none: `setConfig` makes one with `nodesPresent`
 * @example
 * const { nodesPresent = [] } = await getConfig(client, channel);
 * await setConfig(client, channel, { nodesPresent: [...nodesPresent, 'allowed'] });
 * console.log(await listAllowed(client, channel)); // []
 */
export async function listAllowed(client: Client, channel: string): Promise<readonly string[]> {
  return listed(client, channel, 'allowed');
}

/**
 * Lets somebody join, or everybody of a domain (§3.4).
 * @throws as {@link Client.request}: `forbidden` for all but administrators and owners
 * @example
 * const { nodesPresent = [] } = await getConfig(client, channel);
 * await setConfig(client, channel, { nodesPresent: [...nodesPresent, 'allowed'] });
 * await allow(client, channel, 'friends.example');
 */
export async function allow(client: Client, channel: string, who: Listed): Promise<void> {
  await publishItem(client, channel, NODE_NAMES.allowed, { id: entryOf(channel, who) });
}

/**
 * Takes somebody from the list of the allowed. Who has joined stays (D-75).
 * @throws as {@link Client.request}: `item-not-found` for somebody who is not on it
 * @example
 * const { nodesPresent = [] } = await getConfig(client, channel);
 * await setConfig(client, channel, { nodesPresent: [...nodesPresent, 'allowed'] });
 * await allow(client, channel, 'friends.example');
 * await disallow(client, channel, 'friends.example');
 */
export async function disallow(client: Client, channel: string, who: Listed): Promise<void> {
  await retractItems(client, channel, NODE_NAMES.allowed, [entryOf(channel, who)]);
}

/**
 * Who is banned (§2.3).
 * @throws as {@link Client.request}: `not-allowed` for those who may not know
 * @example
 * await ban(client, channel, 'spam.example');
 * console.log(await listBanned(client, channel)); // [ 'spam.example' ]
 */
export async function listBanned(client: Client, channel: string): Promise<readonly string[]> {
  return listed(client, channel, 'banned');
}

/**
 * Removes somebody for good, or everybody of a domain (§3.5).
 * @throws as {@link Client.request}: `forbidden` for all but administrators and owners; `not-allowed` for an owner's
 * address
 * @example
 * await ban(client, channel, 'spam.example');
 */
export async function ban(client: Client, channel: string, who: Listed): Promise<void> {
  await publishItem(client, channel, NODE_NAMES.banned, { id: entryOf(channel, who) });
}

/**
 * Lifts a ban.
 * @throws as {@link Client.request}: `item-not-found` for somebody who is not banned
 * @example
 * await ban(client, channel, 'spam.example');
 * await unban(client, channel, 'spam.example');
 */
export async function unban(client: Client, channel: string, who: Listed): Promise<void> {
  await retractItems(client, channel, NODE_NAMES.banned, [entryOf(channel, who)]);
}

async function listed(client: Client, channel: string, node: 'allowed' | 'banned'): Promise<string[]> {
  const items = await fetchItems(client, channel, NODE_NAMES[node]);
  return items.flatMap(({ id }) => id ?? []);
}

function entryOf(channel: string, who: Listed): string {
  return typeof who === 'string' ? who : encodedAddress(channelAddress(channel), who.id);
}
