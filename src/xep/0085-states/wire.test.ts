/** XEP-0085 2.1 §3: five states. */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildChatState, chatStateIn, NS } from './wire.ts';

test.each(['active', 'composing', 'paused', 'inactive', 'gone'] as const)('%s', (state) => {
  expect(chatStateIn([el('x', 'urn:x'), buildChatState(state)])).toBe(state);
});

test('another word is none', () => {
  expect(chatStateIn([el('thinking', NS)])).toBeUndefined();
  expect(chatStateIn([el('composing', 'urn:x')])).toBeUndefined();
});
