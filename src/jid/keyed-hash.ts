/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a short fingerprint that only this run of the program can make.
 * Gives logs a stable word for a secret text, so that two lines about one address can be seen to belong together.
 * Does not protect stored data or tokens (64 bits, key in memory only), and never leaves the process.
 * Always: equal texts give equal words within one run; without the key the word cannot be checked against a guess.
 * Before: jid/jid.ts. After: jid/real-jid.ts.
 */

const mask = 0xffffffffffffffffn;
const [key0, key1] = globalThis.crypto.getRandomValues(new BigUint64Array(2)) as unknown as [bigint, bigint];

/** Ten lower-case hexadecimal digits that stand for `text` until the process ends. Never throws. */
export function keyedHash(text: string): string {
  return sipHash(new TextEncoder().encode(text), key0, key1).toString(16).padStart(16, '0').slice(0, 10);
}

/** SipHash-2-4 of `bytes`. Exported for its test vectors. */
export function sipHash(bytes: Uint8Array, k0: bigint, k1: bigint): bigint {
  const v: Lanes = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const whole = bytes.length - (bytes.length % 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += 8) absorb(v, view.getBigUint64(at, true));
  let last = BigInt(bytes.length & 0xff) << 56n;
  for (let at = whole; at < bytes.length; at++) last |= BigInt(view.getUint8(at)) << BigInt(8 * (at - whole));
  absorb(v, last);
  v[2] ^= 0xffn;
  for (let round = 0; round < 4; round++) sipRound(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

type Lanes = [bigint, bigint, bigint, bigint];

function absorb(v: Lanes, word: bigint): void {
  v[3] ^= word;
  sipRound(v);
  sipRound(v);
  v[0] ^= word;
}

function sipRound(v: Lanes): void {
  v[0] = (v[0] + v[1]) & mask;
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = (v[2] + v[3]) & mask;
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & mask;
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & mask;
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & mask;
}
