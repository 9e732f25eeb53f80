/**
 * XEP-0054 vcard-temp 1.2, XEP-0292 vCard4 0.12 and decision D-61: somebody's card, passed on.
 * Takes the owner's XMPP addresses out of it.
 * Does not decide whether it is passed on (channel/relay.ts).
 * Always: nothing in it equals the owner's address; the rest is what the owner published.
 * Before: xep/0403-presence/relay.ts. After: channel/visibility.ts.
 */
import { isOwnAddress } from '../../channel/visibility.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { isElement, text, type XmlElement } from '../../xml/element.ts';

const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['JABBERID', 'IMPP', 'impp']);

/** The payload of a relayed answer without the answerer's own address. */
export function withoutAddresses(element: XmlElement, owner: RealJid): XmlElement {
  const children = element.children
    .filter((node) => !isElement(node) || !namesOwner(node, owner))
    .map((node) => (isElement(node) ? withoutAddresses(node, owner) : node));
  const attrs = Object.fromEntries(Object.entries(element.attrs).filter(([, value]) => !isOwn(value, owner)));
  return { ...element, attrs, children };
}

function namesOwner(element: XmlElement, owner: RealJid): boolean {
  return ADDRESS_FIELDS.has(element.name) || isOwn(text(element), owner);
}

function isOwn(value: string, owner: RealJid): boolean {
  return value.includes('@') && isOwnAddress(value, owner);
}
