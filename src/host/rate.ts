/**
 * A token bucket: so many in so long, with a burst of the same size.
 * Owns the count for many keys at once, for the rates that limits.ts names.
 * Does not wait or refuse; the caller does.
 * Always: memory is bounded by `keysMax`; a key that has been quiet for the whole period is forgotten first.
 * Before: host/limits.ts. After: host/sasl.ts.
 */
import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  at: number;
}

export class Rate {
  readonly #max: number;
  readonly #periodMs: number;
  readonly #clock: { now(): number };
  readonly #buckets: LRUCache<string, Bucket>;

  /** `max` in `periodMs`. */
  constructor(max: number, periodMs: number, clock: { now(): number }, keysMax = 10_000) {
    this.#max = max;
    this.#periodMs = periodMs;
    this.#clock = clock;
    this.#buckets = new LRUCache({ max: keysMax });
  }

  /** Takes one token. Returns 0, or for how many milliseconds there will be none. */
  take(key: string): number {
    const bucket = this.#bucket(key);
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 0;
    }
    return Math.ceil(((1 - bucket.tokens) * this.#periodMs) / this.#max);
  }

  /** Is there a token? */
  has(key: string): boolean {
    return this.#bucket(key).tokens >= 1;
  }

  #bucket(key: string): Bucket {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#max, at: now };
    const gained = (Math.max(0, now - bucket.at) * this.#max) / this.#periodMs;
    bucket.tokens = Math.min(this.#max, bucket.tokens + gained);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
