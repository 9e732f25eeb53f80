/**
 * RFC 7395 §3.3.3, RFC 6120 §11: a frame to an element, by the parser that a browser brings along.
 * Reads a document with DOMParser, within limits, and refuses what XMPP forbids in XML.
 * Does not read streams, which browsers do not meet; Node has xml/document.ts.
 * Always: an element, 'excess' or an Error; markup of one frame never reaches another.
 * Before: xml/element.ts. After: client/websocket.ts.
 */
import type { XmlElement, XmlNode } from '../xml/element.ts';
import type { XmlLimits } from '../xml/limits.ts';
import { utf8Length } from '../xml/write.ts';
import { clientXmlLimits } from './transport.ts';

/** As much of the DOM as is used here. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeValue: string | null;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
}

interface DomElement extends DomNode {
  readonly localName: string;
  readonly namespaceURI: string | null;
  readonly attributes: ArrayLike<{
    readonly localName: string;
    readonly namespaceURI: string | null;
    readonly value: string;
  }>;
}

interface DomDocument extends DomNode {
  readonly documentElement: DomElement | null;
  getElementsByTagName(name: string): { readonly length: number };
}

export interface DomParser {
  parseFromString(text: string, type: string): DomDocument;
}

const XML_NS = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NS = 'http://www.w3.org/2000/xmlns/';
const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;
/** An XML declaration is the one thing in angle brackets with a question mark that may be. */
const declaration = /^\s*<\?xml\s[^?]*\?>/;

/**
 * The element that a frame is.
 * @param text one whole document
 * @returns the element; 'excess' where the frame is over a limit
 * @throws Error for what is not well-formed, and for comments, instructions and document types
 */
export function parseDom(
  parser: DomParser,
  text: string,
  limits: XmlLimits = clientXmlLimits,
): XmlElement | 'excess' {
  if (text.length > limits.stanzaBytesMax || utf8Length(text) > limits.stanzaBytesMax) return 'excess';
  const plain = text.replace(declaration, '');
  // Comments, document types and instructions; found before parsing, as a declared entity has done its harm after it.
  if (/<[!?]/.test(withoutCdata(plain))) throw new Error('restricted XML');
  const document = parser.parseFromString(plain, 'application/xml');
  // Browsers put their complaint into the document. Where the frame spells the word, a message that holds such an
  // element cannot be told from a complaint: it is skipped, and its author has silenced nobody but himself.
  if (document.getElementsByTagName('parsererror').length > 0) {
    if (text.includes('parsererror')) return 'excess';
    throw new Error('not well-formed');
  }
  const root = document.documentElement;
  if (root === null) throw new Error('no element');
  return new Copier(limits).copy(root, 1) ?? 'excess';
}

/** CDATA may hold anything. Split, since a search for each pair would take for ever where none is closed. */
function withoutCdata(text: string): string {
  const [before, ...rest] = text.split('<![CDATA[');
  return [before, ...rest.map((part) => part.split(']]>', 2)[1] ?? '')].join('');
}

class Copier {
  readonly #limits: XmlLimits;
  #count = 0;

  constructor(limits: XmlLimits) {
    this.#limits = limits;
  }

  /** Our element of theirs; undefined over a limit. */
  copy(element: DomElement, depth: number): XmlElement | undefined {
    const { depthMax, childrenMax, attributesMax } = this.#limits;
    if (depth > depthMax || ++this.#count > childrenMax || element.attributes.length > attributesMax)
      return undefined;
    const children: XmlNode[] = [];
    for (let node = element.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === TEXT || node.nodeType === CDATA) append(children, node.nodeValue ?? '');
      else if (node.nodeType === ELEMENT) {
        const copied = this.copy(node as DomElement, depth + 1);
        if (copied === undefined) return undefined;
        children.push(copied);
      }
    }
    return {
      name: element.localName,
      ns: element.namespaceURI ?? '',
      attrs: attributesOf(element),
      children,
    };
  }
}

/** Neighbouring pieces of text are one child, as with the other reader. */
function append(children: XmlNode[], text: string): void {
  const last = children.at(-1);
  if (text === '') return;
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

function attributesOf({ attributes }: DomElement): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const { localName, namespaceURI: ns, value } of Array.from(attributes)) {
    if (ns === XMLNS_NS) continue;
    attrs[ns === null ? localName : ns === XML_NS ? `xml:${localName}` : `{${ns}}${localName}`] = value;
  }
  return attrs;
}
