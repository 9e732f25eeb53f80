/**
 * XEP-0359 Unique and Stable Stanza IDs 0.7.0 (2023-02-20): finding the id that is meant.
 * Reads what was written among other children.
 * Does not know who gives ids.
 * Always: only the asked-for giver's id is found.
 * Before: xep/0359-ids/wire.ts. After: xep/0313-mam/wire.test.ts.
 */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildOriginId, buildStanzaId, originId, stanzaId } from './wire.ts';

const children = [
  'text',
  el('body', 'jabber:client'),
  buildStanzaId('a@example', '1'),
  buildStanzaId('b@example', '2'),
  buildOriginId('3'),
];

test('each id is found by who gave it', () => {
  expect(stanzaId(children, 'b@example')).toBe('2');
  expect(stanzaId(children, 'c@example')).toBeUndefined();
  expect(originId(children)).toBe('3');
});

test('an id that is absent, empty, or of another namespace is none', () => {
  expect(originId([])).toBeUndefined();
  expect(originId([buildOriginId('')])).toBeUndefined();
  expect(originId([el('origin-id', 'urn:xmpp:sid:1', { id: '3' })])).toBeUndefined();
  expect(stanzaId([el('stanza-id', 'urn:xmpp:sid:0', { by: 'a' })], 'a')).toBeUndefined();
});
