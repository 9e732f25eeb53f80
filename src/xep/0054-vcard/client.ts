/**
 * XEP-0054 vcard-temp 1.3.0 (2024-06-27), for a client: cards.
 * Fetches the card of an account or a participant, and publishes the user's own.
 * Does not show a participant's card that is not to be shown: the channel asks its holder's preference (D-61).
 * Always: a card is what its holder wrote; it proves nothing.
 * Before: xep/0054-vcard/wire.ts. After: xep/0369-core/addresses.ts.
 */
import type { Client } from '../../client/client.ts';
import { fromBase64, toBase64 } from '../0084-avatar/base64.ts';
import { buildVCard, parseVCard } from './wire.ts';

export interface VCard {
  readonly fullName?: string;
  readonly nickname?: string;
  readonly email?: string;
  readonly url?: string;
  /** In the holder's own words. */
  readonly about?: string;
  readonly photo?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> };
}

/**
 * Somebody's card (§3.3).
 * @param address an account, or a participant's encoded address; undefined: the own account
 * @returns an empty card where there is none
 * @throws as {@link Client.request}: `service-unavailable` where there is no card, or the holder does not show it
 * @example
 * await setVCard(client, { nickname: 'third witch' });
 * console.log((await getVCard(client)).nickname); // third witch
 */
export async function getVCard(client: Client, address?: string): Promise<VCard> {
  const answer = await client.request('get', address, buildVCard());
  if (answer === undefined) return {};
  const { photo, ...fields } = parseVCard(answer);
  const bytes = photo && fromBase64(photo.base64);
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(kept) as Omit<VCard, 'photo'>),
    ...(photo === undefined || bytes === undefined ? {} : { photo: { type: photo.type, bytes } }),
  };
}

/**
 * Publishes the user's own card, in place of the former (§3.2). Fields that this library does not know are lost.
 * @throws as {@link Client.request}: `policy-violation` for one that is too large
 * @example
 * await setVCard(client, { nickname: 'third witch' });
 */
export async function setVCard(client: Client, { photo, ...fields }: VCard): Promise<void> {
  const picture = photo && { type: photo.type, base64: toBase64(photo.bytes) };
  await client.request('set', undefined, buildVCard({ ...fields, photo: picture }));
}
