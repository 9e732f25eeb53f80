/**
 * Chance that can be repeated.
 * Owns a Random that draws the same bytes for the same seed (sfc32).
 * Does not protect anything: whoever knows the seed knows the bytes.
 * Always: two with the same seed draw alike, however the draws are cut.
 * Before: testing/clock.ts. After: testing/network.ts.
 */
import type { Random } from '../channel/turn.ts';

const WORD_BYTES = 4;
/** Draws that are thrown away, so that similar seeds do not begin alike. */
const WARM_UP = 20;

export class SeededRandom implements Random {
  readonly #words: Uint32Array;
  #word = 0;
  #left = 0;

  constructor(seed: string | number) {
    this.#words = new Uint32Array(WORD_BYTES);
    const text = String(seed);
    for (let at = 0; at < text.length; at += 1)
      this.#words[at % 3] = Math.imul((this.#words[at % 3] ?? 0) ^ text.charCodeAt(at), 0x01000193);
    this.#words[3] = 1;
    for (let draw = 0; draw < WARM_UP; draw += 1) this.#next();
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => {
      if (this.#left === 0) {
        this.#word = this.#next();
        this.#left = WORD_BYTES;
      }
      const byte = this.#word & 0xff;
      this.#word >>>= 8;
      this.#left -= 1;
      return byte;
    });
  }

  /** A whole number from 0 to below `limit`, for tests that choose. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** Lower-case letters and digits: a word that stands nowhere else. */
  word(length: number): string {
    const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
    return Array.from({ length }, () => letters[this.below(letters.length)]).join('');
  }

  #next(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#words;
    const sum = (a + b + counter) >>> 0;
    this.#words[3] = counter + 1;
    this.#words[0] = b ^ (b >>> 9);
    this.#words[1] = c + (c << 3);
    this.#words[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum;
  }
}
