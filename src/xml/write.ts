/**
 * XML 1.0 (fifth edition) and Namespaces 1.0, in the subset of RFC 6120 §11: elements to text.
 * Writes an element so that any XML parser accepts the result, whatever strings the element holds.
 * Does not judge what is said: limits and stream headers belong to transport/.
 * Always: the output is well-formed; a character that XML forbids becomes U+FFFD, since one such character would
 * make the peer end the whole link; no string makes a function of this file throw.
 * Before: xml/element.ts. After: transport/component.ts.
 */
import { isElement, type Fragment, type XmlElement } from './element.ts';

const STANZA_NS = 'jabber:client';
/** RFC 6120 §4.8.5 asks for the prefix `stream:` on these elements, as old peers look for it. */
const STREAMS_NS = 'http://etherx.jabber.org/streams';
/** Namespaces that no document may declare (Namespaces 1.0 §3). */
const reservedNs = ['http://www.w3.org/XML/1998/namespace', 'http://www.w3.org/2000/xmlns/'];

// Everything but what may stand as it is. Written as complements, so that control characters need no mention.
const unsafeText = /[^\t\n -%'-;=?-\ud7ff\ue000-\ufffd]/;
const unsafeTextEach = /[^\t\n -%'-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const unsafeAttribute = /[^ !#-%(-;=?-\ud7ff\ue000-\ufffd]/;
const unsafeAttributeEach = /[^ !#-%(-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As themselves these three would reach the reader as a space or a line feed.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const plainName = /^[A-Za-z_][\w.-]*$/;
const anyName =
  /^[A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}][-.\w\xb7\xc0-\xd6\xd8-\xf6\xf8-\u037d\u037f-\u1fff\u200c-\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]*$/u;

/**
 * The text of an element as it stands inside a parent (or a stream) whose default namespace is `contextNs`; `xmlns` is
 * written only where it differs from that. On a component stream, too, pass `jabber:client`: its default namespace
 * then means the same elements. Throws only for a Fragment in a wrong place, which is a bug of the caller.
 */
export function serialize(element: XmlElement, contextNs: string = STANZA_NS): string {
  const { ns, children } = element;
  const isStream = ns === STREAMS_NS;
  const name = (isStream ? 'stream:' : '') + (isName(element.name) ? element.name : '_');
  let out = '<' + name;
  if (isStream) out += ` xmlns:stream="${STREAMS_NS}"`;
  else if (ns !== contextNs) out += ` xmlns="${reservedNs.includes(ns.trim()) ? '' : escapeAttribute(ns)}"`;
  out += attributes(element);
  if (children.length === 0) return out + '/>';
  out += '>';
  const innerNs = isStream ? contextNs : ns;
  for (const node of children) {
    if (typeof node === 'string') out += escapeText(node);
    else if (isElement(node)) out += serialize(node, innerNs);
    else out += copied(node, innerNs);
  }
  return `${out}</${name}>`;
}

/** Elements written once, to be copied into the stanzas (namespace `jabber:client`) whose children they are. */
export function toFragment(nodes: readonly XmlElement[]): Fragment {
  return { xml: nodes.map((node) => serialize(node)).join('') };
}

/** Character data. `>` is escaped as well, since `]]>` may not stand in it. */
export function escapeText(text: string): string {
  return unsafeText.test(text) ? text.replace(unsafeTextEach, entity) : text;
}

/** The inside of an attribute value, for either kind of quotes. */
export function escapeAttribute(text: string): string {
  return unsafeAttribute.test(text) ? text.replace(unsafeAttributeEach, entity) : text;
}

/** How many bytes `text` takes in UTF-8; a lone surrogate counts as the U+FFFD that an encoder makes of it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is four bytes: two units, and two more.
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return bytes;
}

/** Takes the element more bytes than that when it is written? Costs little where it is far below. */
export function isLargerThan(element: XmlElement, bytesMax: number): boolean {
  // No character takes more than the six bytes of an entity.
  return unitsOf(element) * 6 > bytesMax && utf8Length(serialize(element)) > bytesMax;
}

/** About the characters of an element as it is written, and never fewer. */
function unitsOf({ name, ns, attrs, children }: XmlElement): number {
  let units = 2 * name.length + ns.length + 16;
  for (const [key, value] of Object.entries(attrs)) units += key.length + value.length + 4;
  for (const node of children) {
    if (typeof node === 'string') units += node.length;
    else units += isElement(node) ? unitsOf(node) : node.xml.length;
  }
  return units;
}

function entity(character: string): string {
  return entities[character] ?? '\ufffd';
}

/** Is this a name that an element or attribute may have without a prefix (Namespaces 1.0, NCName)? */
export function isName(name: string): boolean {
  return plainName.test(name) || anyName.test(name);
}

/** An attribute whose name XML cannot hold is left out: two names made harmless could meet in one. */
function attributes({ attrs }: XmlElement): string {
  let out = '';
  let prefixes = 0;
  for (const name in attrs) {
    const value = attrs[name] ?? '';
    if (name === 'xmlns') continue;
    if (isName(name) || (name.startsWith('xml:') && isName(name.slice(4)))) {
      out += ` ${name}="${escapeAttribute(value)}"`;
      continue;
    }
    const [, ns, local] = /^\{([!-~]+)\}([^}]+)$/.exec(name) ?? [];
    if (ns === undefined || local === undefined || !isName(local) || reservedNs.includes(ns)) continue;
    const prefix = `ns${prefixes++}`;
    out += ` xmlns:${prefix}="${escapeAttribute(ns)}" ${prefix}:${local}="${escapeAttribute(value)}"`;
  }
  return out;
}

function copied(fragment: Fragment, contextNs: string): string {
  if (contextNs !== STANZA_NS)
    throw new Error(`a fragment stands in an element of ${contextNs}, not of ${STANZA_NS}`);
  return fragment.xml;
}
