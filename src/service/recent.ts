/**
 * A short memory of keys.
 * Owns what was noted in the last minutes, as much as there is room for.
 * Does not know what the keys stand for (D-58: private messages whose errors may come back).
 * Always: memory is bounded, by number and by time.
 * Before: service/service.ts. After: xep/0404-anon/private-messages.ts.
 */
import type { Clock, Recent } from '../xep/extension.ts';

export class RecentKeys implements Recent {
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #forMs: number;
  /** When each was noted last, oldest first. */
  readonly #notedAt = new Map<string, number>();

  constructor(clock: Clock, keysMax: number, forMs: number) {
    this.#clock = clock;
    this.#keysMax = keysMax;
    this.#forMs = forMs;
  }

  note(key: string): void {
    this.#notedAt.delete(key);
    this.#notedAt.set(key, this.#clock.now());
    for (const [oldest, at] of this.#notedAt) {
      if (this.#notedAt.size <= this.#keysMax && this.#isFresh(at)) return;
      this.#notedAt.delete(oldest);
    }
  }

  has(key: string): boolean {
    const at = this.#notedAt.get(key);
    return at !== undefined && this.#isFresh(at);
  }

  #isFresh(at: number): boolean {
    return this.#clock.now() - at < this.#forMs;
  }
}
