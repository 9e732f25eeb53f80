/** XEP-0333 1.0.0 §4. */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildDisplayed, displayedIn, NS } from './wire.ts';

test('how far somebody has read is read and written', () => {
  expect(displayedIn([buildDisplayed('message-1')])).toBe('message-1');
  expect(displayedIn([el('displayed', NS)])).toBeUndefined();
  expect(displayedIn([el('markable', NS), el('displayed', 'urn:x', { id: 'a' })])).toBeUndefined();
});
