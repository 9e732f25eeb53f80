/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §7.1.2, §7.1.6: what subscribers are told.
 * Renders messages, and the events of the participants, information and other nodes.
 * Does not decide who is shown (channel/visibility.ts) nor to whom it goes (service/fan-out.ts).
 * Always: built when it is sent, by the rules of that moment; outsiders get no address (D-94).
 * Before: service/fan-out.ts. After: channel/visibility.ts.
 */
import { archivedAddress, participantAddress, senderAddress } from '../../channel/visibility.ts';
import { isInsider } from '../../channel/access.ts';
import type { ChannelState } from '../../channel/state.ts';
import { channelJid, senderJid } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import type { ArchivedMessage } from '../../storage/facts.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseFragment } from '../../xml/document.ts';
import { el, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { toFragment } from '../../xml/write.ts';
import { buildDeleteEvent, buildEvent, buildRetractEvent } from '../0060-pubsub/wire.ts';
import { buildStanzaId } from '../0359-ids/wire.ts';
import type { Renderers, View } from '../extension.ts';
import { hidden } from './hygiene.ts';
import { buildInfo, buildMix, buildParticipant, NODE_NAMES } from './wire.ts';

/** A groupchat message, without `to`. Where the channel itself speaks, there is nobody for `<mix/>` to name. */
function groupchat(
  channel: ChannelState,
  domain: string,
  message: ArchivedMessage,
  jid: string | undefined,
  after: readonly (XmlNode | undefined)[],
): XmlElement {
  const { id, sender, payload } = message;
  const body: XmlNode = { xml: payload };
  if (sender === undefined) {
    const from = channelJid(channel.name, domain);
    return el('message', NS_CLIENT, { from, type: 'groupchat', id }, [body, ...after]);
  }
  const from = senderJid(channel.name, domain, sender);
  const nick = message.nick ?? channel.participants.get(sender)?.nick;
  return el('message', NS_CLIENT, { from, type: 'groupchat', id }, [body, buildMix({ nick, jid }), ...after]);
}

function stanzaIdOf(channel: ChannelState, domain: string, message: ArchivedMessage): XmlElement {
  return buildStanzaId(channelJid(channel.name, domain), message.id);
}

/** The archived form (D-37, D-40): the reflected one without `to`, its address by today's rule for history. */
export function archivedMessage(
  channel: ChannelState,
  domain: string,
  message: ArchivedMessage,
  asker: RealJid,
): XmlElement {
  const jid = isInsider(channel, asker) ? archivedAddress(channel, message) : undefined;
  // Sent in the open, perhaps, and read in hiding.
  const shown = jid === undefined ? withoutSender(channel, domain, message) : message;
  return groupchat(channel, domain, shown, jid, [stanzaIdOf(channel, domain, message)]);
}

/** The message without what names its sender elsewhere than in `<mix/>`. */
export function withoutSender(
  channel: ChannelState,
  domain: string,
  message: ArchivedMessage,
): ArchivedMessage {
  const { sender: id } = message;
  const sender = id && channel.jids.get(id);
  // Without a namespace of their own there are bodies, subjects and threads only; without an at sign, no addresses.
  const mayName = /xmlns=|@|%40/.test(message.payload);
  if (id === undefined || sender === undefined || !mayName) return message;
  const alias = senderJid(channel.name, domain, id);
  const kept = hidden(parseFragment(message.payload), {
    sender,
    alias,
    channel: channelJid(channel.name, domain),
  });
  return { ...message, payload: toFragment(kept).xml };
}

/** A pubsub event; `headline`, so that servers do not store it for those who are away. */
export function event(channel: ChannelState, domain: string, payload: XmlElement): XmlElement {
  const from = channelJid(channel.name, domain);
  return el('message', NS_CLIENT, { from, type: 'headline' }, [payload]);
}

/** COMPAT(ejabberd): see service/domains.ts. */
const BARE_MIX = el('mix', '');

function live(
  { message, shown }: { message: ArchivedMessage; shown: boolean },
  channel: ChannelState,
  { isInsider, domain, hasBareMix }: View,
  stanzaId?: XmlElement,
): XmlElement {
  const jid = isInsider ? senderAddress(channel, message.sender, shown) : undefined;
  // Whoever was hidden when it was sent has been cleaned out of it then.
  const made = shown && jid === undefined ? withoutSender(channel, domain, message) : message;
  return groupchat(channel, domain, made, jid, [hasBareMix ? BARE_MIX : undefined, stanzaId]);
}

export const renderers: Renderers = {
  message: (content, channel, view) =>
    live(content, channel, view, stanzaIdOf(channel, view.domain, content.message)),
  live,
  participant: ({ id, nick }, channel, { isInsider, domain }) => {
    const jid = isInsider ? participantAddress(channel, id) : undefined;
    return event(
      channel,
      domain,
      buildEvent(NODE_NAMES.participants, [{ id, payload: buildParticipant({ nick, jid }) }]),
    );
  },
  'participant-gone': ({ id }, channel, { domain }) =>
    event(channel, domain, buildRetractEvent(NODE_NAMES.participants, [id])),
  info: ({ infoId }, channel, { domain }) =>
    event(
      channel,
      domain,
      buildEvent(NODE_NAMES.info, [{ id: infoId, payload: buildInfo(channel.info, channel.config?.mode) }]),
    ),
  'node-gone': ({ node }, channel, { domain }) => event(channel, domain, buildDeleteEvent(NODE_NAMES[node])),
};
