/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12), for a client: whom the user does not want to hear from.
 * Lists, blocks and unblocks, and tells of what the user's other clients change.
 * Does not hide what came before.
 * Always: a participant is blocked by its encoded address, a whole channel by the channel's (D-81).
 * Before: xep/0191-blocking/wire.ts. After: xep/0369-core/addresses.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { bareOf } from '../0369-core/addresses.ts';
import { buildBlockCommand, buildBlocklist, NS, parseBlockCommand, parseBlocklist } from './wire.ts';

/** Addresses that were blocked or unblocked; `unblock` with none: all. */
export interface BlockChange {
  readonly verb: 'block' | 'unblock';
  readonly addresses: readonly string[];
}

/**
 * The addresses that are blocked (§3.2).
 * @throws as {@link Client.request}: `service-unavailable` where the server cannot block
 * @example
 * console.log(await listBlocked(client)); // []
 */
export async function listBlocked(client: Client): Promise<readonly string[]> {
  const answer = await client.request('get', undefined, buildBlocklist());
  return answer === undefined ? [] : parseBlocklist(answer);
}

/**
 * Blocks addresses (§3.3): accounts, domains, channels, or participants by their encoded address.
 * @throws TypeError for none; as {@link Client.request}
 * @example
 * await block(client, [`troll@${client.domain}`]);
 */
export async function block(client: Client, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) throw new TypeError('there is nobody to block');
  await client.request('set', undefined, buildBlockCommand({ verb: 'block', jids: addresses }));
}

/**
 * Unblocks addresses (§3.4).
 * @throws TypeError for none; as {@link Client.request}
 * @example
 * await block(client, [`troll@${client.domain}`]);
 * await unblock(client, [`troll@${client.domain}`]);
 */
export async function unblock(client: Client, addresses: readonly string[]): Promise<void> {
  // Without an item the document means everybody (§3.5), which nobody should get by an empty list.
  if (addresses.length === 0) throw new TypeError('there is nobody to unblock');
  await client.request('set', undefined, buildBlockCommand({ verb: 'unblock', jids: addresses }));
}

/**
 * Tells of every change of the list (§3.3 to §3.5), this client's own included, once it has asked for the list.
 * @example
 * const stop = onBlocked(client, ({ verb, addresses }) => {
 *   console.log(verb, addresses);
 * });
 * stop();
 */
export function onBlocked(client: Client, listener: (change: BlockChange) => void): Stop {
  const stops = (['block', 'unblock'] as const).map((verb) =>
    client.onRequest(NS, verb, ({ from, type, payload }) => {
      const command = unlessBad(() => parseBlockCommand(payload));
      const isOwn = type === 'set' && bareOf(from) === client.account;
      if (isOwn && command !== undefined) listener({ verb, addresses: command.jids });
      return undefined;
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
