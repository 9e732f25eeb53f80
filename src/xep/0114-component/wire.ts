/**
 * XEP-0114 Jabber Component Protocol 1.6 (2012-01-25), https://xmpp.org/extensions/xep-0114.html
 * Writes and recognises the few elements by which a component opens, proves and ends its stream.
 * Does not compute the proof (handshake.ts) nor hold a socket (transport/session.ts).
 * Always: no value that is written here can break out of its quotes.
 * Before: xml/write.ts. After: transport/session.ts.
 */
import { isNamed, type XmlElement } from '../../xml/element.ts';
import { escapeAttribute } from '../../xml/write.ts';

export const NS = 'jabber:component:accept';
export const STREAMS_NS = 'http://etherx.jabber.org/streams';

/** §3: the header that asks to speak for `domain`. Without `version`, as the document has it. */
export function buildHeader(domain: string): string {
  return `<?xml version="1.0"?><stream:stream xmlns="${NS}" xmlns:stream="${STREAMS_NS}" to="${escapeAttribute(domain)}">`;
}

/** §3: `digest` comes from handshake.ts. */
export function buildHandshake(digest: string): string {
  return `<handshake>${escapeAttribute(digest)}</handshake>`;
}

/** Does the server accept us? The reader reports the stream's own namespace as `jabber:client`. */
export function isHandshake(element: XmlElement): boolean {
  return isNamed(element, 'handshake', 'jabber:client');
}

export const STREAM_END = '</stream:stream>';
