/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §5, §7.1 on a channel (XEP-0408): who is in the room, as occupants see it.
 * Decides under which nick somebody is there, by which client, and tells the occupants of it.
 * Does not let anybody in or out (occupant.ts) nor render anything (xep/0045-muc/render.ts).
 * Always: every participant is in the room, be it that none of its clients may be shown; visitors are while they are
 * shown; occupants who may not see the list of participants are shown nobody but themselves.
 * Before: channel/visibility.ts. After: channel/presence.ts.
 */
import { nicknameKey } from '../jid/nickname.ts';
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { OccupantContent, Session } from '../storage/facts.ts';
import { configOf, hasNode, isAdministrator, isOwner, mayRead } from './access.ts';
import { visitorNick } from './ids.ts';
import type { ChannelState } from './state.ts';
import type { Turn } from './turn.ts';
import { isParticipantShown } from './visibility.ts';

/** Tells occupants how somebody is in the room now, or that a visitor is not any more. */
export function showOccupant(turn: Turn, id: ParticipantId): void {
  if (turn.channel.occupants.size === 0) return;
  const nick = occupantNick(turn.channel, id);
  turn.announce(occupantOf(turn.channel, id) ?? { kind: 'occupant-gone', id, nick, why: 'left' });
}

/**
 * What somebody may do in the channel has changed. Where others are not told of it, they are not to be shown either
 * that there was a change: a presence that says nothing new would say it (D-34).
 */
export function showRole(turn: Turn, id: ParticipantId): void {
  const { channel } = turn;
  const content = occupantOf(channel, id);
  if (content === undefined) return;
  if (configOf(channel).mode === 'jid-visible') turn.announce(content);
  else
    for (const { client } of channel.occupants.values())
      if (channel.ids.get(client.bare) === id || isAdministrator(channel, client)) turn.tell(client, content);
}

/** How somebody is in the room now; undefined for whoever is not. */
export function occupantOf(
  channel: ChannelState,
  id: ParticipantId,
): Extract<OccupantContent, { kind: 'occupant' }> | undefined {
  const session = shownSession(channel, id);
  if (session === undefined && !channel.participants.has(id)) return undefined;
  const shown = isParticipantShown(channel, id);
  return { kind: 'occupant', id, nick: occupantNick(channel, id), session, shown };
}

/** All who are in the room, participants first. */
export function* inRoom({ participants, sessions }: ChannelState): Generator<ParticipantId, void> {
  yield* participants.keys();
  for (const id of sessions.keys()) if (!participants.has(id)) yield id;
}

/** The nick under which occupants know somebody: where there is none, the id, which nobody else may take. */
export function occupantNick({ participants }: ChannelState, id: ParticipantId): string {
  const participant = participants.get(id);
  return participant === undefined ? visitorNick(id) : (participant.nick ?? id);
}

/** Who takes part under this nick, as a client has written it. */
export function occupantNamed(
  { nicks, participants }: ChannelState,
  nick: string,
): ParticipantId | undefined {
  const id = participants.get(nick as ParticipantId);
  if (id !== undefined && id.nick === undefined) return id.id;
  try {
    return nicks.get(nicknameKey(nick));
  } catch {
    return undefined;
  }
}

/** The client by which somebody is shown: the first that is available. */
export function shownSession({ sessions }: ChannelState, id: ParticipantId): Session | undefined {
  for (const session of sessions.get(id)?.values() ?? []) if (session.available) return session;
  return undefined;
}

/** The occupants' clients of one participant. */
export function* occupantsOf({ sessions }: ChannelState, id: ParticipantId): Generator<Session, void> {
  for (const session of sessions.get(id)?.values() ?? []) if (session.entered !== undefined) yield session;
}

/** May this account see who else is in the room? */
export function maySeeRoom(channel: ChannelState, account: RealJid): boolean {
  return mayRead(channel, 'participants', account);
}

export type Affiliation = 'owner' | 'admin' | 'member' | 'none';

/**
 * XEP-0045 §5.2: what somebody is in the channel. Who is here for good, or where only the allowed may be, is a member.
 * `isFull`: for itself, and for owners and administrators. Others are told of no such role where addresses are hidden,
 * since it would say who it is (D-34).
 */
export function affiliationOf(channel: ChannelState, id: ParticipantId, isFull: boolean): Affiliation {
  const jid = channel.jids.get(id);
  const isTold = isFull || configOf(channel).mode === 'jid-visible';
  if (isTold && jid !== undefined && isOwner(channel, jid)) return 'owner';
  if (isTold && jid !== undefined && isAdministrator(channel, jid)) return 'admin';
  const participant = channel.participants.get(id);
  if (participant === undefined) return 'none';
  return !participant.isSessionOnly || hasNode(channel, 'allowed') ? 'member' : 'none';
}
