/**
 * RFC 6120 §8.2.3, §8.3 (2011-03): results and errors.
 * Owns the two stanzas that answer: built without `to`, from the address that was addressed.
 * Does not decide what to answer (router.ts).
 * Always: an error repeats nothing of what it answers but the id and, empty, the sign of an entry (XEP-0045 §7.2), and
 * is never sent to an error or a result.
 * Before: service/router.ts. After: service/outbox.ts.
 */
import type { Refusal } from '../refusal.ts';
import { buildError } from '../stanza/error.ts';
import { NS_CLIENT, type StanzaKind } from '../stanza/stanza.ts';
import { buildEntry, entryIn } from '../xep/0045-muc/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';

export interface Asked {
  readonly kind: StanzaKind;
  readonly id: string | undefined;
  readonly self: string;
  readonly children: readonly XmlElement[];
}

export function resultTo({ id, self }: Asked, payload: XmlElement | undefined): XmlElement {
  return el('iq', NS_CLIENT, { type: 'result', id, from: self }, [payload]);
}

/** `beside`: is the child that some documents want beside the error safe for the asker's server? */
export function errorTo({ kind, id, self, children }: Asked, refusal: Refusal, beside: boolean): XmlElement {
  const parts = [beside ? refusal.details.beside : undefined, buildError(refusal)];
  // COMPAT(slixmpp): by this alone it knows that it has not entered; others go by the address.
  if (kind === 'presence' && entryIn(children) !== undefined) parts.unshift(buildEntry());
  return el(kind, NS_CLIENT, { type: 'error', id, from: self }, parts);
}
