/**
 * D-45 and the table of companion XEPs in the decisions: what a client may put into a message of a channel.
 * Decides, child by child, what passes, what is taken out and what makes the whole message unacceptable.
 * Does not touch bodies, nor addresses of other people: a visible change would confirm that they take part (D-92).
 * Always: after it, no child claims to be the channel's, and none names the hidden sender where a machine put it.
 * Before: xep/0369-core/messages.ts, xep/0404-anon/private-messages.ts. After: channel/post.ts.
 */
import { isOwnAddress } from '../../channel/visibility.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { isElement, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { NS as DELAY } from '../0203-delay/wire.ts';
import { NS as FORWARD } from '../0297-forward/wire.ts';
import { NS as STANZA_IDS } from '../0359-ids/wire.ts';

export interface Circumstances {
  readonly sender: RealJid;
  /** The address under which the others know the sender: it takes the place of the real one. */
  readonly alias: string;
  /** The channel's address: mentions of what lies below it may stay. */
  readonly channel: string;
  readonly isHidden: boolean;
  /** Is the channel in mode JID Visible? */
  readonly isVisibleChannel: boolean;
  readonly isGroupchat: boolean;
}

/** By what a hidden sender's address is replaced. */
type Alias = Pick<Circumstances, 'sender' | 'alias' | 'channel'>;

/** Taken out in every mode: what only a channel or a server may say. `*` is every name. */
const NEVER: ReadonlySet<string> = new Set([
  `${STANZA_IDS} stanza-id`,
  'urn:xmpp:occupant-id:0 occupant-id',
  'http://jabber.org/protocol/muc#user x',
  'http://jabber.org/protocol/muc x',
  `${DELAY} delay`,
  'jabber:x:delay x',
  'http://jabber.org/protocol/address addresses',
  'urn:xmpp:carbons:2 *',
  'http://jabber.org/protocol/nick nick',
  'jabber:x:signed x',
  'urn:xmpp:privilege:2 *',
  'urn:xmpp:delegation:2 *',
  // Events, pages of an archive and badges come from whoever keeps nodes, an archive or the badges.
  'http://jabber.org/protocol/pubsub#event *',
  'urn:xmpp:mam:2 *',
  'urn:xmpp:hats:0 *',
  'xmpp:prosody.im/protocol/hats:1 *',
  // Tombstones and a moderator's word are the channel's to write.
  'urn:xmpp:mix:misc:0 retracted',
  'urn:xmpp:message-retract:1 retracted',
  'urn:xmpp:message-moderate:1 *',
]);

/** Taken out besides where the sender is hidden: what tells of its account, its servers or its habits. */
const NEVER_WHEN_HIDDEN: ReadonlySet<string> = new Set([
  'urn:xmpp:idle:1 idle',
  'jabber:iq:last query',
  'vcard-temp:x:update x',
  'urn:xmpp:jinglepub:1 *',
]);

/** What sets up a call, which hidden people do not have with each other (EXT-15). */
const CALLS: ReadonlySet<string> = new Set([
  'urn:xmpp:jingle-message:0 *',
  'urn:xmpp:call-invites:0 *',
  'urn:xmpp:jingle:1 *',
  'urn:xmpp:jingle:muji:0 *',
  'http://telepathy.freedesktop.org/muji *',
]);

/** Makes the message unacceptable unless all addresses are shown: it names devices or people by their addresses (D-74, D-88). */
const FOR_VISIBLE_CHANNELS: ReadonlySet<string> = new Set([
  'eu.siacs.conversations.axolotl *',
  'urn:xmpp:omemo:0 *',
  'urn:xmpp:omemo:1 *',
  'urn:xmpp:omemo:2 *',
  'urn:xmpp:openpgp:0 *',
  'jabber:x:encrypted *',
  'urn:xmpp:eme:0 *',
  'urn:xmpp:sce:1 *',
  `${FORWARD} forwarded`,
]);

/** The children whose text a person has written. */
const TYPED: readonly string[] = ['body', 'subject'];

function isOn(list: ReadonlySet<string>, { ns, name }: XmlElement): boolean {
  return list.has(`${ns} ${name}`) || list.has(`${ns} *`);
}

/**
 * The children that may go on. @throws not-acceptable for what cannot be sent here (D-88, D-74); that or
 * service-unavailable where nothing is left to be said (D-98).
 */
export function cleaned(children: readonly XmlElement[], circumstances: Circumstances): XmlElement[] {
  const { isHidden, isVisibleChannel, isGroupchat } = circumstances;
  if (!isVisibleChannel && children.some((child) => isOn(FOR_VISIBLE_CHANNELS, child) && !isOn(NEVER, child)))
    throw refuse('not-acceptable', 'This cannot be sent where addresses may be hidden.');
  const passing = children.filter(
    (child) => !isClaim(child) && !isOn(NEVER, child) && !(isGroupchat && child.ns === 'urn:xmpp:receipts'),
  );
  const kept = isHidden ? hidden(passing, circumstances) : passing;
  if (kept.length < children.length && kept.every(isWrapping))
    throw children.some((child) => isOn(CALLS, child))
      ? refuse('service-unavailable', 'There are no calls where addresses are hidden.')
      : refuse('not-acceptable', 'Nothing of this message could be passed on.');
  return kept;
}

/** Says something of a message, but nothing by itself. */
function isWrapping({ ns, name }: XmlElement): boolean {
  return ns === 'urn:xmpp:hints' || ns === STANZA_IDS || (ns === NS_CLIENT && name === 'thread');
}

/**
 * The children of a message that went on while its sender was shown, for those who are not shown the sender: readers
 * of the archive after the channel closed, or outsiders (D-40, D-94).
 */
export function hidden(children: readonly XmlElement[], alias: Alias): XmlElement[] {
  return children
    .filter((child) => !isTelling(child) && !isOn(FOR_VISIBLE_CHANNELS, child))
    .flatMap((child) => withoutOwnAddress(child, alias) ?? []);
}

/** A `<mix/>` of any kind, with which a client would speak for the channel (D-39). */
function isClaim({ name, ns }: XmlElement): boolean {
  return name === 'mix' && (ns === '' || ns === NS_CLIENT || ns.startsWith('urn:xmpp:mix:'));
}

function withoutOwnAddress(child: XmlElement, circumstances: Alias): XmlElement | undefined {
  // What a person typed stays; an attribute of it is a machine's.
  if (child.ns === NS_CLIENT && TYPED.includes(child.name))
    return { ...child, attrs: scrubbed({ ...child, children: [] }, circumstances).attrs };
  if (
    child.ns === 'urn:xmpp:reference:0' &&
    child.attrs['type'] === 'mention' &&
    !isWithin(child.attrs['uri'], circumstances)
  )
    return undefined;
  const clean = scrubbed(child, circumstances);
  // Whom a reply answers is told by the channel's addresses, or not at all.
  if (child.ns !== 'urn:xmpp:reply:0' || isWithin(clean.attrs['to'], circumstances)) return clean;
  return {
    ...clean,
    attrs: Object.fromEntries(Object.entries(clean.attrs).filter(([name]) => name !== 'to')),
  };
}

/** Does it tell of the sender's account, servers or habits? */
function isTelling(element: XmlElement): boolean {
  return isOn(NEVER_WHEN_HIDDEN, element) || isOn(CALLS, element);
}

/** Is it an address of the channel, or of somebody in it, or a URI of one? */
function isWithin(text: string | undefined, { channel }: Alias): boolean {
  const address = (text ?? '').replace(/^xmpp:/i, '').replace(/\?.*$/s, '');
  const at = address.indexOf('@');
  const local = decoded(address.slice(0, at).replace(/^.*#|^.*%23/s, ''));
  const host = address.slice(at + 1).replace(/\/.*$/s, '');
  return at > 0 && `${local}@${host}` === channel;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every text and attribute that is the sender's own address becomes the alias (D-45); ways to its client go. */
function scrubbed(element: XmlElement, circumstances: Alias): XmlElement {
  const { sender, alias } = circumstances;
  const clean = (value: string): string => (isOwnAddress(value, sender) ? alias : value);
  const isSticker = element.ns === 'urn:xmpp:stickers:0';
  const children = element.children.flatMap((node): XmlNode[] => {
    if (typeof node === 'string') return isSticker && isXmppUri(node.trim()) ? [] : [clean(node)];
    if (!isElement(node)) return [node];
    const isGone = isTelling(node) || (element.name === 'sources' && isSource(node));
    return isGone ? [] : [scrubbed(node, circumstances)];
  });
  const attrs = Object.fromEntries(
    Object.entries(element.attrs)
      .filter(([name, value]) => !isSticker || (name !== 'jid' && !isXmppUri(value)))
      .map(([name, value]) => [name, clean(value)]),
  );
  return { ...element, attrs, children };
}

/** A place on some XMPP server from which a file is had, in XEP-0447's way or XEP-0385's: it names whose. */
function isSource({ attrs }: XmlElement): boolean {
  return isXmppUri(attrs['target'] ?? '') || isXmppUri(attrs['uri'] ?? '');
}

function isXmppUri(text: string): boolean {
  return /^xmpp:/i.test(text);
}
