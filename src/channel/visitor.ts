/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4, 'Open Presence': the presence of people who take no part.
 * Decides who may show a client without joining, and when that ends.
 * Does not let a visitor see, say or be asked anything: it has a presence, and no more.
 * Always: a visitor is shown by an id and a nick of its own, and never by an address, whatever the mode: modes and
 * preferences are about participants.
 * Before: channel/presence.ts. After: channel/lists.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import { configOf, hasNode, isAllowed, isStranger, meet, requireParticipant } from './access.ts';
import { identify } from './identity.ts';
import { show, withdrawPresence } from './presence.ts';
import type { ChannelState } from './state.ts';
import type { Turn } from './turn.ts';

/** So many people may be there at one time who take no part. */
const VISITORS_MAX = 1_000;

/**
 * Shows a client of somebody who takes no part.
 * @throws forbidden where only participants are shown (D-54); see access.ts's `meet` for those who may not join;
 * resource-constraint where too many visitors are there.
 */
export function visit(turn: Turn, client: RealJid, payload: string): void {
  const { channel } = turn;
  if (!configOf(channel).openPresence) requireParticipant(channel, client);
  meet(channel, client);
  if (!hasNode(channel, 'presence')) return;
  const known = channel.ids.get(client.bare);
  const isThere = known !== undefined && channel.sessions.has(known);
  if (!isThere && visitorsOf(channel).length >= VISITORS_MAX)
    throw refuse('resource-constraint', 'Too many visitors are here.');
  show(turn, identify(turn, client), client, payload);
}

/** Those who are there, take no part, and may not be there any more go. */
export function dropVisitors(turn: Turn): void {
  const { channel } = turn;
  for (const id of visitorsOf(channel)) {
    const jid = channel.jids.get(id);
    if (jid === undefined || !isWelcome(channel, jid)) withdrawPresence(turn, id);
  }
}

function isWelcome(channel: ChannelState, visitor: RealJid): boolean {
  return configOf(channel).openPresence && isAllowed(channel, visitor) && !isStranger(channel, visitor);
}

/** Only participants and visitors have sessions. */
function visitorsOf({ sessions, participants }: ChannelState): ParticipantId[] {
  return [...sessions.keys()].filter((id) => !participants.has(id));
}
