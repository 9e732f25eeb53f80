/**
 * Stanzas as they stand in the host's file.
 * Writes an element so that it can be read back as it was, and reads it.
 * Does not know where it is stored.
 * Always: the namespace is written down; whatever was written can be read, though it has grown by what the host added
 * since it passed the limits.
 * Before: host/database.ts. After: host/archive.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import { parseElement } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';

const noLimits = {
  depthMax: 1_000,
  stanzaBytesMax: Number.MAX_SAFE_INTEGER,
  attributesMax: 10_000,
  childrenMax: Number.MAX_SAFE_INTEGER,
  streamBytesMax: Number.MAX_SAFE_INTEGER,
};

export function writeStored(element: XmlElement): string {
  return serialize(element, '');
}

export function readStored(text: string): XmlElement {
  return parseElement(text, noLimits);
}
