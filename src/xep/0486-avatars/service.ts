/**
 * XEP-0486 MUC Avatars 0.1.0 (2024-03-10): a channel's picture as the card of a room, at the service.
 * Answers questions for the card, and takes a new one.
 * Does not keep anything itself: the picture is that of the avatar nodes (xep/0084-avatar/service.ts), for both sides.
 * Always: who may not read the avatar nodes is not told of a picture.
 * Before: service/extensions.ts. After: xep/0084-avatar/service.ts.
 */
import { hasNode, mayRead, requireWriter } from '../../channel/access.ts';
import type { Turn } from '../../channel/turn.ts';
import { refuse, type Refusal } from '../../refusal.ts';
import { parseFragment } from '../../xml/document.ts';
import { child, el, type XmlElement } from '../../xml/element.ts';
import { NS_DATA, NS_METADATA, parseData } from '../0084-avatar/wire.ts';
import { publishItem } from '../0084-avatar/service.ts';
import type { ChannelAddress, Env, Extension, Later, Reply, Request } from '../extension.ts';
import { buildCard, NS, parseCard } from './wire.ts';

export const roomAvatar: Extension = {
  iq: [
    {
      on: 'channel',
      types: ['get', 'set'],
      ns: NS,
      name: 'vCard',
      run: (request, turn, env) =>
        request.type === 'get' ? fetchCard(request, turn, env) : publish(request, turn),
    },
  ],
  features: [{ on: 'channel', feature: NS }],
};

function noCard(): Refusal {
  return refuse('item-not-found', 'This channel has no picture.');
}

function fetchCard({ from }: Request<ChannelAddress>, { channel }: Turn, { store }: Env): Later {
  const itemId = channel.pictures.get('avatar-data');
  const about = channel.pictures.get('avatar-metadata');
  const isOpen = hasNode(channel, 'avatar-data') && mayRead(channel, 'avatar-data', from);
  if (itemId === undefined || about === undefined || !isOpen) throw noCard();
  return async () => {
    const data = await element(store.picture(channel.name, 'avatar-data', itemId));
    const metadata = await element(store.picture(channel.name, 'avatar-metadata', about));
    const info = metadata && child(metadata, 'info', NS_METADATA);
    // Metadata without a picture: it was taken down.
    if (data === undefined || info === undefined) throw noCard();
    return { payload: buildCard({ type: info.attrs['type'], base64: parseData(data) }) };
  };
}

async function element(xml: Promise<string | undefined>): Promise<XmlElement | undefined> {
  const found = await xml;
  return found === undefined ? undefined : parseFragment(found)[0];
}

/** A card without a picture takes the picture down. */
function publish({ from, payload }: Request<ChannelAddress>, turn: Turn): Reply {
  const photo = parseCard(payload);
  requireWriter(turn.channel, 'avatar-data', from);
  if (!hasNode(turn.channel, 'avatar-data'))
    throw refuse('service-unavailable', 'This channel has no picture.');
  if (photo === undefined) {
    publishItem(from, 'avatar-metadata', { payload: el('metadata', NS_METADATA) }, turn);
    return {};
  }
  const data = { payload: el('data', NS_DATA, {}, [photo.base64]) };
  const id = publishItem(from, 'avatar-data', data, turn);
  const padding = /=*$/.exec(photo.base64)?.[0].length ?? 0;
  const bytes = ((photo.base64.length / 4) * 3 - padding).toString();
  const info = el('info', NS_METADATA, { id, bytes, type: photo.type ?? 'image/png' });
  publishItem(from, 'avatar-metadata', { payload: el('metadata', NS_METADATA, {}, [info]) }, turn);
  return {};
}
