/**
 * XEP-0406 MIX-ADMIN 0.3.1 §3.3: who is allowed, and who is banned.
 * Decides about entries of the two nodes, and removes those whom a new ban reaches.
 * Does not decide who may join (access.ts).
 * Always: owners cannot be banned (D-75); taking somebody off the allowed list removes nobody.
 * Before: channel/access.ts. After: channel/leave.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import { configOf, isBanned } from './access.ts';
import { remove } from './leave.ts';
import { dropSurplus } from './subscription.ts';
import type { Turn } from './turn.ts';
import { dropVisitors } from './visitor.ts';

/** Puts a bare address or a domain on a list; `reason` is for occupants, whom a ban removes. @throws not-allowed for a ban of an owner. */
export function admit(turn: Turn, list: 'allowed' | 'banned', jid: RealJid, reason?: string): void {
  const { channel } = turn;
  const isOwner = [...configOf(channel).owners, ...channel.operators].some((owner) => owner.equals(jid));
  if (list === 'banned' && isOwner) throw refuse('not-allowed', 'An owner cannot be banned.');
  if (channel[list].has(jid)) return;
  turn.record({ fact: 'admitted', list, jid });
  if (list === 'banned')
    for (const participant of [...channel.participants.values()])
      if (isBanned(channel, participant.jid)) remove(turn, participant.id, 'banned', reason);
  dropSurplus(turn);
  dropVisitors(turn);
  turn.notify(list, { kind: 'listed', list, jid });
}

/** Takes an entry off a list; nothing happens where it is not on it. */
export function dismiss(turn: Turn, list: 'allowed' | 'banned', jid: RealJid): void {
  if (!turn.channel[list].has(jid)) return;
  turn.record({ fact: 'dismissed', list, jid });
  dropSurplus(turn);
  dropVisitors(turn);
  turn.notify(list, { kind: 'unlisted', list, jid });
}
