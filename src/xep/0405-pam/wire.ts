/**
 * XEP-0405 MIX-PAM 0.5.3 (2022-07-15): what a client says to its own server about channels.
 * Reads and writes the wrapped join and leave, and the marks in the roster.
 * Does not look into what is wrapped (0369-core/wire.ts does): it passes through unaltered (PAM-06).
 * Always: exactly one wrapped element.
 * Before: xep/0369-core/wire.ts. After: host/.
 */
import { checkName, optionalAttr, requiredAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, el, elements, type XmlElement } from '../../xml/element.ts';
import { JOIN_NAMESPACES, NS as NS_CORE } from '../0369-core/wire.ts';

export const NS = 'urn:xmpp:mix:pam:2';
export const NS_ROSTER = 'urn:xmpp:mix:roster:0';

export interface ClientJoin {
  /** The channel's address; answers leave it out. */
  readonly channel: string | undefined;
  readonly join: XmlElement;
}

export interface ClientLeave {
  /** The channel's address; answers leave it out. */
  readonly channel: string | undefined;
  readonly leave: XmlElement;
}

/** Reads a request to join (§2.7). bad-request without a channel and unless there is exactly one join. */
export function parseClientJoin(element: XmlElement): ClientJoin & { readonly channel: string } {
  return { ...parseClientJoined(element), channel: requiredAttr(element, 'channel') };
}

/** Reads the answer to it (§2.7), which has the channel's own answer inside. */
export function parseClientJoined(element: XmlElement): ClientJoin {
  checkName(element, 'client-join', NS);
  return { channel: optionalAttr(element, 'channel'), join: wrapped(element, 'join', JOIN_NAMESPACES) };
}

/** A request to join, or the answer to one (§2.7). */
export function buildClientJoin({ channel, join }: ClientJoin): XmlElement {
  return el('client-join', NS, { channel }, [join]);
}

/** Reads a request to leave (§2.8). bad-request without a channel and unless there is exactly one leave. */
export function parseClientLeave(element: XmlElement): ClientLeave & { readonly channel: string } {
  return { ...parseClientLeft(element), channel: requiredAttr(element, 'channel') };
}

/** Reads the answer to it (§2.8). */
export function parseClientLeft(element: XmlElement): ClientLeave {
  checkName(element, 'client-leave', NS);
  return { channel: optionalAttr(element, 'channel'), leave: wrapped(element, 'leave', [NS_CORE]) };
}

/** A request to leave, or the answer to one (§2.8). */
export function buildClientLeave({ channel, leave }: ClientLeave): XmlElement {
  return el('client-leave', NS, { channel }, [leave]);
}

function wrapped(element: XmlElement, name: string, namespaces: readonly string[]): XmlElement {
  const [inner, second] = elements(element);
  if (inner === undefined || second !== undefined)
    throw refuse('bad-request', `<${element.name}/> holds exactly one <${name}/>`);
  checkName(inner, name, ...namespaces);
  return inner;
}

/** Does this roster query ask for the marks (§2.10)? */
export function isAnnotated(query: XmlElement): boolean {
  return child(query, 'annotate', NS_ROSTER) !== undefined;
}

/** What a client puts into its roster query to get the marks (§2.10). */
export function buildAnnotate(): XmlElement {
  return el('annotate', NS_ROSTER);
}

/** The mark of a roster item that is a channel: who the user is there, where that is known (§2.10, PAM-11). */
export function buildChannel(participantId?: string): XmlElement {
  return el('channel', NS_ROSTER, { 'participant-id': participantId });
}

/** The mark of a roster item (§2.10); undefined for an item that is no channel. */
export function parseChannel(item: XmlElement): { readonly participantId: string | undefined } | undefined {
  const channel = child(item, 'channel', NS_ROSTER);
  return channel && { participantId: optionalAttr(channel, 'participant-id') };
}
