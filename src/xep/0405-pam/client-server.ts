/**
 * XEP-0405 MIX-PAM 0.5.3 §2.3, for a client: does the own server take part in channels, and keep what is said there?
 * Asks it, once for each client; tells channels of this client where the server does not.
 * Does not join (client.ts).
 * Always: what was found out belongs to the client, and goes with it.
 * Before: xep/0030-disco/client.ts. After: xep/0405-pam/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { discoverInfo } from '../0030-disco/client.ts';
import { NS } from './wire.ts';

const known = new WeakMap<Client, Promise<readonly string[]>>();

/**
 * Does the account's server join channels for its users, and keep the list of them (§2.3)? Otherwise this client speaks
 * to channels itself.
 * @throws as {@link Client.request}
 * @example
 * console.log(await hasParticipantServer(client)); // true
 */
export async function hasParticipantServer(client: Client): Promise<boolean> {
  return (await featuresOf(client)).includes(NS);
}

/** Does the account's server archive what comes from channels (§2.11)? */
export async function keepsChannels(client: Client): Promise<boolean> {
  return (await featuresOf(client)).includes(`${NS}#archive`);
}

async function featuresOf(client: Client): Promise<readonly string[]> {
  const before = known.get(client);
  if (before !== undefined) return before;
  const asked = discoverInfo(client, client.account).then(({ features }) => features);
  known.set(client, asked);
  asked.catch(() => known.delete(client));
  return asked;
}

/**
 * COMPAT(Prosody): without a participant server a channel's messages reach the full addresses that have shown it
 * presence (D-79); so it is told of this client, and asked for the others, as a participant server would (§2.9.3).
 */
export async function announce(client: Client, channel: string): Promise<void> {
  await client.send(el('presence', NS_CLIENT, { to: channel }));
  await client.send(el('presence', NS_CLIENT, { to: channel, type: 'probe' }));
}

/** The channel is told that this client has gone. */
export async function withdraw(client: Client, channel: string): Promise<void> {
  await client.send(el('presence', NS_CLIENT, { to: channel, type: 'unavailable' }));
}
