/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.2 and XEP-0060 §6: who is told of what.
 * Decides which nodes somebody may subscribe to.
 * Does not deliver (service/outbox.ts).
 * Always: whoever loses the right to read a node loses its subscription in the same turn (D-31).
 * Before: channel/access.ts. After: channel/join.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse, type Refusal } from '../refusal.ts';
import type { Node } from '../storage/facts.ts';
import { configOf, hasNode, isBanned, isIn, mayRead, readersOf, requireKnown } from './access.ts';
import type { ChannelState, Subscribers } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * Why the asker may not subscribe to this node; undefined where it may. `joining`: count it as a participant.
 * Whether the channel has a node is no secret: one that is closed is told apart from one that is not there.
 */
export function refusalOf(
  channel: ChannelState,
  node: Node | undefined,
  asker: RealJid,
  joining: boolean,
): Refusal | undefined {
  if (node === undefined || !hasNode(channel, node))
    return refuse('item-not-found', 'The channel has no such node.');
  const readers = readersOf(configOf(channel), node);
  if (joining && (readers === 'participants' || readers === 'allowed')) return undefined;
  if (mayRead(channel, node, asker)) return undefined;
  // Only somebody whom the node's readers would include is told of the ban (PUBSUB-11).
  if (isBanned(channel, asker) && isIn(channel, readers, asker))
    return refuse('forbidden', 'You are banned from this channel.');
  return refuse('not-allowed', 'This node is closed to you.', { pubsub: 'closed-node' });
}

/**
 * Those of the nodes that the asker may have, in order and once each.
 * @throws the refusal of the first, where there was one to ask for and all are refused (D-25).
 */
export function grantable(
  channel: ChannelState,
  asker: RealJid,
  nodes: readonly (Node | undefined)[],
  joining: boolean,
): Node[] {
  const granted = new Set<Node>();
  const refusals: (Refusal | undefined)[] = nodes.map((node) => refusalOf(channel, node, asker, joining));
  nodes.forEach((node, place) => {
    if (refusals[place] === undefined && node !== undefined) granted.add(node);
  });
  const [first] = refusals;
  if (granted.size > 0 || first === undefined) return [...granted];
  const places = [...refusals.keys()].filter((place) => refusals[place]?.condition === first.condition);
  throw refuse(first.condition, first.message, { ...first.details, places });
}

/** Is one of these nodes open, or was it, to somebody who takes no part (D-94)? Presence is had by no other way. */
export function isSubscriberOf(
  channel: ChannelState,
  asker: RealJid,
  nodes: readonly (Node | undefined)[],
): boolean {
  requireKnown(channel, asker);
  return nodes.some(
    (node) =>
      node !== undefined &&
      (channel.subscribers[node].has(asker.bare) || refusalOf(channel, node, asker, false) === undefined),
  );
}

/** Subscribes the bare address; whoever is new to the presence node is shown who is there (PRES-19). */
export function subscribe(turn: Turn, asker: RealJid, node: Node): void {
  const subscribers = turn.channel.subscribers[node];
  if (subscribers.has(asker.bare)) return;
  turn.record({ fact: 'subscribed', jid: asker.bare, node });
  if (node === 'presence' && turn.channel.sessions.size > 0) turn.tell(asker.bare, { kind: 'presences' });
}

/** Returns whether there was a subscription to end. */
export function unsubscribe(turn: Turn, asker: RealJid, node: Node): boolean {
  if (!turn.channel.subscribers[node].has(asker.bare)) return false;
  turn.record({ fact: 'unsubscribed', jid: asker.bare, node });
  return true;
}

/** Ends the subscriptions of those who may not read a node any more. */
export function dropSurplus(turn: Turn): void {
  const { channel } = turn;
  for (const [node, subscribers] of Object.entries(channel.subscribers) as [Node, Subscribers][])
    for (const { jid } of subscribers.values())
      if (!mayRead(channel, node, jid)) turn.record({ fact: 'unsubscribed', jid, node });
}
