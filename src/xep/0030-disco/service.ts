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
import { refuse } from '../../refusal.ts';
import type { Node } from '../../storage/facts.ts';
import { UnknownItem } from '../../storage/store.ts';
import { modeForm } from '../0404-anon/wire.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import { buildRsm } from '../0059-rsm/wire.ts';
import type { ChannelAddress, Env, Extension, Feature, Reply, Request } from '../extension.ts';
import { buildInfo, buildItems, NS_INFO, NS_ITEMS, parseInfoQuery, parseItemsQuery } from './wire.ts';

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
        run: (request, env) => aboutService(request, env, featuresOf('service', request, env)),
      },
      { on: 'service', types: ['get'], ns: NS_ITEMS, name: 'query', run: channelsOf },
      {
        on: 'channel',
        types: ['get'],
        ns: NS_INFO,
        name: 'query',
        run: (request, turn, env) => aboutChannel(request, turn, featuresOf('channel', request, env)),
      },
      { on: 'channel', types: ['get'], ns: NS_ITEMS, name: 'query', run: nodesOf },
    ],
  };
}

function aboutService({ payload }: Request, { settings }: Env, features: string[]): Reply {
  const { node } = parseInfoQuery(payload);
  if (node !== undefined) throw refuse('item-not-found', 'There is no such node.');
  const identities = [{ category: 'conference', type: 'mix', name: settings.name }];
  return { payload: buildInfo({ identities, features }) };
}

/** D-63: `node='mix'` and none at all are the same question. */
function aboutChannel({ payload }: Request<ChannelAddress>, { channel }: Turn, features: string[]): Reply {
  const { node } = parseInfoQuery(payload);
  if (node !== undefined && node !== 'mix') throw refuse('item-not-found', 'There is no such node.');
  const name = channel.info.name ?? channel.name;
  const identities = [{ category: 'conference', type: 'mix', name }];
  const forms = channel.config === undefined ? [] : [modeForm(channel.config.mode)];
  return { payload: buildInfo({ node, identities, features, forms }) };
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

/** XEP-0369 §6.4: the nodes that the asker may subscribe to. */
function nodesOf({ payload, from }: Request<ChannelAddress>, { channel, domain }: Turn): Reply {
  const { node } = parseItemsQuery(payload);
  if (node === undefined)
    throw refuse('bad-request', "The nodes of a channel are asked for with node='mix'.");
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
