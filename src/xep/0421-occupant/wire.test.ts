/**
 * XEP-0421 Occupant identifiers 1.0.1 (2025-04-09): both ways.
 * Tests the document's element, and stanzas without it.
 * Does not test where the id comes from (test/conformance/muc/).
 * Always: an empty id is none.
 * Before: xep/0421-occupant/wire.ts. After: xep/0045-muc/message.ts.
 */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildOccupantId, NS, occupantId } from './wire.ts';

test('what is written is read', () => {
  const id = 'dd72603deec90a38ba552f7c68cbcc61bca202cd';
  expect(occupantId([el('body', 'jabber:client'), 'text', buildOccupantId(id)])).toBe(id);
});

test('there may be none', () => {
  expect(occupantId([])).toBeUndefined();
  expect(occupantId([el('occupant-id', NS), el('occupant-id', 'urn:other', { id: 'x' })])).toBeUndefined();
});
