/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11): the items of a node, in whatever they stand.
 * Owns what requests, answers and events have in common.
 * Does not read a request (wire.ts) nor an event (peer.ts).
 * Always: no item that is written says who published it (D-36).
 * Before: stanza/codec.ts. After: xep/0060-pubsub/wire.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { el, elements, type XmlElement, type XmlNode } from '../../xml/element.ts';

export const NS = 'http://jabber.org/protocol/pubsub';

export interface PublishedItem {
  readonly id?: string | undefined;
  readonly payload?: XmlElement | undefined;
}

export interface ItemToSend {
  readonly id: string;
  readonly payload?: XmlNode | undefined;
}

export interface Subscription {
  readonly node: string;
  readonly jid: string;
  readonly subscription: string;
}

/** The node that a verb is about (§7.1.3.5). bad-request where it names none. */
export function nodeOf(verb: XmlElement): string {
  const node = optionalAttr(verb, 'node');
  if (node === undefined) throw refuse('bad-request', 'a node must be named', { pubsub: 'nodeid-required' });
  return node;
}

/** The items in an element, directly or inside `<items/>` (D-69); the examples put them into odd namespaces (D-90). */
export function itemsIn(parent: XmlElement): XmlElement[] {
  return elements(parent).flatMap((element) => {
    if (element.name === 'items') return elements(element).filter(({ name }) => name === 'item');
    return element.name === 'item' ? [element] : [];
  });
}

/** `<item/>`s of the namespace, without a publisher (D-36). */
export function buildItemElements(ns: string, items: readonly ItemToSend[]): XmlElement[] {
  return items.map(({ id, payload }) => el('item', ns, { id }, [payload]));
}
