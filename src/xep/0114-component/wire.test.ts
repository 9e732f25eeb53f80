import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { parseElement } from '../../xml/reader.ts';
import { handshakeDigest } from './handshake.ts';
import { buildHandshake, buildHeader, isHandshake, NS, STREAM_END, STREAMS_NS } from './wire.ts';

test('the header of the document (example 1)', () => {
  const header = parseElement(buildHeader('plays.shakespeare.lit') + STREAM_END);
  expect(header).toEqual(el('stream', STREAMS_NS, { to: 'plays.shakespeare.lit' }));
});

test('a domain cannot break out of the header', () => {
  expect(parseElement(buildHeader('a"><b c=\'&') + STREAM_END).attrs).toEqual({ to: 'a"><b c=\'&' });
});

test('the handshake of the document (example 3)', () => {
  expect(buildHandshake(handshakeDigest('3BF96D32', 'test'))).toBe(
    '<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>',
  );
});

test('only an element of the stream itself is the handshake', () => {
  expect(NS).toBe('jabber:component:accept');
  expect(isHandshake(el('handshake', 'jabber:client'))).toBe(true);
  expect(isHandshake(el('handshake', 'urn:other'))).toBe(false);
  expect(isHandshake(el('message', 'jabber:client'))).toBe(false);
});
