/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01), for a client: channels and who is in them.
 * Finds services and channels, creates and destroys them; reads and changes what they say of themselves; nicks.
 * Does not join (xep/0405-pam/client.ts) nor talk (client-message.ts, whose door this is too).
 * Always: the address of a channel is `name@service`, as its service writes it.
 * Before: xep/0030-disco/client.ts. After: xep/0369-core/client-message.ts, xep/0405-pam/client.ts.
 */
import type { Client } from '../../client/client.ts';
import type { ChannelInfo, Node } from '../../mix.ts';
import { discoverInfo, discoverItems, type DiscoveredInfo } from '../0030-disco/client.ts';
import { fetchItems, publishItem } from '../0060-pubsub/client.ts';
import { modeIn } from '../0404-anon/wire.ts';
import { buildConfigSubmit, type ConfigOptions } from '../0406-admin/wire.ts';
import { channelAddress, domainOf } from './addresses.ts';
import type { Participant } from './client-message.ts';
import { infoIn, namesOf, nodesOf, readParticipant, type ShownInfo } from './client-read.ts';
import {
  buildCreate,
  buildDestroy,
  buildInfoSubmit,
  buildSetNick,
  buildUpdateSubscription,
  NODE_NAMES,
  NS,
  parseCreate,
  parseSetNick,
  parseUpdateSubscription,
} from './wire.ts';

export {
  onMessage,
  sendMessage,
  type ChannelMessage,
  type Mention,
  type Outgoing,
  type Participant,
} from './client-message.ts';
export type { ShownInfo } from './client-read.ts';
export { encodedAddress, parseEncoded, type Encoded } from './addresses.ts';

/** What a channel is asked for to tell its nodes, since a room that has the same address answers as well (D-63). */
const NODES = 'mix';

/** A service that has channels. */
export interface Service {
  readonly address: string;
  readonly name: string | undefined;
  /** May this account create channels there? */
  readonly canCreate: boolean;
}

/**
 * The services with channels of the account's own server (§6.1).
 * @throws as {@link Client.request}, where the server itself does not answer; services that do not are left out
 * @example
 * const [first] = await findServices(client);
 * console.log(first?.address, first?.canCreate); // mix.localhost true
 */
export async function findServices(client: Client): Promise<readonly Service[]> {
  const items = await discoverItems(client, client.domain);
  const asked = items.map(async ({ address, name }) => {
    const info = await discoverInfo(client, address).catch(() => undefined);
    return info?.features.includes(NS) === true ? serviceOf(address, info, name) : undefined;
  });
  return (await Promise.all(asked)).filter((service) => service !== undefined);
}

function serviceOf(address: string, info: DiscoveredInfo, name: string | undefined): Service {
  const named = info.identities.find(({ type }) => type === 'mix')?.name;
  return { address, name: named ?? name, canCreate: info.features.includes(`${NS}#create-channel`) };
}

/**
 * The channels of a service that this account may know of (§6.2).
 * @throws as {@link Client.request}
 * @example
 * const channels = await listChannels(client, service);
 * console.log(channels.map(({ name }) => name));
 */
export async function listChannels(
  client: Client,
  service: string,
): Promise<readonly { readonly address: string; readonly name?: string }[]> {
  const items = await discoverItems(client, service);
  return items.map(({ address, name }) => ({ address, ...(name === undefined ? {} : { name }) }));
}

/**
 * What a channel says of itself (§6.5, §4.7.4). Those who may not read its information get what discovery tells
 * everybody: the name, and the mode, which one wants to know before one joins (D-01).
 * @throws as {@link Client.request}: `item-not-found` where there is no such channel, or none that one may know of
 * @example
 * const { mode } = await getInfo(client, channel);
 * console.log(mode); // jid-hidden
 */
export async function getInfo(client: Client, channel: string): Promise<ShownInfo> {
  try {
    const [item] = await fetchItems(client, channel, NODE_NAMES.info);
    const info = item?.payload && infoIn(item.payload);
    if (info !== undefined) return info;
  } catch (error) {
    const discovered = await discoverInfo(client, channel).catch(() => undefined);
    if (discovered === undefined) throw error;
    return infoOf(discovered);
  }
  return infoOf(await discoverInfo(client, channel));
}

function infoOf({ identities, forms }: DiscoveredInfo): ShownInfo {
  const name = identities.find(({ category }) => category === 'conference')?.name;
  const mode = modeIn(forms);
  return { name, description: undefined, contact: [], ...(mode === undefined ? {} : { mode }) };
}

/**
 * Changes what a channel says of itself (XEP-0406 §3.1).
 * @param change what is not mentioned stays; undefined clears
 * @throws as {@link Client.request}: `forbidden` for those who may not
 * @example
 * await setInfo(client, channel, { description: 'Where the place? Upon the heath.' });
 */
export async function setInfo(client: Client, channel: string, change: Partial<ChannelInfo>): Promise<void> {
  await publishItem(client, channel, NODE_NAMES.info, { payload: buildInfoSubmit(change) });
}

/**
 * Creates a channel (§7.3.2); without a name, one that is listed nowhere and has a name that nobody guesses (§7.3.3).
 * The creator owns it, but does not take part in it yet.
 * @param options.name the part before the `@`
 * @param options.config what it is to be like; left out: hidden addresses, open to everybody, listed
 * @returns the address
 * @throws as {@link Client.request}: `conflict` for a name that is taken, `forbidden` for those who may not
 * @example
 * const address = await createChannel(client, service, { config: { mode: 'jid-hidden' } });
 * console.log(address.endsWith(service)); // true
 */
export async function createChannel(
  client: Client,
  service: string,
  options: { readonly name?: string; readonly config?: Partial<ConfigOptions> } = {},
): Promise<string> {
  const { name, config } = options;
  const form = config && buildConfigSubmit(config);
  const answer = await client.request('set', service, buildCreate({ channel: name, form }));
  const given = answer && parseCreate(answer).channel;
  const channel = given ?? name;
  if (channel === undefined) throw new Error('the service did not tell the name of the channel');
  return channelAddress(channel.includes('@') ? channel : `${channel}@${service}`);
}

/**
 * Ends a channel for everybody, with its archive (§7.3.4).
 * @throws as {@link Client.request}: `forbidden` for all but owners
 * @example
 * const address = await createChannel(client, service);
 * await destroyChannel(client, address);
 */
export async function destroyChannel(client: Client, channel: string): Promise<void> {
  const name = channel.slice(0, channel.indexOf('@'));
  await client.request('set', domainOf(channel), buildDestroy(name));
}

/**
 * Changes one's nick in a channel (§7.1.4).
 * @param nick left out: the channel makes one up (D-97)
 * @returns the nick as the others see it
 * @throws as {@link Client.request}: `conflict` where somebody has it, `not-acceptable` for what cannot be one
 * @example
 * console.log(await setNick(client, channel, 'third witch')); // third witch
 */
export async function setNick(client: Client, channel: string, nick?: string): Promise<string> {
  const answer = await client.request('set', channel, buildSetNick(nick ?? ''));
  return (answer && parseSetNick(answer)) ?? nick ?? '';
}

/**
 * Changes which nodes of a channel one is told of (§7.1.2).
 * @returns the nodes that this call has added and ended
 * @throws as {@link Client.request}: `forbidden` for those who take no part
 * @example
 * const { subscribed } = await updateSubscription(client, channel, { subscribe: ['info'] });
 * console.log(subscribed); // [ 'info' ]
 */
export async function updateSubscription(
  client: Client,
  channel: string,
  change: { readonly subscribe?: readonly Node[]; readonly unsubscribe?: readonly Node[] },
): Promise<{ readonly subscribed: readonly Node[]; readonly unsubscribed: readonly Node[] }> {
  const { subscribe = [], unsubscribe = [] } = change;
  const asked = { subscribe: namesOf(subscribe), unsubscribe: namesOf(unsubscribe) };
  const answer = await client.request('set', channel, buildUpdateSubscription(asked));
  const done = answer === undefined ? asked : parseUpdateSubscription(answer);
  return { subscribed: nodesOf(done.subscribe), unsubscribed: nodesOf(done.unsubscribe) };
}

/**
 * Which nodes a channel has, as far as this account may know of them (§6.4).
 * @throws as {@link Client.request}: `item-not-found` where there is no such channel, or none that one may know of
 * @example
 * const nodes = await listNodes(client, channel);
 * console.log(nodes.includes('participants')); // true
 */
export async function listNodes(client: Client, channel: string): Promise<readonly Node[]> {
  const items = await discoverItems(client, channel, NODES);
  return nodesOf(items.flatMap(({ node }) => node ?? []));
}

/**
 * Who takes part in a channel (§6.6).
 * @throws as {@link Client.request}: `forbidden` or `not-allowed` for those who may not know
 * @example
 * const participants = await listParticipants(client, channel);
 * console.log(participants.map(({ nick }) => nick)); // [ 'First witch' ]
 */
export async function listParticipants(client: Client, channel: string): Promise<readonly Participant[]> {
  const items = await fetchItems(client, channel, NODE_NAMES.participants);
  return items.flatMap(({ id, payload }) => readParticipant(id, payload) ?? []);
}
