/**
 * XML 1.0 and Namespaces 1.0 as RFC 6120 §11 restricts them: well-formed text to elements.
 * Builds our elements from what saxes reports, for a whole document or for one stanza of a stream.
 * Does not limit anything: the text given here has been cut and measured (cutter.ts).
 * Always: what is not well-formed, or holds a comment, instruction or DTD, is an XmlError that repeats none of the
 * input; neighbouring pieces of text are one child.
 * Before: xml/write.ts. After: xml/cutter.ts.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { XmlElement, XmlNode } from './element.ts';
import { isName } from './write.ts';

/** RFC 6120 §4.9.3: the conditions by which a stream ends over its XML. */
export type XmlCondition = 'not-well-formed' | 'restricted-xml' | 'policy-violation' | 'unsupported-encoding';

/** Input that is refused; the message holds nothing of it, so that it can be logged and sent. */
export class XmlError extends Error {
  readonly condition: XmlCondition;

  constructor(condition: XmlCondition, message: string) {
    super(message);
    this.name = 'XmlError';
    this.condition = condition;
  }
}

const XML_NS = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NS = 'http://www.w3.org/2000/xmlns/';
const STANZA_NS = 'jabber:client';

interface Open extends XmlElement {
  readonly attrs: Record<string, string>;
  readonly children: XmlNode[];
}

/** Grows elements out of text. After an error it is of no more use. */
export class Tree {
  readonly #parser: SaxesParser<{ xmlns: true }>;
  readonly #stanzaNs: string;
  readonly #open: Open[] = [];
  /** How many elements stay open between the pieces: a stream's header, or nothing. */
  #base = 0;
  #contentNs = '';
  #done: XmlElement | undefined;

  /** `stanzaNs`: the namespace that shall be reported as `jabber:client`. */
  constructor(stanzaNs: string = STANZA_NS) {
    this.#stanzaNs = stanzaNs;
    // The version is forced, as 1.1 would let control characters through.
    this.#parser = new SaxesParser({
      xmlns: true,
      position: false,
      defaultXMLVersion: '1.0',
      forceXMLVersion: true,
    });
    this.#parser.on('error', ({ message }) => refuse('not-well-formed', message.replace(/:.*$/s, '')));
    this.#parser.on('doctype', () => refuse('restricted-xml', 'a document type declaration'));
    this.#parser.on('processinginstruction', () => refuse('restricted-xml', 'a processing instruction'));
    this.#parser.on('comment', () => refuse('restricted-xml', 'a comment'));
    this.#parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) refuse('unsupported-encoding', 'not UTF-8');
    });
    this.#parser.on('opentag', (tag) => this.#start(tag));
    this.#parser.on('closetag', () => this.#end());
    this.#parser.on('text', (text) => this.#text(text));
    this.#parser.on('cdata', (text) => this.#text(text));
  }

  /** The default namespace that the header (see `header`) declared, as it was written. */
  get contentNs(): string {
    return this.#contentNs;
  }

  /** Takes the start tag of a stream, which stays open around all that follows, and returns it. */
  header(text: string): XmlElement {
    this.#parser.write(text);
    const [header] = this.#open;
    if (header === undefined || this.#open.length !== 1)
      return refuse('not-well-formed', 'not a stream header');
    this.#base = 1;
    return header;
  }

  /** Takes the text of exactly one element and returns it. */
  element(text: string): XmlElement {
    this.#done = undefined;
    this.#parser.write(text);
    const done = this.#taken();
    // A bare '&' shows here: the parser is still looking for its ';'.
    if (done === undefined || this.#open.length !== this.#base)
      return refuse('not-well-formed', 'not one element');
    return done;
  }

  /** Takes the end tag of the stream. */
  close(text: string): void {
    this.#done = undefined;
    this.#parser.write(text);
    if (this.#open.length !== 0) refuse('not-well-formed', 'not the end of the stream');
  }

  #start(tag: SaxesTagNS): void {
    checkLocal(tag.prefix, tag.local);
    if (this.#open.length === 0) this.#contentNs = tag.ns[''] ?? '';
    const ns = tag.uri === this.#stanzaNs ? STANZA_NS : tag.uri;
    this.#open.push({ name: tag.local, ns, attrs: attributes(tag), children: [] });
  }

  #end(): void {
    const closed = this.#open.pop();
    if (this.#open.length > this.#base) {
      const parent = this.#open.at(-1);
      if (closed !== undefined) parent?.children.push(closed);
    } else if (this.#done === undefined) this.#done = closed;
    else refuse('not-well-formed', 'not one element');
  }

  #taken(): XmlElement | undefined {
    return this.#done;
  }

  #text(text: string): void {
    const siblings = this.#open.at(-1)?.children;
    if (siblings === undefined || text === '') return;
    const last = siblings.length - 1;
    const before = siblings[last];
    if (typeof before === 'string') siblings[last] = before + text;
    else siblings.push(text);
  }
}

function refuse(condition: XmlCondition, message: string): never {
  throw new XmlError(condition, message);
}

/** saxes looks at the first character of the prefix only. */
function checkLocal(prefix: string, local: string): void {
  if (prefix !== '' && !isName(local)) refuse('not-well-formed', 'malformed name');
}

function attributes(tag: SaxesTagNS): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const key in tag.attributes) {
    const attribute = tag.attributes[key];
    if (attribute === undefined || attribute.uri === XMLNS_NS) continue;
    const { uri, prefix, local, value } = attribute;
    checkLocal(prefix, local);
    attrs[uri === '' ? local : uri === XML_NS ? `xml:${local}` : `{${uri}}${local}`] = value;
  }
  return attrs;
}
