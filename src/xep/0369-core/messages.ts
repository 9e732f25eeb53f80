/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §7.1.6: a message to the channel.
 * Reads it, cleans it and hands it to the rule.
 * Does not decide who may speak (channel/post.ts), what passes (hygiene.ts) nor how it looks (render.ts).
 * Always: what is refused is neither archived nor reflected; errors are swallowed (CORE-79).
 * Before: service/router.ts. After: xep/0369-core/hygiene.ts, channel/post.ts.
 */
import { requireParticipant } from '../../channel/access.ts';
import { post } from '../../channel/post.ts';
import type { Turn } from '../../channel/turn.ts';
import { isParticipantShown } from '../../channel/visibility.ts';
import { channelJid, senderJid } from '../../jid/public-jid.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { isNamed, type XmlElement } from '../../xml/element.ts';
import { toFragment, utf8Length } from '../../xml/write.ts';
import { NS as FORWARD } from '../0297-forward/wire.ts';
import type { ChannelAddress, Env, Inbound, Look, Seen, Send, StanzaHandler } from '../extension.ts';
import { lookForRetracted, retractByMessage, retractionIn } from '../0407-misc/retraction.ts';
import { cleaned } from './hygiene.ts';
import { lookFor, resolved } from './references.ts';

/** What the channel adds around a payload: ids, nick and address, each at its longest. */
const ADDED_BYTES_MAX = 8 * 1024;

/** Worth keeping without a body (MAM-36). */
const KEPT: readonly (readonly [string, string])[] = [
  ['urn:xmpp:reactions:0', 'reactions'],
  ['urn:xmpp:hints', 'store'],
  // XEP-0407 §7: history that is shared has no body of its own.
  [FORWARD, 'forwarded'],
];

export const messages: StanzaHandler = { kind: 'message', on: 'channel', look, run: onMessage };

function look({ type, children, from }: Inbound<ChannelAddress>, env: Env): Look | undefined {
  if (type === 'error') return undefined;
  const retract = retractionIn(children);
  return retract === undefined ? lookFor(children, from, env) : lookForRetracted(retract, env);
}

function onMessage(message: Inbound<ChannelAddress>, turn: Turn, env: Env, seen: Seen): readonly Send[] {
  if (message.type === 'error') return [];
  const { channel } = turn;
  const { id: participant } = requireParticipant(channel, message.from);
  const retract = retractionIn(message.children);
  checkAddressing(message, retract !== undefined);
  const passed = cleaned(message.children, {
    sender: message.from,
    alias: senderJid(channel.name, turn.domain, participant),
    channel: channelJid(channel.name, turn.domain),
    isHidden: !isParticipantShown(channel, participant),
    isVisibleChannel: channel.config?.mode === 'jid-visible',
    isGroupchat: true,
  });
  const children = resolved(passed, seen, channel, turn.domain).map((child) =>
    inLanguage(child, message.lang),
  );
  const { xml: payload } = toFragment(children);
  if (utf8Length(payload) > env.settings.limits.stanzaBytesMax - ADDED_BYTES_MAX)
    throw refuse('policy-violation', 'This message is too large.');
  if (retract !== undefined) retractByMessage(message, children, retract, turn, env, seen);
  else post(turn, message.from, { payload, originalId: message.id, isKept: children.some(isKept) });
  return [];
}

/** D-44: only a retraction may come without the type; XEP-0407's examples have none. */
function checkAddressing({ type }: Inbound<ChannelAddress>, isRetraction: boolean): void {
  const isRightType = type === 'groupchat' || (isRetraction && type !== 'chat' && type !== 'headline');
  if (!isRightType) throw refuse('bad-request', 'A channel takes messages of type groupchat.');
}

function isKept(child: XmlElement): boolean {
  return isNamed(child, 'body', NS_CLIENT) || KEPT.some(([ns, name]) => isNamed(child, name, ns));
}

/** The language of the stanza goes with its bodies, since the stanza around them is another one (GEN-16). */
export function inLanguage(child: XmlElement, lang: string | undefined): XmlElement {
  if (lang === undefined || child.ns !== NS_CLIENT || child.attrs['xml:lang'] !== undefined) return child;
  return { ...child, attrs: { ...child.attrs, 'xml:lang': lang } };
}
