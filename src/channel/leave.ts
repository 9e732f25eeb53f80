/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.3 and XEP-0403 MIX-PRESENCE 0.3.2 §4.4: leaving a channel, or being removed.
 * Decides what ends with a participation, and who is told.
 * Does not say why somebody was removed, but to occupants, whose clients have a word for it (XEP-0045 §9.1).
 * Always: presences, subscriptions, participants item and JID map item end in one turn; the id stays reserved.
 * Before: channel/presence.ts. After: channel/configure.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Exit } from '../storage/facts.ts';
import { occupantNick, occupantsOf } from './occupancy.ts';
import { concealAll } from './presence.ts';
import type { Turn } from './turn.ts';

/** The asker takes part no more, by none of its clients; nothing happens to somebody who did not (D-26). */
export function leave(turn: Turn, asker: RealJid): void {
  const participant = turn.channel.participant(asker);
  if (participant !== undefined) end(turn, participant.id, 'left');
}

/** Somebody is removed, and told so by the end of the own presences and the retraction of the own id (D-33). */
export function remove(turn: Turn, id: ParticipantId, why: Exit, reason?: string): void {
  const { jids, participants, subscribers } = turn.channel;
  const jid = jids.get(id);
  const follows = jid !== undefined && subscribers.presence.has(jid);
  const isKnownToServer = participants.get(id)?.isSessionOnly === false;
  const before = turn.notices.length;
  end(turn, id, why, reason);
  if (jid === undefined || !isKnownToServer) return;
  // The own subscriptions have ended with the rest, so what the others are told is told once more.
  if (follows)
    for (const notice of turn.notices.slice(before)) if (notice.kind === 'presence') turn.tell(jid, notice);
  turn.tell(jid, { kind: 'participant-gone', id });
}

/** A participation ends; the occupants are told, the one's own clients first. */
export function end(turn: Turn, id: ParticipantId, why: Exit, reason?: string): void {
  concealAll(turn, id);
  const nick = occupantNick(turn.channel, id);
  const said = reason === undefined ? {} : { reason };
  const gone = { kind: 'occupant-gone', id, nick, why, ...said } as const;
  for (const { client } of occupantsOf(turn.channel, id)) turn.tell(client, gone);
  turn.record({ fact: 'left', id });
  turn.announce(gone);
  turn.notify('participants', { kind: 'participant-gone', id });
  turn.notify('jidmap', { kind: 'jidmap-gone', id });
}
