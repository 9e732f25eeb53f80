/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01), for a client: who is there.
 * Says how this client is, and tells of the clients of the others.
 * Does not put together the clients of one participant (client/live-people.ts).
 * Always: somebody is known by an encoded address, whose resource stands for one client.
 * Before: xep/0403-presence/wire.ts. After: client/live-people.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { channelAddress } from '../0369-core/addresses.ts';
import { readPresence, type ChannelPresence, type Show } from './client-read.ts';

export type { ChannelPresence, Show } from './client-read.ts';

export interface OwnPresence {
  readonly show?: Show;
  /** In the user's words. */
  readonly status?: string;
}

/**
 * Says how this client is.
 * @param channel who is told; undefined: everybody who may know, joined channels with them where the own server takes part
 * in channels (`hasParticipantServer`)
 * @throws ConnectionLost where it is not known whether it was sent
 * @example
 * await setPresence(client, undefined, { show: 'away', status: 'Gone to the heath' });
 */
export async function setPresence(
  client: Client,
  channel: string | undefined,
  { show = 'online', status }: OwnPresence,
): Promise<void> {
  const to = channel === undefined ? undefined : channelAddress(channel);
  await client.send(
    el('presence', NS_CLIENT, { to }, [
      show === 'online' ? undefined : el('show', NS_CLIENT, {}, [show]),
      status === undefined ? undefined : el('status', NS_CLIENT, {}, [status]),
    ]),
  );
}

/**
 * Tells of the clients of a channel's participants: when they come, change and go (§4).
 * @example
 * const stop = onPresence(client, channel, ({ nick, show }) => {
 *   console.log(nick, show);
 * });
 * stop();
 */
export function onPresence(
  client: Client,
  channel: string,
  listener: (presence: ChannelPresence) => void,
): Stop {
  const wanted = channelAddress(channel);
  return client.onStanza((stanza) => {
    const presence = readPresence(stanza, wanted);
    if (presence !== undefined) listener(presence);
  });
}
