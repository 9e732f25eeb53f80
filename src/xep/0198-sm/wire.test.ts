/**
 * XEP-0198 Stream Management 1.6.3 (2025-07-28): the elements, both ways.
 * Reads the document's examples and writes them again, and refuses what is none of them.
 * Does not count.
 * Always: what is written reads as what it was written from.
 * Before: xep/0198-sm/wire.ts. After: host/stream-management.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/reader.ts';
import { serialize } from '../../xml/write.ts';
import * as wire from './wire.ts';

test.each([
  ["<enable xmlns='urn:xmpp:sm:3'/>", { isResumable: false, maxSeconds: undefined }],
  ["<enable xmlns='urn:xmpp:sm:3' resume='true'/>", { isResumable: true, maxSeconds: undefined }],
  ["<enable xmlns='urn:xmpp:sm:3' resume='1' max='60'/>", { isResumable: true, maxSeconds: 60 }],
  ["<enable xmlns='urn:xmpp:sm:3' resume='0'/>", { isResumable: false, maxSeconds: undefined }],
])('a client asks for it: %s', (xml, expected) => {
  expect(wire.parseEnable(parseElement(xml))).toEqual(expected);
  expect(wire.parseEnable(wire.buildEnable()).isResumable).toBe(true);
});

test.each([
  ["<enabled xmlns='urn:xmpp:sm:3'/>", { id: undefined, maxSeconds: undefined }],
  ["<enabled xmlns='urn:xmpp:sm:3' id='some-long-sm-id'/>", { id: undefined, maxSeconds: undefined }],
  [
    "<enabled xmlns='urn:xmpp:sm:3' id='some-long-sm-id' resume='true' max='300'/>",
    { id: 'some-long-sm-id', maxSeconds: 300 },
  ],
])('a server grants it: %s', (xml, expected) => {
  expect(wire.parseEnabled(parseElement(xml))).toEqual(expected);
  expect(wire.parseEnabled(wire.buildEnabled(expected))).toEqual(expected);
});

test('stanzas are acknowledged', () => {
  expect(serialize(wire.buildFeature())).toBe('<sm xmlns="urn:xmpp:sm:3"/>');
  expect(serialize(wire.buildAckRequest())).toBe('<r xmlns="urn:xmpp:sm:3"/>');
  expect(wire.parseHandled(parseElement("<a xmlns='urn:xmpp:sm:3' h='4294967295'/>"))).toBe(4_294_967_295);
  expect(wire.parseHandled(wire.buildAck(0))).toBe(0);
  expect(wire.isStreamManagement(wire.buildAck(0), 'a')).toBe(true);
  expect(wire.isStreamManagement(wire.buildAck(0), 'r')).toBe(false);
  expect(serialize(wire.buildTooHigh(10, 8))).toBe(
    '<handled-count-too-high xmlns="urn:xmpp:sm:3" h="10" send-count="8"/>',
  );
});

test('a stream is resumed, or that fails', () => {
  const resume = parseElement("<resume xmlns='urn:xmpp:sm:3' h='7' previd='some-long-sm-id'/>");
  expect(wire.parseResume(resume)).toEqual({ id: 'some-long-sm-id', handled: 7 });
  expect(wire.buildResume('some-long-sm-id', 7)).toEqual(resume);
  expect(wire.buildResumed('some-long-sm-id', 7)).toEqual({ ...resume, name: 'resumed' });
  const failed = parseElement(
    "<failed xmlns='urn:xmpp:sm:3' h='9'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
  );
  expect(wire.buildFailed('item-not-found', 9)).toEqual(failed);
  expect(wire.parseFailedHandled(failed)).toBe(9);
  expect(wire.parseFailedHandled(wire.buildFailed('unexpected-request'))).toBeUndefined();
});

test.each([
  ["<a xmlns='urn:xmpp:sm:3'/>", wire.parseHandled],
  ["<a xmlns='urn:xmpp:sm:3' h='-1'/>", wire.parseHandled],
  ["<a xmlns='urn:xmpp:sm:3' h='4294967296'/>", wire.parseHandled],
  ["<enable xmlns='urn:xmpp:sm:2'/>", wire.parseEnable],
  ["<enable xmlns='urn:xmpp:sm:3' resume='yes'/>", wire.parseEnable],
  ["<enable xmlns='urn:xmpp:sm:3' max='soon'/>", wire.parseEnable],
  ["<resume xmlns='urn:xmpp:sm:3' h='1'/>", wire.parseResume],
  ["<resume xmlns='urn:xmpp:sm:3' previd='x'/>", wire.parseResume],
  ["<failed xmlns='urn:xmpp:sm:3' h='x'/>", wire.parseFailedHandled],
] as const)('%s is refused', (xml, parse) => {
  expect(() => parse(parseElement(xml))).toThrow(expect.objectContaining({ condition: 'bad-request' }));
});
