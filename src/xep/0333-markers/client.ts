/**
 * XEP-0333 Displayed Markers 1.0.0 (2024-04-17), for a client: how far somebody has read, for everybody to know.
 * Says and tells it.
 * Does not tell it by itself: it shows reading habits; xep/0490-displayed/client.ts tells the user's own clients only.
 * Always: in a channel messages are named by the archive's id.
 * Before: xep/0333-markers/wire.ts. After: xep/0490-displayed/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { channelAddress, encodedAddress } from '../0369-core/addresses.ts';
import type { ChannelMessage } from '../0369-core/client-message.ts';
import { buildDisplayed, displayedIn } from './wire.ts';

/**
 * The id of the message up to which the sender has read; undefined where the message does not tell.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(message.sender.nick, 'has read up to', markerOf(message));
 * });
 * stop();
 */
export function markerOf(message: Pick<ChannelMessage, 'payloads'>): string | undefined {
  return displayedIn(message.payloads);
}

/**
 * Tells a channel, or one participant of it, that the user has read everything up to a message.
 * @param id of the message: in a channel the archive's, in a private conversation the sender's
 * @param participantId left out: everybody in the channel
 * @throws ConnectionLost where it is not known whether it was sent
 * @example
 * await sendMarker(client, channel, 'the id of a message');
 */
export async function sendMarker(
  client: Client,
  channel: string,
  id: string,
  participantId?: string,
): Promise<void> {
  const address = channelAddress(channel);
  const to = participantId === undefined ? address : encodedAddress(address, participantId);
  const type = participantId === undefined ? 'groupchat' : 'chat';
  await client.send(el('message', NS_CLIENT, { to, type }, [buildDisplayed(id)]));
}
