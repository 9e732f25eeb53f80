/**
 * XEP-0425 Moderated Message Retraction 0.3.0 (2023-07-14), for a client: taking somebody else's message back.
 * Says who moderated a message and why, and moderates one.
 * Does not know who may (the channel does).
 * Always: a moderator's word counts only where the channel itself speaks, or has written it into a tombstone.
 * Before: xep/0425-moderate/wire.ts. After: xep/0424-retract/client.ts.
 */
import type { Client } from '../../client/client.ts';
import { optionalAttr } from '../../stanza/codec.ts';
import { child, childText } from '../../xml/element.ts';
import type { ChannelMessage } from '../0369-core/client-message.ts';
import { NS as NS_RETRACT } from '../0424-retract/wire.ts';
import { buildModerate, NS } from './wire.ts';

export interface Moderated {
  /** The address of the moderator, as the channel shows people; the channel's own for one who takes no part. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

/**
 * Who moderated the message that this one takes back, or whose tombstone it is; undefined where no moderator did.
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(moderationOf(message)?.reason);
 * });
 * stop();
 */
export function moderationOf(message: Pick<ChannelMessage, 'payloads'>): Moderated | undefined {
  for (const payload of message.payloads) {
    if (payload.ns !== NS_RETRACT) continue;
    const moderated = child(payload, 'moderated', NS);
    if (moderated === undefined) continue;
    const reason = childText(payload, 'reason') ?? childText(moderated, 'reason');
    return { by: optionalAttr(moderated, 'by'), reason: reason === '' ? undefined : reason };
  }
  return undefined;
}

/**
 * Takes anybody's message back (§4).
 * @param id the message's id in the archive
 * @param reason shown to everybody
 * @throws as {@link Client.request}: `forbidden` for those who may not, `item-not-found` where there is no such message
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   if (message.body === 'spam') void moderate(client, channel, message.id, 'No advertising here');
 * });
 * stop();
 */
export async function moderate(client: Client, channel: string, id: string, reason?: string): Promise<void> {
  await client.request('set', channel, buildModerate({ id, reason }));
}
