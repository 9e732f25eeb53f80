/**
 * XEP-0054 vcard-temp 1.2 (2008-07-16): an account's card.
 * Keeps the card that a user has published, and gives it to whoever asks; channels relay such questions (PAM-49). A card
 * without a picture shows the one that the user has published for everybody in another way (XEP-0084).
 * Does not change the card.
 * Always: without a card the answer is the same as for an account that does not exist; a picture that is for contacts
 * only is not shown to others here either.
 * Before: host/iq.ts. After: host/extensions.ts, host/pep/store.ts.
 */
import { refuse } from '../stanza/error.ts';
import { NS_DATA, NS_METADATA } from '../xep/0084-avatar/wire.ts';
import { child, el, text, type XmlElement } from '../xml/element.ts';
import { utf8Length } from '../xml/write.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';
import { pepItems, pepNode } from './pep/store.ts';
import { readStored, writeStored } from './stored.ts';

export const NS_VCARD = 'vcard-temp';

export function getVcard(context: Context, { account, isOwn }: Request): Answer {
  const row = context.database.get('SELECT vcard FROM vcard WHERE account = ?', account);
  const card = row && readStored(String(row['vcard']));
  if (card !== undefined && child(card, 'PHOTO') !== undefined) return card;
  const photo = photoOf(context, account);
  const { attrs = {}, children = [] } = card ?? {};
  const shown = el('vCard', NS_VCARD, attrs, [...children, photo]);
  const isShort = utf8Length(writeStored(shown)) <= context.limits.vcardBytesMax;
  if (photo !== undefined && isShort) return shown;
  if (card !== undefined) return card;
  if (isOwn) return el('vCard', NS_VCARD);
  throw refuse('service-unavailable', 'this is not supported here');
}

export function setVcard({ database, limits }: Context, { account, payload }: Request): Answer {
  const vcard = writeStored(payload);
  if (utf8Length(vcard) > limits.vcardBytesMax) throw refuse('policy-violation', 'the card is too large');
  database.run('INSERT OR REPLACE INTO vcard (account, vcard) VALUES (?, ?)', account, vcard);
  return undefined;
}

/** The picture that the account shows to everybody, if there is one. */
function photoOf({ database }: Context, account: string): XmlElement | undefined {
  const openItems = (node: string) =>
    pepNode(database, account, node)?.access === 'open' ? pepItems(database, account, node) : [];
  const metadata = openItems(NS_METADATA).at(-1)?.payload;
  const info = metadata && child(metadata, 'info');
  const data = openItems(NS_DATA).find(({ id }) => id === info?.attrs['id'])?.payload;
  const type = info?.attrs['type'];
  if (data === undefined || type === undefined) return undefined;
  const [kind, bytes] = [el('TYPE', NS_VCARD, {}, [type]), el('BINVAL', NS_VCARD, {}, [text(data)])];
  return el('PHOTO', NS_VCARD, {}, [kind, bytes]);
}
