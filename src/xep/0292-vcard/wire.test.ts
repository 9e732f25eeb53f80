/**
 * XEP-0292 vCard4 Over XMPP 0.12.0 (2023-03-14): cards.
 * What is read of one, and what is kept when it is changed.
 * Does not publish any.
 * Always: what is not known here stays.
 * Before: xep/0292-vcard/wire.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { buildVcard4, NS, parseVcard4 } from './wire.ts';

const card = parseElement(
  `<vcard xmlns='${NS}'><fn><text>Peter Saint-Andre</text></fn><n><surname>Saint-Andre</surname></n>` +
    '<nickname><text>stpeter</text></nickname><nickname><text>psa</text></nickname>' +
    '<url><uri>https://stpeter.im/</uri></url><note><text> </text></note></vcard>',
);

test('a card is read, of several nicknames the first', () => {
  expect(parseVcard4(card)).toEqual({
    fullName: 'Peter Saint-Andre',
    nickname: 'stpeter',
    url: 'https://stpeter.im/',
    note: undefined,
  });
});

test('a card is written, and the rest of the one before is kept', () => {
  const after = buildVcard4({ fullName: 'Saint Peter', note: 'x' }, card);
  expect(parseVcard4(after)).toEqual({ fullName: 'Saint Peter', note: 'x' });
  expect(after.children).toContainEqual(expect.objectContaining({ name: 'n' }));
  expect(parseVcard4(buildVcard4({}))).toEqual({});
});

test('another element is no card', () => {
  const refused: unknown = expect.objectContaining({ condition: 'bad-request' });
  expect(() => parseVcard4(parseElement("<vCard xmlns='vcard-temp'/>"))).toThrow(refused);
});
