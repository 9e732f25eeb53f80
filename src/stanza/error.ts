/**
 * RFC 6120 §8.3 (2011-03): a refusal as XML.
 * Owns the `<error/>` element, with the application conditions of XEP-0060.
 * Does not decide why (refusal.ts, re-exported here for the codecs) nor send it.
 * Always: exactly one defined condition, and the type that goes with it.
 * Before: refusal.ts. After: stanza/stanza.ts.
 */
import type { Refusal } from '../refusal.ts';
import { el, type XmlElement } from '../xml/element.ts';

export * from '../refusal.ts';

export const STANZAS_NS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
export const PUBSUB_ERRORS_NS = 'http://jabber.org/protocol/pubsub#errors';

/** The `<error/>` element of a refusal (RFC 6120 §8.3.2). */
export function buildError(refusal: Refusal, ns = 'jabber:client'): XmlElement {
  const { pubsub, feature, within } = refusal.details;
  return el('error', ns, { type: refusal.type }, [
    el(refusal.condition, STANZAS_NS),
    refusal.message === '' ? undefined : el('text', STANZAS_NS, { 'xml:lang': 'en' }, [refusal.message]),
    pubsub === undefined ? undefined : el(pubsub, PUBSUB_ERRORS_NS, { feature }),
    within,
  ]);
}
