/**
 * XEP-0404 MIX-ANON 0.3.1 §3.2: private messages through the channel.
 * Decides whether one participant may write to another, and finds the way.
 * Does not keep the message anywhere but in the outbox, until it is delivered (ANON-94).
 * Always: both sides are named by encoded addresses, or to occupants by CH/nick; unknown, departed and banned people
 * look the same (D-57).
 * Before: channel/presence.ts. After: xep/0404-anon/service.ts.
 */
import {
  encodedJid,
  occupantJid,
  type AnonymousResource,
  type ParticipantId,
  type PublicJid,
} from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Session } from '../storage/facts.ts';
import { configOf, requireParticipant } from './access.ts';
import { occupantNick, occupantsOf } from './occupancy.ts';
import { keep, sessionOf } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';

/** An encoded address: a participant, or one of its clients. */
export interface Target {
  readonly id: ParticipantId;
  /** As it was written; may stand for nobody. */
  readonly resource: string | undefined;
}

/** Where a stanza goes on to. */
export interface Route {
  readonly to: RealJid;
  /** An occupant's client knows people by CH/nick, all others by encoded addresses. */
  readonly isOccupant: boolean;
}

/** The same, and under which address its sender speaks there. */
export interface Way {
  /** One or more, all of one kind. */
  readonly routes: readonly Route[];
  readonly from: PublicJid;
  /** The sender's client, which may be a new one: `speak` makes it known. */
  readonly session: Session;
}

/** The stanza goes this way: answers to the address that it bears will find its sender. */
export function speak(turn: Turn, { session }: Way): void {
  if (!turn.channel.clients.has(session.client)) keep(turn, session);
}

/**
 * The way of a private message; nothing is recorded, so that its content may still be refused.
 * @throws forbidden for a sender who takes no part; not-allowed where the channel has none; item-not-found where
 * nobody stands behind the address; service-unavailable where the recipient wants none (D-57).
 */
export function wayOfPrivateMessage(turn: Turn, sender: RealJid, target: Target): Way {
  const { channel } = turn;
  const participant = requireParticipant(channel, sender);
  if (!configOf(channel).privateMessages)
    throw refuse('not-allowed', 'This channel passes no private messages on.');
  const recipient = recipientOf(channel, target);
  if (recipient.preferences.privateMessages === 'block')
    throw refuse('service-unavailable', 'The recipient takes no private messages.');
  return wayAlong(turn, routesTo(channel, recipient, target), participant, sender);
}

/** Whereto: the client that is meant; the account; or the occupants' clients of somebody who is here by those alone. */
export function routesTo(channel: ChannelState, recipient: Participant, target: Target): readonly Route[] {
  const client = sessionBehind(channel, target);
  if (client !== undefined) return [{ to: client.client, isOccupant: client.entered !== undefined }];
  if (!recipient.isSessionOnly) return [{ to: recipient.jid, isOccupant: false }];
  return [...occupantsOf(channel, recipient.id)].map((session) => ({ to: session.client, isOccupant: true }));
}

/** The address under which a participant's client speaks to another participant (ANON-91, D-85). */
export function wayAlong(
  turn: Turn,
  routes: readonly Route[],
  participant: Participant,
  client: RealJid,
): Way {
  const { channel, domain } = turn;
  const session = sessionOf(turn, participant.id, client);
  const from = routes.some(({ isOccupant }) => isOccupant)
    ? occupantJid(channel.name, domain, occupantNick(channel, participant.id))
    : encodedJid(participant.id, channel.name, domain, session.anonymous);
  return { routes, session, from };
}

/** @throws item-not-found where nobody stands behind the address, whatever the reason (D-99). */
export function recipientOf(channel: ChannelState, target: Target): Participant {
  const recipient = channel.participants.get(target.id);
  if (recipient === undefined) throw refuse('item-not-found', 'There is no such participant.');
  return recipient;
}

/** The client behind an anonymous resource; undefined where it has gone or never was (D-50). */
export function clientOf(channel: ChannelState, target: Target): RealJid | undefined {
  return sessionBehind(channel, target)?.client;
}

function sessionBehind({ sessions }: ChannelState, { id, resource }: Target): Session | undefined {
  return resource === undefined ? undefined : sessions.get(id)?.get(resource as AnonymousResource);
}
