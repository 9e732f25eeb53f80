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
  const condition = conditionIn(children);
  return condition !== undefined && DEPARTURES.includes(condition);
}

/** Is it what a server says of a client that has gone, and a client of what it does not know? */
export function isUnavailable(children: readonly XmlElement[]): boolean {
  return conditionIn(children) === 'service-unavailable';
}

function conditionIn(children: readonly XmlElement[]): string | undefined {
  const error = children.find((child) => isNamed(child, 'error', NS_CLIENT));
  return error && elements(error).find(({ ns, name }) => ns === STANZAS_NS && name !== 'text')?.name;
}
