/**
 * XEP-0404 MIX-ANON 0.3.1 §3.2, for a client: private messages between participants, through the channel.
 * Sends and reads them.
 * Does not follow a conversation (client/live-private.ts); the channel keeps none of it, the own server does.
 * Always: the other side is known by its participant id; an account's address is never written.
 * Before: xep/0369-core/addresses.ts. After: client/live-private.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';
import { NS as NS_DELAY, parseDelay } from '../0203-delay/wire.ts';
import { parseCarbon } from '../0280-carbons/wire.ts';
import { newId } from '../0359-ids/client.ts';
import { buildOriginId, originId, stanzaId } from '../0359-ids/wire.ts';
import { bareOf, channelAddress, encodedAddress, parseEncoded } from '../0369-core/addresses.ts';
import { contentOf, payloadsOf, type Outgoing } from '../0369-core/client-message.ts';

/** A message between the user and another participant. */
export interface PrivateMessage {
  readonly channel: string;
  /** The other one. */
  readonly participantId: string;
  /** Did the user write it, with this client or another? */
  readonly isOwn: boolean;
  /** The id that the sender gave: answers, corrections and reactions name it. */
  readonly id: string;
  /** The id in the archive of the user's own account, where it is known. */
  readonly archiveId?: string;
  /** When it was sent or, if that is not told, when it came; milliseconds since 1970. */
  readonly at: number;
  readonly body?: string;
  readonly payloads: readonly XmlElement[];
  readonly isDelayed: boolean;
}

/**
 * Sends a private message to a participant (§3.2).
 * @returns the message's id
 * @throws ConnectionLost where it is not known whether it was sent. That the other one does not take it comes later, as
 * a message of type error; {@link openPrivate} tells of it.
 * @example
 * const [someone] = await listParticipants(client, channel);
 * if (someone) await sendPrivateMessage(client, channel, someone.id, { body: 'Not so loud!' });
 */
export async function sendPrivateMessage(
  client: Client,
  channel: string,
  participantId: string,
  outgoing: Outgoing,
): Promise<{ readonly id: string }> {
  const id = newId();
  await client.send(buildPrivateMessage(channelAddress(channel), participantId, outgoing, id));
  return { id };
}

/** The stanza; `id` is that of the stanza and of the sender's client. */
export function buildPrivateMessage(
  channel: string,
  participantId: string,
  outgoing: Outgoing,
  id: string,
): XmlElement {
  const attrs = { to: encodedAddress(channel, participantId), type: 'chat', id };
  return el('message', NS_CLIENT, attrs, [...contentOf(channel, outgoing), buildOriginId(id)]);
}

/**
 * Tells of every private message that comes from a participant of some channel, and of those that the user sends with
 * other clients, where the server copies them (XEP-0280).
 * @example
 * const stop = onPrivateMessage(client, (message) => {
 *   console.log(message.channel, message.participantId, message.body);
 * });
 * stop();
 */
export function onPrivateMessage(client: Client, listener: (message: PrivateMessage) => void): Stop {
  return client.onStanza((stanza) => {
    const copy = stanza.name === 'message' ? parseCarbon(stanza, client.account) : undefined;
    const message = readPrivate(client, copy?.message ?? stanza);
    if (message !== undefined) listener(message);
  });
}

/**
 * The private message that a stanza is; undefined where it is none.
 * @param archived where it was found in the archive of the account, and when it was put there
 */
export function readPrivate(
  client: Client,
  stanza: XmlElement,
  archived?: { readonly id: string; readonly at: number },
): PrivateMessage | undefined {
  const { from = '', to = '', type = 'normal', id = '' } = stanza.attrs;
  if (stanza.name !== 'message' || (type !== 'chat' && type !== 'normal')) return undefined;
  const isOwn = bareOf(from) === client.account;
  const other = parseEncoded(isOwn ? to : from);
  if (other === undefined) return undefined;
  const body = childText(stanza, 'body');
  const delay = child(stanza, 'delay', NS_DELAY);
  const delayedAt = delay && unlessBad(() => parseDelay(delay).at);
  const archiveId = archived?.id ?? stanzaId(stanza.children, client.account);
  return {
    channel: other.channel,
    participantId: other.participantId,
    isOwn,
    id: originId(stanza.children) ?? id,
    ...(archiveId === undefined ? {} : { archiveId }),
    at: delayedAt ?? archived?.at ?? Date.now(),
    ...(body === undefined ? {} : { body }),
    payloads: payloadsOf(stanza),
    isDelayed: archived !== undefined || delay !== undefined,
  };
}
