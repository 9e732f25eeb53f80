/**
 * XEP-0297 Stanza Forwarding 1.0 (2013-10-02): `<forwarded/>`, both ways.
 * Reads what was written, and refuses all but exactly one stanza.
 * Does not know why something is forwarded.
 * Always: what is written reads as what it was written from.
 * Before: xep/0297-forward/wire.ts. After: xep/0313-mam/wire.test.ts.
 */
import { expect, test } from 'vitest';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { buildDelay } from '../0203-delay/wire.ts';
import { buildForwarded, parseForwarded } from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
const message = el('message', NS_CLIENT, { id: 'a' });

test('one stanza, with its time or without', () => {
  expect(parseForwarded(buildForwarded([message]))).toEqual({ stanza: message, at: undefined });
  expect(parseForwarded(buildForwarded([buildDelay(5000), message]))).toEqual({ stanza: message, at: 5000 });
});

test('no stanza, two, or one of another namespace is refused', () => {
  expect(() => parseForwarded(buildForwarded([]))).toThrow(badRequest);
  expect(() => parseForwarded(buildForwarded([message, message]))).toThrow(badRequest);
  expect(() => parseForwarded(buildForwarded([el('message', 'jabber:server')]))).toThrow(badRequest);
  expect(() => parseForwarded(message)).toThrow(badRequest);
});
