/**
 * XEP-0403 MIX-PRESENCE 0.3.2 §4.5–4.6: requests from one participant's client to another's.
 * Decides which requests pass, by D-59, and finds the way there.
 * Does not keep what is under way: the request's id carries it (xep/0403-presence/relay.ts).
 * Always: neither side learns the other's address or resource; what would name them in its answer does not pass.
 * Before: channel/private-message.ts. After: xep/0403-presence/relay.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import { configOf, hasNode, requireParticipant } from './access.ts';
import {
  clientOf,
  recipientOf,
  routesTo,
  wayAlong,
  type Route,
  type Target,
  type Way,
} from './private-message.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';
import { isParticipantShown } from './visibility.ts';

/** What is asked: a vCard, one of the harmless questions to a client, or anything else. */
export type Question = 'vcard' | 'client' | 'other';

/**
 * The way of a request to an encoded address; nothing is recorded, so that it may still be refused.
 * @throws forbidden for an asker who takes no part; item-not-found where nobody stands behind the address;
 * service-unavailable where the request does not pass or the client has gone.
 */
export function wayOfRequest(turn: Turn, asker: RealJid, target: Target, question: Question): Way {
  const { channel } = turn;
  const participant = requireParticipant(channel, asker);
  const recipient = recipientOf(channel, target);
  const client = clientOf(channel, target);
  const isOpen = isOpenBetween(channel, participant.id, recipient.id);
  const passes =
    target.resource === undefined
      ? isOpen || question === 'vcard'
      : client !== undefined && hasNode(channel, 'presence') && (isOpen || question === 'client');
  // Whoever gives out no vCard does not do so in a JID Visible channel either (D-14).
  const isBlocked = question === 'vcard' && recipient.preferences.vCard === 'block';
  if (!passes || isBlocked) throw refuse('service-unavailable', 'This is not passed on.');
  // A card is kept by the account's server.
  const routes = client === undefined ? account(recipient) : routesTo(channel, recipient, target);
  return wayAlong(turn, routes, participant, asker);
}

function account({ jid }: Participant): readonly Route[] {
  return [{ to: jid, isOccupant: false }];
}

/** Do the two see each other's addresses, in a channel where everybody does? Then anything passes (D-59). */
export function isOpenBetween(channel: ChannelState, one: ParticipantId, other: ParticipantId): boolean {
  return (
    configOf(channel).mode === 'jid-visible' &&
    isParticipantShown(channel, one) &&
    isParticipantShown(channel, other)
  );
}
