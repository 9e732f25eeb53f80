/**
 * RFC 6120, XEP-0082: the pieces that read what others send.
 * Tables of what is taken and what is refused, and with which condition.
 * Does not know any extension.
 * Always: a refusal repeats nothing of its input.
 * Before: stanza/codec.ts. After: stanza/stanza.ts.
 */
import { describe, expect, test } from 'vitest';
import { el, type XmlElement } from '../xml/element.ts';
import { parseElement } from '../xml/document.ts';
import { canonical } from './canonical.ts';
import {
  checkName,
  formatDateTime,
  optionalAttr,
  optionalChild,
  parseDateTime,
  parseUnsigned,
  readDateTime,
  requiredAttr,
  requiredChild,
} from './codec.ts';
import { Refusal } from './error.ts';
import { NS_CLIENT, payloadOf, resultOf, stanzaKind } from './stanza.ts';

/** The condition with which this is refused. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal) return error.condition;
    throw error;
  }
  return 'no refusal';
}

const parent = el('a', 'urn:a', { full: 'x', empty: '' }, [
  el('one', 'urn:a'),
  el('two', 'urn:a'),
  el('two', 'urn:a'),
  el('three', 'urn:b'),
]);

describe('attributes and children', () => {
  test('an attribute that is needed is there and not empty', () => {
    expect(requiredAttr(parent, 'full')).toBe('x');
    expect(refusal(() => requiredAttr(parent, 'empty'))).toBe('bad-request');
    expect(refusal(() => requiredAttr(parent, 'absent'))).toBe('bad-request');
    expect(optionalAttr(parent, 'empty')).toBeUndefined();
  });

  test('a name that every object has is no attribute', () => {
    expect(optionalAttr(parent, 'constructor')).toBeUndefined();
    expect(optionalAttr(parent, '__proto__')).toBeUndefined();
  });

  test('a child is looked for in one namespace, and is alone', () => {
    expect(requiredChild(parent, 'one').name).toBe('one');
    expect(requiredChild(parent, 'three', 'urn:b').name).toBe('three');
    expect(refusal(() => requiredChild(parent, 'three'))).toBe('bad-request');
    expect(refusal(() => optionalChild(parent, 'two'))).toBe('bad-request');
    expect(optionalChild(parent, 'four')).toBeUndefined();
  });

  test('a name counts only with its namespace', () => {
    checkName(parent, 'a', 'urn:b', 'urn:a');
    expect(refusal(() => checkName(parent, 'a', 'urn:b'))).toBe('bad-request');
    expect(refusal(() => checkName(parent, 'b', 'urn:a'))).toBe('bad-request');
  });
});

describe('numbers', () => {
  test.each([
    ['0', 0],
    [' 42\n', 42],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%j is %d', (text, value) => {
    expect(parseUnsigned(text)).toBe(value);
  });

  test.each(['', '-1', '+1', '1.0', '1e3', '0x10', 'NaN', '٤', '9007199254740992', '1'.repeat(400)])(
    '%j is refused',
    (text) => {
      expect(refusal(() => parseUnsigned(text))).toBe('bad-request');
    },
  );
});

describe('date and time', () => {
  test.each([
    ['2016-05-30T09:00:00Z', Date.UTC(2016, 4, 30, 9)],
    ['2016-05-30T09:00:00.5Z', Date.UTC(2016, 4, 30, 9, 0, 0, 500)],
    ['2016-05-30T09:00:00.069999Z', Date.UTC(2016, 4, 30, 9, 0, 0, 69)],
    ['2016-05-30T09:00:00+05:30', Date.UTC(2016, 4, 30, 3, 30)],
    ['2016-05-30T09:00:00.001-08:00', Date.UTC(2016, 4, 30, 17, 0, 0, 1)],
    ['2016-02-29T00:00:00Z', Date.UTC(2016, 1, 29)],
    ['1969-12-31T23:59:59Z', -1000],
  ])('%s is read', (text, at) => {
    expect(readDateTime(text)).toBe(at);
    expect(readDateTime(formatDateTime(at))).toBe(at);
  });

  test.each([
    '',
    'soon',
    '2016-05-30',
    '2016-05-30T09:00:00',
    '2016-05-30 09:00:00Z',
    '2016-02-30T09:00:00Z',
    '2015-02-29T09:00:00Z',
    '2016-13-01T09:00:00Z',
    '2016-05-30T24:00:00Z',
    '2016-05-30T09:00:60Z',
    '2016-05-30T09:00:00.Z',
    '2016-05-30T09:00:00+24:00',
    '12016-05-30T09:00:00Z',
  ])('%j is no date', (text) => {
    expect(readDateTime(text)).toBeUndefined();
    expect(refusal(() => parseDateTime(text))).toBe('bad-request');
  });

  test('it is written in UTC with milliseconds', () => {
    expect(formatDateTime(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('stanzas', () => {
  const iq = (...children: XmlElement[]): XmlElement => el('iq', NS_CLIENT, {}, ['\n', ...children]);

  test('GEN-03: a request has exactly one payload', () => {
    expect(payloadOf(iq(parent))).toBe(parent);
    expect(refusal(() => payloadOf(iq()))).toBe('bad-request');
    expect(refusal(() => payloadOf(iq(parent, parent)))).toBe('bad-request');
  });

  test('a result may have none', () => {
    expect(resultOf(iq())).toBeUndefined();
    expect(resultOf(iq(parent))).toBe(parent);
  });

  test('only three names of one namespace are stanzas', () => {
    expect(stanzaKind(iq())).toBe('iq');
    expect(stanzaKind(el('message', 'jabber:server'))).toBeUndefined();
    expect(stanzaKind(el('handshake', NS_CLIENT))).toBeUndefined();
  });
});

test('the canonical form forgets layout and nothing else', () => {
  const laidOut = parseElement("<a xmlns='urn:a'>\n  <b>\n text </b>\n  <c/>\n</a>");
  expect(canonical(laidOut)).toEqual(
    el('a', 'urn:a', {}, [el('b', 'urn:a', {}, ['\n text ']), el('c', 'urn:a')]),
  );
  expect(canonical(canonical(laidOut))).toEqual(canonical(laidOut));
});
