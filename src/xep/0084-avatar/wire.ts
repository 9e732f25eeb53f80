/**
 * XEP-0084 User Avatar 1.1.4 (2019-09-03): pictures.
 * Owns the names of the two payloads, and reads the bytes of a picture.
 * Does not store or check them (service.ts).
 * Always: what is no base64 is refused.
 * Before: stanza/codec.ts. After: xep/0084-avatar/service.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { childrenOf, text, type XmlElement } from '../../xml/element.ts';

export const NS_DATA = 'urn:xmpp:avatar:data';
export const NS_METADATA = 'urn:xmpp:avatar:metadata';

/** The picture as base64 without white space. @throws bad-request for what is none. */
export function parseData(data: XmlElement): string {
  checkName(data, 'data', NS_DATA);
  const base64 = text(data).replace(/\s+/g, '');
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw refuse('bad-request', 'A picture is base64.', { pubsub: 'invalid-payload' });
  return base64;
}

/** The ids of the pictures that the metadata speaks of; none: the picture is taken down. */
export function parseMetadata(metadata: XmlElement): string[] {
  checkName(metadata, 'metadata', NS_METADATA);
  return childrenOf(metadata, 'info').map(({ attrs }) => attrs['id'] ?? '');
}
