/**
 * XEP-0402 PEP Native Bookmarks 1.2.0 (2024-08-15), for a client.
 * Lists, writes and removes bookmarks of the own account.
 * Does not join; where the server keeps no list of joined channels (no XEP-0405), xep/0405-pam/client.ts keeps it here.
 * Always: the node is one that nobody else may read.
 * Before: xep/0402-bookmarks/wire.ts. After: xep/0405-pam/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { fetchItems, PRIVATE_LIST, publishItem, retractItems } from '../0060-pubsub/client.ts';
import { buildBookmark, NS, parseBookmark, type Bookmark } from './wire.ts';

export type { Bookmark } from './wire.ts';

/**
 * The user's bookmarks (§3.2).
 * @throws as {@link Client.request}: `item-not-found` where there never was one, `service-unavailable` where the server
 * keeps none
 * @example
 * await setBookmark(client, 'coven@rooms.example', { name: 'Coven' });
 * const bookmarks = await listBookmarks(client);
 * console.log(bookmarks.find(({ name }) => name === 'Coven')?.address); // coven@rooms.example
 */
export async function listBookmarks(
  client: Client,
): Promise<readonly (Bookmark & { readonly address: string })[]> {
  const items = await fetchItems(client, undefined, NS);
  return items.flatMap(({ id, payload }) => {
    const bookmark = payload && unlessBad(() => parseBookmark(payload));
    return id === undefined || bookmark === undefined ? [] : [{ ...bookmark, address: id }];
  });
}

/**
 * Writes a bookmark, in place of an earlier one for the address (§3.3).
 * @throws as {@link Client.request}: `conflict` where the node is open to others
 * @example
 * await setBookmark(client, 'coven@rooms.example', { name: 'Coven', nick: 'third witch' });
 */
export async function setBookmark(client: Client, address: string, bookmark: Bookmark): Promise<void> {
  await publishItem(client, undefined, NS, { id: address, payload: buildBookmark(bookmark) }, PRIVATE_LIST);
}

/**
 * Removes a bookmark (§3.4).
 * @throws as {@link Client.request}: `item-not-found` where there is none
 * @example
 * await setBookmark(client, 'coven@rooms.example', {});
 * await removeBookmark(client, 'coven@rooms.example');
 */
export async function removeBookmark(client: Client, address: string): Promise<void> {
  await retractItems(client, undefined, NS, [address]);
}
