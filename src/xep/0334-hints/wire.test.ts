/** XEP-0334 1.0.0 §4. */
import { expect, test } from 'vitest';
import { serialize } from '../../xml/write.ts';
import { buildNoStore, buildStore } from './wire.ts';

test('two hints', () => {
  expect(serialize(buildStore())).toBe('<store xmlns="urn:xmpp:hints"/>');
  expect(serialize(buildNoStore())).toBe('<no-store xmlns="urn:xmpp:hints"/>');
});
