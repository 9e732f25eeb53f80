/**
 * XEP-0359 Unique and Stable Stanza IDs 0.7.0 (2023-02-20): which message is meant.
 * Writes the id that a channel gives, and finds the ids in a message.
 * Does not remove foreign ids (channel/post.ts does: D-45).
 * Always: an id is never empty.
 * Before: stanza/codec.ts. After: xep/0313-mam/wire.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isElement, isNamed, type XmlElement, type XmlNode } from '../../xml/element.ts';

export const NS = 'urn:xmpp:sid:0';

/** `<stanza-id/>`: the id that the archive `by` has given (§3.2). */
export function buildStanzaId(by: string, id: string): XmlElement {
  return el('stanza-id', NS, { by, id });
}

/** `<origin-id/>`: the id that the sending client has given (§3.1). */
export function buildOriginId(id: string): XmlElement {
  return el('origin-id', NS, { id });
}

/** The id in the first `<origin-id/>` among a message's children; undefined where there is none. */
export function originId(children: readonly XmlNode[]): string | undefined {
  const found = children.find((node) => isElement(node) && isNamed(node, 'origin-id', NS));
  return found !== undefined && isElement(found) ? optionalAttr(found, 'id') : undefined;
}

/** The id that `by` has given, among a message's children; undefined where there is none (§5: trust only the expected). */
export function stanzaId(children: readonly XmlNode[], by: string): string | undefined {
  for (const node of children)
    if (isElement(node) && isNamed(node, 'stanza-id', NS) && node.attrs['by'] === by)
      return optionalAttr(node, 'id');
  return undefined;
}
