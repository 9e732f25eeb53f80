/**
 * RFC 6120 §13.12: how much XML one peer may make us hold.
 * Names the limits and says which of them the tag last met breaks.
 * Does not count bytes (reader.ts, document.ts) nor decide what follows from a breach.
 * Always: each limit has its unit in its name.
 * Before: xml/cutter.ts. After: xml/document.ts.
 */
import type { Cutter } from './cutter.ts';

export interface XmlLimits {
  /** Levels of elements, the stanza being the first. */
  readonly depthMax: number;
  readonly stanzaBytesMax: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributesMax: number;
  /** Elements of one stanza, itself among them. */
  readonly childrenMax: number;
  /** Bytes of one stanza, those included that are skipped because it was refused; above it, the stream ends. */
  readonly streamBytesMax: number;
}

export const defaultLimits: XmlLimits = {
  depthMax: 64,
  stanzaBytesMax: 262_144,
  attributesMax: 32,
  childrenMax: 2_000,
  streamBytesMax: 10 * 1024 * 1024,
};

export type RefusedWhy = 'too-large' | 'too-deep' | 'too-many-parts';

/** What is wrong after a start tag, the `elements`-th of its stanza, which stands `outside` levels below the root. */
export function overLimit(
  limits: XmlLimits,
  cutter: Cutter,
  elements: number,
  outside: number,
): RefusedWhy | undefined {
  const depth = cutter.depth - outside + (cutter.tag === 'empty' ? 1 : 0);
  if (depth > limits.depthMax) return 'too-deep';
  if (elements > limits.childrenMax || cutter.attributes > limits.attributesMax) return 'too-many-parts';
  return undefined;
}
