/**
 * XEP-0084 User Avatar 1.1.4 on a channel (XEP-0407 MIX-MISC 0.1.2 §2): at the service.
 * Checks a picture, stores it by the rule, and fetches it for those who ask.
 * Does not take the requests (xep/0060-pubsub/service.ts does).
 * Always: the id of a picture is the SHA-1 of its bytes; what is stored came through our serialiser.
 * Before: xep/0060-pubsub/publish.ts. After: channel/picture.ts.
 */
import { createHash } from 'node:crypto';
import { publishPicture } from '../../channel/picture.ts';
import type { Turn } from '../../channel/turn.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { Picture } from '../../storage/facts.ts';
import { parseFragment } from '../../xml/reader.ts';
import type { XmlElement } from '../../xml/element.ts';
import { toFragment } from '../../xml/write.ts';
import { buildEvent, buildItems } from '../0060-pubsub/wire.ts';
import { event } from '../0369-core/render.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import type { Env, Extension, Later } from '../extension.ts';
import { parseData, parseMetadata } from './wire.ts';

export const avatar: Extension = {
  renderers: {
    // The picture itself is fetched by those who do not have it yet, as XEP-0084 wants it.
    picture: ({ node, itemId, payload }, channel, { domain }) => {
      const shown = payload === undefined ? undefined : parseFragment(payload)[0];
      return event(channel, domain, buildEvent(NODE_NAMES[node], [{ id: itemId, payload: shown }]));
    },
  },
};

/** Publishes an item of one of the two nodes; returns its id. @throws not-acceptable for a wrong id. */
export function publishItem(
  asker: RealJid,
  node: Picture['node'],
  item: { readonly id?: string | undefined; readonly payload?: XmlElement | undefined },
  turn: Turn,
): string {
  if (item.payload === undefined)
    throw refuse('bad-request', 'Nothing is published.', { pubsub: 'payload-required' });
  const { xml: payload } = toFragment([item.payload]);
  const itemId =
    node === 'avatar-data' ? idOf(parseData(item.payload)) : (parseMetadata(item.payload)[0] ?? '');
  if (node === 'avatar-data' && item.id !== undefined && item.id !== itemId)
    throw refuse('not-acceptable', 'The id of a picture is the SHA-1 of its bytes.');
  // Metadata may speak of several pictures, or of none, under whatever id.
  const id = item.id ?? (itemId === '' ? 'none' : itemId);
  publishPicture(turn, asker, { node, itemId: id, payload });
  return id;
}

function idOf(base64: string): string {
  return createHash('sha1').update(Buffer.from(base64, 'base64')).digest('hex');
}

/** The node's item, if it is among those that are asked for; all are where none is named. */
export function fetchItem(
  node: Picture['node'],
  ids: readonly string[],
  { channel }: Turn,
  { store }: Env,
): Later {
  const itemId = channel.pictures.get(node);
  const isAsked = itemId !== undefined && (ids.length === 0 || ids.includes(itemId));
  return async () => {
    const xml = isAsked ? await store.picture(channel.name, node, itemId) : undefined;
    const payload = xml === undefined ? undefined : parseFragment(xml)[0];
    const items = itemId === undefined || payload === undefined ? [] : [{ id: itemId, payload }];
    return { payload: buildItems(NODE_NAMES[node], items) };
  };
}
