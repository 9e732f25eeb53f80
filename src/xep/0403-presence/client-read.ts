/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01), for a client: the presence of somebody's client, in ordinary values.
 * Reads the stanza that a channel sends.
 * Does not listen (client.ts).
 * Always: what is not from a participant of the channel is none.
 * Before: xep/0403-presence/wire.ts. After: xep/0403-presence/client.ts.
 */
import { unlessBad } from '../../stanza/codec.ts';
import { child, childText, type XmlElement } from '../../xml/element.ts';
import { parseEncoded } from '../0369-core/addresses.ts';
import { NS, parseMix } from './wire.ts';

/** How a client is, from the most to the least open to talk. */
export type Show = 'chat' | 'online' | 'away' | 'xa' | 'dnd';

const SHOWS: readonly Show[] = ['chat', 'away', 'xa', 'dnd'];

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
