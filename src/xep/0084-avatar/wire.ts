/**
 * XEP-0084 User Avatar 1.1.4 (2019-09-03): pictures.
 * Owns the names of the two payloads; reads and writes them.
 * Does not store or check them (service.ts).
 * Always: what is no base64 is refused.
 * Before: stanza/codec.ts. After: xep/0084-avatar/service.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { childrenOf, el, text, type XmlElement } from '../../xml/element.ts';

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

/** The picture (§4.1). */
export function buildData(base64: string): XmlElement {
  return el('data', NS_DATA, {}, [base64]);
}

export interface PictureInfo {
  /** The SHA-1 of the bytes, in hex. */
  readonly id: string;
  readonly type: string;
  /** In bytes. */
  readonly bytes: number;
}

/** What the metadata says of the first picture that is in the node itself; undefined where there is none (§4.2). */
export function parsePictureInfo(metadata: XmlElement): PictureInfo | undefined {
  checkName(metadata, 'metadata', NS_METADATA);
  for (const { attrs } of childrenOf(metadata, 'info')) {
    const { id, type, bytes, url } = attrs;
    if (id !== undefined && url === undefined)
      return { id, type: type ?? 'image/png', bytes: Number(bytes) || 0 };
  }
  return undefined;
}

/** Tells of a picture (§4.2), or that there is none any more (§4.3). */
export function buildMetadata(info: PictureInfo | undefined): XmlElement {
  if (info === undefined) return el('metadata', NS_METADATA);
  const { id, type, bytes } = info;
  return el('metadata', NS_METADATA, {}, [el('info', NS_METADATA, { id, type, bytes: String(bytes) })]);
}
