/**
 * XEP-0115 Entity Capabilities 1.6.0 (2022-03): what a client can do, in one hash.
 * Writes `<c/>` and the text whose hash it carries.
 * Does not hash (client/caps.ts does, by WebCrypto) nor ask what a hash stands for.
 * Always: the text depends on what is told, not on its order.
 * Before: xep/0030-disco/wire.ts. After: client/caps.ts.
 */
import { el, type XmlElement } from '../../xml/element.ts';
import type { Identity, Info } from '../0030-disco/wire.ts';

export const NS = 'http://jabber.org/protocol/caps';

/** `<c/>` (§4): `ver` is the hash, in base64, of `capsText`, made with SHA-1. */
export function buildCaps(node: string, ver: string): XmlElement {
  return el('c', NS, { hash: 'sha-1', node, ver });
}

/** What is hashed (§5.1). Forms are not among what our clients tell. */
export function capsText({ identities, features }: Pick<Info, 'identities' | 'features'>): string {
  const identity = ({ category, type, name }: Identity) => `${category}/${type}//${name ?? ''}`;
  return [...identities.map(identity).sort(), ...[...features].sort()].map((part) => `${part}<`).join('');
}
