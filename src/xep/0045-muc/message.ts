/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.4, XEP-0313 §6.1.2, XEP-0421 §3.2: a message as occupants get it.
 * Renders live messages, history and the archive's copies.
 * Does not say who may read them (channel/access.ts).
 * Always: from CH/nick, or the channel where it speaks itself; no `<mix/>`, no address; the id is the archive's for
 * all but the client that sent it, which knows the message by its own.
 * Before: xep/0045-muc/render.ts. After: xep/0045-muc/payload.ts.
 */
import { configOf } from '../../channel/access.ts';
import type { ChannelState } from '../../channel/state.ts';
import { archivedAddress, isParticipantShown } from '../../channel/visibility.ts';
import { channelJid, occupantJid } from '../../jid/public-jid.ts';
import type { ArchivedMessage, NoticeContent } from '../../storage/facts.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { buildDelay } from '../0203-delay/wire.ts';
import { buildStanzaId } from '../0359-ids/wire.ts';
import { withoutSender } from '../0369-core/render.ts';
import { buildOccupantId } from '../0421-occupant/wire.ts';
import { forOccupants } from './payload.ts';
import { buildUser } from './wire.ts';

type Told = Extract<NoticeContent, { kind: 'message' | 'live' }>;

/** A message for one occupant or for all; `isEcho`: for the client that sent it. */
export function renderMessage(
  { kind, message, shown }: Told,
  channel: ChannelState,
  domain: string,
  isEcho: boolean,
): XmlElement | undefined {
  const isOpen = shown && message.sender !== undefined && isParticipantShown(channel, message.sender);
  return groupchat(channel, domain, message, isOpen, {
    id: (isEcho ? message.originalId : undefined) ?? message.id,
    after: [kind === 'message' ? stanzaIdOf(channel, domain, message) : undefined],
  });
}

/** §7.2.13: a message of the past, for somebody who enters. */
export function renderHistory(
  message: ArchivedMessage,
  channel: ChannelState,
  domain: string,
): XmlElement | undefined {
  const room = channelJid(channel.name, domain);
  return groupchat(channel, domain, message, message.shown, {
    id: message.id,
    after: [stanzaIdOf(channel, domain, message), buildDelay(message.at, room)],
  });
}

/** The form of the archive (D-93). */
export function archivedForOccupant(
  message: ArchivedMessage,
  channel: ChannelState,
  domain: string,
): XmlElement {
  const jid = archivedAddress(channel, message);
  const who = jid === undefined ? undefined : buildUser({ item: { jid } });
  const after = [stanzaIdOf(channel, domain, message), who];
  const made = groupchat(channel, domain, message, message.shown, { id: message.id, after });
  // An archive's page has as many messages as it says, also where one has nothing to say to occupants.
  return (
    made ?? el('message', NS_CLIENT, { from: channelJid(channel.name, domain), type: 'groupchat' }, after)
  );
}

interface Around {
  readonly id: string;
  readonly after: readonly (XmlNode | undefined)[];
}

/** `isOpen`: may what it says of its sender stay in it, as far as the sender is concerned? */
function groupchat(
  channel: ChannelState,
  domain: string,
  message: ArchivedMessage,
  isOpen: boolean,
  { id, after }: Around,
): XmlElement | undefined {
  const { sender } = message;
  // Occupants are shown addresses where everybody is, and nowhere else (D-83).
  const isShown = isOpen && configOf(channel).mode === 'jid-visible';
  const { payload } = isShown ? message : withoutSender(channel, domain, message);
  const body = forOccupants(payload, channel, domain);
  if (body === '') return undefined;
  const nick = sender && (message.nick ?? channel.participants.get(sender)?.nick ?? sender);
  const from =
    nick === undefined ? channelJid(channel.name, domain) : occupantJid(channel.name, domain, nick);
  const who = sender && buildOccupantId(sender);
  return el('message', NS_CLIENT, { from, type: 'groupchat', id }, [{ xml: body }, ...after, who]);
}

function stanzaIdOf(channel: ChannelState, domain: string, message: ArchivedMessage): XmlElement {
  return buildStanzaId(channelJid(channel.name, domain), message.id);
}
