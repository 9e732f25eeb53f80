/**
 * XEP-0333 Displayed Markers 1.0.0 (2024-04-17): how far somebody has read.
 * Reads and writes `<displayed/>`.
 * Does not ask for markers, nor send them by itself: they tell of reading habits.
 * Always: an id is never empty; in a channel it is the archive's.
 * Before: stanza/codec.ts. After: xep/0333-markers/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:chat-markers:0';

/** `<displayed/>`: everything up to this message was seen (§4). */
export function buildDisplayed(id: string): XmlElement {
  return el('displayed', NS, { id });
}

/** Up to which message the sender has seen everything; undefined where these elements do not say. */
export function displayedIn(elements: readonly XmlElement[]): string | undefined {
  const displayed = elements.find((element) => isNamed(element, 'displayed', NS));
  return displayed && optionalAttr(displayed, 'id');
}
