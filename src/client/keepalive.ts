/**
 * XEP-0198 §4, XEP-0199 §4.2: a connection that is dead without saying so.
 * Asks the server whether it is there when nothing has come for a while, and reports when it is not.
 * Does not know how to ask (connection.ts does).
 * Always: timers that fire late, as in a tab in the background or after a sleep, end no connection that answers.
 * Before: client/stream.ts. After: client/connection.ts.
 */

export interface KeepaliveOptions {
  /** Asks when nothing has come for so long. */
  readonly idleMs: number;
  /** The answer may take so long. */
  readonly answerMs: number;
  readonly ask: () => void;
  /** Has it not taken what it was sent, although it speaks? */
  readonly isDeaf: () => boolean;
  readonly onDead: (why: 'silent' | 'deaf') => void;
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #isAsking = false;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
  }

  start(): void {
    this.heard();
    this.#wait(this.#options.idleMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#isAsking = false;
  }

  /** Something has come. */
  heard(): void {
    this.#heardAt = Date.now();
    this.#isAsking = false;
  }

  /** Asks at once: there is a reason to doubt that the server is still there. */
  check(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#options.ask();
    this.#wait(this.#options.answerMs);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const quietMs = Date.now() - this.#heardAt;
    const isQuiet = quietMs >= this.#options.idleMs;
    if (this.#isAsking) this.#die('silent');
    else if (isQuiet) this.check();
    else if (this.#options.isDeaf()) this.#die('deaf');
    else this.#wait(this.#options.idleMs - quietMs);
  }

  #die(why: 'silent' | 'deaf'): void {
    this.stop();
    this.#options.onDead(why);
  }
}
