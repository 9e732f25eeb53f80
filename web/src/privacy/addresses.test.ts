/**
 * Typed addresses are noticed, ordinary text is not.
 */
import { expect, test } from 'vitest';
import { addressesIn } from './addresses.ts';

const own = 'hecate@localhost';
const find = (text: string): string[] =>
  addressesIn(text, own, ['coven@mix.example']).map((found) => found.text);

test.each([
  ['write to macbeth@cawdor.example, please', ['macbeth@cawdor.example']],
  ['xmpp:macbeth@cawdor.example?message', ['macbeth@cawdor.example']],
  ['I am HECATE@localhost.', ['HECATE@localhost']],
  ['a@b.example and A@B.example', ['A@B.example']],
  ['ведьма@пример.example', ['ведьма@пример.example']],
])('%s', (text, addresses) => expect(find(text)).toEqual(addresses));

test.each(['@Banquo what now?', 'meet @ 8.30', 'a @ b.c', 'join coven@mix.example', 'user@host'])(
  'nothing in: %s',
  (text) => expect(find(text)).toEqual([]),
);

test('the own address comes first', () => {
  expect(addressesIn(`a@b.example ${own}`, own, [])[0]).toEqual({ text: own, isOwn: true });
});
