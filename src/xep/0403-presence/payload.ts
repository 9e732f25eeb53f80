/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01) and decision D-52: what of a client's presence the others are shown.
 * Decides, child by child, when a presence comes and once more when it goes out.
 * Does not decide whose address is shown (channel/visibility.ts).
 * Always: an allow-list where the address is hidden; what only a room or a server may say never passes.
 * Before: xep/0403-presence/service.ts. After: xep/0369-core/messages.ts.
 */
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { isOwnAddress, isParticipantShown } from '../../channel/visibility.ts';
import type { ParticipantId } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import type { Session } from '../../storage/facts.ts';
import { parseFragment } from '../../xml/document.ts';
import { isElement, type XmlElement } from '../../xml/element.ts';
import { toFragment } from '../../xml/write.ts';
import { NS as DELAY } from '../0203-delay/wire.ts';
import { inLanguage } from '../0369-core/messages.ts';
import { NS as OCCUPANT_ID } from '../0421-occupant/wire.ts';
import type { Inbound } from '../extension.ts';

const SHOWN_WHEN_HIDDEN: readonly string[] = [
  `${NS_CLIENT} show`,
  `${NS_CLIENT} status`,
  'http://jabber.org/protocol/caps c',
  'urn:xmpp:caps c',
];
const NEVER_SHOWN: readonly string[] = [
  `${DELAY} delay`,
  'http://jabber.org/protocol/nick nick',
  'http://jabber.org/protocol/muc x',
  'http://jabber.org/protocol/muc#user x',
  `${OCCUPANT_ID} occupant-id`,
  'urn:xmpp:hats:0 hats',
];
/** Of XEP-0115 and XEP-0390, without the former's `ext`, in which old clients list their parts (LEAK-25). */
const PLAIN_ATTRIBUTES: readonly string[] = ['xml:lang', 'hash', 'node', 'ver', 'algo'];
const AVATAR_HASH = 'vcard-temp:x:update x';

/** D-52: what of a client's presence the others are shown, as things stand when it comes. */
export function payloadOf(
  { from, children, lang }: Pick<Inbound, 'from' | 'children' | 'lang'>,
  { channel }: Turn,
): string {
  const id = channel.participant(from)?.id;
  const isHidden = id === undefined || !isParticipantShown(channel, id);
  const passes = ({ ns, name }: XmlElement): boolean =>
    name !== 'mix' && !NEVER_SHOWN.includes(`${ns} ${name}`) && passesCard(channel, id, `${ns} ${name}`);
  const kept = children.filter((child) => passes(child) && (!isHidden || passesHidden(child)));
  return toFragment(kept.map((child) => inLanguage(isHidden ? plainOf(child, from) : child, lang))).xml;
}

/** The same of a presence that is kept, as things stand when it is sent (LEAK-26). */
export function fitForHiding({ id, client, payload }: Session, channel: ChannelState): string {
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
