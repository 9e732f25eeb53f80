/**
 * XEP-0334 Message Processing Hints 1.0.0 (2024-04-17): what a sender wishes to become of a message.
 * Writes the two hints that our client uses.
 * Does not obey them: a channel and a server do, as far as they like.
 * Always: at most one of the two in a message.
 * Before: xml/element.ts. After: xep/0369-core/client-message.ts.
 */
import { el, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:hints';

/** To be archived although it has no body (§4.4). */
export function buildStore(): XmlElement {
  return el('store', NS);
}

/** Not to be archived (§4.2). */
export function buildNoStore(): XmlElement {
  return el('no-store', NS);
}
