/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11): requests on the nodes of a channel.
 * Reads a request into one verb with its words, and writes the answers.
 * Does not know which nodes there are nor who may do what (channel/ does); events and the client's side: peer.ts.
 * Always: no item that is written says who published it (D-36); a request has exactly one verb.
 * Before: xep/0060-pubsub/items.ts. After: xep/0060-pubsub/peer.ts.
 */
import { checkName, optionalAttr, parseUnsigned } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, el, elements, text, type XmlElement } from '../../xml/element.ts';
import { parseRsm, type RsmRequest } from '../0059-rsm/wire.ts';
import {
  buildItemElements,
  itemsIn,
  nodeOf,
  NS,
  type ItemToSend,
  type PublishedItem,
  type Subscription,
} from './items.ts';
import { NS_OWNER } from './owner.ts';

export { NS, type ItemToSend, type PublishedItem, type Subscription } from './items.ts';
export * from './owner.ts';
export * from './peer.ts';

export type PubsubRequest =
  | {
      readonly verb: 'items';
      readonly node: string;
      readonly ids: readonly string[];
      readonly maxItems: number | undefined;
      readonly rsm: RsmRequest | undefined;
    }
  | {
      readonly verb: 'publish';
      readonly node: string;
      readonly items: readonly PublishedItem[];
      readonly options: XmlElement | undefined;
    }
  | { readonly verb: 'retract'; readonly node: string; readonly ids: readonly string[] }
  | { readonly verb: 'subscribe'; readonly node: string; readonly jid: string }
  | { readonly verb: 'unsubscribe'; readonly node: string; readonly jid: string }
  | { readonly verb: 'subscriptions'; readonly node: string | undefined }
  | { readonly verb: 'affiliations' }
  /** Known to XEP-0060 and not offered: refuse with `<unsupported feature='…'/>`. */
  | { readonly verb: 'unsupported'; readonly feature: string };

const IQ_TYPES: Readonly<Partial<Record<PubsubRequest['verb'], 'get' | 'set'>>> = {
  items: 'get',
  publish: 'set',
  retract: 'set',
  subscribe: 'set',
  unsubscribe: 'set',
  subscriptions: 'get',
  affiliations: 'get',
};

/** The iq type that goes with the verb, for the check of GEN-08; undefined: either. */
export function iqTypeOf(request: PubsubRequest): 'get' | 'set' | undefined {
  return IQ_TYPES[request.verb];
}

/** Verbs that we refuse with `<unsupported/>`, and the feature that each belongs to (§7.1.3, §8, §10). */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  [`${NS} create`]: 'create-nodes',
  [`${NS} options`]: 'subscription-options',
  [`${NS} default`]: 'retrieve-default-sub',
  [`${NS_OWNER} configure`]: 'config-node',
  [`${NS_OWNER} default`]: 'retrieve-default',
  [`${NS_OWNER} delete`]: 'delete-nodes',
  [`${NS_OWNER} purge`]: 'purge-nodes',
  [`${NS_OWNER} subscriptions`]: 'manage-subscriptions',
  [`${NS_OWNER} affiliations`]: 'modify-affiliations',
};

/** What may stand beside a verb: it is part of that verb. */
const COMPANIONS: Readonly<Record<string, string>> = {
  'publish-options': 'publish',
  configure: 'create',
  options: 'subscribe',
};

/**
 * Reads the payload of an iq get or set. bad-request for another element, for no verb or two (PUBSUB-31), and where
 * the verb lacks a word that it needs (§6, §7, with the application condition named there); feature-not-implemented
 * for a verb that XEP-0060 does not have.
 */
export function parsePubsub(payload: XmlElement): PubsubRequest {
  checkName(payload, 'pubsub', NS, NS_OWNER);
  const verb = theVerb(payload);
  const feature = UNSUPPORTED[`${payload.ns} ${verb.name}`];
  if (feature !== undefined) return { verb: 'unsupported', feature };
  if (payload.ns === NS) {
    switch (verb.name) {
      case 'items':
        return parseItemsRequest(payload, verb);
      case 'publish':
        return parsePublish(payload, verb);
      case 'retract':
        return { verb: 'retract', node: nodeOf(verb), ids: idsToRetract(verb) };
      case 'subscribe':
        if (child(payload, 'options') !== undefined)
          return { verb: 'unsupported', feature: 'subscription-options' };
        return { verb: 'subscribe', node: nodeOf(verb), jid: jidOf(verb) };
      case 'unsubscribe':
        return { verb: 'unsubscribe', node: nodeOf(verb), jid: jidOf(verb) };
      case 'subscriptions':
        return { verb: 'subscriptions', node: optionalAttr(verb, 'node') };
      case 'affiliations':
        return { verb: 'affiliations' };
    }
  }
  throw refuse('feature-not-implemented', 'there is no such request on nodes');
}

function theVerb(payload: XmlElement): XmlElement {
  const own = elements(payload).filter((element) => element.ns === payload.ns);
  const verbs = own.filter(({ name }) => {
    const partner = COMPANIONS[name];
    return partner === undefined || !own.some((other) => other.name === partner);
  });
  const [verb, second] = verbs;
  if (verb === undefined) throw refuse('bad-request', 'the request says nothing to do');
  if (second !== undefined) throw refuse('bad-request', 'the request says two things to do');
  return verb;
}

function jidOf(verb: XmlElement): string {
  const jid = optionalAttr(verb, 'jid');
  if (jid === undefined)
    throw refuse('bad-request', 'a subscriber must be named', { pubsub: 'jid-required' });
  return jid;
}

function parseItemsRequest(payload: XmlElement, verb: XmlElement): PubsubRequest {
  const maxItems = optionalAttr(verb, 'max_items');
  const max = maxItems === undefined ? undefined : parseUnsigned(maxItems);
  if (max === 0) throw refuse('bad-request', 'max_items is at least 1');
  return {
    verb: 'items',
    node: nodeOf(verb),
    ids: itemsIn(verb).map(idOf),
    maxItems: max,
    rsm: parseRsm(payload),
  };
}

function parsePublish(payload: XmlElement, verb: XmlElement): PubsubRequest {
  const node = nodeOf(verb);
  const items = itemsIn(verb).map((item) => ({ id: optionalAttr(item, 'id'), payload: payloadIn(item) }));
  if (items.length === 0)
    throw refuse('bad-request', 'there is no item to publish', { pubsub: 'item-required' });
  return { verb: 'publish', node, items, options: child(payload, 'publish-options') };
}

function payloadIn(item: XmlElement): XmlElement | undefined {
  const [payload, second] = elements(item);
  if (second !== undefined || text(item).trim() !== '')
    throw refuse('bad-request', 'an item holds one element', { pubsub: 'invalid-payload' });
  return payload;
}

function idsToRetract(verb: XmlElement): string[] {
  const ids = itemsIn(verb).map(idOf);
  if (ids.length === 0)
    throw refuse('bad-request', 'there is no item to retract', { pubsub: 'item-required' });
  return ids;
}

function idOf(item: XmlElement): string {
  const id = optionalAttr(item, 'id');
  if (id === undefined) throw refuse('bad-request', 'an item must be named', { pubsub: 'item-required' });
  return id;
}

/** `<pubsub/>` with the items of a node and, where it is one page of them, the page (§6.5). */
export function buildItems(node: string, items: readonly ItemToSend[], rsm?: XmlElement): XmlElement {
  return el('pubsub', NS, {}, [el('items', NS, { node }, buildItemElements(NS, items)), rsm]);
}

/** The answer to a publish, with the item's id (§7.1.2); without an id, an empty `<pubsub/>` as in XEP-0406 §3.3. */
export function buildPublished(node: string, id?: string): XmlElement {
  if (id === undefined) return el('pubsub', NS);
  return el('pubsub', NS, {}, [el('publish', NS, { node }, [el('item', NS, { id })])]);
}

/** The answer to a subscribe (§6.1.2). */
export function buildSubscription(subscription: Subscription): XmlElement {
  return el('pubsub', NS, {}, [subscriptionElement(subscription)]);
}

/** The answer to a question for one's own subscriptions, to all nodes or to one (§5.6). */
export function buildSubscriptions(subscriptions: readonly Subscription[], node?: string): XmlElement {
  return el('pubsub', NS, {}, [el('subscriptions', NS, { node }, subscriptions.map(subscriptionElement))]);
}

function subscriptionElement({ node, jid, subscription }: Subscription): XmlElement {
  return el('subscription', NS, { node, jid, subscription });
}
