/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11), for a client: the nodes of a channel or of the own account.
 * Fetches, publishes and retracts items, and tells of events.
 * Does not know what is in them (the other XEPs do) nor manage nodes.
 * Always: an event counts for the address that it came from, and for no other; `undefined` is the own account.
 * Before: xep/0060-pubsub/wire.ts. After: xep/0369-core/client.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import type { XmlElement } from '../../xml/element.ts';
import { buildForm } from '../0004-forms/wire.ts';
import { everyPage } from '../0059-rsm/pages.ts';
import {
  buildItemsRequest,
  buildPublish,
  buildRetract,
  parseEvent,
  parseItems,
  parsePublished,
  type PublishedItem,
} from './wire.ts';

const NS_OPTIONS = 'http://jabber.org/protocol/pubsub#publish-options';

/** What a node of the own account has to be like for an item to be published to it (§7.1.5). */
export type PublishOptions = Readonly<Record<string, string>>;

/** For nodes of the own account that nobody else may read, and that hold one item for each thing. */
export const PRIVATE_LIST: PublishOptions = {
  'pubsub#persist_items': 'true',
  'pubsub#max_items': 'max',
  'pubsub#send_last_published_item': 'never',
  'pubsub#access_model': 'whitelist',
};

export interface NodeEvent {
  /** The address that has the node. */
  readonly address: string;
  readonly items: readonly { readonly id: string | undefined; readonly payload: XmlElement | undefined }[];
  /** The ids of the items that are gone. */
  readonly retracted: readonly string[];
  /** Is the node itself gone? */
  readonly isDeleted: boolean;
}

/**
 * The items of a node (§6.5), all pages of them.
 * @param address who has the node; undefined: the own account
 * @param ids only these items
 * @throws as {@link Client.request}: `forbidden` or `not-allowed` for those who may not read it
 * @example
 * const items = await fetchItems(client, channel, 'urn:xmpp:mix:nodes:info');
 * console.log(items.length); // 1
 */
export async function fetchItems(
  client: Client,
  address: string | undefined,
  node: string,
  ids: readonly string[] = [],
): Promise<readonly PublishedItem[]> {
  return everyPage(async (rsm) => {
    const request = buildItemsRequest(node, { ids, ...(rsm && { rsm }) });
    const answer = await client.request('get', address, request);
    if (answer === undefined) return { items: [], rsm: undefined };
    const found = parseItems(answer);
    return { items: found.items, rsm: found.rsm };
  });
}

/**
 * Publishes an item (§7.1).
 * @param address who has the node; undefined: the own account
 * @param options what a node of the own account is made with, and has to be like
 * @returns the item's id; undefined where the answer does not tell it
 * @throws as {@link Client.request}: `forbidden` for those who may not; `conflict` where the node is not like that
 * @example
 * await publishItem(client, channel, 'urn:xmpp:mix:nodes:banned', { id: 'spam.example' });
 */
export async function publishItem(
  client: Client,
  address: string | undefined,
  node: string,
  item: PublishedItem,
  options?: PublishOptions,
): Promise<string | undefined> {
  const fields = Object.entries(options ?? {}).map(([name, value]) => ({ var: name, values: [value] }));
  const form = options && buildForm({ type: 'submit', formType: NS_OPTIONS, fields });
  const answer = await client.request('set', address, buildPublish(node, [item], form));
  return (answer && parsePublished(answer)) ?? item.id;
}

/**
 * Takes items back (§7.2).
 * @param address who has the node; undefined: the own account
 * @throws as {@link Client.request}: `item-not-found` where there is no such item
 * @example
 * await publishItem(client, channel, 'urn:xmpp:mix:nodes:banned', { id: 'spam.example' });
 * await retractItems(client, channel, 'urn:xmpp:mix:nodes:banned', ['spam.example']);
 */
export async function retractItems(
  client: Client,
  address: string | undefined,
  node: string,
  ids: readonly string[],
): Promise<void> {
  await client.request('set', address, buildRetract(node, ids));
}

/**
 * Tells of changes of a node (§7.1.2, §7.2.2, §8.4.2) to which this account is subscribed.
 * @param address who has the node; undefined: the own account
 * @example
 * const stop = onNodeEvent(client, channel, 'urn:xmpp:mix:nodes:participants', (event) => {
 *   console.log(event.items.length, event.retracted);
 * });
 * stop();
 */
export function onNodeEvent(
  client: Client,
  address: string | undefined,
  node: string,
  listener: (event: NodeEvent) => void,
): Stop {
  return client.onStanza((stanza) => {
    if (stanza.name !== 'message') return false;
    const from = stanza.attrs['from'] ?? client.account;
    if (from !== (address ?? client.account)) return false;
    const event = parseEvent(stanza);
    if (event?.node !== node) return false;
    const isDeleted = event.kind === 'deleted';
    const items = isDeleted ? [] : event.items.map(({ id, payload }) => ({ id, payload }));
    listener({ address: from, items, retracted: isDeleted ? [] : event.retracted, isDeleted });
    return false;
  });
}
