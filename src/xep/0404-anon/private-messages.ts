/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01) §3.2: private messages, at the service.
 * Reads and cleans them, calls the rule, and passes back the errors that they meet.
 * Does not decide who may write to whom (channel/private-message.ts).
 * Always: id, type, thread and bodies stay as they are; every address on the way is an encoded one (D-56), or CH/nick
 * to occupants (D-85).
 * Before: service/router.ts. After: channel/private-message.ts.
 */
import { isInsider } from '../../channel/access.ts';
import { occupantNick } from '../../channel/occupancy.ts';
import {
  routesTo,
  speak,
  wayOfPrivateMessage,
  type Target,
  type Way,
} from '../../channel/private-message.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { isParticipantShown } from '../../channel/visibility.ts';
import { channelJid, encodedJid, occupantJid, type ParticipantId } from '../../jid/public-jid.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseFragment } from '../../xml/document.ts';
import { el, elements, type XmlElement } from '../../xml/element.ts';
import { serialize, utf8Length } from '../../xml/write.ts';
import { NS_USER } from '../0045-muc/wire.ts';
import { rebuilt } from '../0403-presence/relay.ts';
import { cleaned, hidden } from '../0369-core/hygiene.ts';
import { buildOccupantId } from '../0421-occupant/wire.ts';
import type { Env, Inbound, ParticipantAddress, Send, StanzaHandler, View } from '../extension.ts';

export const privateMessages: StanzaHandler = { kind: 'message', on: 'participant', run: onMessage };

function onMessage(message: Inbound<ParticipantAddress>, turn: Turn, env: Env): readonly Send[] {
  if (message.type === 'error') return bounced(message, message.to, turn, env);
  passOn(message, message.to, turn, env);
  return [];
}

/** A message of one participant to another, by whatever address: see also xep/0045-muc/messages.ts. */
export function passOn(message: Inbound, target: Target, turn: Turn, env: Env): void {
  if (message.type === 'groupchat')
    throw refuse('bad-request', 'A private message is of type chat or normal.');
  if (message.type === 'headline') throw refuse('service-unavailable', 'Headlines are not passed on.');
  const { from: sender, id } = message;
  const { channel } = turn;
  const way = wayOfPrivateMessage(turn, sender, target);
  const senderId = way.session.id;
  const isForOccupant = way.routes.some(({ isOccupant }) => isOccupant);
  const xml = serialize(privateMessage(message, way, isForOccupant, turn));
  if (utf8Length(xml) > env.settings.limits.stanzaBytesMax)
    throw refuse('policy-violation', 'This message is too large.');
  if (id !== undefined) env.recent.note([channel.name, senderId, target.id, id].join(' '));
  speak(turn, way);
  for (const { to } of way.routes)
    turn.tell(to, isForOccupant ? { kind: 'whisper', id: senderId, xml } : { kind: 'private', xml });
}

/** The message without `to`; in a room's form it says that it is private (XEP-0045 §7.5) and whose. */
function privateMessage(
  message: Inbound,
  { from, session: { id: senderId } }: Way,
  isForOccupant: boolean,
  { channel, domain }: Turn,
): XmlElement {
  const { from: sender, id, lang } = message;
  const children = cleaned(message.children, {
    sender,
    alias: from,
    channel: channelJid(channel.name, domain),
    isHidden: !isParticipantShown(channel, senderId) || !isInsider(channel, sender),
    isVisibleChannel: channel.config?.mode === 'jid-visible',
    isGroupchat: false,
  });
  const type = message.type === 'chat' ? 'chat' : undefined;
  const marks = isForOccupant ? [el('x', NS_USER), buildOccupantId(senderId)] : [];
  return el('message', NS_CLIENT, { from, type, id, 'xml:lang': lang }, [...children, ...marks]);
}

/**
 * A private message as it goes out. It may have waited, and its sender may have become hidden meanwhile: what passed
 * while the address was shown is cleaned then; also where the recipient has left.
 */
export function renderPrivate(
  xml: string,
  channel: ChannelState,
  { domain, isInsider: isTold }: View,
): XmlElement | undefined {
  const [message] = parseFragment(xml);
  const alias = message?.attrs['from'] ?? '';
  const id = alias.slice(0, alias.indexOf('#')) as ParticipantId;
  if (message === undefined || (isTold && isParticipantShown(channel, id))) return message;
  return hiddenFrom(message, id, channel, domain);
}

/** The same for an occupant's client, to whom nobody is shown unless everybody is (D-83). */
export function renderWhisper(
  { id, xml }: { readonly id: ParticipantId; readonly xml: string },
  channel: ChannelState,
  domain: string,
): XmlElement | undefined {
  const [message] = parseFragment(xml);
  const isShown = channel.config?.mode === 'jid-visible' && isParticipantShown(channel, id);
  return message === undefined || isShown ? message : hiddenFrom(message, id, channel, domain);
}

function hiddenFrom(
  message: XmlElement,
  id: ParticipantId,
  channel: ChannelState,
  domain: string,
): XmlElement {
  const sender = channel.jids.get(id);
  if (sender === undefined) return message;
  const alias = message.attrs['from'] ?? '';
  const circumstances = { sender, alias, channel: channelJid(channel.name, domain) };
  return { ...message, children: hidden(elements(message), circumstances) };
}

/**
 * The recipient's server or client could not take it: the sender, to whose address the error came, is told, without
 * more than that (D-60).
 */
export function bounced({ from, id, children }: Inbound, to: Target, turn: Turn, env: Env): readonly Send[] {
  const { channel, domain } = turn;
  const recipient = channel.ids.get(from.bare);
  const jid = channel.jids.get(to.id);
  if (recipient === undefined || jid === undefined || id === undefined) return [];
  if (!env.recent.has([channel.name, to.id, recipient, id].join(' '))) return [];
  const sender = channel.participants.get(to.id);
  const routes = sender === undefined ? [{ to: jid, isOccupant: false }] : routesTo(channel, sender, to);
  return routes.map((route) => {
    const self = route.isOccupant
      ? occupantJid(channel.name, domain, occupantNick(channel, recipient))
      : encodedJid(recipient, channel.name, domain);
    return {
      to: route.to,
      stanza: el('message', NS_CLIENT, { type: 'error', id, from: self }, [rebuilt(children)]),
    };
  });
}
