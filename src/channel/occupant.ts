/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.1, §7.6, §7.14 on a channel (XEP-0408): entering, leaving, another nick.
 * Decides whether a client may be an occupant, and what that makes of its account (D-84).
 * Does not read presences (xep/0045-muc/presence.ts) nor say what occupants see (occupancy.ts).
 * Always: an occupant's account is a participant with its stable id; all clients of one account have one nick; what
 * others may not know of a participant, they may not know of an occupant.
 * Before: channel/join.ts. After: channel/occupancy.ts, channel/leave.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse, type ErrorType } from '../refusal.ts';
import type { ArchivedMessage, Exit, Invitation, Session } from '../storage/facts.ts';
import { hasNode, requireKnown } from './access.ts';
import { identify } from './identity.ts';
import { admit, introduce, redeem } from './join.ts';
import { end } from './leave.ts';
import { checkNick, setNick } from './nick.ts';
import { occupantNick, occupantOf, occupantsOf, showOccupant } from './occupancy.ts';
import { DEFAULT_PREFERENCES } from './preference.ts';
import { conceal, keep, publish, sessionOf, shares } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';

/** So many clients of one account may be occupants. */
const CLIENTS_MAX = 16;

export interface Arrival {
  readonly nick: string;
  /** The cleaned presence; asked for when it is known whether the address is shown. */
  readonly payload: () => string;
  /** The end of the archive, as much of it as the client wants. */
  readonly history: readonly ArchivedMessage[];
  /** Did it create the channel by coming? */
  readonly isCreator: boolean;
}

/**
 * A client becomes an occupant, or, being one, is told everything anew.
 * @throws see join.ts's `admit`; conflict and not-acceptable for the nick; resource-constraint for too many clients.
 */
export function enter(turn: Turn, client: RealJid, arrival: Arrival): void {
  const { channel } = turn;
  const invitation = admit(turn, client, undefined);
  const nick = checkNick(turn, arrival.nick, client);
  const present = channel.participant(client);
  const others = present === undefined ? [] : [...occupantsOf(channel, present.id)];
  if (!channel.occupants.has(client) && others.length >= CLIENTS_MAX)
    throw refuse('resource-constraint', 'Too many of your clients are here.');
  const visitor = present === undefined ? visitorOf(channel, client) : undefined;
  const participant = present ?? joinForNow(turn, client, nick, invitation);
  // Whoever is here already is here under one nick (XEP-0045 §7.2.9): the client is told which.
  if (participant.nick === undefined) setNick(turn, participant, nick);
  const session = occupy(turn, participant, client, arrival.payload);
  const isRenamed = occupantNick(channel, participant.id) !== arrival.nick;
  // First of all, as it waits for that; the others do not know yet that they could wait.
  turn.tell(client, { kind: 'entrance', isCreator: arrival.isCreator, isRenamed });
  for (const message of arrival.history)
    turn.tell(client, { kind: 'message', message, shown: message.shown });
  turn.tell(client, { kind: 'subject' });
  if (present === undefined) introduce(turn, participant.id, visitor);
  if (session.available) publish(turn, session);
  // Whoever was here already and does not share its presence is not seen to come (ANON-66).
  else if (present === undefined) showOccupant(turn, participant.id);
}

/** How occupants know somebody who takes no part yet. */
function visitorOf(channel: ChannelState, client: RealJid): ReturnType<typeof occupantOf> {
  const id = channel.ids.get(client.bare);
  return id === undefined ? undefined : occupantOf(channel, id);
}

/** D-84: a participation that ends with the last client that is an occupant. */
function joinForNow(
  turn: Turn,
  client: RealJid,
  nick: string,
  invitation: Invitation | undefined,
): Participant {
  if (invitation !== undefined) redeem(turn, invitation);
  const id = identify(turn, client);
  const preferences = DEFAULT_PREFERENCES;
  turn.record({ fact: 'joined', id, nick, preferences, at: turn.now, isSessionOnly: true });
  return participantOf(turn.channel, id);
}

function occupy(turn: Turn, participant: Participant, client: RealJid, payload: () => string): Session {
  const { channel } = turn;
  const known = sessionOf(turn, participant.id, client);
  const available = shares(channel, participant) && hasNode(channel, 'presence');
  const session = { ...known, available, payload: available ? payload() : '', entered: turn.version };
  keep(turn, session);
  return session;
}

/** An occupant's presence is another one. */
export function refreshOccupant(turn: Turn, session: Session, payload: string): void {
  const participant = participantOf(turn.channel, session.id);
  if (!shares(turn.channel, participant) || !hasNode(turn.channel, 'presence')) return;
  const changed = { ...session, available: true, payload };
  keep(turn, changed);
  publish(turn, changed);
}

/** An occupant wants another nick, for all clients of its account. @throws see nick.ts's `checkNick`. */
export function renameOccupant(turn: Turn, session: Session, wanted: string): void {
  setNick(turn, participantOf(turn.channel, session.id), wanted);
}

/** A client is an occupant no more; with the last one of somebody who is here by it alone, the participation ends. */
export function exit(turn: Turn, session: Session, payload: string, why: Exit): void {
  const { channel } = turn;
  const { id, client } = session;
  const isLast = [...occupantsOf(channel, id)].length === 1;
  if (isLast && participantOf(channel, id).isSessionOnly) {
    end(turn, id, why);
    return;
  }
  turn.tell(client, { kind: 'occupant-gone', id, nick: occupantNick(channel, id), why });
  conceal(turn, session, payload, false);
  if (session.available) showOccupant(turn, id);
}

/**
 * The client as an occupant.
 * @throws item-not-found where it should not know the channel; not-acceptable where it is none (XEP-0410 §3.2).
 */
export function requireOccupant({ channel }: Turn, client: RealJid, type: ErrorType = 'modify'): Session {
  requireKnown(channel, client);
  const session = channel.occupants.get(client);
  if (session === undefined) throw refuse('not-acceptable', 'Your client is not in the room.', { type });
  return session;
}

function participantOf({ participants }: ChannelState, id: ParticipantId): Participant {
  const participant = participants.get(id);
  if (participant === undefined) throw new Error('an occupant whose account takes no part');
  return participant;
}
