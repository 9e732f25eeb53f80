/**
 * XEP-0308 Last Message Correction 1.2.1 (2022-05-17), for a client.
 * Says which message another one corrects, and corrects one's own.
 * Does not put the correction in the place of the original (client/live-timeline.ts).
 * Always: only the author's own corrections count; the channel sees to that, and the reader again.
 * Before: xep/0308-correct/wire.ts. After: xep/0369-core/client-message.ts.
 */
import type { Client } from '../../client/client.ts';
import { sendMessage, type ChannelMessage } from '../0369-core/client-message.ts';
import { replacedId } from './wire.ts';

/**
 * The id of the message whose place this one takes; undefined where it is no correction.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(correctionOf(message));
 * });
 * stop();
 */
export function correctionOf(message: Pick<ChannelMessage, 'payloads'>): string | undefined {
  return replacedId(message.payloads);
}

/**
 * Corrects one's own message in a channel (§4).
 * @param id the message's id in the archive
 * @param body the whole new text
 * @returns the id by which the sender knows the correction's reflection
 * @throws as {@link sendMessage}
 * @example
 * await correct(client, channel, 'the id of my message', 'Fair is foul');
 */
export async function correct(
  client: Client,
  channel: string,
  id: string,
  body: string,
): Promise<{ readonly originId: string }> {
  return sendMessage(client, channel, { body, replaces: id });
}
