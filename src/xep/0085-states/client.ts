/**
 * XEP-0085 Chat State Notifications 2.1 (2009-09-23), for a client: is somebody typing?
 * Says and tells it.
 * Does not end a state by itself (client/live-typing.ts).
 * Always: passed on live, never archived.
 * Before: xep/0085-states/wire.ts. After: client/live-typing.ts.
 */
import type { Client } from '../../client/client.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { buildNoStore } from '../0334-hints/wire.ts';
import { channelAddress, encodedAddress } from '../0369-core/addresses.ts';
import type { ChannelMessage } from '../0369-core/client-message.ts';
import { buildChatState, chatStateIn, type ChatState } from './wire.ts';

export type { ChatState } from './wire.ts';

/**
 * The state that a message tells; undefined where it tells none.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(message.sender.nick, chatStateOf(message));
 * });
 * stop();
 */
export function chatStateOf(message: Pick<ChannelMessage, 'payloads'>): ChatState | undefined {
  return chatStateIn(message.payloads);
}

/**
 * Tells a channel, or one participant of it, whether the user is typing.
 * @param participantId left out: everybody in the channel
 * @throws ConnectionLost where it is not known whether it was sent
 * @example
 * await sendChatState(client, channel, 'composing');
 */
export async function sendChatState(
  client: Client,
  channel: string,
  state: ChatState,
  participantId?: string,
): Promise<void> {
  const address = channelAddress(channel);
  const to = participantId === undefined ? address : encodedAddress(address, participantId);
  const type = participantId === undefined ? 'groupchat' : 'chat';
  await client.send(el('message', NS_CLIENT, { to, type }, [buildChatState(state), buildNoStore()]));
}
