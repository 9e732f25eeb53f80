/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01) §3.2: private messages, at the service.
 * Reads and cleans them, calls the rule, and passes back the errors that they meet.
 * Does not decide who may write to whom (channel/private-message.ts).
 * Always: id, type, thread and bodies stay as they are; every address on the way is an encoded one (D-56).
 * Before: service/router.ts. After: channel/private-message.ts.
 */
import { clientOf, speak, wayOfPrivateMessage } from '../../channel/private-message.ts';
import { isInsider } from '../../channel/access.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { isParticipantShown } from '../../channel/visibility.ts';
import { channelJid, encodedJid, type ParticipantId } from '../../jid/public-jid.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseFragment } from '../../xml/document.ts';
import { el, elements, type XmlElement } from '../../xml/element.ts';
import { serialize, utf8Length } from '../../xml/write.ts';
import { rebuilt } from '../0403-presence/relay.ts';
import { cleaned, hidden } from '../0369-core/hygiene.ts';
import type { Env, Inbound, ParticipantAddress, Send, StanzaHandler } from '../extension.ts';

export const privateMessages: StanzaHandler = { kind: 'message', on: 'participant', run: onMessage };

function onMessage(message: Inbound<ParticipantAddress>, turn: Turn, env: Env): readonly Send[] {
  if (message.type === 'error') return bounced(message, turn, env);
  if (message.type === 'groupchat')
    throw refuse('bad-request', 'A private message is of type chat or normal.');
  if (message.type === 'headline') throw refuse('service-unavailable', 'Headlines are not passed on.');
  const { from: sender, to: target, id, lang } = message;
  const { channel, domain } = turn;
  const way = wayOfPrivateMessage(turn, sender, target);
  const senderId = channel.ids.get(sender.bare);
  const children = cleaned(message.children, {
    sender,
    alias: way.from,
    channel: channelJid(channel.name, domain),
    isHidden: senderId === undefined || !isParticipantShown(channel, senderId) || !isInsider(channel, sender),
    isVisibleChannel: channel.config?.mode === 'jid-visible',
    isGroupchat: false,
  });
  const type = message.type === 'chat' ? 'chat' : undefined;
  const stanza = el('message', NS_CLIENT, { from: way.from, type, id, 'xml:lang': lang }, children);
  const xml = serialize(stanza);
  if (utf8Length(xml) > env.settings.limits.stanzaBytesMax)
    throw refuse('policy-violation', 'This message is too large.');
  if (senderId !== undefined && id !== undefined)
    env.recent.note([channel.name, senderId, target.id, id].join(' '));
  speak(turn, way);
  turn.tell(way.to, { kind: 'private', xml });
  return [];
}

/**
 * A private message as it goes out. It may have waited, and its sender may have become hidden meanwhile: what passed
 * while the address was shown is cleaned then.
 */
export function renderPrivate(xml: string, channel: ChannelState, domain: string): XmlElement | undefined {
  const [message] = parseFragment(xml);
  const alias = message?.attrs['from'] ?? '';
  const id = alias.slice(0, alias.indexOf('#')) as ParticipantId;
  const sender = channel.jids.get(id);
  if (message === undefined || sender === undefined || isParticipantShown(channel, id)) return message;
  const circumstances = { sender, alias, channel: channelJid(channel.name, domain) };
  return { ...message, children: hidden(elements(message), circumstances) };
}

/** The recipient's server or client could not take it: the sender is told, without more than that (D-60). */
function bounced(
  { from, to, id, children }: Inbound<ParticipantAddress>,
  turn: Turn,
  env: Env,
): readonly Send[] {
  const { channel, domain } = turn;
  const recipient = channel.ids.get(from.bare);
  const sender = channel.jids.get(to.id);
  if (recipient === undefined || sender === undefined || id === undefined) return [];
  if (!env.recent.has([channel.name, to.id, recipient, id].join(' '))) return [];
  const self = encodedJid(recipient, channel.name, domain);
  const stanza = el('message', NS_CLIENT, { type: 'error', id, from: self }, [rebuilt(children)]);
  return [{ to: clientOf(channel, to) ?? sender, stanza }];
}
