/** XEP-0308 1.2.1 §4, example 5, and what nobody should send. */
import { expect, test } from 'vitest';
import { elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/document.ts';
import { buildReplace, NS, replacedId } from './wire.ts';

const message = (inside: string) =>
  elements(parseElement(`<message xmlns='jabber:client'>${inside}</message>`));

test('a correction names what it replaces', () => {
  const children = message(`<body>Thrice</body><replace id='bad1' xmlns='${NS}'/>`);
  expect(replacedId(children)).toBe('bad1');
  expect(buildReplace('bad1')).toEqual(children[1]);
});

test.each([
  ``,
  `<replace id='a' xmlns='urn:x'/>`,
  `<replace xmlns='${NS}'/>`,
  `<replace id='' xmlns='${NS}'/>`,
])('%j corrects nothing', (inside) => {
  expect(replacedId(message(inside))).toBeUndefined();
});
