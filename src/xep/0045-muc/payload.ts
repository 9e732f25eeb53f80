/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.4 and XEP-0408 0.2.0: what clients put into messages, for occupants.
 * Turns the few things that the MIX family says in its own words, or by its own addresses, into those of rooms.
 * Does not clean what came in (xep/0369-core/hygiene.ts did).
 * Always: nothing of a MIX namespace is left; who is meant by CH/id is called CH/nick, or not at all; no message
 * changes the subject (D-86).
 * Before: xep/0045-muc/message.ts. After: xep/0369-core/references.ts.
 */
import { occupantNick } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import { channelJid, occupantJid, type ParticipantId } from '../../jid/public-jid.ts';
import { readDateTime } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseFragment } from '../../xml/document.ts';
import { isElement, isNamed, type XmlElement } from '../../xml/element.ts';
import { toFragment } from '../../xml/write.ts';
import { participantIdIn } from '../0369-core/addresses.ts';
import { mentioning, mentionsIn, NS as REFERENCE } from '../0372-references/wire.ts';
import * as misc from '../0407-misc/wire.ts';
import { buildRetract, buildRetracted, NS as RETRACT } from '../0424-retract/wire.ts';
import { NS as MODERATE } from '../0425-moderate/wire.ts';

const REPLY = 'urn:xmpp:reply:0';
/** Where none of this occurs there is nothing to turn. */
const TURNED = /urn:xmpp:mix:|urn:xmpp:reply:0|urn:xmpp:reference:0|urn:xmpp:message-moderate:1|<subject/;

/** The children of a message, as XML; empty where nothing is left to be said. */
export function forOccupants(payload: string, channel: ChannelState, domain: string): string {
  if (!TURNED.test(payload)) return payload;
  const children = parseFragment(payload);
  const hasBody = children.some((child) => isNamed(child, 'body', NS_CLIENT));
  const isSaidTwice = children.some(({ ns, name }) => ns === RETRACT && /^retract(ed)?$/.test(name));
  const turned = children.flatMap((child) => {
    if (isNamed(child, 'subject', NS_CLIENT) && !hasBody) return [];
    if (child.ns === misc.NS) return isSaidTwice ? [] : retraction(child);
    if (child.ns === REFERENCE) return mention(child, channel, domain);
    return child.ns.startsWith('urn:xmpp:mix:') ? [] : [readdressed(child, channel, domain)];
  });
  return toFragment(turned).xml;
}

/** XEP-0407 §4, in the words of XEP-0424, which clients of rooms know. */
function retraction(child: XmlElement): XmlElement[] {
  if (child.name === 'retract') return [buildRetract(misc.parseRetract(child))];
  const at = readDateTime(child.attrs['time'] ?? '');
  return child.name === 'retracted' && at !== undefined ? [buildRetracted({ id: undefined, at })] : [];
}

/** A mention, which may be by either address of a participant (XEP-0372); anything else than that stays as it is. */
function mention(element: XmlElement, channel: ChannelState, domain: string): XmlElement[] {
  const own = channelJid(channel.name, domain);
  const [found] = mentionsIn([element]);
  const id = found && participantIdIn(found.address, own);
  if (found === undefined || id === undefined) return [element];
  const participant = channel.participants.get(id as ParticipantId);
  if (participant === undefined) return [];
  const address = occupantJid(channel.name, domain, occupantNick(channel, participant.id));
  return [mentioning(element, address)];
}

/** Replies and moderations name people by CH/id. */
function readdressed(element: XmlElement, channel: ChannelState, domain: string): XmlElement {
  const children = element.children.map((node) =>
    isElement(node) && node.ns === MODERATE ? readdressed(node, channel, domain) : node,
  );
  const attribute = element.ns === REPLY ? 'to' : element.ns === MODERATE ? 'by' : undefined;
  const address = attribute && element.attrs[attribute];
  if (attribute === undefined || address === undefined) return { ...element, children };
  const rest = Object.fromEntries(Object.entries(element.attrs).filter(([name]) => name !== attribute));
  const own = channelJid(channel.name, domain);
  const id = address.startsWith(`${own}/`) ? address.slice(own.length + 1) : undefined;
  const nick = id && channel.participants.get(id as ParticipantId)?.nick;
  // Who has left has no nick any more; a moderation says at least that it was one.
  const known = nick === undefined ? undefined : occupantJid(channel.name, domain, nick);
  const by = known ?? (attribute === 'by' ? own : undefined);
  return { ...element, attrs: { ...rest, ...(by === undefined ? {} : { [attribute]: by }) }, children };
}
