/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11), as far as XEP-0369 uses it: a channel's nodes.
 * Answers requests for items, subscriptions and publications.
 * Does not make nodes (their set is the channel's configuration) nor send events (xep/0369-core/render.ts).
 * Always: whoever may not read a node gets the same answer for items that exist and items that do not (ANON-50).
 * Before: service/router.ts. After: xep/0060-pubsub/nodes.ts, xep/0060-pubsub/publish.ts.
 */
import { hasNode, isBanned, mayRead, meet, requireKnown } from '../../channel/access.ts';
import { refusalOf, subscribe, unsubscribe } from '../../channel/subscription.ts';
import type { Turn } from '../../channel/turn.ts';
import { ownAddress } from '../../channel/visibility.ts';
import { JidError, parseJid } from '../../jid/prep.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { Node } from '../../storage/facts.ts';
import { isLargerThan, serialize, utf8Length } from '../../xml/write.ts';
import { buildRsm } from '../0059-rsm/wire.ts';
import { cut } from '../0059-rsm/paging.ts';
import { NODE_NAMES, nodeNamed } from '../0369-core/wire.ts';
import { fetchItem } from '../0084-avatar/service.ts';
import type { ChannelAddress, Env, Extension, Later, Reply, Request } from '../extension.ts';
import { itemsOf } from './nodes.ts';
import { publish, retract } from './publish.ts';
import {
  buildItems,
  buildSubscription,
  buildSubscriptions,
  iqTypeOf,
  NS,
  NS_OWNER,
  parsePubsub,
  type PubsubRequest,
} from './wire.ts';

type Of<Verb extends PubsubRequest['verb']> = Extract<PubsubRequest, { verb: Verb }>;

export const pubsub: Extension = {
  iq: [NS, NS_OWNER].map((ns) => ({
    on: 'channel',
    types: ['get', 'set'],
    ns,
    name: 'pubsub',
    isOpen: true,
    takesLarge: true,
    run: answer,
  })),
};

/** A node may be open to people who may not join (D-75); everything else is for those whom the channel meets. */
function greet({ channel }: Turn, asker: RealJid, asked: PubsubRequest | undefined): void {
  requireKnown(channel, asker);
  const isReading = asked?.verb === 'items' || asked?.verb === 'subscribe' || asked?.verb === 'unsubscribe';
  const node = isReading ? nodeNamed(asked.node) : undefined;
  if (node === undefined || (isBanned(channel, asker) && !mayRead(channel, node, asker)))
    meet(channel, asker);
}

/** What is asked, by somebody who may ask it. */
function readRequest({ payload, from }: Request<ChannelAddress>, turn: Turn): PubsubRequest {
  let asked: PubsubRequest;
  try {
    asked = parsePubsub(payload);
  } catch (error) {
    // Whoever may not know of the channel learns nothing from a mistake either.
    greet(turn, from, undefined);
    throw error;
  }
  greet(turn, from, asked);
  return asked;
}

function answer(request: Request<ChannelAddress>, turn: Turn, env: Env): Reply | Later {
  const asked = readRequest(request, turn);
  const type = iqTypeOf(asked);
  if (type !== undefined && type !== request.type)
    throw refuse('bad-request', 'This is not asked by an iq of this type.');
  // What is published may be too large in a way of its own (§7.1.3.5).
  if (asked.verb !== 'publish' && isLargerThan(request.payload, env.settings.limits.stanzaBytesMax))
    throw refuse('policy-violation', 'This request is too large.');
  switch (asked.verb) {
    case 'items':
      return items(request.from, asked, turn, env);
    case 'subscribe':
      return subscribeTo(request.from, asked, turn);
    case 'unsubscribe':
      return unsubscribeFrom(request.from, asked, turn);
    case 'subscriptions':
      return subscriptions(request.from, asked, turn);
    case 'publish':
      return publish(request.from, asked, turn, env);
    case 'retract':
      return retract(request.from, asked, turn);
    case 'affiliations':
      throw unsupported('retrieve-affiliations');
    case 'unsupported':
      throw unsupported(asked.feature);
  }
}

function unsupported(feature: string): Error {
  return refuse('feature-not-implemented', 'Channels do not offer this.', { pubsub: 'unsupported', feature });
}

/** @throws not-allowed for the presence node, which is none to pubsub (D-53). */
function refusePresence(node: Node | undefined, { channel }: Turn): void {
  if (node === 'presence' && hasNode(channel, node))
    throw refuse('not-allowed', 'Presence is not to be had by pubsub.');
}

/** The node, if the channel has it and the asker may read it. */
function readable(turn: Turn, name: string, asker: RealJid): Node {
  const node = nodeNamed(name);
  refusePresence(node, turn);
  const refusal = refusalOf(turn.channel, node, asker, false);
  if (refusal !== undefined) throw refusal;
  if (node === undefined) throw refuse('item-not-found', 'The channel has no such node.');
  return node;
}

function items(
  asker: RealJid,
  { node: name, ids, maxItems, rsm }: Of<'items'>,
  turn: Turn,
  env: Env,
): Reply | Later {
  const node = readable(turn, name, asker);
  if (node === 'avatar-data' || node === 'avatar-metadata') return fetchItem(node, ids, turn, env);
  const { pageItemsMax, stanzaBytesMax } = env.settings.limits;
  const wanted = new Set(ids);
  const all = itemsOf(turn.channel, node, asker).filter(({ id }) => wanted.size === 0 || wanted.has(id));
  const newest =
    maxItems === undefined || rsm !== undefined ? all : all.slice(Math.max(0, all.length - maxItems));
  const bounds = { itemsMax: pageItemsMax, bytesMax: stanzaBytesMax / 2 };
  const { items: page, answer: set } = cut(newest, rsm, bounds, ({ id, payload }) => {
    const made = payload();
    return utf8Length(id) + (made === undefined ? 0 : utf8Length(serialize(made))) + 64;
  });
  const made = page.map(({ id, payload }) => ({ id, payload: payload() }));
  return { payload: buildItems(name, made, set && buildRsm(set)) };
}

/** Is the address the asker's own, with or without a resource? @throws jid-malformed for text that is none. */
function isOwn(asker: RealJid, text: string): boolean {
  try {
    return RealJid.of(parseJid(text)).bare.equals(asker.bare);
  } catch (error) {
    if (error instanceof JidError) throw refuse('jid-malformed', 'This is not an address.');
    throw error;
  }
}

function subscribeTo(asker: RealJid, { node: name, jid }: Of<'subscribe'>, turn: Turn): Reply {
  if (!isOwn(asker, jid))
    throw refuse('bad-request', 'One subscribes oneself only.', { pubsub: 'invalid-jid' });
  const node = readable(turn, name, asker);
  subscribe(turn, asker, node);
  return { payload: buildSubscription({ node: name, jid: ownAddress(asker), subscription: 'subscribed' }) };
}

function unsubscribeFrom(asker: RealJid, { node: name, jid }: Of<'unsubscribe'>, turn: Turn): Reply {
  if (!isOwn(asker, jid)) throw refuse('forbidden', 'One unsubscribes oneself only.');
  const node = nodeNamed(name);
  if (node === undefined || !hasNode(turn.channel, node))
    throw refuse('item-not-found', 'The channel has no such node.');
  refusePresence(node, turn);
  if (!unsubscribe(turn, asker, node))
    throw refuse('unexpected-request', 'There is no such subscription.', { pubsub: 'not-subscribed' });
  return {};
}

function subscriptions(asker: RealJid, { node: name }: Of<'subscriptions'>, { channel }: Turn): Reply {
  const own = Object.entries(channel.subscribers) as [Node, (typeof channel.subscribers)[Node]][];
  const found = own
    .filter(
      ([node, subscribers]) =>
        subscribers.has(asker.bare) && (name === undefined || NODE_NAMES[node] === name),
    )
    .map(([node]) => ({ node: NODE_NAMES[node], jid: ownAddress(asker), subscription: 'subscribed' }));
  return { payload: buildSubscriptions(found, name) };
}
