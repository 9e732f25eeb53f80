/**
 * XEP-0030 Service Discovery 2.5.0 (2024-04-30), for a client: what is there, and what can it do?
 * Asks an address for its identities, features and forms, and for what belongs to it.
 * Does not answer for this client (client/connect.ts does) nor remember answers.
 * Always: lists are fetched to their end.
 * Before: xep/0030-disco/wire.ts. After: xep/0369-core/client.ts.
 */
import type { Client } from '../../client/client.ts';
import type { Form } from '../0004-forms/wire.ts';
import { everyPage } from '../0059-rsm/pages.ts';
import { parseRsmAnswer } from '../0059-rsm/wire.ts';
import { buildInfoQuery, buildItemsQuery, parseInfo, parseItems, type Identity } from './wire.ts';

export interface DiscoveredInfo {
  readonly identities: readonly Identity[];
  /** Names of features, most of them namespaces. */
  readonly features: readonly string[];
  /** XEP-0128: what else it tells. */
  readonly forms: readonly Form[];
}

export interface DiscoveredItem {
  readonly address: string;
  readonly node?: string;
  readonly name?: string;
}

/**
 * What an address is, and can do (§3.1).
 * @param address a server, a service, a channel, an account or a client
 * @param node a part of it, where it has parts
 * @throws as {@link Client.request}: `item-not-found` or `service-unavailable` where there is nobody
 * @example
 * const { features } = await discoverInfo(client, client.domain);
 * console.log(features.includes('http://jabber.org/protocol/disco#items')); // true
 */
export async function discoverInfo(client: Client, address: string, node?: string): Promise<DiscoveredInfo> {
  const answer = await client.request('get', address, buildInfoQuery(node));
  if (answer === undefined) return { identities: [], features: [], forms: [] };
  const { identities, features, forms = [] } = parseInfo(answer);
  return { identities, features, forms };
}

/**
 * What belongs to an address (§4.1): a server's services, a service's channels.
 * @param node a part of it, where it has parts
 * @throws as {@link Client.request}
 * @example
 * const items = await discoverItems(client, client.domain);
 * console.log(items.map((item) => item.address)); // [ 'mix.localhost' ]
 */
export async function discoverItems(
  client: Client,
  address: string,
  node?: string,
): Promise<readonly DiscoveredItem[]> {
  return everyPage(async (page) => {
    const answer = await client.request('get', address, buildItemsQuery(node, page));
    if (answer === undefined) return { items: [], rsm: undefined };
    const items = parseItems(answer).items.map((item) => ({
      address: item.jid,
      ...(item.node === undefined ? {} : { node: item.node }),
      ...(item.name === undefined ? {} : { name: item.name }),
    }));
    return { items, rsm: parseRsmAnswer(answer) };
  });
}
