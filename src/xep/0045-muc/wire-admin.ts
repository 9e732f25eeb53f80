/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §8, §9, §10: what moderators, administrators and owners ask of a room.
 * Reads and writes the queries of muc#admin and muc#owner, apart from the form in the latter.
 * Does not know the form's fields (wire-config.ts) nor who may ask (admin.ts, owner.ts).
 * Always: an item says either an affiliation or a role.
 * Before: xep/0045-muc/wire.ts. After: xep/0045-muc/admin.ts.
 */
import { checkName, optionalAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, childrenOf, childText, el, type XmlElement } from '../../xml/element.ts';
import { NS as FORMS, parseForm, type Form } from '../0004-forms/wire.ts';
import { buildItem, parseItem, type Item } from './wire.ts';

export const NS_ADMIN = 'http://jabber.org/protocol/muc#admin';
export const NS_OWNER = 'http://jabber.org/protocol/muc#owner';

/** What is asked for, or to be changed. @throws bad-request for an item that says neither or both. */
export function parseAdmin(query: XmlElement): readonly Item[] {
  checkName(query, 'query', NS_ADMIN);
  const items = childrenOf(query, 'item').map(parseItem);
  if (items.length === 0) throw refuse('bad-request', 'the query has an item');
  for (const { affiliation, role } of items)
    if ((affiliation === undefined) === (role === undefined))
      throw refuse('bad-request', 'an item has an affiliation or a role');
  return items;
}

/** `set`: which page of the list it is (XEP-0059). */
export function buildAdmin(items: readonly Item[], set?: XmlElement): XmlElement {
  return el('query', NS_ADMIN, {}, [...items.map((item) => buildItem(item, NS_ADMIN)), set]);
}

export interface Destroy {
  /** Where people may go instead, as the owner wrote it. */
  readonly venue: string | undefined;
  readonly reason: string | undefined;
}

export type OwnerRequest =
  /** Nothing, or a form that was put aside. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'destroy'; readonly destroy: Destroy };

export function parseOwner(query: XmlElement): OwnerRequest {
  checkName(query, 'query', NS_OWNER);
  const destroy = child(query, 'destroy');
  if (destroy !== undefined) {
    const venue = optionalAttr(destroy, 'jid');
    return { kind: 'destroy', destroy: { venue, reason: childText(destroy, 'reason') } };
  }
  const x = child(query, 'x', FORMS);
  const form = x && parseForm(x);
  return form === undefined || form.type === 'cancel' ? { kind: 'nothing' } : { kind: 'form', form };
}

export function buildOwner(children: readonly XmlElement[] = []): XmlElement {
  return el('query', NS_OWNER, {}, children);
}
