/** XEP-0066 1.5 §3: the address of a file in a message. */
import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { fileMessage, fileOf } from './client.ts';
import { buildOutOfBand, NS, outOfBandIn } from './wire.ts';

const URL = 'https://www.jabber.org/images/psa-license.jpg';

test('an address is written and read', () => {
  expect(outOfBandIn([el('y', 'urn:y'), buildOutOfBand(URL)])).toBe(URL);
  expect(outOfBandIn([el('x', NS)])).toBeUndefined();
  expect(outOfBandIn([])).toBeUndefined();
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'https://',
  'https://a b',
  'http://[',
  'https://%',
])('%s is no address of the web', (url) => {
  expect(outOfBandIn([buildOutOfBand(url)])).toBeUndefined();
});

test('a message is a file where its text is the address and nothing else', () => {
  const { body = '', payloads = [] } = fileMessage(URL);
  expect(fileOf({ body, payloads })).toBe(URL);
  expect(fileOf({ body: `Look: ${URL}`, payloads })).toBeUndefined();
  expect(fileOf({ body, payloads: [] })).toBeUndefined();
});
