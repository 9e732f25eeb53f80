/**
 * XEP-0030 Service Discovery 2.5.0 (2024-04-30), XEP-0128 Extensions 1.0.1 (2019-07): who is there, and what it can do.
 * Reads and writes the queries and answers of disco#info and disco#items.
 * Does not say which features there are (service/extensions.ts) nor who may see a channel.
 * Always: identities, features, forms and items keep their order, so that equal states give equal bytes (GEN-42).
 * Before: xep/0059-rsm/wire.ts. After: service/extensions.ts.
 */
import { checkName, optionalAttr, requiredAttr } from '../../stanza/codec.ts';
import { childrenOf, el, type XmlElement } from '../../xml/element.ts';
import { buildForm, NS as NS_FORMS, parseForm, type Form } from '../0004-forms/wire.ts';
import { buildRsmRequest, NS as NS_RSM, parseRsm, type RsmRequest } from '../0059-rsm/wire.ts';

export const NS_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_ITEMS = 'http://jabber.org/protocol/disco#items';

export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name?: string | undefined;
}

export interface Info {
  readonly node?: string | undefined;
  readonly identities: readonly Identity[];
  readonly features: readonly string[];
  readonly forms?: readonly Form[] | undefined;
}

export interface Item {
  readonly jid: string;
  readonly node?: string | undefined;
  readonly name?: string | undefined;
}

export interface Items {
  readonly node?: string | undefined;
  readonly items: readonly Item[];
  /** The page, where the answer is one (XEP-0059 §3.1). */
  readonly rsm?: XmlElement | undefined;
}

export interface ItemsQuery {
  readonly node: string | undefined;
  readonly page: RsmRequest | undefined;
}

/** Asks what an entity is and can do (§3.1). */
export function buildInfoQuery(node?: string): XmlElement {
  return el('query', NS_INFO, { node });
}

/** Reads that question; bad-request for another element. */
export function parseInfoQuery(query: XmlElement): { readonly node: string | undefined } {
  checkName(query, 'query', NS_INFO);
  return { node: optionalAttr(query, 'node') };
}

/** The answer to disco#info (§3.1), with forms as of XEP-0128. */
export function buildInfo(info: Info): XmlElement {
  return el('query', NS_INFO, { node: info.node }, [
    ...info.identities.map(({ category, type, name }) => el('identity', NS_INFO, { category, name, type })),
    ...info.features.map((feature) => el('feature', NS_INFO, { var: feature })),
    ...(info.forms ?? []).map(buildForm),
  ]);
}

/** Reads the answer to disco#info; bad-request where an identity or a feature lacks what makes it one. */
export function parseInfo(query: XmlElement): Info {
  return {
    ...parseInfoQuery(query),
    identities: childrenOf(query, 'identity').map((identity) => ({
      category: requiredAttr(identity, 'category'),
      type: requiredAttr(identity, 'type'),
      name: optionalAttr(identity, 'name'),
    })),
    features: childrenOf(query, 'feature').map((feature) => requiredAttr(feature, 'var')),
    forms: childrenOf(query, 'x', NS_FORMS).map(parseForm),
  };
}

/** Asks what belongs to an entity (§4.1); a page of it, where one is given. */
export function buildItemsQuery(node?: string, page?: RsmRequest): XmlElement {
  return el('query', NS_ITEMS, { node }, [page && buildRsmRequest(page)]);
}

/** Reads that question; bad-request for another element and for a page that cannot be. */
export function parseItemsQuery(query: XmlElement): ItemsQuery {
  checkName(query, 'query', NS_ITEMS);
  return { node: optionalAttr(query, 'node'), page: parseRsm(query) };
}

/** The answer to disco#items (§4.1). */
export function buildItems({ node, items, rsm }: Items): XmlElement {
  return el('query', NS_ITEMS, { node }, [
    ...items.map((item) => el('item', NS_ITEMS, { jid: item.jid, node: item.node, name: item.name })),
    rsm,
  ]);
}

/** Reads the answer to disco#items; bad-request where an item has no address. */
export function parseItems(query: XmlElement): Items {
  checkName(query, 'query', NS_ITEMS);
  return {
    node: optionalAttr(query, 'node'),
    items: childrenOf(query, 'item').map((item) => ({
      jid: requiredAttr(item, 'jid'),
      node: optionalAttr(item, 'node'),
      name: optionalAttr(item, 'name'),
    })),
    rsm: childrenOf(query, 'set', NS_RSM)[0],
  };
}
