/**
 * RFC 6120 §8 (2011-03): the three kinds of stanza.
 * Owns their namespace and names, and the rule that a request carries exactly one payload.
 * Does not route (service/router.ts) nor build errors (error.ts).
 * Always: what `payloadOf` returns is an element.
 * Before: stanza/codec.ts. After: xep/0004-forms/wire.ts.
 */
import { elements, type XmlElement } from '../xml/element.ts';
import { refuse } from './error.ts';

export const NS_CLIENT = 'jabber:client';

export type StanzaKind = 'iq' | 'message' | 'presence';

/** Which kind of stanza is this? undefined where it is none. */
export function stanzaKind(element: XmlElement): StanzaKind | undefined {
  const { name, ns } = element;
  if (ns !== NS_CLIENT) return undefined;
  return name === 'iq' || name === 'message' || name === 'presence' ? name : undefined;
}

/** The payload of an iq of type get or set: bad-request unless it is one element (RFC 6120 §8.2.3). */
export function payloadOf(iq: XmlElement): XmlElement {
  const [payload, second] = elements(iq);
  if (payload === undefined) throw refuse('bad-request', 'the request has no payload');
  if (second !== undefined) throw refuse('bad-request', 'the request has more than one payload');
  return payload;
}

/** The payload of an iq of type result, if it has one (RFC 6120 §8.2.3: none or one). */
export function resultOf(iq: XmlElement): XmlElement | undefined {
  return elements(iq)[0];
}
