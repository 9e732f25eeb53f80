/**
 * XEP-0054 vcard-temp 1.2 (2008-07-16): an account's card.
 * Keeps the card that a user has published, and gives it to whoever asks; channels relay such questions (PAM-49).
 * Does not read the card.
 * Always: without a card the answer is the same as for an account that does not exist.
 * Before: host/iq.ts. After: host/extensions.ts.
 */
import { refuse } from '../stanza/error.ts';
import { el } from '../xml/element.ts';
import { utf8Length } from '../xml/write.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';
import { readStored, writeStored } from './stored.ts';

export const NS_VCARD = 'vcard-temp';

export function getVcard({ database }: Context, { account, isOwn }: Request): Answer {
  const row = database.get('SELECT vcard FROM vcard WHERE account = ?', account);
  if (row !== undefined) return readStored(String(row['vcard']));
  if (isOwn) return el('vCard', NS_VCARD);
  throw refuse('service-unavailable', 'this is not supported here');
}

export function setVcard({ database, limits }: Context, { account, payload }: Request): Answer {
  const vcard = writeStored(payload);
  if (utf8Length(vcard) > limits.vcardBytesMax) throw refuse('policy-violation', 'the card is too large');
  database.run('INSERT OR REPLACE INTO vcard (account, vcard) VALUES (?, ?)', account, vcard);
  return undefined;
}
