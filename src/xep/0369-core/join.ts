/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §7.1.2–7.1.4: join, leave, update-subscription, setnick.
 * Reads the four requests of somebody who takes part, calls the rule and builds the answer.
 * Does not decide (channel/join.ts, leave.ts, subscription.ts, nick.ts).
 * Always: a join is answered in the namespace in which it was asked, with one child, by encoded addresses only.
 * Before: service/router.ts. After: channel/join.ts.
 */
import { requireParticipant } from '../../channel/access.ts';
import { join } from '../../channel/join.ts';
import { leave } from '../../channel/leave.ts';
import { setNick } from '../../channel/nick.ts';
import { grantable, isSubscriberOf, subscribe, unsubscribe } from '../../channel/subscription.ts';
import type { Turn } from '../../channel/turn.ts';
import { ownAddress } from '../../channel/visibility.ts';
import { encodedJid } from '../../jid/public-jid.ts';
import { Refusal, refuse } from '../../refusal.ts';
import type { Node } from '../../storage/facts.ts';
import { el } from '../../xml/element.ts';
import { parseForm } from '../0004-forms/wire.ts';
import { buildPreferences, parsePreferences } from '../0404-anon/wire.ts';
import { parseToken } from '../0407-misc/wire.ts';
import type { ChannelAddress, IqHandler, Reply, Request } from '../extension.ts';
import {
  buildJoined,
  buildLeave,
  buildSetNick,
  buildUpdateSubscription,
  JOIN_NAMESPACES,
  NODE_NAMES,
  nodeNamed,
  NS,
  NS_CORE0,
  parseJoin,
  parseSetNick,
  parseUpdateSubscription,
  type Join,
} from './wire.ts';

type OfChannel = Request<ChannelAddress>;

export const participation: readonly IqHandler[] = [
  ...JOIN_NAMESPACES.map((ns): IqHandler => ({
    on: 'channel',
    types: ['set'],
    ns,
    name: 'join',
    isOpen: true,
    run: answerJoin,
  })),
  ...JOIN_NAMESPACES.map((ns): IqHandler => ({
    on: 'service',
    types: ['set'],
    ns,
    name: 'join',
    // Where the service itself speaks no other word of the namespace, that stays so.
    isLegacy: ns !== NS,
    run: () => {
      throw refuse('bad-request', 'A join is addressed to a channel.');
    },
  })),
  { on: 'channel', types: ['set'], ns: NS, name: 'leave', isOpen: true, run: answerLeave },
  // COMPAT(ejabberd): when an account is deleted, it leaves in the old namespace.
  {
    on: 'channel',
    types: ['set'],
    ns: NS_CORE0,
    name: 'leave',
    isOpen: true,
    isLegacy: true,
    run: answerLeave,
  },
  { on: 'channel', types: ['set'], ns: NS, name: 'update-subscription', isOpen: true, run: answerUpdate },
  { on: 'channel', types: ['set'], ns: NS, name: 'setnick', isOpen: true, run: answerSetNick },
];

function answerJoin({ payload, from }: OfChannel, turn: Turn): Reply {
  const asked = parseJoin(payload);
  const preferences = (asked.form && parsePreferences(parseForm(asked.form))) ?? {};
  const nick = asked.nick === '' ? undefined : asked.nick;
  const nodes = asked.nodes.map(nodeNamed);
  const token = asked.invitation && parseToken(asked.invitation);
  const joined = withFailedNodes(asked, () => join(turn, from, { nodes, nick, preferences, token }));
  const jid = encodedJid(joined.id, turn.channel.name, turn.domain);
  const form = buildPreferences(joined.preferences);
  return {
    payload: buildJoined({
      ns: asked.ns,
      id: joined.id,
      jid,
      nodes: named(joined.nodes),
      nick: joined.nick,
      form,
    }),
  };
}

function named(nodes: readonly Node[]): string[] {
  return nodes.map((node) => NODE_NAMES[node]);
}

/** D-25: where every node is refused, the error says which ones failed alike. */
function withFailedNodes<Value>(asked: Join, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refusal) || error.details.places === undefined) throw error;
    const failed = asked.nodes.filter((_, place) => error.details.places?.includes(place));
    const beside = el(
      'join',
      asked.ns,
      {},
      failed.map((node) => el('subscribe', asked.ns, { node })),
    );
    throw refuse(error.condition, error.message, { ...error.details, beside });
  }
}

function answerLeave({ from }: OfChannel, turn: Turn): Reply {
  if (!turn.channel.exists) throw refuse('item-not-found', 'There is no such channel.');
  leave(turn, from);
  return { payload: buildLeave() };
}

function answerUpdate({ payload, from }: OfChannel, turn: Turn): Reply {
  const asked = parseUpdateSubscription(payload);
  const wanted = asked.subscribe.map(nodeNamed);
  const ended = asked.unsubscribe.map(nodeNamed).filter((node): node is Node => node !== undefined);
  if (!isSubscriberOf(turn.channel, from, [...wanted, ...ended])) requireParticipant(turn.channel, from);
  const granted = grantable(turn.channel, from, wanted, false);
  for (const node of granted) subscribe(turn, from, node);
  const unsubscribed = ended.filter((node) => unsubscribe(turn, from, node));
  return {
    payload: buildUpdateSubscription({
      jid: ownAddress(from),
      subscribe: named(granted),
      unsubscribe: named(unsubscribed),
    }),
  };
}

function answerSetNick({ payload, from }: OfChannel, turn: Turn): Reply {
  const participant = requireParticipant(turn.channel, from);
  return { payload: buildSetNick(setNick(turn, participant, parseSetNick(payload))) };
}
