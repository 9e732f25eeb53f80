/**
 * XEP-0030 Service Discovery 2.5.0 and XEP-0369 MIX-CORE 0.14.6 §6: what is here.
 * Answers disco#info and disco#items for the service and for channels.
 * Does not know the features: it is given the list of extensions, and tells what they earn (D-64).
 * Always: nothing is advertised that is not handled; nobody is shown a channel or a node that is closed to them.
 * Before: service/router.ts. After: channel/access.ts.
 */
import { hasNode, mayRead } from '../../channel/access.ts';
import { refusalOf } from '../../channel/subscription.ts';
import type { Turn } from '../../channel/turn.ts';
import { channelJid } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { Node } from '../../storage/facts.ts';
import { UnknownItem } from '../../storage/store.ts';
import { utf8Length } from '../../xml/write.ts';
import { modeForm } from '../0404-anon/wire.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import { cut } from '../0059-rsm/paging.ts';
import { buildRsm } from '../0059-rsm/wire.ts';
import type {
  ChannelAddress,
  ChannelDiscovery,
  Env,
  Extension,
  Feature,
  Reply,
  Request,
} from '../extension.ts';
import {
  buildInfo,
  buildItems,
  NS_INFO,
  NS_ITEMS,
  parseInfoQuery,
  parseItemsQuery,
  type Identity,
} from './wire.ts';

/** The nodes in the order in which they are listed. */
const LISTED_NODES = Object.keys(NODE_NAMES) as Node[];

/** Discovery for a service that is made of these extensions. */
export function disco(extensions: readonly Extension[]): Extension {
  const features = [
    ...extensions.flatMap((extension) => extension.features ?? []),
    ...(['service', 'channel'] as const).flatMap((on): Feature[] => [
      { on, feature: NS_INFO },
      { on, feature: NS_ITEMS },
    ]),
  ];
  const discoveries = extensions.flatMap(({ discovery }) => discovery ?? []);
  const featuresOf = (on: Feature['on'], { from }: Request, { settings }: Env): string[] =>
    [
      ...new Set(
        features.filter((f) => f.on === on && (f.isFor?.(from, settings) ?? true)).map((f) => f.feature),
      ),
    ].sort();
  return {
    iq: [
      {
        on: 'service',
        types: ['get'],
        ns: NS_INFO,
        name: 'query',
        run: (request, env) => aboutService(request, env, featuresOf('service', request, env), discoveries),
      },
      { on: 'service', types: ['get'], ns: NS_ITEMS, name: 'query', run: channelsOf },
      {
        on: 'channel',
        types: ['get'],
        ns: NS_INFO,
        name: 'query',
        run: (request, turn, env) =>
          aboutChannel(request, turn, featuresOf('channel', request, env), discoveries),
      },
      {
        on: 'channel',
        types: ['get'],
        ns: NS_ITEMS,
        name: 'query',
        run: (request, turn, env) => belowChannel(request, turn, env, discoveries),
      },
    ],
  };
}

function aboutService(
  { payload }: Request,
  { settings }: Env,
  features: string[],
  discoveries: readonly ChannelDiscovery[],
): Reply {
  const { node } = parseInfoQuery(payload);
  if (node !== undefined) throw refuse('item-not-found', 'There is no such node.');
  return { payload: buildInfo({ identities: identitiesOf(settings.name, discoveries), features }) };
}

/** D-82: one for each kind of clients, MIX first. */
function identitiesOf(name: string, discoveries: readonly ChannelDiscovery[]): Identity[] {
  return ['mix', ...discoveries.map(({ identity }) => identity)].map((type) => ({
    category: 'conference',
    type,
    name,
  }));
}

/** D-63: `node='mix'` and none at all are the same question. */
function aboutChannel(
  { payload, from }: Request<ChannelAddress>,
  turn: Turn,
  features: string[],
  discoveries: readonly ChannelDiscovery[],
): Reply {
  const { channel } = turn;
  const { node } = parseInfoQuery(payload);
  if (node !== undefined && node !== 'mix') return aboutNode(node, from, turn, discoveries);
  const identities = identitiesOf(channel.info.name ?? channel.name, discoveries);
  const all = [...features, ...discoveries.flatMap((discovery) => discovery.features(channel))].sort();
  const forms = channel.config === undefined ? [] : [modeForm(channel.config.mode)];
  const info = buildInfo({ node, identities, features: all, forms });
  const more = discoveries.flatMap((discovery) => discovery.forms(channel, from));
  return { payload: { ...info, children: [...info.children, ...more] } };
}

function aboutNode(
  node: string,
  asker: RealJid,
  turn: Turn,
  discoveries: readonly ChannelDiscovery[],
): Reply {
  const known = discoveries.find(({ nodes }) => Object.hasOwn(nodes, node))?.nodes[node];
  if (known === undefined) throw refuse('item-not-found', 'There is no such node.');
  const name = known(turn, asker);
  const identities = name === undefined ? [] : [{ category: 'conference', type: 'text', name }];
  return { payload: buildInfo({ node, identities, features: [] }) };
}

/** XEP-0369 §6.2: the channels that the asker may join. */
async function channelsOf({ payload, from }: Request, { store, settings }: Env): Promise<Reply> {
  const { node, page } = parseItemsQuery(payload);
  if (node !== undefined) throw refuse('item-not-found', 'There is no such node.');
  const { pageItemsMax } = settings.limits;
  const max = Math.min(page?.max ?? pageItemsMax, pageItemsMax);
  try {
    const found = await store.listChannels(from.bare, { max, after: page?.after, before: page?.before });
    const items = found.items.map(({ name, title }) => ({
      jid: channelJid(name, settings.domain),
      name: title ?? name,
    }));
    const isWhole = found.complete && page === undefined;
    const { count, index } = found;
    const first = found.items.at(0)?.name;
    const last = found.items.at(-1)?.name;
    return {
      payload: buildItems({ items, rsm: isWhole ? undefined : buildRsm({ first, last, count, index }) }),
    };
  } catch (error) {
    if (error instanceof UnknownItem) throw refuse('item-not-found', 'There is no such channel in the list.');
    throw error;
  }
}

/** XEP-0369 §6.4: the nodes that the asker may subscribe to; without node='mix', those who are in the room (D-63). */
function belowChannel(
  { payload, from }: Request<ChannelAddress>,
  { channel, domain }: Turn,
  { settings }: Env,
  discoveries: readonly ChannelDiscovery[],
): Reply {
  const { node, page } = parseItemsQuery(payload);
  if (node === undefined && discoveries.length === 0)
    throw refuse('bad-request', "The nodes of a channel are asked for with node='mix'.");
  if (node === undefined) {
    const all = discoveries.flatMap(({ items }) => items(channel, from, domain));
    const { pageItemsMax, stanzaBytesMax } = settings.limits;
    const bounds = { itemsMax: pageItemsMax, bytesMax: stanzaBytesMax / 2 };
    const named = all.map(({ jid }) => ({ id: jid, jid }));
    const { items, answer: set } = cut(named, page, bounds, ({ jid }) => utf8Length(jid) + 64);
    const plain = items.map(({ jid }) => ({ jid }));
    return { payload: buildItems({ items: plain, rsm: set && buildRsm(set) }) };
  }
  if (node !== 'mix') throw refuse('item-not-found', 'There is no such node.');
  const jid = channelJid(channel.name, domain);
  const open = LISTED_NODES.filter(
    (each) =>
      hasNode(channel, each) &&
      mayRead(channel, each, from) &&
      refusalOf(channel, each, from, false) === undefined,
  );
  return { payload: buildItems({ node, items: open.map((each) => ({ jid, node: NODE_NAMES[each] })) }) };
}
