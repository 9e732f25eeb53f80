/**
 * XEP-0280 Message Carbons 1.0.1 (2021-12-26), for a client.
 * Asks the server for copies of what the user's other clients send and receive.
 * Does not read copies: who reads messages does (xep/0404-anon/client-private.ts).
 * Always: holds for one stream; it is asked anew for each.
 * Before: xep/0280-carbons/wire.ts. After: client/live-private.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { buildEnable } from './wire.ts';

/**
 * Asks for copies, now and whenever the stream is new (§4).
 * @returns stops asking; the server goes on until the stream ends
 * @throws as {@link Client.request}: `service-unavailable` or `feature-not-implemented` where the server makes none
 * @example
 * const stop = await enableCarbons(client);
 * stop();
 */
export async function enableCarbons(client: Client): Promise<Stop> {
  const ask = (): Promise<unknown> => client.request('set', undefined, buildEnable());
  await ask();
  return client.on('fresh', () => void ask().catch(() => undefined));
}
