/**
 * XEP-0490 Message Displayed Synchronization 1.0.1 (2024-11-20), for a client: how far this user has read.
 * Says and tells it, among the user's own clients.
 * Does not decide what counts as read (client/live-channel.ts does, when it is told).
 * Always: the node is one that nobody else may read.
 * Before: xep/0490-displayed/wire.ts. After: client/live-read.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { fetchItems, onNodeEvent, PRIVATE_LIST, publishItem } from '../0060-pubsub/client.ts';
import type { PublishedItem } from '../0060-pubsub/wire.ts';
import { interestIn } from '../0163-pep/wire.ts';
import { buildDisplayed, NS, parseDisplayed } from './wire.ts';

/** How far the user has read in one chat. */
export interface ChatDisplayed {
  /** The address of the chat: a channel, or a participant's encoded one. */
  readonly chat: string;
  /** The archive id of the last message that was seen. */
  readonly id: string;
}

/**
 * How far the user has read, in every chat for which that is known (§3.4).
 * @throws as {@link Client.request}: `item-not-found` where nothing was ever said, `service-unavailable` where the
 * server keeps no such list
 * @example
 * await setDisplayed(client, channel, 'the id of a message');
 * const chats = await listDisplayed(client);
 * console.log(chats.find(({ chat }) => chat === channel)?.id); // the id of a message
 */
export async function listDisplayed(client: Client): Promise<readonly ChatDisplayed[]> {
  const items = await fetchItems(client, undefined, NS);
  return items.flatMap((item) => displayedIn(item) ?? []);
}

function displayedIn({ id: chat, payload }: PublishedItem): ChatDisplayed | undefined {
  const displayed = payload && unlessBad(() => parseDisplayed(payload));
  return chat === undefined || displayed === undefined ? undefined : { chat, id: displayed.id };
}

/**
 * Tells the user's other clients that everything up to a message was seen (§3.2).
 * @param chat a channel, or a participant's encoded address
 * @param id the message's id in the archive: the channel's, or for a participant the own account's
 * @throws as {@link Client.request}: `service-unavailable` where the server keeps no such list
 * @example
 * await setDisplayed(client, channel, 'the id of a message');
 */
export async function setDisplayed(client: Client, chat: string, id: string): Promise<void> {
  const by = chat.includes('#') ? client.account : chat;
  await publishItem(client, undefined, NS, { id: chat, payload: buildDisplayed({ id, by }) }, PRIVATE_LIST);
}

/**
 * Tells what the user's other clients say (§3.3). The server has to know that this client wants to hear of it, so it is
 * called before the first presence is sent, or presence is sent again.
 * @example
 * const stop = onDisplayed(client, ({ chat, id }) => {
 *   console.log(chat, 'was read up to', id);
 * });
 * stop();
 */
export function onDisplayed(client: Client, listener: (displayed: ChatDisplayed) => void): Stop {
  client.features.add(interestIn(NS));
  return onNodeEvent(client, undefined, NS, ({ items }) => {
    for (const item of items) {
      const displayed = displayedIn(item);
      if (displayed !== undefined) listener(displayed);
    }
  });
}
