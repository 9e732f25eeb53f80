/**
 * XEP-0203 Delayed Delivery 2.0 (2009-09-15): when a stanza was first received.
 * Reads and writes `<delay/>`.
 * Does not decide who may stand in `from` (channel/ does: never a real address).
 * Always: the stamp is UTC, with milliseconds.
 * Before: stanza/codec.ts. After: xep/0297-forward/wire.ts.
 */
import { checkName, formatDateTime, optionalAttr, parseDateTime, requiredAttr } from '../../stanza/codec.ts';
import { el, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:delay';

/** `<delay/>` for a moment in ms since 1970, and who noted it, if that is said (§2). */
export function buildDelay(ms: number, from?: string): XmlElement {
  return el('delay', NS, { from, stamp: formatDateTime(ms) });
}

/** Reads `<delay/>` (§2); bad-request where the stamp is absent or no date. */
export function parseDelay(delay: XmlElement): { readonly at: number; readonly from: string | undefined } {
  checkName(delay, 'delay', NS);
  return { at: parseDateTime(requiredAttr(delay, 'stamp')), from: optionalAttr(delay, 'from') };
}
