/**
 * Links are found as people mean them.
 */
import { expect, test } from 'vitest';
import { piecesOf } from './links.ts';

const links = (text: string): string[] =>
  piecesOf(text).flatMap(({ text, href }) => (href === undefined ? [] : [text]));

test.each([
  ['see https://a.example/b.', ['https://a.example/b']],
  ['(https://a.example/b)', ['https://a.example/b']],
  ['https://a.example/b_(c), and', ['https://a.example/b_(c)']],
  ['*https://a.example*', ['https://a.example']],
  ['join xmpp:coven@mix.example?join', ['xmpp:coven@mix.example?join']],
  ['http://a.example https://b.example', ['http://a.example', 'https://b.example']],
])('%s', (text, found) => expect(links(text)).toEqual(found));

test.each(['javascript:alert(1)', 'https://', 'xmpp:', 'data:text/html,x', 'file:///etc/hosts', 'a.example'])(
  'no link: %s',
  (text) => expect(links(text)).toEqual([]),
);

test('nothing is lost', () => {
  const text = 'a https://b.example/, c (https://d.example) e';
  expect(
    piecesOf(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});
