/**
 * Time that passes when a test says so.
 * Owns a Clock whose hands are moved by `advance`.
 * Does not wait for what its timers set off (the stages settle that).
 * Always: timers run in the order in which they are due, each at its own time; nothing moves by itself.
 * Before: xep/extension.ts. After: testing/random.ts.
 */
import type { Clock } from '../xep/extension.ts';

/** 2026-01-01T00:00:00Z: any fixed moment will do. */
const START = 1_767_225_600_000;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now: number = START) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the hands, and rings what is due on the way, timers that are set on the way included. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#next(until);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.run();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}
