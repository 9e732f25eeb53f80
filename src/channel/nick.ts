/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.4 and RFC 8266 (2017-10): nicks.
 * Decides which nick somebody may have, and tells the others how somebody appears now.
 * Does not prepare the text (jid/nickname.ts).
 * Always: no two participants have nicks that compare equal; an assigned nick says nothing of its holder (D-22).
 * Before: jid/nickname.ts. After: channel/join.ts.
 */
import { enforceNickname, nicknameKey } from '../jid/nickname.ts';
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { ChannelConfig, Preferences } from '../storage/facts.ts';
import { hasOutsiders } from './access.ts';
import { isVisitorNick, newNick } from './ids.ts';
import { occupantNick } from './occupancy.ts';
import { republishPresence } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';
import { isParticipantShown, isShown } from './visibility.ts';

const NICK_LENGTH_MAX = 100;

/**
 * The nick as it will be shown, if `asker` may have it.
 * @throws not-acceptable where nothing or too much is left of it; conflict where somebody else has it.
 */
export function checkNick({ channel, reserved }: Turn, wanted: string, asker: RealJid): string {
  const nick = prepareNick(wanted);
  const key = nicknameKey(nick);
  // Occupants know by its id whoever has no nick.
  const user = channel.nicks.get(key) ?? (channel.jids.has(key as ParticipantId) ? key : undefined);
  const isUsed = user !== undefined && user !== channel.ids.get(asker.bare);
  const holder = reserved.holderOf(key);
  if (isUsed || (holder !== undefined && !holder.equals(asker.bare)))
    throw refuse('conflict', 'Somebody else has this nick.');
  return nick;
}

/** The nick as it is stored and shown. @throws not-acceptable where nothing or too much is left of it. */
export function prepareNick(wanted: string): string {
  let nick: string;
  try {
    nick = enforceNickname(wanted);
  } catch {
    throw refuse('not-acceptable', 'This cannot be a nick.');
  }
  if (nick.length > NICK_LENGTH_MAX) throw refuse('not-acceptable', 'This nick is too long.');
  if (isVisitorNick(nicknameKey(nick)))
    throw refuse('not-acceptable', 'Nicks of this kind are for visitors.');
  return nick;
}

/** A nick that nobody has, made of random characters. */
export function assignNick({ channel, reserved, random }: Turn): string {
  for (;;) {
    const nick = newNick(random);
    const key = nicknameKey(nick);
    if (!channel.nicks.has(key) && reserved.holderOf(key) === undefined) return nick;
  }
}

/**
 * The nick that somebody registered, where it may be used without being asked for: only where the address is shown
 * anyway, since elsewhere it would link the channels (D-24).
 */
export function registeredNick(
  { channel, reserved }: Turn,
  jid: RealJid,
  isShown: boolean,
): string | undefined {
  const nick = isShown ? reserved.nickOf(jid) : undefined;
  if (nick === undefined) return undefined;
  const user = channel.nicks.get(nicknameKey(nick));
  return user === undefined || user === channel.ids.get(jid.bare) ? nick : undefined;
}

/** Must somebody with this visibility have a nick, so that everybody sees either nick or address (ANON-30, D-94)? */
export function needsNick(config: ChannelConfig, visibility: Preferences['jidVisibility']): boolean {
  const nodes = ['messages', 'participants', 'presence'] as const;
  return (
    config.mandatoryNicks ||
    !isShown(config.mode, visibility) ||
    nodes.some((node) => hasOutsiders(config, node))
  );
}

/**
 * setnick: gives the participant the nick it wants, or one of the channel's making where it wants none (D-97).
 * Returns the nick. @throws see checkNick.
 */
export function setNick(turn: Turn, { id, jid }: Participant, wanted: string | undefined): string {
  const isShown = isParticipantShown(turn.channel, id);
  const nick =
    wanted === undefined || wanted === ''
      ? (registeredNick(turn, jid, isShown) ?? assignNick(turn))
      : checkNick(turn, wanted, jid);
  const before = appearanceOf(turn.channel, id);
  rename(turn, id, nick);
  tellChange(turn, id, before);
  return nick;
}

/**
 * XEP-0407 §3: an account has registered another nick. It bears the new one where it bore the old one, if its address
 * is shown there anyway and nobody has the new one; elsewhere a change would link the channels (D-24, MISC-08).
 */
export function followRegistration(turn: Turn, jid: RealJid, former: string, nick: string): void {
  const { channel } = turn;
  const participant = channel.exists ? channel.participant(jid) : undefined;
  if (participant?.nick === undefined || nicknameKey(participant.nick) !== nicknameKey(former)) return;
  const { id } = participant;
  const user = channel.nicks.get(nicknameKey(nick));
  if (!isParticipantShown(channel, id) || (user !== undefined && user !== id)) return;
  const before = appearanceOf(channel, id);
  rename(turn, id, nick);
  tellChange(turn, id, before);
}

/** Makes a checked nick the participant's own. */
export function rename(turn: Turn, id: ParticipantId, nick: string): void {
  if (turn.channel.participants.get(id)?.nick !== nick) turn.record({ fact: 'renamed', id, nick });
}

/** What the participants node says of somebody. */
export interface Appearance {
  readonly nick: string | undefined;
  readonly isShown: boolean;
}

export function appearanceOf(channel: ChannelState, id: ParticipantId): Appearance {
  return { nick: channel.participants.get(id)?.nick, isShown: isParticipantShown(channel, id) };
}

/** Tells of a participant whose appearance is not what it was, once for all that the turn has changed. */
export function tellChange(turn: Turn, id: ParticipantId, before: Appearance): void {
  const now = appearanceOf(turn.channel, id);
  if (now.nick === before.nick && now.isShown === before.isShown) return;
  turn.notify('participants', { kind: 'participant', id, nick: now.nick });
  if (now.nick !== before.nick)
    turn.announce({
      kind: 'occupant-renamed',
      id,
      nick: before.nick ?? id,
      next: occupantNick(turn.channel, id),
    });
  republishPresence(turn, id);
}
