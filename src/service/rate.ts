/**
 * How fast one account may send.
 * Owns the token buckets, one for each account, the newest so many of them.
 * Does not refuse (router.ts does).
 * Always: memory is bounded; whoever is forgotten has a full bucket again.
 * Before: service/router.ts.
 */
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';

interface Bucket {
  readonly account: RealJid;
  tokens: number;
  /** When the tokens were counted. */
  at: number;
}

export interface RateLimits {
  readonly perSecond: number;
  readonly burst: number;
  readonly accountsMax: number;
}

export class Rate {
  readonly #limits: RateLimits;
  /** In the order in which their accounts were first heard of. */
  readonly #buckets = new RealJidMap<Bucket>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Takes so many tokens of the account's; false, and none, where there are fewer. `now` in milliseconds. */
  takes(account: RealJid, now: number, count = 1): boolean {
    const { perSecond, burst } = this.#limits;
    const bucket = this.#buckets.get(account.bare) ?? this.#make(account.bare, now);
    // A clock that was set back gives nothing, and takes nothing away.
    const earned = (Math.max(0, now - bucket.at) / 1000) * perSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + earned);
    bucket.at = now;
    if (bucket.tokens < count) return false;
    bucket.tokens -= count;
    return true;
  }

  #make(account: RealJid, at: number): Bucket {
    if (this.#buckets.size >= this.#limits.accountsMax)
      for (const { account: oldest } of this.#buckets.values()) {
        this.#buckets.delete(oldest);
        break;
      }
    const bucket = { account, tokens: this.#limits.burst, at };
    this.#buckets.set(account, bucket);
    return bucket;
  }
}
