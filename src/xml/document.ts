/**
 * RFC 7395 §3.3.3 (each WebSocket message is one whole document), and stored payloads.
 * Reads a text that is one element, or a row of elements, within limits.
 * Does not read streams (reader.ts).
 * Always: an element or an XmlError; the error repeats nothing of the text.
 * Before: xml/limits.ts. After: xml/reader.ts.
 */
import { Cutter } from './cutter.ts';
import { elements, type XmlElement } from './element.ts';
import { defaultLimits, overLimit, type XmlLimits } from './limits.ts';
import { Tree, XmlError } from './tree.ts';
import { utf8Length } from './write.ts';

const loneSurrogate = /\p{Surrogate}/u;

/**
 * The element that `text` is; white space around it and an XML declaration before it may be.
 * Throws XmlError: policy-violation for a breach of limits, else what is wrong with the text.
 */
export function parseElement(text: string, limits: XmlLimits = defaultLimits): XmlElement {
  if (text.length > limits.stanzaBytesMax || utf8Length(text) > limits.stanzaBytesMax) {
    throw new XmlError('policy-violation', 'too-large');
  }
  if (loneSurrogate.test(text)) throw new XmlError('not-well-formed', 'half of a surrogate pair');
  const cutter = new Cutter(1);
  let count = 0;
  let end = 0;
  for (let at = cutter.next(text, 0); cutter.tag !== 'none'; at = cutter.next(text, at)) {
    if (end > 0 || cutter.depth < 0) throw new XmlError('not-well-formed', 'not one element');
    const why = cutter.tag === 'end' ? undefined : overLimit(limits, cutter, ++count, 0);
    if (why !== undefined) throw new XmlError('policy-violation', why);
    if (cutter.depth === 0) end = at;
  }
  if (end === 0 || text.slice(end).trim() !== '') throw new XmlError('not-well-formed', 'not one element');
  return new Tree().element(text.slice(cutter.begunAt, end));
}

/** Whatever came through somebody's limits, which are not known here, can be read again. */
const noLimits: XmlLimits = {
  depthMax: 1_000,
  stanzaBytesMax: Number.MAX_SAFE_INTEGER,
  attributesMax: Number.MAX_SAFE_INTEGER,
  childrenMax: Number.MAX_SAFE_INTEGER,
  streamBytesMax: Number.MAX_SAFE_INTEGER,
};

/** The elements that `toFragment` wrote, whatever their size. Throws XmlError for what is not well-formed. */
export function parseFragment(xml: string): XmlElement[] {
  return elements(parseElement(`<message xmlns="jabber:client">${xml}</message>`, noLimits));
}
