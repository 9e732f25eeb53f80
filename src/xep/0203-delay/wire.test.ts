/**
 * XEP-0203 Delayed Delivery 2.0 (2009-09-15): `<delay/>`, both ways.
 * The document's own example, and what is refused.
 * Does not know who writes a delay.
 * Always: what is written reads as what it was written from.
 * Before: xep/0203-delay/wire.ts. After: xep/0297-forward/wire.test.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { buildDelay, parseDelay } from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

test('a delay is read as it was written', () => {
  const at = Date.UTC(2002, 8, 10, 23, 8, 25);
  expect(parseDelay(buildDelay(at))).toEqual({ at, from: undefined });
  expect(parseDelay(buildDelay(at, 'capulet.com'))).toEqual({ at, from: 'capulet.com' });
  const example =
    "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25Z'>Offline</delay>";
  expect(parseDelay(parseElement(example))).toEqual({ at, from: 'capulet.com' });
});

test.each([
  "<delay xmlns='urn:xmpp:delay'/>",
  "<delay xmlns='urn:xmpp:delay' stamp='20020910T23:08:25'/>",
  "<delay xmlns='jabber:x:delay' stamp='2002-09-10T23:08:25Z'/>",
])('%s is refused', (xml) => {
  expect(() => parseDelay(parseElement(xml))).toThrow(badRequest);
});
