/**
 * XEP-0424 Message Retraction 0.4.2 (2025-01-06): taking a message back.
 * Reads and writes the request and the tombstone.
 * Does not decide who may (channel/retract.ts).
 * Always: the id of a request is the stanza-id that the channel gave.
 * Before: stanza/codec.ts. After: xep/0407-misc/retraction.ts.
 */
import { checkName, formatDateTime, requiredAttr } from '../../stanza/codec.ts';
import { el, type XmlElement, type XmlNode } from '../../xml/element.ts';

export const NS = 'urn:xmpp:message-retract:1';
export const TOMBSTONE = `${NS}#tombstone`;

/** The stanza-id of the message to retract. @throws bad-request where it has none. */
export function parseRetract(retract: XmlElement): string {
  checkName(retract, 'retract', NS);
  return requiredAttr(retract, 'id');
}

/** `children`: what a moderator's retraction says besides (XEP-0425). */
export function buildRetract(id: string, children: readonly (XmlNode | undefined)[] = []): XmlElement {
  return el('retract', NS, { id }, children);
}

/** What is left of a retracted message; `id` is that of the retraction. `at` in milliseconds since 1970. */
export function buildRetracted(
  { id, at }: { readonly id: string | undefined; readonly at: number },
  children: readonly (XmlNode | undefined)[] = [],
): XmlElement {
  return el('retracted', NS, { id, stamp: formatDateTime(at) }, children);
}
