/**
 * XEP-0486 MUC Avatars 0.1.0 (2024-03-10): the card of a room, both ways, and cards that are none.
 * Tests the document's example.
 * Does not test the service (test/conformance/muc/discovery.test.ts).
 * Always: what is not base64 is refused.
 * Before: xep/0486-avatars/wire.ts. After: xep/0486-avatars/service.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { buildCard, NS, parseCard } from './wire.ts';

const card = (inner: string) => parseElement(`<vCard xmlns='${NS}'>${inner}</vCard>`);

test('a picture with its type, and without white space', () => {
  const photo = { type: 'image/svg+xml', base64: 'PHN2Zy8+' };
  expect(parseCard(buildCard(photo))).toEqual(photo);
  const spaced = '<PHOTO><TYPE>image/svg+xml</TYPE><BINVAL>PHN2\n Zy8+\n</BINVAL></PHOTO>';
  expect(parseCard(card(spaced))).toEqual(photo);
});

test('a card without a picture, and pictures that are none', () => {
  expect(parseCard(card('<FN>A cave</FN>'))).toBeUndefined();
  for (const inner of ['<PHOTO/>', '<PHOTO><BINVAL>?</BINVAL></PHOTO>', '<PHOTO><EXTVAL>x</EXTVAL></PHOTO>'])
    expect(() => parseCard(card(inner))).toThrow(expect.objectContaining({ condition: 'bad-request' }));
});
