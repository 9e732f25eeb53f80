/**
 * XEP-0308 Last Message Correction 1.2.1, XEP-0461 Message Replies 0.2.0 and decision D-48: messages about messages.
 * Finds out which message a stanza speaks of, or whom, and gives it the id and the address that the others know it by.
 * Does not decide about retractions (xep/0407-misc/retraction.ts).
 * Always: a correction of somebody else's message loses what makes it one; a reply names its author by CH/id or not
 * at all, whatever the sender's client wrote.
 * Before: xep/0369-core/messages.ts. After: storage/store.ts.
 */
import { occupantNamed } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import { channelJid, senderJid, type ParticipantId } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { isNamed, type XmlElement } from '../../xml/element.ts';
import { mentioning, mentionsIn, NS as REFERENCE } from '../0372-references/wire.ts';
import type { Env, Look, Seen } from '../extension.ts';

const CORRECTION = 'urn:xmpp:message-correct:0';
const REPLY = 'urn:xmpp:reply:0';

function idOf(children: readonly XmlElement[], name: string, ns: string): string | undefined {
  return children.find((child) => isNamed(child, name, ns))?.attrs['id'];
}

/** What has to be known of other messages before this one is decided; undefined where it speaks of none. */
export function lookFor(children: readonly XmlElement[], sender: RealJid, { store }: Env): Look | undefined {
  const corrected = idOf(children, 'replace', CORRECTION);
  const answered = idOf(children, 'reply', REPLY);
  if (corrected === undefined && answered === undefined) return undefined;
  return async ({ name, ids }: ChannelState): Promise<Seen> => {
    const author = ids.get(sender.bare);
    const message = answered === undefined ? undefined : await store.message(name, answered);
    if (corrected === undefined || author === undefined) return { message };
    return { message, ownId: await ownMessage(corrected, author) };

    async function ownMessage(id: string, own: ParticipantId): Promise<string | undefined> {
      const found = await store.messageOf(name, own, id);
      if (found !== undefined) return found;
      return (await store.message(name, id))?.sender === own ? id : undefined;
    }
  };
}

/** The children with the references that the others can follow. */
export function resolved(
  children: readonly XmlElement[],
  { message, ownId }: Seen,
  channel: ChannelState,
  domain: string,
): XmlElement[] {
  return children.flatMap((child) => {
    if (isNamed(child, 'replace', CORRECTION))
      return ownId === undefined ? [] : [{ ...child, attrs: { ...child.attrs, id: ownId } }];
    if (child.ns === REFERENCE) return [byId(child, channel, domain)];
    if (!isNamed(child, 'reply', REPLY)) return [child];
    const attrs = Object.fromEntries(Object.entries(child.attrs).filter(([name]) => name !== 'to'));
    const author = message?.sender;
    const to = author === undefined ? {} : { to: senderJid(channel.name, domain, author) };
    return [{ ...child, attrs: { ...attrs, ...to } }];
  });
}

/** XEP-0372 by a room's client: who is called CH/nick there is CH/id to everybody else. */
function byId(element: XmlElement, channel: ChannelState, domain: string): XmlElement {
  const room = `${channelJid(channel.name, domain)}/`;
  const address = mentionsIn([element])[0]?.address ?? '';
  const nick = address.startsWith(room) ? address.slice(room.length) : '';
  if (nick === '' || channel.participants.has(nick as ParticipantId)) return element;
  const id = occupantNamed(channel, nick);
  return id === undefined ? element : mentioning(element, senderJid(channel.name, domain, id));
}
