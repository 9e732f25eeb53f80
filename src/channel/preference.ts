/**
 * XEP-0404 MIX-ANON 0.3.1 §3.1: what a participant wants to be known of itself.
 * Decides whether preferences suit the channel, and what follows from a change.
 * Does not know their spelling (xep/0404-anon/wire.ts).
 * Always: a participant has all four preferences, and none that the mode forbids (D-07).
 * Before: channel/visibility.ts. After: channel/presence.ts.
 */
import type { ParticipantId } from '../jid/public-jid.ts';
import { refuse } from '../refusal.ts';
import type { Preferences } from '../storage/facts.ts';
import { configOf } from './access.ts';
import { republishPresence, withdrawPresence } from './presence.ts';
import type { ChannelState } from './state.ts';
import type { Turn } from './turn.ts';
import { fits, isParticipantShown } from './visibility.ts';
import { assignNick } from './nick.ts';

export const DEFAULT_PREFERENCES: Preferences = {
  jidVisibility: 'default',
  privateMessages: 'allow',
  vCard: 'block',
  presence: 'share',
};

/** @throws not-acceptable where the channel's mode or configuration excludes one of them (D-07, D-12). */
export function checkPreferences(channel: ChannelState, preferences: Preferences): void {
  const config = configOf(channel);
  if (!fits(config.mode, preferences.jidVisibility))
    throw refuse('not-acceptable', 'This JID visibility does not go with the mode of the channel.');
  if (config.mustProvidePresence && preferences.presence === 'not share')
    throw refuse('not-acceptable', 'In this channel participants share their presence.');
}

/**
 * Sets the preferences of a participant, and shows or hides at once what they speak of (ANON-80).
 * @throws not-acceptable: see checkPreferences.
 */
export function prefer(turn: Turn, id: ParticipantId, preferences: Preferences): void {
  const { channel } = turn;
  const old = channel.participants.get(id);
  if (old === undefined || isEqual(old.preferences, preferences)) return;
  checkPreferences(channel, preferences);
  const wasShown = isParticipantShown(channel, id);
  turn.record({ fact: 'preferred', id, preferences });
  if (preferences.presence === 'not share' && old.preferences.presence === 'share')
    withdrawPresence(turn, id);
  const shown = isParticipantShown(channel, id);
  if (shown === wasShown) return;
  // Whoever is hidden needs a nick to be told apart by (ANON-30).
  const nick = old.nick ?? (shown ? undefined : assignNick(turn));
  if (nick !== undefined && nick !== old.nick) turn.record({ fact: 'renamed', id, nick });
  turn.notify('participants', { kind: 'participant', id, nick });
  republishPresence(turn, id);
}

function isEqual(a: Preferences, b: Preferences): boolean {
  return (
    a.jidVisibility === b.jidVisibility &&
    a.privateMessages === b.privateMessages &&
    a.vCard === b.vCard &&
    a.presence === b.presence
  );
}
