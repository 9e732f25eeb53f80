import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { parseElement } from '../../xml/reader.ts';
import { serialize } from '../../xml/write.ts';
import * as wire from './wire.ts';

const again = (element: ReturnType<typeof el>) => parseElement(serialize(element, ''));
const refused = (condition: string): unknown => expect.objectContaining({ condition });

test('what is asked is read as it was written', () => {
  const set = { kind: 'set', username: 'hag66', password: 'a<b&c' } as const;
  expect(wire.parseRegistration(again(wire.buildRegistration(set)))).toEqual(set);
  expect(wire.parseRegistration(again(wire.buildRegistration({ kind: 'remove' })))).toEqual({
    kind: 'remove',
  });
});

test('the fields are read as they were written', () => {
  const fresh = { instructions: 'Choose a name.', registeredAs: undefined };
  expect(wire.parseFields(again(wire.buildFields(fresh)))).toEqual(fresh);
  const known = { instructions: undefined, registeredAs: 'hag66' };
  expect(wire.parseFields(again(wire.buildFields(known)))).toEqual(known);
});

test.each([
  ['<username>hag66</username>', 'not-acceptable'],
  ['<username>hag66</username><password/>', 'not-acceptable'],
  ['<password>secret</password>', 'not-acceptable'],
  ['', 'not-acceptable'],
  ['<remove/><username>hag66</username>', 'bad-request'],
])('refuses %j', (inside, condition) => {
  const query = parseElement(`<query xmlns='jabber:iq:register'>${inside}</query>`);
  expect(() => wire.parseRegistration(query)).toThrow(refused(condition));
});

test('another element is refused', () => {
  expect(() => wire.parseRegistration(el('query', 'other'))).toThrow(refused('bad-request'));
  expect(() => wire.parseFields(el('query', 'other'))).toThrow(refused('bad-request'));
  expect(wire.parseFields(wire.buildFieldsQuery()).registeredAs).toBeUndefined();
});
