/**
 * XML 1.0 §2 and RFC 6120 §11.1: where one tag, one stanza, one stream ends.
 * Walks over text, chunk by chunk, from tag to tag, and counts depth and attributes, without building anything.
 * Does not check names, characters, entities or that tags match (tree.ts does, for every stanza that is kept).
 * Always: each character is passed once, memory is a few numbers; comments, instructions and DTDs are refused
 * where they begin.
 * Before: xml/tree.ts. After: xml/reader.ts.
 */
import { XmlError } from './tree.ts';

/** What `next` came to: a start tag, an empty-element tag, an end tag, or the end of the chunk. */
export type Tag = 'start' | 'empty' | 'end' | 'none';

type Place = 'text' | 'opened' | 'tag' | 'quoted' | 'end-tag' | 'marked' | 'cdata' | 'declaration';

const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const BRACKET = 0x5d;

export class Cutter {
  tag: Tag = 'none';
  /** How many elements are open. */
  depth = 0;
  /** Attributes and namespace declarations of the start tag last met. */
  attributes = 0;
  /** Has a piece (header, stanza, end of stream) begun? Whoever takes the piece away sets it back. */
  hasBegun = false;
  /** Where in its chunk the piece began. */
  begunAt = 0;
  #place: Place = 'text';
  #isAtStart = true;
  #quote = '"';
  #isSlashLast = false;
  #mark = '';
  #brackets = 0;
  readonly #textDepth: number;

  /** `textDepth`: how many elements must be open for character data to stand; outside only white space may. */
  constructor(textDepth: number) {
    this.#textDepth = textDepth;
  }

  /** Walks on from `at` to behind the next tag, or to the end of `text` (then `tag` is 'none'). Throws XmlError. */
  next(text: string, at: number): number {
    this.tag = 'none';
    while (at < text.length && !this.#hasTag()) {
      if (this.#place === 'text') at = this.#text(text, at);
      else if (this.#place === 'opened') at = this.#opened(text.charCodeAt(at), at);
      else if (this.#place === 'tag') at = this.#inTag(text, at);
      else if (this.#place === 'quoted') at = this.#goTo(text, at, this.#quote, 'tag');
      else if (this.#place === 'end-tag') at = this.#endTag(text, at);
      else if (this.#place === 'marked') at = this.#marked(text.charAt(at), at);
      else if (this.#place === 'cdata') at = this.#cdata(text, at);
      else at = this.#goTo(text, at, '>', 'text');
    }
    return at;
  }

  #hasTag(): boolean {
    return this.tag !== 'none';
  }

  #text(text: string, at: number): number {
    if (this.depth >= this.#textDepth) return this.#goTo(text, at, '<', 'opened');
    const code = text.charCodeAt(at);
    if (code === LESS) {
      if (!this.hasBegun) this.begunAt = at;
      this.hasBegun = true;
      this.#place = 'opened';
    } else if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      throw new XmlError('not-well-formed', 'text outside of a stanza');
    } else this.#isAtStart = false;
    return at + 1;
  }

  #opened(code: number, at: number): number {
    const isDeclaration = code === QUESTION && this.#isAtStart;
    this.#isAtStart = false;
    this.#mark = '';
    if (code === SLASH) this.#place = 'end-tag';
    else if (code === 0x21) this.#place = 'marked';
    else if (isDeclaration) this.#place = 'declaration';
    else if (code === QUESTION) throw new XmlError('restricted-xml', 'a processing instruction');
    else {
      this.#place = 'tag';
      this.attributes = 0;
      this.#isSlashLast = false;
      return at;
    }
    return at + 1;
  }

  #inTag(text: string, at: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22 || code === 0x27) {
        this.#quote = code === 0x22 ? '"' : "'";
        this.#place = 'quoted';
        this.#isSlashLast = false;
        this.attributes++;
        return at + 1;
      }
      if (code === GREATER) {
        this.tag = this.#isSlashLast ? 'empty' : 'start';
        if (!this.#isSlashLast) this.depth++;
        this.#place = 'text';
        return at + 1;
      }
      if (code === LESS) throw new XmlError('not-well-formed', 'a tag within a tag');
      this.#isSlashLast = code === SLASH;
    }
    return at;
  }

  #endTag(text: string, at: number): number {
    const after = this.#goTo(text, at, '>', 'text');
    if (this.#place === 'text') {
      this.tag = 'end';
      this.depth--;
    }
    return after;
  }

  /** After `<!`: a CDATA section where text may stand, or nothing that XMPP knows. */
  #marked(character: string, at: number): number {
    this.#mark += character;
    if (character === '-' || character === 'D') {
      if (this.#mark.length === 1)
        throw new XmlError('restricted-xml', 'a comment or document type declaration');
    }
    if (!'[CDATA['.startsWith(this.#mark) || this.depth < this.#textDepth) {
      throw new XmlError('not-well-formed', 'disallowed markup');
    }
    if (this.#mark.length === 7) this.#place = 'cdata';
    this.#brackets = 0;
    return at + 1;
  }

  #cdata(text: string, at: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === GREATER && this.#brackets >= 2) {
        this.#place = 'text';
        return at + 1;
      }
      this.#brackets = code === BRACKET ? this.#brackets + 1 : 0;
    }
    return at;
  }

  /** To behind the next `character`, where `place` begins; or to the end of the chunk. */
  #goTo(text: string, at: number, character: string, place: Place): number {
    const found = text.indexOf(character, at);
    if (found < 0) return text.length;
    this.#place = place;
    return found + 1;
  }
}
