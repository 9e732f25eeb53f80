/**
 * Text on its way to a socket.
 * Owns the conversion of a string into WireText, which a socket writes as 'latin1' without looking at it again.
 * Does not escape or check XML (xml/write.ts did).
 * Always: the bytes are the UTF-8 of the string that went in.
 * Before: xml/write.ts. After: transport/component.ts.
 */
import type { WireText } from './transport.ts';

// eslint-disable-next-line no-control-regex -- the range is the definition of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** A string as the bytes of its UTF-8, one per character. */
export function wireText(text: string): WireText {
  return (ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as WireText;
}
