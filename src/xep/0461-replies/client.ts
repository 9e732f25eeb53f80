/**
 * XEP-0461 Message Replies 0.2.1 (2026-02-25), for a client.
 * Says which message another one answers, and what it says without the quotation.
 * Does not send: a reply is part of what is sent (xep/0369-core/client-message.ts).
 * Always: the author is known by its participant id.
 * Before: xep/0461-replies/wire.ts. After: xep/0369-core/client-message.ts.
 */
import { participantIdIn } from '../0369-core/addresses.ts';
import type { ChannelMessage } from '../0369-core/client-message.ts';
import { withoutFallback } from '../0428-fallback/wire.ts';
import { NS, replyIn } from './wire.ts';

export interface ReplyTo {
  /** The id of the message that is answered. */
  readonly id: string;
  /** The participant id of its author, where it is told. */
  readonly senderId?: string;
}

/**
 * Which message this one answers; undefined where it answers none.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(replyOf(message)?.id, textOf(message));
 * });
 * stop();
 */
export function replyOf(message: Pick<ChannelMessage, 'payloads' | 'channel'>): ReplyTo | undefined {
  const reply = replyIn(message.payloads);
  if (reply === undefined) return undefined;
  const senderId = reply.to === undefined ? undefined : participantIdIn(reply.to, message.channel);
  return { id: reply.id, ...(senderId === undefined ? {} : { senderId }) };
}

/**
 * The text of a message without what quotes the answered one for older clients; undefined where there is none.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(textOf(message));
 * });
 * stop();
 */
export function textOf(message: Pick<ChannelMessage, 'payloads' | 'body'>): string | undefined {
  return message.body === undefined ? undefined : withoutFallback(message.payloads, NS, message.body);
}
