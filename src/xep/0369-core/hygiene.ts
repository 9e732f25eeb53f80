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
  'urn:xmpp:jingle-message:0 *',
  'urn:xmpp:call-invites:0 *',
  'urn:xmpp:jingle:1 *',
  'urn:xmpp:jinglepub:1 *',
  'http://telepathy.freedesktop.org/muji muji',
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

/** The children that may go on. @throws not-acceptable for what cannot be sent here (D-88, D-74). */
export function cleaned(children: readonly XmlElement[], circumstances: Circumstances): XmlElement[] {
  const { isHidden, isVisibleChannel, isGroupchat } = circumstances;
  if (!isVisibleChannel && children.some((child) => isOn(FOR_VISIBLE_CHANNELS, child) && !isOn(NEVER, child)))
    throw refuse('not-acceptable', 'This cannot be sent where addresses may be hidden.');
  const passing = children.filter(
    (child) => !isClaim(child) && !isOn(NEVER, child) && !(isGroupchat && child.ns === 'urn:xmpp:receipts'),
  );
  return isHidden ? hidden(passing, circumstances) : passing;
}

/**
 * The children of a message that went on while its sender was shown, for those who are not shown the sender: readers
 * of the archive after the channel closed, or outsiders (D-40, D-94).
 */
export function hidden(children: readonly XmlElement[], alias: Alias): XmlElement[] {
  return children
    .filter((child) => !isOn(NEVER_WHEN_HIDDEN, child) && !isOn(FOR_VISIBLE_CHANNELS, child))
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
    !isWithin(child, circumstances)
  )
    return undefined;
  return scrubbed(child, circumstances);
}

/** Is it a mention of the channel or of somebody by an address of the channel's? */
function isWithin({ attrs }: XmlElement, { channel }: Alias): boolean {
  const address = (attrs['uri'] ?? '').replace(/^xmpp:/i, '').replace(/\?.*$/s, '');
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
  const children = element.children.flatMap((node): XmlNode[] => {
    if (typeof node === 'string') return [clean(node)];
    if (!isElement(node)) return [node];
    return isOn(NEVER_WHEN_HIDDEN, node) || isSource(node) ? [] : [scrubbed(node, circumstances)];
  });
  const isSticker = element.ns === 'urn:xmpp:stickers:0';
  const attrs = Object.fromEntries(
    Object.entries(element.attrs)
      .filter(([name, value]) => !isSticker || (name !== 'jid' && !/^xmpp:/i.test(value)))
      .map(([name, value]) => [name, clean(value)]),
  );
  return { ...element, attrs, children };
}

/** A place on some XMPP server from which a file or sticker pack is had: it names whose. */
function isSource({ attrs }: XmlElement): boolean {
  return /^xmpp:/i.test(attrs['target'] ?? '');
}
