/**
 * Decide, then commit: the group commit.
 * Owns the queue of turns that are decided but not durable yet, and writes them in one transaction at a time.
 * Does not decide, nor say anything to anybody before the store has it.
 * Always: turns are released in the order in which they were decided; a failed transaction releases none of its
 * turns, nor any later turn of the channels in it.
 * Before: service/lines.ts. After: storage/store.ts, service/outbox.ts.
 */
import type { NoticePlace } from '../storage/facts.ts';
import type { Commit, Store } from '../storage/store.ts';

export interface Pending {
  readonly commit: Commit;
  /** It is durable. */
  readonly done: () => void;
  /** It is not, and what was decided on top of it is void too. */
  readonly failed: (error: unknown) => void;
}

export class Committer {
  readonly #store: Store;
  readonly #turnsMax: number;
  #waiting: Pending[] = [];
  #delivered: NoticePlace[] = [];
  #isWriting = false;
  #isScheduled = false;
  #idle: (() => void)[] = [];

  constructor(store: Store, turnsMax: number) {
    this.#store = store;
    this.#turnsMax = turnsMax;
  }

  /** How many turns wait for the disk. */
  get size(): number {
    return this.#waiting.length;
  }

  add(pending: Pending): void {
    this.#waiting.push(pending);
    this.#schedule();
  }

  /** These notices have arrived: they are struck off with the next transaction. */
  strike(places: readonly NoticePlace[]): void {
    for (const place of places) this.#delivered.push(place);
    this.#schedule();
  }

  /** Resolves when nothing waits and nothing is being written. */
  async settle(): Promise<void> {
    if (!this.#isWriting && !this.#isScheduled) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** After the input at hand is decided, so that all of it shares one transaction. */
  #schedule(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    const group = this.#waiting.splice(0, this.#turnsMax);
    const delivered = this.#delivered;
    this.#delivered = [];
    try {
      await this.#store.commit(
        group.map(({ commit }) => commit),
        delivered,
      );
      for (const { done } of group) done();
    } catch (error) {
      this.#delivered = delivered.concat(this.#delivered);
      this.#fail(group, error);
    }
    this.#isWriting = false;
    if (this.#waiting.length > 0) this.#schedule();
    else if (!this.#isScheduled) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #fail(group: readonly Pending[], error: unknown): void {
    const channels = new Set(group.map(({ commit }) => commit.channel));
    const isVoid = ({ commit }: Pending): boolean => channels.has(commit.channel);
    const later = this.#waiting.filter(isVoid);
    this.#waiting = this.#waiting.filter((pending) => !isVoid(pending));
    for (const { failed } of [...group, ...later]) failed(error);
  }
}
