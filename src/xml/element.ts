/**
 * XML as XMPP uses it (RFC 6120 §11): elements with a namespace, attributes, text.
 * Owns the one immutable element type that every other folder speaks, and the small questions asked of it.
 * Does not read bytes (reader.ts) nor write them (write.ts).
 * Always: an element is never changed after it is made; a name carries no prefix, a namespace is never undefined.
 * Before: xml/reader.ts. After: stanza/codec.ts.
 */

/** A piece of XML that our own serialiser has written before; it is copied out as it stands. Made by `toFragment` alone. */
export interface Fragment {
  readonly xml: string;
}

export type XmlNode = XmlElement | Fragment | string;

/** Attribute names are local names; `xml:lang` keeps its prefix, any other foreign attribute is `{namespace}name`. */
export type Attributes = Readonly<Record<string, string>>;

export interface XmlElement {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Attributes;
  readonly children: readonly XmlNode[];
}

/**
 * Makes an element. Attributes and children that are undefined are left out.
 * @example
 * const body = el('body', 'jabber:client', {}, ['Hail!']);
 * const message = el('message', 'jabber:client', { to: channel, id: undefined }, [body]);
 * console.log(childText(message, 'body')); // Hail!
 */
export function el(
  name: string,
  ns: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  children: readonly (XmlNode | undefined)[] = [],
): XmlElement {
  const kept: Record<string, string> = {};
  for (const key in attrs) {
    const value = attrs[key];
    if (value !== undefined) kept[key] = value;
  }
  return { name, ns, attrs: kept, children: children.filter((child) => child !== undefined) };
}

export function isElement(node: XmlNode): node is XmlElement {
  return typeof node === 'object' && 'name' in node;
}

/** Is this the element `name` of namespace `ns`? */
export function isNamed(element: XmlElement, name: string, ns: string): boolean {
  return element.name === name && element.ns === ns;
}

/**
 * The child elements, in order; without text and fragments.
 * @example
 * const spell = el('spell', 'urn:x', {}, ['Add ', el('newt', 'urn:x')]);
 * console.log(elements(spell).length); // 1
 */
export function elements(parent: XmlElement): XmlElement[] {
  return parent.children.filter(isElement);
}

/**
 * The first child of that name, in `ns` or (when not given) in the parent's own namespace.
 * @example
 * const spell = el('spell', 'urn:x', {}, [el('newt', 'urn:x', { part: 'eye' })]);
 * console.log(child(spell, 'newt')?.attrs['part']); // eye
 */
export function child(parent: XmlElement, name: string, ns: string = parent.ns): XmlElement | undefined {
  for (const node of parent.children) if (isElement(node) && isNamed(node, name, ns)) return node;
  return undefined;
}

/**
 * All children of that name, in `ns` or (when not given) in the parent's own namespace.
 * @example
 * const spell = el('spell', 'urn:x', {}, [el('newt', 'urn:x'), el('newt', 'urn:x'), el('newt', 'urn:y')]);
 * console.log(childrenOf(spell, 'newt').length); // 2
 */
export function childrenOf(parent: XmlElement, name: string, ns: string = parent.ns): XmlElement[] {
  return elements(parent).filter((element) => isNamed(element, name, ns));
}

/**
 * The element's own character data, joined; the text of its children is not part of it.
 * @example
 * console.log(text(el('spell', 'urn:x', {}, ['Add ', el('newt', 'urn:x', {}, ['eye']), '!']))); // Add !
 */
export function text(element: XmlElement): string {
  return element.children.filter((node) => typeof node === 'string').join('');
}

/**
 * The text of the first child of that name, or undefined where there is no such child.
 * @example
 * const spell = el('spell', 'urn:x', {}, [el('newt', 'urn:x', {}, ['eye'])]);
 * console.log(childText(spell, 'newt'), childText(spell, 'frog')); // eye undefined
 */
export function childText(parent: XmlElement, name: string, ns: string = parent.ns): string | undefined {
  const found = child(parent, name, ns);
  return found && text(found);
}
