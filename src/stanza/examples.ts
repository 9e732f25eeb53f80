/**
 * The documents' own examples (xep/NNNN/examples/), as tests of a codec.
 * Reads an example, and makes the checks of which the table in a wire.test.ts consists.
 * Does not find the files nor run the checks (each wire.test.ts does).
 * Always: a check compares what our codec makes of a piece of the example with what it must be.
 * Before: stanza/canonical.ts. After: xep/0369-core/wire.test.ts.
 */
import { parseFragment } from '../xml/document.ts';
import { elements, type XmlElement } from '../xml/element.ts';
import { canonical } from './canonical.ts';
import { payloadOf } from './stanza.ts';

/** What is made of a stanza of an example, and what must be made of it. */
export type Check = (stanza: XmlElement) => readonly [made: unknown, expected: unknown];

/** Where in a stanza the piece stands that a codec reads. */
export type Pick = (stanza: XmlElement) => XmlElement;

/** The stanzas (or pieces of one) that an example shows, without layout. */
export function readExample(xml: string): XmlElement[] {
  return parseFragment(xml).map(canonical);
}

/** The first element of that name in a stanza, at any depth, the stanza itself included. */
export function within(name: string): Pick {
  const find = (element: XmlElement): XmlElement | undefined => {
    if (element.name === name) return element;
    for (const inner of elements(element)) {
      const found = find(inner);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (stanza) => {
    const found = find(stanza);
    if (found === undefined) throw new Error(`the example holds no <${name}/>`);
    return found;
  };
}

/** Read and written again, the piece is the same element. */
export function same<Read>(
  read: (element: XmlElement) => Read,
  write: (read: Read) => XmlElement,
  pick: Pick = payloadOf,
): Check {
  return (stanza) => [write(read(pick(stanza))), pick(stanza)];
}

/** Read, written and read again, the piece says the same, though we write it in another way (DEVIATIONS.md). */
export function meaning<Read>(
  read: (element: XmlElement) => Read,
  write: (read: Read) => XmlElement,
  pick: Pick = payloadOf,
): Check {
  return (stanza) => [read(write(read(pick(stanza)))), read(pick(stanza))];
}

/** The piece is read as this. */
export function reads(
  read: (element: XmlElement) => unknown,
  expected: unknown,
  pick: Pick = payloadOf,
): Check {
  return (stanza) => [read(pick(stanza)), expected];
}

/** All of these hold for one stanza. */
export function all(...checks: readonly Check[]): Check {
  return (stanza) => {
    const pairs = checks.map((check) => check(stanza));
    return [pairs.map(([made]) => made), pairs.map(([, expected]) => expected)];
  };
}

/** The stanza holds nothing that this document's codec reads. */
export const nothing: Check = () => [undefined, undefined];
