/**
 * XEP-0404 MIX-ANON 0.3.1 §3.2: private messages through the channel.
 * Decides whether one participant may write to another, and finds the way.
 * Does not keep the message anywhere but in the outbox, until it is delivered (ANON-94).
 * Always: both sides are named by encoded addresses only; unknown, departed and banned people look the same (D-57).
 * Before: channel/presence.ts. After: xep/0404-anon/service.ts.
 */
import { encodedJid, type ParticipantId, type PublicJid } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Session } from '../storage/facts.ts';
import { configOf, requireParticipant } from './access.ts';
import { keep, sessionOf } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';

/** An encoded address: a participant, or one of its clients. */
export interface Target {
  readonly id: ParticipantId;
  /** As it was written; may stand for nobody. */
  readonly resource: string | undefined;
}

/** Where a stanza goes on to, and under which address its sender speaks. */
export interface Way {
  readonly to: RealJid;
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
  return { to: clientOf(channel, target) ?? recipient.jid, ...speaker(turn, participant, sender) };
}

/** The address under which a participant's client speaks to another participant (ANON-91). */
export function speaker(turn: Turn, participant: Participant, client: RealJid): Omit<Way, 'to'> {
  const session = sessionOf(turn, participant.id, client);
  return { session, from: encodedJid(participant.id, turn.channel.name, turn.domain, session.anonymous) };
}

/** @throws item-not-found where nobody stands behind the address, whatever the reason (D-99). */
export function recipientOf(channel: ChannelState, target: Target): Participant {
  const recipient = channel.participants.get(target.id);
  if (recipient === undefined) throw refuse('item-not-found', 'There is no such participant.');
  return recipient;
}

/** The client behind an anonymous resource; undefined where it has gone or never was (D-50). */
export function clientOf(channel: ChannelState, target: Target): RealJid | undefined {
  if (target.resource === undefined) return undefined;
  const sessions = channel.sessions.get(target.id);
  for (const session of sessions?.values() ?? [])
    if (session.anonymous === target.resource) return session.client;
  return undefined;
}
