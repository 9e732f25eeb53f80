import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatJid, JidError } from './jid.ts';
import { parseJid, prepDomain, prepLocal, prepResource } from './prep.ts';

/** The canonical text of an address, or undefined where it is refused. */
function canonical(text: string): string | undefined {
  try {
    return formatJid(parseJid(text));
  } catch (error) {
    if (error instanceof JidError) return undefined;
    throw error;
  }
}

const refused = undefined;
const long = (length: number) => 'x'.repeat(length);

// The examples of RFC 7622 §3.5, and the cases in which libraries were found to differ.
test.each<[string, string | undefined]>([
  ['juliet@example.com', 'juliet@example.com'],
  ['juliet@example.com/foo', 'juliet@example.com/foo'],
  ['juliet@example.com/foo bar', 'juliet@example.com/foo bar'],
  ['juliet@example.com/foo@bar', 'juliet@example.com/foo@bar'],
  ['juliet@example.com/a/b', 'juliet@example.com/a/b'],
  ['foo\\20bar@example.com', 'foo\\20bar@example.com'],
  ['fussball@example.com', 'fussball@example.com'],
  ['fu\u00dfball@example.com', 'fu\u00dfball@example.com'],
  ['\u03c0@example.com', '\u03c0@example.com'],
  ['\u03a3@example.com/foo', '\u03c3@example.com/foo'],
  ['\u03c3@example.com/foo', '\u03c3@example.com/foo'],
  ['\u03c2@example.com/foo', '\u03c2@example.com/foo'],
  ['king@example.com/\u265a', 'king@example.com/\u265a'],
  ['example.com', 'example.com'],
  ['example.com/foobar', 'example.com/foobar'],
  ['a.example.com/b@example.net', 'a.example.com/b@example.net'],
  ['"juliet"@example.com', refused],
  ['foo bar@example.com', refused],
  ['juliet@example.com/', refused],
  ['@example.com/', refused],
  ['@example.com', refused],
  ['henry\u2163@example.com', refused],
  ['\u265a@example.com', refused],
  ['juliet@', refused],
  ['/foobar', refused],
  ['', refused],
  ['Juliet@EXAMPLE.com/Foo', 'juliet@example.com/Foo'],
  ['\uff4a\uff55\uff4c\uff49\uff45\uff54@example.com', 'juliet@example.com'],
  ['\uff2auliet@example.com', 'juliet@example.com'],
  ['e\u0301@example.com', '\u00e9@example.com'],
  ['\ufb01@example.com', refused],
  ['a\u200db@example.com', refused],
  ['a\u200cb@example.com', refused],
  ['\u0915\u094d\u200d\u0937@example.com', '\u0915\u094d\u200d\u0937@example.com'],
  ['\u0628\u200c\u0628@example.com', '\u0628\u200c\u0628@example.com'],
  ['\u0661\u06f1@example.com', refused],
  ['\u0378@example.com', refused],
  ['a\u0627@example.com', refused],
  ['\u0627a@example.com', refused],
  ['\u0627\u0628@example.com', '\u0627\u0628@example.com'],
  ['\u05d01@example.com', '\u05d01@example.com'],
  ['1\u05d0@example.com', refused],
  ['l\u00b7l@example.com', 'l\u00b7l@example.com'],
  ['a\u00b7l@example.com', refused],
  ['\u30a2\u30fb@example.com', '\u30a2\u30fb@example.com'],
  ['a\u30fb@example.com', refused],
  ['\u0375\u03b1@example.com', '\u0375\u03b1@example.com'],
  ['\u0375a@example.com', refused],
  ['\u05d0\u05f3@example.com', '\u05d0\u05f3@example.com'],
  ['\u1100@example.com', refused],
  ['a\u0001@example.com', refused],
  ['\ud800@example.com', refused],
  ['x@example.com/\ud800', refused],
  ['x@example.com/a\u0001', refused],
  ['x@example.com/a\u00a0\u3000b', 'x@example.com/a  b'],
  ['x@example.com/\u2163', 'x@example.com/\u2163'],
  ['x@example.com/e\u0301', 'x@example.com/\u00e9'],
  ['x@example.com.', 'x@example.com'],
  ['x@example.com\u3002', 'x@example.com'],
  ['x@example.com..', refused],
  ['x@.', refused],
  ['x@example..com', refused],
  ['x@.example.com', refused],
  ['x@exa mple.com', refused],
  ['x@-bad-.com', refused],
  ['x@ab--c.com', refused],
  ['x@under_score.com', refused],
  ['x@y@example.com', refused],
  ['x@xn--bcher-kva.example', 'x@b\u00fccher.example'],
  ['x@b\u00fccher.example', 'x@b\u00fccher.example'],
  ['x@B\u00dcCHER.example', 'x@b\u00fccher.example'],
  ['x@XN--BCHER-KVA.example', 'x@b\u00fccher.example'],
  ['x@xn--a.example', refused],
  ['x@fa\u00df.example', 'x@fa\u00df.example'],
  ['x@xn--fa-hia.example', 'x@fa\u00df.example'],
  ['x@\u2665.example', refused],
  ['x@xn--g6h.example', refused],
  ['x@\u05d0a.example', refused],
  ['x@192.0.2.1', 'x@192.0.2.1'],
  ['x@192.0.2.256', refused],
  ['x@192.0.2', refused],
  ['x@192.0.02.1', refused],
  ['x@\uff11\uff19\uff12.0.2.1', refused],
  ['x@[2001:DB8:0:0::1]', 'x@[2001:db8::1]'],
  ['x@[::ffff:192.0.2.1]', 'x@[::ffff:c000:201]'],
  ['x@[fe80::1%25eth0]', refused],
  ['x@[::g]', refused],
  ['x@[192.0.2.1]', refused],
  ['x@[]', refused],
  ['localhost', 'localhost'],
  [`${long(1023)}@a`, `${long(1023)}@a`],
  [`${long(1024)}@a`, refused],
  [`${'\u00e9'.repeat(511)}@a`, `${'\u00e9'.repeat(511)}@a`],
  [`${'\u00e9'.repeat(512)}@a`, refused],
  [`a/${long(1023)}`, `a/${long(1023)}`],
  [`a/${long(1024)}`, refused],
  [`a/${'\u4e2d'.repeat(342)}`, refused],
  [`${long(63)}.example`, `${long(63)}.example`],
  [`${long(64)}.example`, refused],
  [`${`${long(49)}.`.repeat(5)}xyz`, `${`${long(49)}.`.repeat(5)}xyz`],
  [`${`${long(49)}.`.repeat(5)}wxyz`, refused],
  [long(100_000), refused],
  [`${'\u00e9'.repeat(100_000)}@a`, refused],
])('the address %j is prepared or refused as the documents say', (text, expected) => {
  expect(canonical(text)).toBe(expected);
});

test.each(['"', '&', "'", '/', ':', '<', '>', '@', ' ', '\uff06', '\uff20', '\uff0f'])(
  'a local part does not hold %j',
  (character) => {
    expect(() => prepLocal(`a${character}b`)).toThrow(JidError);
  },
);

test('an error names the part and shows nothing of the address', () => {
  expect(() => parseJid('hag 66@example.com')).toThrow(/^local part: disallowed character$/);
  expect(() => parseJid('hag66@exa mple.com')).toThrow(/^domain: not a domain name$/);
  expect(() => parseJid('hag66@example.com/')).toThrow(/^resource: empty$/);
});

test('what is prepared stays as it is', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.string({
      unit: fc.constantFrom(
        'A',
        'b',
        '.',
        '-',
        '\u00fc',
        '\u0627',
        '\u3002',
        '\uff21',
        '1',
        'xn--',
        '\u03a3',
      ),
    }),
  );
  for (const prepare of [prepLocal, prepDomain, prepResource]) {
    fc.assert(
      fc.property(anyText, (text) => {
        let once;
        try {
          once = prepare(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JidError);
          return;
        }
        expect(prepare(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  }
});
