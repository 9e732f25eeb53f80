/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §14.4 and RFC 6120 §8.3.3: an error that says that a client has gone.
 * Owns the list of such conditions.
 * Does not take anybody out of a room (presence.ts, messages.ts).
 * Always: what a client refuses by itself is not on the list.
 * Before: stanza/error.ts. After: xep/0045-muc/presence.ts.
 */
import { STANZAS_NS } from '../../stanza/error.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { elements, isNamed, type XmlElement } from '../../xml/element.ts';

const DEPARTURES: readonly string[] = [
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'recipient-unavailable',
  'redirect',
  'remote-server-not-found',
  'remote-server-timeout',
  'service-unavailable',
];

/** The children of a stanza of type error. */
export function isDeparture(children: readonly XmlElement[]): boolean {
  const error = children.find((child) => isNamed(child, 'error', NS_CLIENT));
  const condition = error && elements(error).find(({ ns }) => ns === STANZAS_NS)?.name;
  return condition !== undefined && DEPARTURES.includes(condition);
}
