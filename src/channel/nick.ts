/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.4 and RFC 8266 (2017-10): nicks.
 * Decides which nick somebody may have, and tells the others of a change.
 * Does not prepare the text (jid/nickname.ts).
 * Always: no two participants have nicks that compare equal; an assigned nick says nothing of its holder (D-22).
 * Before: jid/nickname.ts. After: channel/join.ts.
 */
import { enforceNickname, nicknameKey } from '../jid/nickname.ts';
import type { ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import { newNick } from './ids.ts';
import { republishPresence } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import type { Turn } from './turn.ts';

const NICK_LENGTH_MAX = 100;

/**
 * The nick as it will be shown, if `asker` may have it.
 * @throws not-acceptable where nothing or too much is left of it; conflict where somebody else has it.
 */
export function checkNick(channel: ChannelState, wanted: string, asker: RealJid): string {
  const nick = prepare(wanted);
  const holder = channel.nicks.get(nicknameKey(nick));
  if (holder !== undefined && holder !== channel.ids.get(asker.bare))
    throw refuse('conflict', 'Somebody in the channel has this nick.');
  return nick;
}

function prepare(wanted: string): string {
  let nick: string;
  try {
    nick = enforceNickname(wanted);
  } catch {
    throw refuse('not-acceptable', 'This cannot be a nick.');
  }
  if (nick.length > NICK_LENGTH_MAX) throw refuse('not-acceptable', 'This nick is too long.');
  return nick;
}

/** A nick that nobody has, made of random characters. */
export function assignNick(turn: Turn): string {
  for (;;) {
    const nick = newNick(turn.random);
    if (!turn.channel.nicks.has(nicknameKey(nick))) return nick;
  }
}

/**
 * setnick: gives the participant the nick it wants, or one of the channel's making where it wants none (D-97).
 * Returns the nick. @throws see checkNick.
 */
export function setNick(turn: Turn, participant: Participant, wanted: string | undefined): string {
  const nick =
    wanted === undefined || wanted === ''
      ? assignNick(turn)
      : checkNick(turn.channel, wanted, participant.jid);
  rename(turn, participant, nick);
  return nick;
}

/** Makes a checked nick the participant's own, and says so where it is another than before. */
export function rename(turn: Turn, participant: Participant, nick: string): void {
  if (participant.nick === nick) return;
  const id: ParticipantId = participant.id;
  turn.record({ fact: 'renamed', id, nick });
  turn.notify('participants', { kind: 'participant', id, nick });
  republishPresence(turn, id);
}
