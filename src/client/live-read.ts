/**
 * XEP-0333 1.0.0, XEP-0490 1.0.1: who has read how far in a conversation.
 * Keeps the others' last displayed message by message, and this user's own.
 * Does not send markers by itself: live-conversation.ts is told what was seen.
 * Always: reading goes forward; a marker that goes back is passed over where both messages are known.
 * Before: client/live-timeline.ts. After: client/live-conversation.ts.
 */

/** More readers than this are not told apart. */
const READERS_MAX = 10_000;

export class Readers {
  readonly #isLater: (first: string, second: string) => boolean | undefined;
  readonly #onChange: (ref: string) => void;
  readonly #last = new Map<string, string>();
  readonly #at = new Map<string, Set<string>>();

  /** `onChange` is told the messages whose readers are others now. */
  constructor(
    isLater: (first: string, second: string) => boolean | undefined,
    onChange: (ref: string) => void,
  ) {
    this.#isLater = isLater;
    this.#onChange = onChange;
  }

  /** Those who have read up to this message and not further. */
  at(ref: string): readonly string[] {
    const readers = this.#at.get(ref);
    return readers === undefined ? NOBODY : [...readers];
  }

  note(reader: string, ref: string): void {
    const before = this.#last.get(reader);
    if (before === ref || (before !== undefined && this.#isLater(before, ref) === false)) return;
    if (before === undefined && this.#last.size >= READERS_MAX) return;
    if (before !== undefined) {
      const there = this.#at.get(before);
      there?.delete(reader);
      if (there?.size === 0) this.#at.delete(before);
      this.#onChange(before);
    }
    this.#last.set(reader, ref);
    const here = this.#at.get(ref) ?? new Set();
    this.#at.set(ref, here.add(reader));
    this.#onChange(ref);
  }
}

const NOBODY: readonly string[] = [];
