/**
 * XEP-0403 MIX-PRESENCE 0.3.2 and XEP-0404 MIX-ANON 0.3.1 §2.4: the clients of the participants.
 * Decides what becomes of a presence, and gives each client the resource that stands for it.
 * Does not clean the payload (xep/0403-presence/service.ts) nor render it.
 * Always: the anonymous resource of an available client does not change; every available presence that went out
 * is followed, some time, by an unavailable one with the same address.
 * Before: channel/visibility.ts. After: channel/private-message.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Session } from '../storage/facts.ts';
import { configOf, hasNode } from './access.ts';
import { newAnonymousResource, visitorNick } from './ids.ts';
import { showOccupant } from './occupancy.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';
import { isParticipantShown } from './visibility.ts';

/** So many clients of one participant have a resource; the oldest makes room for a new one. */
const CLIENTS_MAX = 32;

/** The client, known or new; a new one is not available yet. Nothing is recorded. */
export function sessionOf({ channel, random }: Turn, id: ParticipantId, client: RealJid): Session {
  const known = channel.clients.get(client);
  if (known !== undefined) return known;
  const anonymous = newAnonymousResource(random);
  return { id, client, anonymous, available: false, payload: '', entered: undefined };
}

/** From now on the session's resource stands for its client. Occupants do not make room: see occupant.ts. */
export function keep(turn: Turn, session: Session): void {
  const { clients, sessions } = turn.channel;
  const others = [...(sessions.get(session.id)?.values() ?? [])].filter(
    ({ entered }) => entered === undefined,
  );
  const oldest = others.find(({ available }) => !available) ?? others[0];
  if (!clients.has(session.client) && others.length >= CLIENTS_MAX && oldest !== undefined)
    disappear(turn, oldest.client, '');
  turn.record({ fact: 'present', session });
}

/** Does the participant share its presence, by choice or because the channel wants it (D-12)? */
export function shares(channel: ChannelState, { preferences }: Participant): boolean {
  return preferences.presence === 'share' || configOf(channel).mustProvidePresence;
}

/**
 * Who is asked for presence when the channel starts (XEP-0403 §5): those who chose to share it, and those whose
 * presence has come, be it that the channel wants it (D-12) or that they are visitors.
 */
export function* probed(channel: ChannelState): Generator<RealJid, void> {
  const isAsked = (participant: Participant | undefined): boolean =>
    participant?.preferences.presence === 'share' && !participant.isSessionOnly;
  for (const participant of channel.participants.values()) if (isAsked(participant)) yield participant.jid;
  for (const [id, sessions] of channel.sessions) {
    const jid = channel.jids.get(id);
    const isShown = [...sessions.values()].some(
      ({ available, entered }) => available && entered === undefined,
    );
    if (isShown && jid !== undefined && !isAsked(channel.participants.get(id))) yield jid;
  }
}

/** A client is available: shown to the subscribers, unless its participant need not and does not share it (ANON-66). */
export function appear(turn: Turn, participant: Participant, client: RealJid, payload: string): void {
  if (shares(turn.channel, participant)) show(turn, participant.id, client, payload);
}

/** A client of that participant or visitor is shown, where the channel has presence. */
export function show(turn: Turn, id: ParticipantId, client: RealJid, payload: string): void {
  if (!hasNode(turn.channel, 'presence')) return;
  const session = { ...sessionOf(turn, id, client), available: true, payload };
  keep(turn, session);
  publish(turn, session);
}

/** A client has gone; nothing happens for one that was not shown (PRES-14). */
export function disappear(turn: Turn, client: RealJid, payload: string): void {
  const session = turn.channel.clients.get(client);
  if (session === undefined) return;
  conceal(turn, session, payload, session.entered !== undefined);
  if (session.available) showOccupant(turn, session.id);
}

/** The client is not shown any more; `stays`: as an occupant it keeps its resource. */
export function conceal(turn: Turn, session: Session, payload: string, stays: boolean): void {
  const wasShown = isParticipantShown(turn.channel, session.id);
  if (!stays) turn.record({ fact: 'absent', id: session.id, anonymous: session.anonymous });
  else if (session.available)
    turn.record({ fact: 'present', session: { ...session, available: false, payload: '' } });
  if (session.available) tell(turn, { ...session, available: false, payload }, wasShown);
}

/** No client of the participant is shown any more, one line each (PRES-16). Call it while it still is one. */
export function withdrawPresence(turn: Turn, id: ParticipantId): void {
  if (concealAll(turn, id)) showOccupant(turn, id);
}

/** The same for somebody of whom occupants are told something else. Returns whether any client was shown. */
export function concealAll(turn: Turn, id: ParticipantId): boolean {
  const sessions = [...(turn.channel.sessions.get(id)?.values() ?? [])];
  for (const session of sessions) conceal(turn, session, '', session.entered !== undefined);
  return sessions.some(({ available }) => available);
}

/** The same presences once more, since nick or visibility changed (PRES-18, D-09). */
export function republishPresence(turn: Turn, id: ParticipantId): void {
  for (const session of turn.channel.sessions.get(id)?.values() ?? [])
    if (session.available) tell(turn, session);
  showOccupant(turn, id);
}

/** A refresh request from a bare address: a subscriber is shown who is there (D-55). */
export function refresh(turn: Turn, asker: RealJid): void {
  if (turn.channel.subscribers.presence.has(asker.bare)) turn.tell(asker.bare, { kind: 'presences' });
}

/** Shows a client as it is. */
export function publish(turn: Turn, session: Session): void {
  tell(turn, session);
  showOccupant(turn, session.id);
}

function tell(turn: Turn, session: Session, shown = isParticipantShown(turn.channel, session.id)): void {
  const nick = nickShown(turn.channel, session.id);
  turn.notify('presence', { kind: 'presence', session, nick, shown });
}

/** The nick that a presence shows: the participant's, or the one that a visitor is given. */
export function nickShown({ participants }: ChannelState, id: ParticipantId): string | undefined {
  const participant = participants.get(id);
  return participant === undefined ? visitorNick(id) : participant.nick;
}
