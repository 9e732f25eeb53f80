/**
 * XEP-0066 Out of Band Data 1.5 (2006-08-16) §3: the address of a file in a message.
 * Reads and writes it.
 * Does not fetch anything, nor take requests to fetch something (§2).
 * Always: a whole address of http or https, so that a click on it runs nothing and everybody can take it apart.
 * Before: xml/element.ts. After: xep/0066-oob/client.ts.
 */
import { childText, el, type XmlElement } from '../../xml/element.ts';

export const NS = 'jabber:x:oob';

/** The element beside a body that is the same address. */
export function buildOutOfBand(url: string): XmlElement {
  return el('x', NS, {}, [el('url', NS, {}, [url])]);
}

/** The address among these elements; undefined where there is none, or none of the web. */
export function outOfBandIn(elements: readonly XmlElement[]): string | undefined {
  const found = elements.find(({ name, ns }) => name === 'x' && ns === NS);
  const url = found && childText(found, 'url')?.trim();
  return url !== undefined && isOfWeb(url) ? url : undefined;
}

function isOfWeb(text: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(text)) return false;
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}
