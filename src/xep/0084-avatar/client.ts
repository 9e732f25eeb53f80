/**
 * XEP-0084 User Avatar 1.1.4 (2019-09-03), for a client: the picture of a channel, or of an account.
 * Fetches and publishes it.
 * Does not scale it, nor tell of changes: those are events of the node `urn:xmpp:avatar:metadata`.
 * Always: the id of a picture is the SHA-1 of its bytes, in hex.
 * Before: xep/0084-avatar/wire.ts. After: xep/0060-pubsub/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { fetchItems, publishItem } from '../0060-pubsub/client.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { buildData, buildMetadata, NS_DATA, NS_METADATA, parseData, parsePictureInfo } from './wire.ts';

export interface Avatar {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Such as `image/png`. */
  readonly type: string;
  /** The same as long as the picture is the same. */
  readonly id: string;
}

/**
 * The picture (§3.3).
 * @param address a channel or an account; undefined: the own account
 * @returns undefined where there is none
 * @throws as {@link Client.request}
 * @example
 * await setAvatar(client, channel, { bytes: new Uint8Array([1, 2, 3]), type: 'image/png' });
 * const avatar = await getAvatar(client, channel);
 * console.log(avatar?.bytes.length); // 3
 */
export async function getAvatar(client: Client, address: string | undefined): Promise<Avatar | undefined> {
  const [item] = await fetchItems(client, address, NS_METADATA);
  const metadata = item?.payload;
  const info = metadata && unlessBad(() => parsePictureInfo(metadata));
  if (info === undefined) return undefined;
  const [found] = await fetchItems(client, address, NS_DATA, [info.id]);
  const data = found?.payload;
  const base64 = data && unlessBad(() => parseData(data));
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  return bytes && { bytes, type: info.type, id: info.id };
}

/**
 * Publishes a picture (§3.1), or takes it down (§3.4).
 * @param address a channel or an account; undefined: the own account
 * @param avatar undefined: no picture
 * @throws as {@link Client.request}: `forbidden` for those who may not, `not-acceptable` for one that is too large
 * @example
 * await setAvatar(client, channel, { bytes: new Uint8Array([1, 2, 3]), type: 'image/png' });
 */
export async function setAvatar(
  client: Client,
  address: string | undefined,
  avatar: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | undefined,
): Promise<void> {
  if (avatar === undefined) {
    await publishItem(client, address, NS_METADATA, { id: 'none', payload: buildMetadata(undefined) });
    return;
  }
  const { bytes, type } = avatar;
  const id = await hexOfSha1(bytes);
  await publishItem(client, address, NS_DATA, { id, payload: buildData(toBase64(bytes)) });
  const metadata = buildMetadata({ id, type, bytes: bytes.length });
  await publishItem(client, address, NS_METADATA, { id, payload: metadata });
}

async function hexOfSha1(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
