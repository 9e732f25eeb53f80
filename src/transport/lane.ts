/**
 * One direction of a link in memory.
 * Hands over later, in order, what was pushed, unless it is held back.
 * Does not know what it carries (pair.ts).
 * Always: never within the call that pushes; an item whose delivery throws does not stop those behind it.
 * Before: transport/pair.ts. After: transport/transport.ts.
 */

export class Lane<T> {
  readonly #defer: (work: () => void) => void;
  readonly #deliver: (item: T) => void;
  readonly #onEmpty: () => void;
  #items: T[] = [];
  #at = 0;
  #isHeld: boolean;
  #isScheduled = false;

  constructor(
    defer: (work: () => void) => void,
    deliver: (item: T) => void,
    isHeld = false,
    onEmpty: () => void = () => undefined,
  ) {
    this.#defer = defer;
    this.#deliver = deliver;
    this.#isHeld = isHeld;
    this.#onEmpty = onEmpty;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#schedule();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#schedule();
  }

  /** What waits is lost. */
  clear(): void {
    this.#items = [];
    this.#at = 0;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld || this.#at === this.#items.length) return;
    this.#isScheduled = true;
    this.#defer(() => {
      this.#isScheduled = false;
      try {
        this.#run(this.#items);
      } finally {
        this.#schedule();
      }
    });
  }

  #run(items: T[]): void {
    const end = items.length;
    // A handler may hold the lane back or clear it at any time.
    while (this.#at < end && !this.#isHeld && items === this.#items) {
      const item = items[this.#at++] as T;
      if (this.#at === items.length) this.clear();
      this.#deliver(item);
    }
    if (this.#items.length === 0 && end > 0) this.#onEmpty();
  }
}
