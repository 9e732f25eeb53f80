/**
 * XEP-0424 Message Retraction 0.4.2 (2025-01-06), XEP-0407 MIX-MISC 0.1.2 §4, for a client: taking a message back.
 * Says what a message retracts, and what is left of a retracted one; retracts one's own.
 * Does not retract other people's messages (xep/0425-moderate/client.ts).
 * Always: both documents' forms are read; XEP-0424's is sent.
 * Before: xep/0424-retract/wire.ts. After: xep/0425-moderate/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { optionalAttr, readDateTime } from '../../stanza/codec.ts';
import { isNamed, type XmlElement } from '../../xml/element.ts';
import { sendMessage, type ChannelMessage } from '../0369-core/client-message.ts';
import { NS as NS_MISC } from '../0407-misc/wire.ts';
import { retraction } from './retraction.ts';
import { NS } from './wire.ts';

/** What is left of a message. */
export interface Tombstone {
  /** The address of whoever took it back, as the channel shows people; undefined where it is not told. */
  readonly by: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number | undefined;
}

function named(payloads: readonly XmlElement[], name: string): XmlElement | undefined {
  return payloads.find((payload) => isNamed(payload, name, NS) || isNamed(payload, name, NS_MISC));
}

/**
 * The id of the message that this one takes back; undefined where it takes none back.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(retractionOf(message));
 * });
 * stop();
 */
export function retractionOf(message: Pick<ChannelMessage, 'payloads'>): string | undefined {
  const retract = named(message.payloads, 'retract');
  return retract && optionalAttr(retract, 'id');
}

/**
 * What is told in the place of a message that was taken back (§5); undefined where it was not.
 * @example
 * const { messages } = await queryArchive(client, channel);
 * for (const { stanza } of messages) console.log(tombstoneOf({ payloads: elements(stanza) })?.by);
 */
export function tombstoneOf(message: Pick<ChannelMessage, 'payloads'>): Tombstone | undefined {
  const found = message.payloads.filter(
    ({ name, ns }) => name === 'retracted' && (ns === NS || ns === NS_MISC),
  );
  if (found.length === 0) return undefined;
  const by = found.map((each) => optionalAttr(each, 'by')).find((each) => each !== undefined);
  const stamp = found.map(({ attrs }) => attrs['time'] ?? attrs['stamp']).find((each) => each !== undefined);
  return { by, at: stamp === undefined ? undefined : readDateTime(stamp) };
}

/**
 * Takes back one's own message in a channel (§4).
 * @param id the message's id in the archive
 * @throws as {@link sendMessage}; a refusal comes as a message of type error: `not-allowed` where the channel lets
 * nobody do this, or not any more
 * @example
 * await retract(client, channel, 'the id of my message');
 */
export async function retract(client: Client, channel: string, id: string): Promise<void> {
  await sendMessage(client, channel, retraction(id));
}
