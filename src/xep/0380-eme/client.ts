/**
 * XEP-0380 Explicit Message Encryption 0.1 (2016-10-26), for a client.
 * Says with what a message is encrypted, so that people are told why they cannot read it.
 * Does not decrypt, nor ever encrypt: who encrypts for somebody has to know the address, and a mask hides it (D-88).
 * Always: what a message says beside it in clear is for older clients, and says nothing of the content.
 * Before: xep/0380-eme/wire.ts. After: xep/0369-core/client-message.ts.
 */
import type { ChannelMessage } from '../0369-core/client-message.ts';
import { encryptionIn } from './wire.ts';

/**
 * The name of the encryption of a message, such as `OMEMO`; undefined for one that can be read.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(encryptionOf(message) ?? message.body);
 * });
 * stop();
 */
export function encryptionOf(message: Pick<ChannelMessage, 'payloads'>): string | undefined {
  return encryptionIn(message.payloads)?.name;
}
