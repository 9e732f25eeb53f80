import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { derivedProperty, type Derived } from './precis.ts';

test.each<[number, Derived]>([
  [0x20, 'free'],
  [0x21, 'valid'],
  [0x7e, 'valid'],
  [0x7f, 'disallowed'],
  [0xa0, 'free'],
  [0xad, 'disallowed'],
  [0xb7, 'context'],
  [0xdf, 'valid'],
  [0x1c5, 'free'],
  [0x378, 'unassigned'],
  [0x3c2, 'valid'],
  [0x488, 'free'],
  [0x640, 'disallowed'],
  [0x660, 'context'],
  [0x1100, 'disallowed'],
  [0x200b, 'disallowed'],
  [0x200d, 'context'],
  [0x2163, 'free'],
  [0x265a, 'free'],
  [0x3007, 'valid'],
  [0xac00, 'valid'],
  [0xd800, 'disallowed'],
  [0xe000, 'disallowed'],
  [0xfb01, 'free'],
  [0xfdd0, 'disallowed'],
  [0xffff, 'disallowed'],
  [0x1f9d9, 'free'],
])('U+%s has the class that RFC 8264 gives it', (code, expected) => {
  expect(derivedProperty(String.fromCodePoint(code))).toBe(expected);
});

// A newer Unicode may add characters, but must not change one that an account may be named with already.
test.skipIf(process.versions.unicode !== '17.0')(
  'the classes of the whole code space are those of Unicode 17',
  () => {
    const letters: Record<Derived, string> = {
      valid: 'v',
      free: 'f',
      context: 'c',
      disallowed: 'd',
      unassigned: 'u',
    };
    const all = createHash('sha256');
    const counts: Record<string, number> = {};
    for (let code = 0; code <= 0x10ffff; code++) {
      const derived = derivedProperty(String.fromCodePoint(code));
      counts[derived] = (counts[derived] ?? 0) + 1;
      all.update(letters[derived]);
    }
    expect({
      counts,
      digest: all.digest('hex').slice(0, 16),
    }).toMatchInlineSnapshot(`
    {
      "counts": {
        "context": 27,
        "disallowed": 140449,
        "free": 14257,
        "unassigned": 814664,
        "valid": 144715,
      },
      "digest": "a6dbc2b1e9be93e7",
    }
  `);
  },
);
