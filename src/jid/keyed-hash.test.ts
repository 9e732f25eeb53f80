import { expect, test } from 'vitest';
import { keyedHash, sipHash } from './keyed-hash.ts';

const key = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n] as const;

test.each([
  [0, 0x726fdb47dd0e0e31n],
  [1, 0x74f839c593dc67fdn],
  [8, 0x93f5f5799a932462n],
  [15, 0xa129ca6149be45e5n],
])('the vector of %i bytes from the SipHash paper and its reference code holds', (length, expected) => {
  expect(
    sipHash(
      Uint8Array.from({ length }, (_, at) => at),
      ...key,
    ),
  ).toBe(expected);
});

test('a hash is ten hexadecimal digits, equal for equal texts and different for different ones', () => {
  expect(keyedHash('juliet@example.com')).toMatch(/^[0-9a-f]{10}$/);
  expect(keyedHash('juliet@example.com')).toBe(keyedHash('juliet@example.com'));
  const words = new Set(Array.from({ length: 5000 }, (_, at) => keyedHash(`user${at}@example.com`)));
  expect(words.size).toBe(5000);
});

test('any text has a hash, a lone surrogate too', () => {
  expect(keyedHash('\ud800')).toMatch(/^[0-9a-f]{10}$/);
  expect(keyedHash('')).toMatch(/^[0-9a-f]{10}$/);
});
