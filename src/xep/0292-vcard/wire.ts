/**
 * XEP-0292 vCard4 Over XMPP 0.12.0 (2023-03-14), RFC 6351: what people say about themselves.
 * Owns the node, and reads and writes the few properties that a chat client shows.
 * Does not keep the rest of a card: who changes one starts from the element that is there.
 * Always: an address in a card is text; nobody takes it for the sender's.
 * Before: xep/0163-pep/wire.ts. After: host/extensions.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { child, childText, childrenOf, el, isElement, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:ietf:params:xml:ns:vcard-4.0';
/** §3.1: the node of the account that holds its card. */
export const NODE = 'urn:xmpp:vcard4';

export interface Vcard4 {
  readonly fullName?: string | undefined;
  readonly nickname?: string | undefined;
  readonly note?: string | undefined;
  readonly url?: string | undefined;
}

/** Each property, its element, and the element that its value stands in. */
const PROPERTIES = [
  ['fullName', 'fn', 'text'],
  ['nickname', 'nickname', 'text'],
  ['note', 'note', 'text'],
  ['url', 'url', 'uri'],
] as const;

/** Reads a card; of a property that occurs several times, the first. */
export function parseVcard4(vcard: XmlElement): Vcard4 {
  checkName(vcard, 'vcard', NS);
  const valueOf = (name: string, type: string) => {
    const property = child(vcard, name);
    const value = property && childText(property, type)?.trim();
    return value === '' ? undefined : value;
  };
  return Object.fromEntries(PROPERTIES.map(([key, name, type]) => [key, valueOf(name, type)]));
}

/** The card with these properties; whatever else stood in `before` is kept. */
export function buildVcard4(card: Vcard4, before: XmlElement = el('vcard', NS)): XmlElement {
  const named = PROPERTIES.flatMap(([, name]) => childrenOf(before, name));
  const others = before.children.filter((node) => !isElement(node) || !named.includes(node));
  const properties = PROPERTIES.flatMap(([key, name, type]) => {
    const value = card[key];
    return value === undefined ? [] : [el(name, NS, {}, [el(type, NS, {}, [value])])];
  });
  return el('vcard', NS, before.attrs, [...properties, ...others]);
}
