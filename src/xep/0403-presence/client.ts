/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01), for a client: who is there.
 * Says how this client is, and tells of the clients of the others.
 * Does not put together the clients of one participant (client/live-people.ts).
 * Always: somebody is known by an encoded address, whose resource stands for one client.
 * Before: xep/0403-presence/wire.ts. After: client/live-people.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';
import { channelAddress, parseEncoded } from '../0369-core/addresses.ts';
import { NS, parseMix } from './wire.ts';

/** How a client is, from the most to the least open to talk. */
export type Show = 'chat' | 'online' | 'away' | 'xa' | 'dnd';

const SHOWS: readonly Show[] = ['chat', 'away', 'xa', 'dnd'];

export interface OwnPresence {
  readonly show?: Show;
  /** In the user's words. */
  readonly status?: string;
}

/** The presence of one client of a participant. */
export interface ChannelPresence {
  readonly channel: string;
  /** The participant's id. */
  readonly id: string;
  /** The encoded address of the client. */
  readonly address: string;
  readonly show: Show | 'offline';
  readonly status?: string;
  readonly nick?: string;
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

/** The presence of a participant's client that a stanza is; undefined where it is none, or another channel's. */
export function readPresence(stanza: XmlElement, channel: string): ChannelPresence | undefined {
  const { from = '', type } = stanza.attrs;
  if (stanza.name !== 'presence' || (type !== undefined && type !== 'unavailable')) return undefined;
  const encoded = parseEncoded(from);
  if (encoded?.channel !== channel) return undefined;
  const mix = child(stanza, 'mix', NS);
  const nick = mix && unlessBad(() => parseMix(mix))?.nick;
  const status = childText(stanza, 'status');
  return {
    channel,
    id: encoded.participantId,
    address: from,
    show: type === 'unavailable' ? 'offline' : showIn(stanza),
    ...(status === undefined ? {} : { status }),
    ...(nick === undefined ? {} : { nick }),
  };
}

function showIn(presence: XmlElement): Show {
  const text = childText(presence, 'show')?.trim();
  return SHOWS.find((show) => show === text) ?? 'online';
}
