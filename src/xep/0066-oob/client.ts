/**
 * XEP-0066 Out of Band Data 1.5 (2006-08-16), for a client: a message that is a file.
 * Makes such a message, and tells of which file a message is.
 * Does not upload (xep/0363-upload/client.ts) nor fetch.
 * Always: the body is the address alone, which is how other clients know that they may show the file in its place.
 * Before: xep/0066-oob/wire.ts. After: xep/0369-core/client-message.ts.
 */
import type { ChannelMessage, Outgoing } from '../0369-core/client-message.ts';
import { buildOutOfBand, outOfBandIn } from './wire.ts';

/**
 * A message that is a file.
 * @param url where everybody can fetch it, such as {@link upload} has said
 * @example
 * await sendMessage(client, channel, fileMessage('https://files.example/9f3a.png'));
 */
export function fileMessage(url: string): Outgoing {
  return { body: url, payloads: [buildOutOfBand(url)] };
}

/**
 * The address of the file that a message is; undefined for any other message, also one with a file and words.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(fileOf(message));
 * });
 * stop();
 */
export function fileOf({ body, payloads }: Pick<ChannelMessage, 'body' | 'payloads'>): string | undefined {
  const url = outOfBandIn(payloads);
  return url !== undefined && body?.trim() === url ? url : undefined;
}
