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
import { configOf, requireParticipant } from './access.ts';
import { anonymousResource } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';

/** An encoded address: a participant, or one of its clients. */
export interface Target {
  readonly id: ParticipantId;
  /** As it was written; may stand for nobody. */
  readonly resource: string | undefined;
}

/** Where a stanza goes on to, and the address that it bears as its sender. */
export interface Way {
  readonly to: RealJid;
  readonly from: PublicJid;
}

/**
 * The way of a private message.
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
  return { to: clientOf(channel, target) ?? recipient.jid, from: speaker(turn, participant, sender) };
}

/** The address under which a participant's client speaks to another participant. */
export function speaker(turn: Turn, participant: Participant, client: RealJid): PublicJid {
  const resource = anonymousResource(turn, participant, client);
  return encodedJid(participant.id, turn.channel.name, turn.domain, resource);
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
