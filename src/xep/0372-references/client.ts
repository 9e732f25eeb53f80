/**
 * XEP-0372 References 0.5.0 (2020-12-09), for a client: who is spoken of.
 * Says which participants a message mentions, and where.
 * Does not send: mentions are part of what is sent (xep/0369-core/client-message.ts).
 * Always: places are those of the text that `textOf` gives; a mention of somebody outside the channel is none.
 * Before: xep/0372-references/wire.ts. After: xep/0461-replies/client.ts.
 */
import { participantIdIn } from '../0369-core/addresses.ts';
import type { ChannelMessage, Mention } from '../0369-core/client-message.ts';
import { unitAt } from '../0428-fallback/wire.ts';
import { textOf } from '../0461-replies/client.ts';
import { mentionsIn } from './wire.ts';

/**
 * The participants that a message mentions, in the order of their places.
 * @returns each with the place of the name: `textOf(message).slice(begin, end)`; both 0 where the text does not name it
 * @example
 * const stop = onMessage(client, channel, (message) => {
 *   console.log(mentionsOf(message).map(({ id }) => id));
 * });
 * stop();
 */
export function mentionsOf(message: Pick<ChannelMessage, 'payloads' | 'channel' | 'body'>): Mention[] {
  const { body = '', channel, payloads } = message;
  // A quotation stands before the text, so that what is left of the body ends where the body ends.
  const quoted = body.length - (textOf(message) ?? '').length;
  return mentionsIn(payloads)
    .flatMap(({ address, begin, end }) => {
      const id = participantIdIn(address, channel);
      if (id === undefined) return [];
      const places = [begin ?? 0, end ?? 0].map((point) => Math.max(0, unitAt(body, point) - quoted));
      const [from = 0, to = 0] = places;
      return [{ id, begin: from, end: Math.max(from, to) }];
    })
    .sort((a, b) => a.begin - b.begin);
}
