/**
 * XEP-0421 Occupant identifiers 1.0.1 (2025-04-09): who an occupant is, whatever its nick.
 * Reads and writes `<occupant-id/>`.
 * Does not make the id: it is the stable participant id (D-84), the same on both sides of a channel.
 * Always: whatever clients put into a message is taken out before ours is added (xep/0369-core/hygiene.ts).
 * Before: stanza/codec.ts. After: xep/0045-muc/render.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isElement, isNamed, type XmlElement, type XmlNode } from '../../xml/element.ts';

export const NS = 'urn:xmpp:occupant-id:0';

export function buildOccupantId(id: string): XmlElement {
  return el('occupant-id', NS, { id });
}

/** The id among a stanza's children; undefined where there is none. */
export function occupantId(children: readonly XmlNode[]): string | undefined {
  const found = children.find((node) => isElement(node) && isNamed(node, 'occupant-id', NS));
  return found !== undefined && isElement(found) ? optionalAttr(found, 'id') : undefined;
}
