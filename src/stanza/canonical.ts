/**
 * RFC 6120 §11.7: when two elements say the same.
 * Removes the white space that only lays out an element on several lines.
 * Does not touch text that stands alone in its element, nor names and attributes, whose order never counts.
 * Always: the canonical form of a canonical form is itself.
 * Before: xml/element.ts. After: testing/.
 */
import { isElement, type XmlElement } from '../xml/element.ts';

/** The element without white space between its children, at every depth. Two such are compared part by part. */
export function canonical(element: XmlElement): XmlElement {
  const { children } = element;
  const kept = children.some(isElement)
    ? children.filter((node) => typeof node !== 'string' || node.trim() !== '')
    : children;
  return { ...element, children: kept.map((node) => (isElement(node) ? canonical(node) : node)) };
}
