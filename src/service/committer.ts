/**
 * Decide, then commit: the group commit.
 * Owns the queue of turns that are decided but not durable yet, and writes them in one transaction at a time.
 * Does not decide, nor say anything to anybody before the store has it.
 * Always: turns are released in the order in which they were decided; a turn that the store refuses fails with all
 * later turns of its channel, and with no other channel's.
 * Before: service/lines.ts. After: storage/store.ts, service/outbox.ts.
 */
import type { NoticePlace } from '../storage/facts.ts';
import type { Commit, Store } from '../storage/store.ts';
import type { Clock } from '../xep/extension.ts';

export interface Pending {
  readonly commit: Commit;
  /** It is durable. */
  readonly done: () => void;
  /** It is not, and what was decided on top of it is void too. */
  readonly failed: (error: unknown) => void;
}

/** How long a transaction that would only strike off waits for a turn to share it with, in milliseconds. */
const STRIKE_MS = 50;

export class Committer {
  readonly #store: Store;
  readonly #turnsMax: number;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  #waiting: Pending[] = [];
  #delivered: NoticePlace[] = [];
  #isWriting = false;
  #isScheduled = false;
  #isWaitingToStrike = false;
  #idle: (() => void)[] = [];

  /** `onWritten` is called after every transaction. */
  constructor(store: Store, turnsMax: number, clock: Clock, onWritten: () => void = () => undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#turnsMax = turnsMax;
    this.#onWritten = onWritten;
  }

  /** How many turns wait for the disk. */
  get size(): number {
    return this.#waiting.length;
  }

  add(pending: Pending): void {
    this.#waiting.push(pending);
    this.#schedule();
  }

  /**
   * These notices have arrived: they are struck off with the next transaction, or one of their own when no turn comes
   * along. A crash before that means that they arrive twice, with the same ids.
   */
  strike(places: readonly NoticePlace[]): void {
    for (const place of places) this.#delivered.push(place);
    if (this.#isScheduled || this.#isWriting || this.#isWaitingToStrike) return;
    this.#isWaitingToStrike = true;
    this.#clock.after(STRIKE_MS, () => {
      this.#isWaitingToStrike = false;
      if (this.#delivered.length > 0) this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is being written. */
  async settle(): Promise<void> {
    if (this.#delivered.length > 0) this.#schedule();
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
    const hasFailed = await this.#writeGroup(group);
    this.#isWriting = false;
    // Strikes that have failed wait for the next turn, lest a store that is away be asked without a pause.
    if (this.#waiting.length > 0 || (this.#delivered.length > 0 && !hasFailed)) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
    this.#onWritten();
  }

  /** Returns whether the store refused any of it. */
  async #writeGroup(group: readonly Pending[]): Promise<boolean> {
    const error = await this.#commit(group);
    if (error === undefined) return false;
    const channels = new Set(group.map(({ commit }) => commit.channel));
    if (channels.size < 2) this.#fail(group, error);
    // One channel may have spoilt it for the others, so each is tried alone.
    else
      for (const channel of channels) {
        const turns = group.filter(({ commit }) => commit.channel === channel);
        const reason = await this.#commit(turns);
        if (reason !== undefined) this.#fail(turns, reason);
      }
    return true;
  }

  /** Writes these turns and releases them; returns why it could not. */
  async #commit(turns: readonly Pending[]): Promise<unknown> {
    const delivered = this.#delivered;
    this.#delivered = [];
    try {
      await this.#store.commit(
        turns.map(({ commit }) => commit),
        delivered,
      );
    } catch (error) {
      this.#delivered = delivered.concat(this.#delivered);
      return error ?? new Error('the store does not say why');
    }
    for (const { done } of turns) done();
    return undefined;
  }

  /** Turns of one channel, and those that were decided on top of them. */
  #fail(turns: readonly Pending[], error: unknown): void {
    const channel = turns[0]?.commit.channel;
    const isVoid = ({ commit }: Pending): boolean => commit.channel === channel;
    const later = this.#waiting.filter(isVoid);
    this.#waiting = this.#waiting.filter((pending) => !isVoid(pending));
    for (const { failed } of [...turns, ...later]) failed(error);
  }
}
