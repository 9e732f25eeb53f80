/**
 * XEP-0199 XMPP Ping 2.0.1 (2019-03-26): are you there?
 * Writes and recognises `<ping/>`.
 * Does not answer (service/ does) nor keep time (service/outbox.ts does, which uses it as its barrier).
 * Always: the answer to a ping is an empty result.
 * Before: stanza/stanza.ts. After: service/outbox.ts.
 */
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:ping';

/** `<ping/>` (§4). */
export function buildPing(): XmlElement {
  return el('ping', NS);
}

/** Is this payload a ping (§4)? */
export function isPing(payload: XmlElement): boolean {
  return isNamed(payload, 'ping', NS);
}
