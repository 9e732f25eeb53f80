/**
 * RFC 8266 (2017-10): nicknames.
 * Cleans a nickname for storing and showing, and makes the key by which two nicknames are the same (D-23).
 * Does not know who holds a nickname in which channel (channel/nick.ts).
 * Always: the cleaned form of a cleaned nickname is itself; equal nicknames have equal keys.
 * Before: jid/precis.ts. After: channel/nick.ts.
 */
import { utf8Length } from '../xml/write.ts';
import { JidError } from './jid.ts';
import { classProblem, mapSpaces, settle } from './precis.ts';

/** A nickname serves as a resource for MUC clients (XEP-0408), so it is bounded as one. */
const nicknameBytesMax = 1023;
const plainNickname = /^[!-~]+(?: [!-~]+)*$/;

/** The form in which a nickname is stored and shown (RFC 8266 §2.3). Throws JidError. */
export function enforceNickname(text: string): string {
  if (text.length <= nicknameBytesMax && plainNickname.test(text)) return text;
  return checked(text, (nick) => mapNickSpaces(nick).normalize('NFKC'));
}

/** What two nicknames have in common when they are the same (RFC 8266 §2.4): for comparing only. Throws JidError. */
export function nicknameKey(text: string): string {
  // Cleaned first: the lower case of a sigma depends on its neighbours, which cleaning may change.
  return checked(enforceNickname(text), (nick) => mapNickSpaces(nick).toLowerCase().normalize('NFKC'));
}

/** Plain spaces only, none at either end and no two in a row. */
function mapNickSpaces(text: string): string {
  return mapSpaces(text).replace(/ {2,}/g, ' ').replace(/^ | $/g, '');
}

function checked(text: string, apply: (text: string) => string): string {
  // Spaces fall away, so that a longer text may do; this bounds the work.
  if (text.length > 4 * nicknameBytesMax) throw new JidError('nickname', 'too long');
  const nickname = settle(text, apply);
  if (nickname === undefined) throw new JidError('nickname', 'not stable');
  if (nickname === '') throw new JidError('nickname', 'empty');
  const problem = classProblem(nickname, 'freeform');
  if (problem !== undefined) throw new JidError('nickname', problem);
  if (utf8Length(nickname) > nicknameBytesMax) throw new JidError('nickname', 'too long');
  return nickname;
}
