/**
 * How fast one account may send.
 * Owns the token buckets, one for each account that sent lately.
 * Does not refuse (router.ts does).
 * Always: memory is bounded; whoever is forgotten has a full bucket again.
 * Before: service/router.ts.
 */
import { LRUCache } from 'lru-cache';
import type { RealJid } from '../jid/real-jid.ts';

interface Bucket {
  tokens: number;
  at: number;
}

export interface RateLimits {
  readonly perSecond: number;
  readonly burst: number;
  readonly accountsMax: number;
}

export class Rate {
  readonly #limits: RateLimits;
  readonly #buckets: LRUCache<string, Bucket>;

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#buckets = new LRUCache({ max: limits.accountsMax });
  }

  /** Takes one token of the account's; false where there is none. `now` in milliseconds. */
  takes(account: RealJid, now: number): boolean {
    const { perSecond, burst } = this.#limits;
    // The hash of an address is enough to tell accounts apart, and keeps addresses out of yet another table.
    const key = account.bare.toString();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    const has = tokens >= 1;
    this.#buckets.set(key, { tokens: has ? tokens - 1 : tokens, at: now });
    return has;
  }
}
