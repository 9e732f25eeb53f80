/**
 * XEP-0372 References 0.5.0 (2020-12-09): whom or what a part of a text speaks of.
 * Reads and writes mentions; writes links to something of XMPP's.
 * Does not read references of type data; what a channel lets pass is xep/0369-core/hygiene.ts' business.
 * Always: places are code points, as XEP-0426 counts them; a URI is written with '#' as %23 (RFC 5122).
 * Before: stanza/codec.ts. After: xep/0372-references/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:reference:0';

export interface Mention {
  /** Whom: an address, without `xmpp:`. */
  readonly address: string;
  /** Code points of the body before the mention, and before its end; undefined: it has no place there. */
  readonly begin: number | undefined;
  readonly end: number | undefined;
}

/** `<reference type='mention'/>` (§3.2). */
export function buildMention({ address, begin, end }: Mention): XmlElement {
  const uri = `xmpp:${encodeURI(address).replaceAll('#', '%23').replaceAll('?', '%3F')}`;
  return el('reference', NS, { type: 'mention', uri, begin: begin?.toString(), end: end?.toString() });
}

/** `<reference type='data'/>` (§3.3): the message speaks of what is at this URI. */
export function buildLink(uri: string): XmlElement {
  return el('reference', NS, { type: 'data', uri });
}

/** The mentions among these elements; those of something else than an address are left out. */
export function mentionsIn(elements: readonly XmlElement[]): Mention[] {
  return elements
    .filter((element) => isNamed(element, 'reference', NS) && element.attrs['type'] === 'mention')
    .flatMap((reference) => {
      const address = addressIn(optionalAttr(reference, 'uri') ?? '');
      if (address === undefined) return [];
      return [{ address, begin: placeIn(reference, 'begin'), end: placeIn(reference, 'end') }];
    });
}

function addressIn(uri: string): string | undefined {
  if (!/^xmpp:/i.test(uri)) return undefined;
  try {
    return decodeURIComponent(uri.slice(5).replace(/\?.*$/s, ''));
  } catch {
    return undefined;
  }
}

function placeIn(reference: XmlElement, name: string): number | undefined {
  const text = optionalAttr(reference, name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
