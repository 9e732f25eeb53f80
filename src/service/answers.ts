/**
 * RFC 6120 §8.2.3, §8.3 (2011-03): results and errors.
 * Owns the two stanzas that answer: built without `to`, from the address that was addressed.
 * Does not decide what to answer (router.ts).
 * Always: an error repeats nothing of what it answers but the id, and is never sent to an error or a result.
 * Before: service/router.ts. After: service/outbox.ts.
 */
import type { Refusal } from '../refusal.ts';
import { buildError } from '../stanza/error.ts';
import { NS_CLIENT, type StanzaKind } from '../stanza/stanza.ts';
import { el, type XmlElement } from '../xml/element.ts';

export interface Asked {
  readonly kind: StanzaKind;
  readonly id: string | undefined;
  readonly self: string;
}

export function resultTo({ id, self }: Asked, payload: XmlElement | undefined): XmlElement {
  return el('iq', NS_CLIENT, { type: 'result', id, from: self }, [payload]);
}

/** `beside`: is the child that some documents want beside the error safe for the asker's server? */
export function errorTo({ kind, id, self }: Asked, refusal: Refusal, beside: boolean): XmlElement {
  const children = [beside ? refusal.details.beside : undefined, buildError(refusal)];
  return el(kind, NS_CLIENT, { type: 'error', id, from: self }, children);
}
