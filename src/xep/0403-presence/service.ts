/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01): presence of the participants' clients, at the service.
 * Reads presences, cleans them and calls the rule; renders those that go out.
 * Does not decide (channel/presence.ts) nor relay requests (relay.ts).
 * Always: `from` is the encoded address with its anonymous resource; the payload is an allow-list where hidden (D-52).
 * Before: service/router.ts. After: channel/presence.ts.
 */
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { appear, disappear, refresh } from '../../channel/presence.ts';
import { clientAddress, isOwnAddress, isParticipantShown } from '../../channel/visibility.ts';
import { visit } from '../../channel/visitor.ts';
import { encodedJid, type ParticipantId } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import type { Session } from '../../storage/facts.ts';
import { parseFragment } from '../../xml/document.ts';
import { el, isElement, type XmlElement } from '../../xml/element.ts';
import { toFragment } from '../../xml/write.ts';
import { NS as DELAY } from '../0203-delay/wire.ts';
import { inLanguage } from '../0369-core/messages.ts';
import type { ChannelAddress, Extension, Inbound, ParticipantAddress, Send } from '../extension.ts';
import { answer, relay } from './relay.ts';
import { buildMix, NS } from './wire.ts';

export const presence: Extension = {
  stanzas: [
    { kind: 'presence', on: 'channel', run: onPresence },
    { kind: 'presence', on: 'participant', run: onPresenceToParticipant },
  ],
  relay,
  answer,
  renderers: {
    presence: ({ session, nick, shown }, channel, { isInsider, domain }) => {
      const from = encodedJid(session.id, channel.name, domain, session.anonymous);
      const jid = isInsider ? clientAddress(channel, session, shown) : undefined;
      // What passed while the address was shown may tell whose it is, now that it is not.
      const payload = jid === undefined ? fitForHiding(session, channel) : session.payload;
      return el('presence', NS_CLIENT, { from, type: session.available ? undefined : 'unavailable' }, [
        payload === '' ? undefined : { xml: payload },
        buildMix({ nick, jid }),
      ]);
    },
  },
  features: [{ on: 'channel', feature: NS }],
};

function onPresence(presence: Inbound<ChannelAddress>, turn: Turn): readonly Send[] {
  const { type, from } = presence;
  const { channel } = turn;
  if (!channel.exists) return [];
  switch (type) {
    case '':
    case 'probe':
      if (from.isBare || type === 'probe') refresh(turn, from);
      else present(presence, turn);
      return [];
    case 'unavailable':
      disappear(turn, from, payloadOf(presence, turn));
      return [];
    case 'subscribe':
      return [answerTo(presence, channel.participant(from) === undefined ? 'unsubscribed' : 'subscribed')];
    default:
      return [];
  }
}

/** A client is there: of a participant, or, where the channel lets everybody be seen, of a visitor. */
function present(presence: Inbound<ChannelAddress>, turn: Turn): void {
  const { from } = presence;
  const participant = turn.channel.participant(from);
  if (participant === undefined) visit(turn, from, payloadOf(presence, turn));
  else appear(turn, participant, from, payloadOf(presence, turn));
}

/** D-54: nothing of it is passed on. */
function onPresenceToParticipant(presence: Inbound<ParticipantAddress>): readonly Send[] {
  return presence.type === 'subscribe' ? [answerTo(presence, 'unsubscribed')] : [];
}

function answerTo({ self, from }: Inbound, type: string): Send {
  return { to: from.bare, stanza: el('presence', NS_CLIENT, { type, from: self }) };
}

const SHOWN_WHEN_HIDDEN: readonly string[] = [
  `${NS_CLIENT} show`,
  `${NS_CLIENT} status`,
  'http://jabber.org/protocol/caps c',
  'urn:xmpp:caps c',
];
const NEVER_SHOWN: readonly string[] = [`${DELAY} delay`, 'http://jabber.org/protocol/nick nick'];
/** Of XEP-0115 and XEP-0390, without the former's `ext`, in which old clients list their parts (LEAK-25). */
const PLAIN_ATTRIBUTES: readonly string[] = ['xml:lang', 'hash', 'node', 'ver', 'algo'];
const AVATAR_HASH = 'vcard-temp:x:update x';

/** D-52: what of a client's presence the others are shown, as things stand when it comes. */
function payloadOf({ from, children, lang }: Inbound<ChannelAddress>, { channel }: Turn): string {
  const id = channel.participant(from)?.id;
  const isHidden = id === undefined || !isParticipantShown(channel, id);
  const passes = ({ ns, name }: XmlElement): boolean =>
    name !== 'mix' && !NEVER_SHOWN.includes(`${ns} ${name}`) && passesCard(channel, id, `${ns} ${name}`);
  const kept = children.filter((child) => passes(child) && (!isHidden || passesHidden(child)));
  return toFragment(kept.map((child) => inLanguage(isHidden ? plainOf(child, from) : child, lang))).xml;
}

/** The same of a presence that is kept, as things stand when it is sent (LEAK-26). */
function fitForHiding({ id, client, payload }: Session, channel: ChannelState): string {
  if (payload === '') return payload;
  const kept = parseFragment(payload).filter(
    (child) => passesHidden(child) && passesCard(channel, id, `${child.ns} ${child.name}`),
  );
  return toFragment(kept.map((child) => plainOf(child, client))).xml;
}

function passesHidden({ ns, name }: XmlElement): boolean {
  const key = `${ns} ${name}`;
  return SHOWN_WHEN_HIDDEN.includes(key) || key === AVATAR_HASH;
}

/** What an element of a hidden client's presence needs to say, and nothing that could tell whose it is besides. */
function plainOf(element: XmlElement, client: RealJid): XmlElement {
  const attrs = Object.entries(element.attrs).filter(
    ([name, value]) => PLAIN_ATTRIBUTES.includes(name) && !isOwnAddress(value, client),
  );
  const children = element.children.map((node) => (isElement(node) ? plainOf(node, client) : node));
  return { ...element, attrs: Object.fromEntries(attrs), children };
}

/** The hash of an avatar is the same everywhere: it passes where its owner lets the card be seen. */
function passesCard(channel: ChannelState, id: ParticipantId | undefined, key: string): boolean {
  const participant = id && channel.participants.get(id);
  return key !== AVATAR_HASH || participant?.preferences.vCard === 'allow';
}
