/**
 * XEP-0054 vcard-temp 1.3.0 (2024-06-27) and XEP-0486 MUC Avatars 0.1.0 (2024-03-10): the picture in a room's card.
 * Reads and writes a `<vCard/>` with one `<PHOTO/>`.
 * Does not read the cards of people, which are passed on as they are (xep/0403-presence/relay.ts).
 * Always: the picture is base64 without white space.
 * Before: xep/0084-avatar/wire.ts. After: xep/0486-avatars/service.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';

export const NS = 'vcard-temp';

export interface Photo {
  /** The media type, where it is known. */
  readonly type: string | undefined;
  readonly base64: string;
}

export function buildCard({ type, base64 }: Photo): XmlElement {
  return el('vCard', NS, {}, [
    el('PHOTO', NS, {}, [
      type === undefined ? undefined : el('TYPE', NS, {}, [type]),
      el('BINVAL', NS, {}, [base64]),
    ]),
  ]);
}

/** The picture in a card; undefined for a card without one. @throws bad-request for a picture that is none. */
export function parseCard(card: XmlElement): Photo | undefined {
  checkName(card, 'vCard', NS);
  const photo = child(card, 'PHOTO');
  if (photo === undefined) return undefined;
  const base64 = (childText(photo, 'BINVAL') ?? '').replace(/\s+/g, '');
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw refuse('bad-request', 'A picture is base64.');
  return { type: childText(photo, 'TYPE')?.trim(), base64 };
}
