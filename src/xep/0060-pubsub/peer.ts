/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11): events, and what a client asks and is answered.
 * Writes the events that a channel sends; reads them; writes a client's requests and reads their answers.
 * Does not read requests nor write answers (wire.ts, which is the door to this file too).
 * Always: what other servers send is read leniently: an event that cannot be understood is none.
 * Before: xep/0060-pubsub/wire.ts. After: xep/0369-core/wire.ts.
 */
import { checkName, optionalAttr, requiredAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, childrenOf, el, elements, type XmlElement } from '../../xml/element.ts';
import { buildRsmRequest, parseRsmAnswer, type RsmAnswer, type RsmRequest } from '../0059-rsm/wire.ts';
import {
  buildItemElements,
  itemsIn,
  NS,
  type ItemToSend,
  type PublishedItem,
  type Subscription,
} from './items.ts';

export const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';

export type PubsubEvent =
  | {
      readonly kind: 'items';
      readonly node: string;
      readonly items: readonly PublishedItem[];
      readonly retracted: readonly string[];
    }
  | { readonly kind: 'deleted'; readonly node: string };

/** `<event/>`: these items are new or changed (§7.1.2). */
export function buildEvent(node: string, items: readonly ItemToSend[]): XmlElement {
  return el('event', NS_EVENT, {}, [el('items', NS_EVENT, { node }, buildItemElements(NS_EVENT, items))]);
}

/** `<event/>`: these items are gone (§7.2.2). */
export function buildRetractEvent(node: string, ids: readonly string[]): XmlElement {
  const retracts = ids.map((id) => el('retract', NS_EVENT, { id }));
  return el('event', NS_EVENT, {}, [el('items', NS_EVENT, { node }, retracts)]);
}

/** `<event/>`: the node is gone (§8.4.2). */
export function buildDeleteEvent(node: string): XmlElement {
  return el('event', NS_EVENT, {}, [el('delete', NS_EVENT, { node })]);
}

/** The event that a message carries (§7.1.2, §7.2.2, §8.4.2); undefined where it carries none that we know. */
export function parseEvent(message: XmlElement): PubsubEvent | undefined {
  const event = child(message, 'event', NS_EVENT);
  const deleted = event && child(event, 'delete');
  const deletedNode = deleted && optionalAttr(deleted, 'node');
  if (deletedNode !== undefined) return { kind: 'deleted', node: deletedNode };
  const items = event && child(event, 'items');
  const node = items && optionalAttr(items, 'node');
  if (items === undefined || node === undefined) return undefined;
  const retracted = childrenOf(items, 'retract').map((retract) => optionalAttr(retract, 'id'));
  return {
    kind: 'items',
    node,
    items: itemsIn(items).map(readItem),
    retracted: retracted.filter((id) => id !== undefined),
  };
}

function readItem(item: XmlElement): PublishedItem {
  return { id: optionalAttr(item, 'id'), payload: elements(item)[0] };
}

/** Asks for items of a node: all, some by id, or a page (§6.5). */
export function buildItemsRequest(
  node: string,
  wanted: {
    readonly ids?: readonly string[];
    readonly maxItems?: number;
    readonly rsm?: RsmRequest;
  } = {},
): XmlElement {
  const items = (wanted.ids ?? []).map((id) => el('item', NS, { id }));
  return el('pubsub', NS, {}, [
    el('items', NS, { node, max_items: wanted.maxItems?.toString() }, items),
    wanted.rsm && buildRsmRequest(wanted.rsm),
  ]);
}

/** Asks to publish items (§7.1); `options`, a form, is what the node has to be like (§7.1.5). */
export function buildPublish(
  node: string,
  items: readonly PublishedItem[],
  options?: XmlElement,
): XmlElement {
  const published = items.map(({ id, payload }) => el('item', NS, { id }, [payload]));
  return el('pubsub', NS, {}, [
    el('publish', NS, { node }, published),
    options && el('publish-options', NS, {}, [options]),
  ]);
}

/** Asks to take items back (§7.2). */
export function buildRetract(node: string, ids: readonly string[]): XmlElement {
  return el('pubsub', NS, {}, [
    el(
      'retract',
      NS,
      { node },
      ids.map((id) => el('item', NS, { id })),
    ),
  ]);
}

/** Asks to subscribe the bare address `jid` (§6.1). */
export function buildSubscribe(node: string, jid: string): XmlElement {
  return el('pubsub', NS, {}, [el('subscribe', NS, { node, jid })]);
}

/** Asks to end that subscription (§6.2). */
export function buildUnsubscribe(node: string, jid: string): XmlElement {
  return el('pubsub', NS, {}, [el('unsubscribe', NS, { node, jid })]);
}

/** Asks for one's own subscriptions, to all nodes or to one (§5.6). */
export function buildSubscriptionsRequest(node?: string): XmlElement {
  return el('pubsub', NS, {}, [el('subscriptions', NS, { node })]);
}

/** Reads the items that were asked for; bad-request where the answer holds none and no node. */
export function parseItems(pubsub: XmlElement): {
  readonly node: string;
  readonly items: readonly PublishedItem[];
  readonly rsm: RsmAnswer | undefined;
} {
  checkName(pubsub, 'pubsub', NS);
  // XEP-0406 §3.2 puts <items/> into its own namespace (D-90).
  const items = elements(pubsub).find(({ name }) => name === 'items');
  if (items === undefined) throw refuse('bad-request', 'the answer holds no <items/>');
  return {
    node: requiredAttr(items, 'node'),
    items: itemsIn(items).map(readItem),
    rsm: parseRsmAnswer(pubsub),
  };
}

/** The id in the answer to a publish, in either shape (D-69); undefined where the answer has none. */
export function parsePublished(pubsub: XmlElement): string | undefined {
  const publish = child(pubsub, 'publish', NS);
  const item = publish && itemsIn(publish)[0];
  return item && optionalAttr(item, 'id');
}

/** The subscriptions in an answer, one or several (§5.6, §6.1.2); bad-request where one lacks a word. */
export function parseSubscriptions(pubsub: XmlElement): Subscription[] {
  checkName(pubsub, 'pubsub', NS);
  const list = child(pubsub, 'subscriptions');
  return childrenOf(list ?? pubsub, 'subscription').map((subscription) => ({
    node: optionalAttr(subscription, 'node') ?? (list && optionalAttr(list, 'node')) ?? '',
    jid: requiredAttr(subscription, 'jid'),
    subscription: requiredAttr(subscription, 'subscription'),
  }));
}
