import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JidError } from './jid.ts';
import { enforceNickname, nicknameKey } from './nickname.ts';

// RFC 8266 §3, tables 1 and 2.
test.each([
  ['Foo', 'Foo', 'foo'],
  ['foo', 'foo', 'foo'],
  ['Foo Bar', 'Foo Bar', 'foo bar'],
  ['foo bar', 'foo bar', 'foo bar'],
  ['  Foo   Bar ', 'Foo Bar', 'foo bar'],
  ['\u03a3', '\u03a3', '\u03c3'],
  ['\u03c3', '\u03c3', '\u03c3'],
  ['\u03c2', '\u03c2', '\u03c2'],
  ['\u265a', '\u265a', '\u265a'],
  ['Richard \u2163', 'Richard IV', 'richard iv'],
  ['\u00c5', '\u00c5', '\u00e5'],
  ['\ufb00', 'ff', 'ff'],
  ['a\u3000\u00a0b', 'a b', 'a b'],
  ['\u00a8', '\u0308', '\u0308'],
  ['e\u0301', '\u00e9', '\u00e9'],
  ['\u{1f9d9}', '\u{1f9d9}', '\u{1f9d9}'],
])('the nickname %j is stored as %j and compared as %j', (text, stored, key) => {
  expect(enforceNickname(text)).toBe(stored);
  expect(nicknameKey(text)).toBe(key);
});

test.each([
  '',
  ' ',
  '\u3000\u00a0',
  'a\u0001',
  'a\nb',
  '\ud800',
  'a\u200bb',
  'a\u202eb',
  '\u0378',
  'x'.repeat(1024),
  ' '.repeat(9999),
])('the nickname %j is refused', (text) => {
  expect(() => enforceNickname(text)).toThrow(JidError);
  expect(() => nicknameKey(text)).toThrow(JidError);
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '\u03a3',
      '\u03c2',
      'A',
      'i',
      '\u0130',
      '\u00a8',
      '\ufb01',
      ' ',
      '\u0301',
      '.',
      '\u2163',
      '\u3000',
    ),
  }),
);

test('a cleaned nickname stays as it is and keeps its key', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      let nickname;
      try {
        nickname = enforceNickname(text);
      } catch (error) {
        expect(error).toBeInstanceOf(JidError);
        return;
      }
      expect(enforceNickname(nickname)).toBe(nickname);
      expect(nicknameKey(nickname)).toBe(nicknameKey(text));
      expect(nicknameKey(nicknameKey(text))).toBe(nicknameKey(text));
    }),
    { numRuns: 3000 },
  );
});
