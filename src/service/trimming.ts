/**
 * XEP-0313 MAM 1.1.3 §3.2: what the archives need not keep any more goes.
 * Owns the rounds through all channels, and the slices in which a large archive becomes small.
 * Does not decide how much is kept (channel/retention.ts).
 * Always: a slice is a turn in the channel's line like any other, so nothing waits longer for it; between two slices
 * whatever else came has its turn.
 * Before: service/housekeeping.ts. After: service/lines.ts.
 */
import { boundsAt, trim, type Retention } from '../channel/retention.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import type { Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import type { Clock } from '../xep/extension.ts';
import type { Lines } from './lines.ts';

/** From the start to the first round, and from the end of one to the next. */
export const ROUND_MS = 60_000;
/** A few milliseconds of work at a time. */
export const SLICE_MESSAGES = 200;
const CHANNELS_PAGE = 100;
/** Between two pages of channels. */
const PAUSE_MS = 50;

export interface TrimmingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly lines: Lines;
  readonly log: Log;
  readonly retention: Retention;
}

export class Trimming {
  readonly #options: TrimmingOptions;
  #isStopping = false;
  #cancel: () => void = () => undefined;

  constructor(options: TrimmingOptions) {
    this.#options = options;
  }

  /** The next round is to come, where anything is ever to go. */
  start(): void {
    const { clock, retention } = this.#options;
    if (this.#isStopping || boundsAt(clock.now(), retention) === undefined) return;
    this.#cancel = clock.after(ROUND_MS, () => void this.#round().then(() => this.start()));
  }

  stop(): void {
    this.#isStopping = true;
    this.#cancel();
  }

  async #round(): Promise<void> {
    const { store, clock, log } = this.#options;
    try {
      let after: ChannelName | undefined;
      while (!this.#isStopping) {
        const names = await store.channelNames(after, CHANNELS_PAGE);
        for (const name of names) await this.#trim(name);
        after = names.at(-1);
        if (names.length < CHANNELS_PAGE) return;
        await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
      }
    } catch (error) {
      log.warn({ err: error }, 'could not find the archives that are too large');
    }
  }

  /** One channel, until nothing has to go; what fails is tried again in the next round. */
  async #trim(name: ChannelName): Promise<void> {
    try {
      // Only channels of which something has to go are worth being read into memory.
      if ((await this.#excess(name)) === undefined) return;
      while (await this.#slice(name));
    } catch (error) {
      this.#options.log.warn({ err: error, channel: name }, 'could not make an archive smaller');
    }
  }

  /** One slice; was there one? */
  #slice(name: ChannelName): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let through: number | undefined;
      let isTrimmed = false;
      this.#options.lines.enter(name, {
        look: async () => {
          through = await this.#excess(name);
        },
        decide: (turn) => {
          if (through !== undefined) trim(turn, through);
          isTrimmed = turn.found;
        },
        done: () => resolve(isTrimmed),
        failed: reject,
      });
    });
  }

  async #excess(name: ChannelName): Promise<number | undefined> {
    const { store, clock, retention } = this.#options;
    const bounds = boundsAt(clock.now(), retention);
    if (this.#isStopping || bounds === undefined) return undefined;
    return store.excess(name, bounds, SLICE_MESSAGES);
  }
}
