/**
 * XEP-0369 MIX-CORE 0.14.6 §7.3: creating and destroying channels.
 * Decides with what a channel begins (D-03, D-68) and how it ends (D-67).
 * Does not decide who may create channels at all (xep/0369-core/channels.ts), nor erase anything.
 * Always: a new channel hides addresses unless its creator asked otherwise; the creator owns it, but does not take part.
 * Before: channel/turn.ts. After: channel/configure.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { ChannelConfig, Farewell, Node } from '../storage/facts.ts';
import { requireOwner } from './access.ts';
import { checked, nextItemId, type ConfigChange } from './configure.ts';
import { concealAll } from './presence.ts';
import type { Turn } from './turn.ts';

/** XEP-0406 §2.4's defaults, with D-03's mode and D-68's nodes. */
function defaultConfig(creator: RealJid): ChannelConfig {
  return {
    mode: 'jid-hidden',
    owners: [creator],
    administrators: [],
    lastChangeBy: creator,
    endOfLife: undefined,
    nodesPresent: ['participants', 'presence', 'info', 'banned', 'avatar-data', 'avatar-metadata'],
    messagesSubscription: 'participants',
    presenceSubscription: 'participants',
    participantsSubscription: 'participants',
    informationSubscription: 'participants',
    allowedSubscription: 'admins',
    bannedSubscription: 'admins',
    configurationAccess: 'owners',
    informationUpdate: 'admins',
    avatarUpdate: 'admins',
    openPresence: false,
    mustProvidePresence: false,
    userRetraction: false,
    administratorRetraction: 'owners',
    invitationByParticipant: false,
    privateMessages: true,
    mandatoryNicks: true,
  };
}

/**
 * Creates the channel whose turn it is. @throws conflict where it exists, even for its owner (D-66);
 * not-acceptable for a configuration that cannot be.
 */
export function create(turn: Turn, creator: RealJid, listed: boolean, change: ConfigChange): void {
  if (turn.channel.version > 0) throw refuse('conflict', 'There is a channel of this name.');
  const owner = creator.bare;
  const config = checked({ ...defaultConfig(owner), ...change }, turn.now, true);
  turn.record({
    fact: 'created',
    at: turn.now,
    listed,
    config,
    configId: nextItemId(turn.now, ''),
    info: { name: undefined, description: undefined, contact: [] },
    infoId: nextItemId(turn.now, ''),
  });
}

/** Ends the channel, with a word to the occupants. @throws forbidden for all but owners. */
export function destroy(turn: Turn, asker: RealJid, farewell: Farewell = {}): void {
  requireOwner(turn.channel, asker);
  end(turn, farewell);
}

/** Ends a channel whose end of life has come (XEP-0369 §7.3.5). */
export function expire(turn: Turn): void {
  const { exists, config } = turn.channel;
  if (exists && config?.endOfLife !== undefined && config.endOfLife <= turn.now) end(turn);
}

/** Everybody sees everybody go, then every node; occupants stay occupants, so that they can be told. */
function end(turn: Turn, farewell: Farewell = {}): void {
  const { channel } = turn;
  for (const id of [...channel.sessions.keys()]) concealAll(turn, id);
  for (const node of Object.keys(channel.subscribers) as Node[])
    if (node !== 'presence') turn.notify(node, { kind: 'node-gone', node });
  turn.announce({ kind: 'room-gone', farewell });
  turn.record({ fact: 'destroyed' });
}
