/**
 * XEP-0199 XMPP Ping 2.0.1 (2019-03-26): recognising a ping.
 * What is one and what is not.
 * Does not answer.
 * Always: name and namespace count, nothing else.
 * Before: xep/0199-ping/wire.ts. After: service/outbox.ts.
 */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildPing, isPing } from './wire.ts';

test('a ping is one, its like is not', () => {
  expect(isPing(buildPing())).toBe(true);
  expect(isPing(el('ping', 'jabber:client'))).toBe(false);
  expect(isPing(el('pong', 'urn:xmpp:ping'))).toBe(false);
});
