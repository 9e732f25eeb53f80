/**
 * XEP-0369 MIX-CORE 0.14.6 §3, XEP-0404 MIX-ANON 0.3.1 §2.4: made-up names.
 * Owns the making of participant ids, anonymous resources, archive ids, ad hoc channel names and assigned nicks.
 * Does not keep them.
 * Always: each is random alone: no address, time, order or other channel goes into it (D-19, D-91); lower case,
 * since some servers fold the local part.
 * Before: channel/turn.ts. After: channel/join.ts.
 */
import type { AnonymousResource, ChannelName, ParticipantId } from '../jid/public-jid.ts';
import type { Random } from './turn.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** `bytes` random bytes in lower-case base32. */
function base32(random: Random, bytes: number): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of random.bytes(bytes)) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >>> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}

export function newParticipantId(random: Random): ParticipantId {
  return base32(random, 16) as ParticipantId;
}

export function newAnonymousResource(random: Random): AnonymousResource {
  return base32(random, 10) as AnonymousResource;
}

/** The id of an archived message; unpredictable and without order (MAM-29). */
export function newArchiveId(random: Random): string {
  return base32(random, 16);
}

/** XEP-0369 §7.3.3: the name of an ad hoc channel; nobody guesses it. */
export function newChannelName(random: Random): ChannelName {
  return base32(random, 16) as ChannelName;
}

/** The token of an invitation. */
export function newToken(random: Random): string {
  return base32(random, 16);
}

/** The nick of a visitor is made of its id, so that nobody has to remember it. */
export function visitorNick(id: ParticipantId): string {
  return `visitor-${id.slice(0, 12)}`;
}

/** Might a visitor be called so? Then nobody else is. */
export function isVisitorNick(key: string): boolean {
  return /^visitor-[a-z2-7]{12}$/.test(key);
}

/** RFC 4122 §4.4: the nick that XEP-0407 §3 recommends for an account that registers without choosing one. */
export function newRegisteredNick(random: Random): string {
  const hex = [...random.bytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

const LETTERS = 'abcdefghjkmnprst';
const DIGITS = '23456789';
const NICK_PAIRS = 5;

/**
 * A nick that the channel gives to somebody who chose none (D-22): letters and digits by turns, so that it has no
 * part of a word in common with the name of any account (ANON-106), nor can be one.
 */
export function newNick(random: Random): string {
  let nick = '';
  for (const byte of random.bytes(NICK_PAIRS)) nick += LETTERS.charAt(byte & 15) + DIGITS.charAt(byte >>> 5);
  return nick;
}
