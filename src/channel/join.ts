/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.2 and XEP-0404 MIX-ANON 0.3.1 §3.1: joining a channel.
 * Decides whether somebody may take part, under which id and nick, and with which preferences.
 * Does not read the request (xep/0369-core/wire.ts) nor announce presence (presence.ts).
 * Always: one id per address and channel, for ever; a refused join leaves no trace.
 * Before: channel/access.ts. After: channel/subscription.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Invitation, Node, Preferences } from '../storage/facts.ts';
import { configOf, isAllowed, isBanned, meet } from './access.ts';
import { identify } from './identity.ts';
import { invitationOf } from './invite.ts';
import { admit as admitTo } from './lists.ts';
import { assignNick, checkNick, needsNick, registeredNick } from './nick.ts';
import { occupantOf, showOccupant } from './occupancy.ts';
import { republishPresence, withdrawPresence } from './presence.ts';
import { DEFAULT_PREFERENCES, checkPreferences, prefer } from './preference.ts';
import type { Participant } from './state.ts';
import { grantable, subscribe } from './subscription.ts';
import type { Turn } from './turn.ts';
import { isShown } from './visibility.ts';

export interface JoinRequest {
  /** The nodes asked for; undefined where the channel knows no node of that name. */
  readonly nodes: readonly (Node | undefined)[];
  readonly nick: string | undefined;
  readonly preferences: Partial<Preferences>;
  /** Of an invitation (XEP-0407 §6). */
  readonly token?: string | undefined;
}

export interface Joined {
  readonly id: ParticipantId;
  readonly nick: string | undefined;
  readonly preferences: Preferences;
  /** Those of the requested nodes that were subscribed to. */
  readonly nodes: readonly Node[];
}

/**
 * Lets the asker take part, or, where it does already, adds what it asks for (D-18).
 * @throws item-not-found, forbidden, registration-required: see access.ts; not-acceptable for a missing nick or
 * a preference that the mode forbids; conflict for a nick that is taken; and, where every node that was asked for is
 * refused, the reason of the first (D-25).
 */
export function join(turn: Turn, asker: RealJid, request: JoinRequest): Joined {
  const { channel } = turn;
  const invitation = admit(turn, asker, request.token);
  checkPreferences(channel, request.preferences);
  const nick = request.nick === undefined ? undefined : checkNick(turn, request.nick, asker);
  const nodes = grantable(channel, asker, request.nodes, true);

  const present = channel.participant(asker);
  if (present !== undefined) {
    if (present.isSessionOnly) stay(turn, present);
    const preferences = prefer(turn, present, request.preferences, nick);
    return { ...enter(turn, asker, present.id, nodes), preferences };
  }
  const preferences = { ...DEFAULT_PREFERENCES, ...request.preferences };
  const own = nick ?? nickFor(turn, asker, preferences);
  if (invitation !== undefined) redeem(turn, invitation);
  const id = identify(turn, asker);
  // Who was shown as a visitor is shown as a participant from now on, or not at all.
  if (preferences.presence === 'not share') withdrawPresence(turn, id);
  const visitor = occupantOf(channel, id);
  turn.record({ fact: 'joined', id, nick: own, preferences, at: turn.now, isSessionOnly: false });
  const joined = { ...enter(turn, asker, id, nodes), preferences };
  // The newcomer, being a subscriber by now, is told of its own item like everybody else.
  introduce(turn, id, visitor);
  republishPresence(turn, id);
  return joined;
}

/** Somebody takes part from now on; `visitor`: as the occupants knew it before. */
export function introduce(turn: Turn, id: ParticipantId, visitor: ReturnType<typeof occupantOf>): void {
  turn.notify('participants', { kind: 'participant', id, nick: turn.channel.participants.get(id)?.nick });
  turn.notify('jidmap', { kind: 'jidmap', id });
  if (visitor !== undefined) turn.announce({ kind: 'occupant-gone', id, nick: visitor.nick, why: 'left' });
}

/** D-84: a participation that would end with the last occupant's client does not any more. */
function stay(turn: Turn, { id, nick, preferences, at }: Participant): void {
  turn.record({ fact: 'joined', id, nick, preferences, at, isSessionOnly: false });
  showOccupant(turn, id);
}

/**
 * May the asker come in? An unlisted channel is open to those who know its name, unless it has an allowed list.
 * Returns the invitation that it needs for that.
 */
export function admit(turn: Turn, asker: RealJid, token: string | undefined): Invitation | undefined {
  const { channel } = turn;
  if (!channel.exists) throw refuse('item-not-found', 'There is no such channel.');
  if (isBanned(channel, asker)) {
    if (!channel.listed) meet(channel, asker);
    throw refuse('forbidden', 'You are banned from this channel.');
  }
  const invitation = invitationOf(turn, asker, token);
  if (invitation !== undefined || isAllowed(channel, asker)) return invitation;
  if (!channel.listed) meet(channel, asker);
  throw refuse('registration-required', 'This channel is for those whom its administrators allowed.');
}

/** The invitation is used up, and what it stood for is on the allowed list from now on (MISC-25). */
export function redeem(turn: Turn, { token, invitee }: Invitation): void {
  const { channel } = turn;
  const isNew = !isAllowed(channel, invitee);
  turn.record({ fact: 'redeemed', token });
  if (isNew) admitTo(turn, 'allowed', invitee);
}

function enter(
  turn: Turn,
  asker: RealJid,
  id: ParticipantId,
  nodes: readonly Node[],
): Omit<Joined, 'preferences'> {
  for (const node of nodes) subscribe(turn, asker, node);
  return { id, nick: turn.channel.participants.get(id)?.nick, nodes };
}

/** The nick of somebody who joins without one: none where it is not needed (D-22). */
function nickFor(turn: Turn, asker: RealJid, { jidVisibility }: Preferences): string | undefined {
  const config = configOf(turn.channel);
  const registered = registeredNick(turn, asker, isShown(config.mode, jidVisibility));
  if (registered !== undefined) return registered;
  if (config.mandatoryNicks) throw refuse('not-acceptable', 'This channel wants a nick.');
  return needsNick(config, jidVisibility) ? assignNick(turn) : undefined;
}
