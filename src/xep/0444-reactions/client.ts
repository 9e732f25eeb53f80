/**
 * XEP-0444 Message Reactions 0.2.1 (2024-04-15), for a client.
 * Says what somebody feels about a message, and tells what this user feels.
 * Does not count reactions (client/live-timeline.ts).
 * Always: a person's reactions to a message take the place of the same person's earlier ones.
 * Before: xep/0444-reactions/wire.ts. After: xep/0369-core/client-message.ts.
 */
import type { Client } from '../../client/client.ts';
import { buildStore } from '../0334-hints/wire.ts';
import { sendMessage, type ChannelMessage } from '../0369-core/client-message.ts';
import { buildReactions, reactionsIn, type Reactions } from './wire.ts';

export type { Reactions } from './wire.ts';

/**
 * What the sender feels about which message; undefined where it says nothing of the kind.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(reactionsOf(message)?.emojis);
 * });
 * stop();
 */
export function reactionsOf(message: Pick<ChannelMessage, 'payloads'>): Reactions | undefined {
  return reactionsIn(message.payloads);
}

/**
 * Says what the user feels about a message in a channel (§3), in place of what was said before.
 * @param id the message's id in the archive
 * @param emojis none: what was there is taken back
 * @throws as {@link sendMessage}
 * @example
 * await react(client, channel, 'the id of a message', ['👍']);
 */
export async function react(
  client: Client,
  channel: string,
  id: string,
  emojis: readonly string[],
): Promise<void> {
  await sendMessage(client, channel, { payloads: [buildReactions({ id, emojis }), buildStore()] });
}
