/**
 * XEP-0369 MIX-CORE 0.14.6 §4.6: the stable participant id.
 * Gives an address its id in a channel, the first time that it is seen there.
 * Does not make the id (ids.ts) nor say who takes part (join.ts).
 * Always: one id per address and channel, for ever; after leaving, a ban, or a visit it is the same (D-20).
 * Before: channel/ids.ts. After: channel/join.ts, channel/visitor.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { newParticipantId } from './ids.ts';
import type { Turn } from './turn.ts';

/** The id of the account; a new one where it has none yet. */
export function identify(turn: Turn, account: RealJid): ParticipantId {
  const known = turn.channel.ids.get(account.bare);
  if (known !== undefined) return known;
  const id = newParticipantId(turn.random);
  turn.record({ fact: 'identified', id, jid: account.bare });
  return id;
}
