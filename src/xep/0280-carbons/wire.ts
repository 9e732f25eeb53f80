/**
 * XEP-0280 Message Carbons 1.0.1 (2021-12-26): copies of one's messages on one's other clients.
 * Reads and writes a copy, the two requests, and tells which messages ask not to be copied or are worth it.
 * Does not decide who gets one (host/carbons.ts).
 * Always: a copy counts only when it comes from the bare address of the account itself (§11).
 * Before: xep/0297-forward/wire.ts. After: host/carbons.ts.
 */
import { child, el, elements, type XmlElement } from '../../xml/element.ts';
import { NS as NS_FORWARD, buildForwarded, parseForwarded } from '../0297-forward/wire.ts';

export const NS = 'urn:xmpp:carbons:2';
const NS_HINTS = 'urn:xmpp:hints';
const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
const NS_CONFERENCE = 'jabber:x:conference';
/** Receipts, chat states and markers: what instant messaging sends beside texts (§6.1). */
const PAYLOADS: readonly string[] = [
  'urn:xmpp:receipts',
  'http://jabber.org/protocol/chatstates',
  'urn:xmpp:chat-markers:0',
];

export type CarbonKind = 'sent' | 'received';

/** Asks for copies (§4). */
export function buildEnable(): XmlElement {
  return el('enable', NS);
}

/** Asks for no more copies (§5). */
export function buildDisable(): XmlElement {
  return el('disable', NS);
}

/** The mark of a message that is to be copied nowhere (§9); a no-copy hint goes with it. */
export function buildPrivate(): readonly XmlElement[] {
  return [el('private', NS), el('no-copy', NS_HINTS)];
}

/** What a copy holds: the message, as it was sent or received (§7, §8). */
export function buildCarbon(kind: CarbonKind, message: XmlElement): XmlElement {
  return el(kind, NS, {}, [buildForwarded([message])]);
}

/**
 * The message that a copy holds; undefined where this is no copy, or not one that the account's own server has made:
 * anybody could send something that looks like one. `account` is the bare address of the reader.
 */
export function parseCarbon(
  message: XmlElement,
  account: string,
): { readonly kind: CarbonKind; readonly message: XmlElement } | undefined {
  if (message.attrs['from'] !== account) return undefined;
  const kind = (['sent', 'received'] as const).find((name) => child(message, name, NS) !== undefined);
  const carbon = kind && child(message, kind, NS);
  const forwarded = carbon && child(carbon, 'forwarded', NS_FORWARD);
  if (kind === undefined || forwarded === undefined) return undefined;
  try {
    const { stanza } = parseForwarded(forwarded);
    return stanza.name === 'message' ? { kind, message: stanza } : undefined;
  } catch {
    return undefined;
  }
}

/** §6.1: is this instant messaging, and may it be copied? `kind` says on whose side. */
export function isCopied(kind: CarbonKind, message: XmlElement): boolean {
  const has = (name: string, ns?: string) => child(message, name, ns) !== undefined;
  if (has('private', NS) || has('no-copy', NS_HINTS)) return false;
  const { type } = message.attrs;
  if (type === 'groupchat' || type === 'headline' || type === 'error') return false;
  const muc = child(message, 'x', NS_MUC_USER);
  const isInvitation = has('x', NS_CONFERENCE) || (muc !== undefined && child(muc, 'invite') !== undefined);
  if (isInvitation) return true;
  // A room has sent it to each of the clients already.
  if (kind === 'received' && muc !== undefined) return false;
  return type === 'chat' || has('body') || elements(message).some(({ ns }) => PAYLOADS.includes(ns));
}
