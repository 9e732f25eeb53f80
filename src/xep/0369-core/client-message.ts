/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.6, for a client: what is said in a channel.
 * Sends messages, and reads those that the channel reflects, live or out of its archive.
 * Does not follow a conversation (client/live-channel.ts) nor know what replies, corrections and reactions mean: each
 * XEP reads its own payload.
 * Always: a message counts for the channel that it came from; its id is the archive's, by which all others speak of it.
 * Before: xep/0369-core/wire.ts. After: client/live-channel.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { child, childText, el, elements, type XmlElement } from '../../xml/element.ts';
import { NS as NS_DELAY, parseDelay } from '../0203-delay/wire.ts';
import { buildReplace } from '../0308-correct/wire.ts';
import { newId } from '../0359-ids/client.ts';
import { buildOriginId, NS as NS_IDS, originId, stanzaId } from '../0359-ids/wire.ts';
import { buildMention } from '../0372-references/wire.ts';
import { buildFallback, pointsIn } from '../0428-fallback/wire.ts';
import { buildReply, NS as NS_REPLY } from '../0461-replies/wire.ts';
import { channelAddress, encodedAddress, senderAddress } from './addresses.ts';
import { NS, NS_CORE0, parseMix, type Who } from './wire.ts';

/** Somebody in a channel, as the channel shows them. */
export interface Participant {
  /** The stable participant id. In a sender, '' where the channel itself speaks. */
  readonly id: string;
  readonly nick?: string;
  /** The person's own address, where the channel shows it. */
  readonly address?: string;
}

/** A message of a channel. */
export interface ChannelMessage {
  readonly channel: string;
  /** The id in the channel's archive; of what is not archived, such as typing, the one it was sent under. */
  readonly id: string;
  /** Can it be found in the archive? */
  readonly isArchived: boolean;
  /** The id that the sender's client gave. */
  readonly originId?: string;
  /** When the channel took it, in milliseconds since 1970; for live messages, when it came. */
  readonly at: number;
  readonly sender: Participant;
  readonly body?: string;
  /** Everything in it that is neither body nor the channel's own word. */
  readonly payloads: readonly XmlElement[];
  /** Did it wait somewhere before it came? */
  readonly isDelayed: boolean;
}

/** A place in a text where somebody is spoken of; `text.slice(begin, end)` is the name. */
export interface Mention {
  /** The participant's id. */
  readonly id: string;
  readonly begin: number;
  readonly end: number;
}

/** What is to be sent. */
export interface Outgoing {
  readonly body?: string;
  /** Further elements, such as those of a XEP that this library does not know. */
  readonly payloads?: readonly XmlElement[];
  /** The message of the same sender whose place this one takes (XEP-0308). */
  readonly replaces?: string;
  /** The message that is answered (XEP-0461). */
  readonly reply?: {
    readonly id: string;
    /** The participant id of its author; the channel finds it by itself, private chats need it. */
    readonly to?: string;
    /** A quotation that is put before the body, for clients that know nothing of replies. */
    readonly fallback?: string;
  };
  /** Who is spoken of (XEP-0372). Places count in `body`, without the fallback of a reply. */
  readonly mentions?: readonly Mention[];
}

/**
 * Sends a message to a channel (§7.1.6).
 * @returns the id by which the sender knows its reflection: that of {@link ChannelMessage.originId}
 * @throws ConnectionLost where it is not known whether the message was sent. A refusal of the channel comes later, as a
 * message of type error; {@link openChannel} tells of it.
 * @example
 * const { originId } = await sendMessage(client, channel, { body: 'Double, double toil and trouble' });
 * console.log(originId.length); // 20
 */
export async function sendMessage(
  client: Client,
  channel: string,
  outgoing: Outgoing,
): Promise<{ readonly originId: string }> {
  const id = newId();
  await client.send(buildMessage(channelAddress(channel), outgoing, id));
  return { originId: id };
}

/** The stanza for a channel; `id` is that of the stanza and of the sender's client, so that errors find it as well. */
export function buildMessage(channel: string, outgoing: Outgoing, id: string): XmlElement {
  const attrs = { to: channel, type: 'groupchat', id };
  return el('message', NS_CLIENT, attrs, [...contentOf(channel, outgoing), buildOriginId(id)]);
}

/** What the message says, as elements, for a channel or a participant of it. */
export function contentOf(channel: string, outgoing: Outgoing): XmlElement[] {
  const { body, payloads = [], replaces, reply, mentions = [] } = outgoing;
  const quotation = (reply !== undefined && body !== undefined ? reply.fallback : undefined) ?? '';
  const content: XmlElement[] = [];
  if (body !== undefined) content.push(el('body', NS_CLIENT, {}, [quotation + body]));
  if (replaces !== undefined) content.push(buildReplace(replaces));
  if (reply !== undefined) {
    const to = reply.to === undefined ? undefined : senderAddress(channel, reply.to);
    content.push(buildReply({ id: reply.id, to }));
    if (quotation !== '')
      content.push(buildFallback(NS_REPLY, quotation, { begin: 0, end: quotation.length }));
  }
  for (const { id, begin, end } of mentions) {
    const before = pointsIn(quotation + (body ?? '').slice(0, begin));
    const length = pointsIn((body ?? '').slice(begin, end));
    const address = encodedAddress(channel, id);
    content.push(buildMention({ address, begin: before, end: before + length }));
  }
  return [...content, ...payloads];
}

/**
 * Tells of every message that a channel reflects to this client (§7.1.6), those that are only passed on included.
 * @param channel undefined: all channels
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(message.sender.nick, message.body);
 * });
 * stop();
 */
export function onMessage(
  client: Client,
  channel: string | undefined,
  listener: (message: ChannelMessage) => void,
): Stop {
  const wanted = channel === undefined ? undefined : channelAddress(channel);
  return client.onStanza((stanza) => {
    const message = readMessage(stanza, wanted);
    if (message !== undefined) listener(message);
  });
}

/**
 * The message of a channel that a stanza is; undefined where it is none, or another channel's.
 * @param at when the archive took it; undefined for a live one
 */
export function readMessage(
  stanza: XmlElement,
  channel: string | undefined,
  at?: number,
): ChannelMessage | undefined {
  const { type, from = '' } = stanza.attrs;
  if (stanza.name !== 'message' || type !== 'groupchat') return undefined;
  const slash = from.indexOf('/');
  const address = slash < 0 ? from : from.slice(0, slash);
  if (channel !== undefined && address !== channel) return undefined;
  const who = whoIn(stanza);
  // Without <mix/> only the channel itself speaks; anything else is a room's, or forged.
  if (who === undefined && (slash >= 0 || !address.includes('@'))) return undefined;
  const { children } = stanza;
  const archiveId = stanzaId(children, address);
  const body = childText(stanza, 'body');
  const delay = child(stanza, 'delay', NS_DELAY);
  const delayedAt = delay && unlessBad(() => parseDelay(delay).at);
  const origin = originId(children);
  return {
    channel: address,
    id: archiveId ?? stanza.attrs['id'] ?? '',
    isArchived: archiveId !== undefined || at !== undefined || body !== undefined,
    ...(origin === undefined ? {} : { originId: origin }),
    at: at ?? delayedAt ?? Date.now(),
    sender: participantOf(slash < 0 ? '' : from.slice(slash + 1), who ?? {}),
    ...(body === undefined ? {} : { body }),
    payloads: payloadsOf(stanza),
    isDelayed: at !== undefined || delay !== undefined,
  };
}

function whoIn(stanza: XmlElement): Who | undefined {
  const mix = child(stanza, 'mix', NS) ?? child(stanza, 'mix', NS_CORE0);
  // COMPAT(ejabberd): its own channels speak core:0, which has the same two children.
  return mix && unlessBad(() => parseMix({ ...mix, ns: NS, children: mix.children.map(inCore) }));
}

function inCore(node: XmlElement['children'][number]): XmlElement['children'][number] {
  return typeof node === 'object' && 'name' in node && node.ns === NS_CORE0 ? { ...node, ns: NS } : node;
}

/** Somebody with what is known of them. */
export function participantOf(id: string, { nick, jid }: Who): Participant {
  return { id, ...(nick === undefined ? {} : { nick }), ...(jid === undefined ? {} : { address: jid }) };
}

/** The children that are neither body nor what a channel or an archive adds. */
export function payloadsOf(stanza: XmlElement): XmlElement[] {
  return elements(stanza).filter(
    ({ name, ns }) =>
      !(name === 'body' && ns === NS_CLIENT) &&
      !(name === 'mix' && (ns === NS || ns === NS_CORE0 || ns === '')) &&
      !(ns === NS_IDS) &&
      !(name === 'delay' && ns === NS_DELAY),
  );
}
