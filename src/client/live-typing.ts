/**
 * XEP-0085 2.1: who is typing in a conversation.
 * Keeps it for a while, since who goes away does not say so.
 * Does not read messages (live-item.ts).
 * Always: one timer, for the next whose time is over; whoever writes a message has stopped typing.
 * Before: client/live-item.ts. After: client/live-conversation.ts.
 */

/** More people than this are not told apart. */
const PEOPLE_MAX = 1_000;

export class Typing {
  readonly #holdMs: number;
  readonly #onChange: () => void;
  /** By id, until when; in the order of these times. */
  readonly #until = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ids: readonly string[] = [];

  constructor(holdMs: number, onChange: () => void) {
    this.#holdMs = holdMs;
    this.#onChange = onChange;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  note(id: string, isTyping: boolean): void {
    const was = this.#until.delete(id);
    if (isTyping && this.#until.size < PEOPLE_MAX) this.#until.set(id, Date.now() + this.#holdMs);
    if (was !== isTyping) this.#changed();
    this.#watch();
  }

  clear(): void {
    clearTimeout(this.#timer);
    if (this.#until.size === 0) return;
    this.#until.clear();
    this.#changed();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    const [next] = this.#until.values();
    if (next !== undefined) this.#timer = setTimeout(() => this.#expire(), Math.max(0, next - Date.now()));
  }

  #expire(): void {
    const now = Date.now();
    for (const [id, until] of [...this.#until]) if (until <= now) this.#until.delete(id);
    this.#changed();
    this.#watch();
  }

  #changed(): void {
    this.#ids = [...this.#until.keys()];
    this.#onChange();
  }
}
