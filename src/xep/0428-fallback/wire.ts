/**
 * XEP-0428 Fallback Indication 0.2.1 (2024-03-20): which part of a text is only for clients that know no better.
 * Reads and writes `<fallback/>`, and takes such parts out of a text.
 * Does not know for what a fallback stands in (xep/0461-replies, xep/0424-retract).
 * Always: places are counted in Unicode code points on the wire (XEP-0426), in the code units of a string outside.
 * Before: stanza/codec.ts. After: xep/0461-replies/wire.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { childrenOf, el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:fallback:0';

/** A part of a text, as `text.slice(begin, end)` takes it. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** `<fallback/>`: this part of the body, or all of it, stands in for what the namespace says (§3). */
export function buildFallback(forNs: string, body: string, range?: Range): XmlElement {
  const start = range && String(pointsIn(body.slice(0, range.begin)));
  const end = range && String(pointsIn(body.slice(0, range.end)));
  return el('fallback', NS, { for: forNs }, [el('body', NS, { start, end })]);
}

/** The body without the parts that stand in for this namespace; undefined where all of it does. */
export function withoutFallback(
  elements: readonly XmlElement[],
  forNs: string,
  body: string,
): string | undefined {
  const fallback = elements.find(
    (element) => isNamed(element, 'fallback', NS) && element.attrs['for'] === forNs,
  );
  if (fallback === undefined) return body;
  const bodies = childrenOf(fallback, 'body');
  const ranges = bodies.flatMap((each) => {
    const [start, end] = [placeIn(each, 'start'), placeIn(each, 'end')];
    return start === undefined || end === undefined ? [] : [{ start, end }];
  });
  // Without a range, the whole body is one (§3.1).
  if (ranges.length === 0) return undefined;
  const points = Array.from(body);
  return points.filter((_, at) => !ranges.some(({ start, end }) => at >= start && at < end)).join('');
}

function placeIn(element: XmlElement, name: string): number | undefined {
  const text = optionalAttr(element, name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** How many code points the text has. */
export function pointsIn(text: string): number {
  let count = 0;
  for (const point of text) count += point === '' ? 0 : 1;
  return count;
}

/** The place in the string of the code point with this number; the end where there are fewer. */
export function unitAt(text: string, point: number): number {
  let units = 0;
  let count = 0;
  for (const each of text) {
    if (count === point) break;
    count += 1;
    units += each.length;
  }
  return units;
}
