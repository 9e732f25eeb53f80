/**
 * XEP-0404 MIX-ANON 0.3.1 §3.1: what a participant wants to be known of itself.
 * Decides whether preferences suit the channel, and what follows from a change.
 * Does not know their spelling (xep/0404-anon/wire.ts).
 * Always: a participant has all four preferences, and none that the mode forbids (D-07).
 * Before: channel/visibility.ts. After: channel/presence.ts.
 */
import { refuse } from '../refusal.ts';
import type { Preferences } from '../storage/facts.ts';
import { configOf } from './access.ts';
import { appearanceOf, assignNick, needsNick, rename, tellChange } from './nick.ts';
import { withdrawPresence } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';
import { fits } from './visibility.ts';

export const DEFAULT_PREFERENCES: Preferences = {
  jidVisibility: 'default',
  privateMessages: 'allow',
  vCard: 'block',
  presence: 'share',
};

/** @throws not-acceptable where the channel's mode or configuration excludes what is asked for (D-07, D-12). */
export function checkPreferences(
  channel: ChannelState,
  { jidVisibility, presence }: Partial<Preferences>,
): void {
  const { mode, mustProvidePresence } = configOf(channel);
  if (jidVisibility !== undefined && !fits(mode, jidVisibility))
    throw refuse('not-acceptable', 'This JID visibility does not go with the mode of the channel.');
  if (mustProvidePresence && presence === 'not share')
    throw refuse('not-acceptable', 'In this channel participants share their presence.');
}

/**
 * Sets those preferences that are given, and with them a checked nick where there is one; shows or hides at once what
 * they speak of (ANON-80). Returns all preferences. @throws not-acceptable: see checkPreferences.
 */
export function prefer(
  turn: Turn,
  participant: Participant,
  change: Partial<Preferences>,
  nick: string | undefined = participant.nick,
): Preferences {
  const { channel } = turn;
  checkPreferences(channel, change);
  const { id, preferences: old } = participant;
  const before = appearanceOf(channel, id);
  const preferences = { ...old, ...change };
  if (!isEqual(old, preferences)) turn.record({ fact: 'preferred', id, preferences });
  if (preferences.presence === 'not share' && old.presence === 'share') withdrawPresence(turn, id);
  const own =
    nick ?? (needsNick(configOf(channel), preferences.jidVisibility) ? assignNick(turn) : undefined);
  if (own !== undefined) rename(turn, id, own);
  tellChange(turn, id, before);
  return preferences;
}

function isEqual(a: Preferences, b: Preferences): boolean {
  return (
    a.jidVisibility === b.jidVisibility &&
    a.privateMessages === b.privateMessages &&
    a.vCard === b.vCard &&
    a.presence === b.presence
  );
}
