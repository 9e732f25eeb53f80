/**
 * XEP-0054 vcard-temp 1.3.0 (2024-06-27): a card about somebody.
 * Reads and writes the few fields that chat clients show.
 * Does not know the rest of the card: what is not read is lost when it is written anew.
 * Always: what is empty is absent; a picture is base64.
 * Before: xml/element.ts. After: xep/0054-vcard/client.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';

export const NS = 'vcard-temp';

export interface VCardFields {
  readonly fullName?: string | undefined;
  readonly nickname?: string | undefined;
  readonly email?: string | undefined;
  readonly url?: string | undefined;
  /** In the holder's own words. */
  readonly about?: string | undefined;
  readonly photo?: { readonly type: string; readonly base64: string } | undefined;
}

/** Asks for a card (§3.1), or with fields writes one (§3.2). */
export function buildVCard(card: VCardFields = {}): XmlElement {
  const { fullName, nickname, email, url, about, photo } = card;
  return el('vCard', NS, {}, [
    leaf('FN', fullName),
    leaf('NICKNAME', nickname),
    photo && el('PHOTO', NS, {}, [leaf('TYPE', photo.type), leaf('BINVAL', photo.base64)]),
    email === undefined ? undefined : el('EMAIL', NS, {}, [el('INTERNET', NS), leaf('USERID', email)]),
    leaf('URL', url),
    leaf('DESC', about),
  ]);
}

/** Reads a card; bad-request for another element. */
export function parseVCard(card: XmlElement): VCardFields {
  checkName(card, 'vCard', NS);
  const [photo, email] = [child(card, 'PHOTO'), child(card, 'EMAIL')];
  const base64 = photo && filled(childText(photo, 'BINVAL')?.replace(/\s+/g, ''));
  const type = (photo && filled(childText(photo, 'TYPE'))) ?? 'image/png';
  return {
    fullName: filled(childText(card, 'FN')),
    nickname: filled(childText(card, 'NICKNAME')),
    email: email && filled(childText(email, 'USERID')),
    url: filled(childText(card, 'URL')),
    about: filled(childText(card, 'DESC')),
    photo: base64 === undefined ? undefined : { type, base64 },
  };
}

function leaf(name: string, value: string | undefined): XmlElement | undefined {
  return value === undefined || value === '' ? undefined : el(name, NS, {}, [value]);
}

function filled(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
