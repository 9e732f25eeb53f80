/**
 * One channel, one line: its stanzas are decided one after another.
 * Owns the channels in memory: loads them on first use, lets them go when idle, and gives each stanza its turn.
 * Does not write (committer.ts), deliver (outbox.ts) nor answer (router.ts).
 * Always: a turn sees the state after the turn before; nothing is said of a turn before it and all that it was
 * decided on are durable; a channel whose commit failed is read again from the store.
 * Before: service/router.ts. After: channel/turn.ts, service/committer.ts.
 */
import type { ReservedNicks } from '../channel/reserved-nicks.ts';
import { ChannelState, restore } from '../channel/state.ts';
import { Turn, type Random } from '../channel/turn.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Commit, Store } from '../storage/store.ts';
import type { Clock } from '../xep/extension.ts';
import type { Committer } from './committer.ts';

/** One stanza's business in a channel. */
export interface Work {
  /** Asks the store first; the line waits, so that nothing overtakes and everything before is in the store. */
  readonly look?: ((channel: ChannelState) => Promise<void>) | undefined;
  /** Decides. A refusal thrown before anything was recorded changes nothing. */
  readonly decide: (turn: Turn) => void;
  /** All that was decided up to here is durable. */
  readonly done: () => void;
  /** Refused, or not to be had. */
  readonly failed: (error: unknown) => void;
}

interface Uncommitted {
  readonly work: Work;
  readonly readers: Work[];
  /** May it show an address that was hidden? */
  readonly unveils: boolean;
}

interface Line {
  readonly name: ChannelName;
  state: ChannelState | undefined;
  /** Is the store being asked, for the state or for somebody's look? */
  isAsking: boolean;
  /** How many have entered and not left. */
  length: number;
  /** Those who came meanwhile. */
  readonly waiting: Work[];
  /** Decided turns that are not durable yet, oldest first, each with those who only asked behind it. */
  readonly uncommitted: Uncommitted[];
}

export interface LinesOptions {
  readonly store: Store;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly random: Random;
  readonly domain: string;
  readonly operators: readonly RealJid[];
  readonly reserved: ReservedNicks;
  readonly staysHidden: boolean;
  /** How many stanzas may wait for one channel. */
  readonly lineLengthMax: number;
  /** How many channels are kept in memory, busy ones aside. */
  readonly channelsInMemoryMax: number;
  /** A turn is durable: its notices may go out. */
  readonly release: (commit: Commit, state: ChannelState) => void;
  /** A channel was read from the store. */
  readonly onLoaded: (state: ChannelState) => void;
  /** Has the outbox still something to deliver for this channel? */
  readonly isDelivering: (channel: ChannelName) => boolean;
}

export class Lines {
  readonly #options: LinesOptions;
  readonly #lines = new Map<ChannelName, Line>();

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** The state of a channel that is in memory. */
  peek(name: ChannelName): ChannelState | undefined {
    return this.#lines.get(name)?.state;
  }

  /** Is all that was decided in the channel durable? */
  isDurable(name: ChannelName): boolean {
    return (this.#lines.get(name)?.uncommitted.length ?? 0) === 0;
  }

  /** The same by which stanzas may be rendered: none while a turn that may show addresses is not durable. */
  peekToRender(name: ChannelName): ChannelState | undefined {
    const line = this.#lines.get(name);
    return line?.uncommitted.some(({ unveils }) => unveils) === true ? undefined : line?.state;
  }

  /** The channel is in memory when `then` is called; `orElse`: it could not be read. */
  ensure(name: ChannelName, then: () => void, orElse: () => void): void {
    this.enter(name, { decide: () => undefined, done: then, failed: orElse });
  }

  /** Puts work into the channel's line; `done` or `failed` is called once, some time. */
  enter(name: ChannelName, work: Work): void {
    const line = this.#line(name);
    if (line.length >= this.#options.lineLengthMax) {
      work.failed(refuse('resource-constraint', 'The channel is too busy; try again soon.'));
      return;
    }
    line.length += 1;
    const isFree = line.waiting.length === 0 && !line.isAsking && work.look === undefined;
    if (line.state !== undefined && isFree) this.#take(line, line.state, work);
    else {
      line.waiting.push(work);
      this.#advance(line);
    }
  }

  /** Takes those who wait, until the store has to be asked: that waits for all that is under way. */
  #advance(line: Line): void {
    for (;;) {
      const [work] = line.waiting;
      if (work === undefined || line.isAsking) return;
      const mustAsk = line.state === undefined || work.look !== undefined;
      if (mustAsk && line.uncommitted.length > 0) return;
      if (line.state === undefined) {
        void this.#load(line);
        return;
      }
      line.waiting.shift();
      if (work.look !== undefined) {
        void this.#look(line, line.state, work);
        return;
      }
      this.#take(line, line.state, work);
    }
  }

  async #look(line: Line, state: ChannelState, work: Work): Promise<void> {
    line.isAsking = true;
    try {
      await work.look?.(state);
      this.#take(line, state, work);
    } catch (error) {
      this.#leave(line, () => work.failed(error));
    } finally {
      line.isAsking = false;
    }
    this.#advance(line);
  }

  #line(name: ChannelName): Line {
    const known = this.#lines.get(name);
    // Taken out and put in again, so that the map's order is that of last use.
    if (known !== undefined) this.#lines.delete(name);
    else if (this.#lines.size >= this.#options.channelsInMemoryMax) this.#evict();
    const line = known ?? {
      ...{ name, state: undefined, isAsking: false, length: 0 },
      ...{ waiting: [], uncommitted: [] },
    };
    this.#lines.set(name, line);
    return line;
  }

  /** Lets go of those that were not used for longest, of those that nothing hangs on. */
  #evict(): void {
    const { channelsInMemoryMax, isDelivering } = this.#options;
    for (const { name, length } of this.#lines.values()) {
      if (this.#lines.size < channelsInMemoryMax) return;
      if (length === 0 && !isDelivering(name)) this.#lines.delete(name);
    }
  }

  async #load(line: Line): Promise<void> {
    line.isAsking = true;
    try {
      line.state = await this.#read(line.name);
    } catch (error) {
      for (const work of line.waiting.splice(0)) this.#leave(line, () => work.failed(error));
    }
    line.isAsking = false;
    const { state } = line;
    this.#advance(line);
    if (state !== undefined) this.#options.onLoaded(state);
    // Names that nobody uses take no room.
    if (state?.version === 0 && line.length === 0) this.#lines.delete(line.name);
  }

  async #read(name: ChannelName): Promise<ChannelState> {
    const { store, operators } = this.#options;
    const record = await store.load(name);
    if (record === undefined) return new ChannelState(name, operators);
    const state = restore(record, operators);
    // The archive's last stamp, before which no new one may lie (MAM-07).
    state.lastAt = (await store.archiveEnds(name))?.last.at ?? 0;
    return state;
  }

  #take(line: Line, state: ChannelState, work: Work): void {
    const { clock, random, domain, reserved, staysHidden } = this.#options;
    const turn = new Turn(state, clock.now(), random, domain, reserved, staysHidden);
    try {
      work.decide(turn);
    } catch (error) {
      // A rule that refuses after it recorded has broken its promise; the store still has the truth.
      if (turn.found) line.state = undefined;
      this.#leave(line, () => work.failed(error));
      return;
    }
    if (turn.found) this.#commit(line, state, turn, work);
    else if (line.uncommitted.length === 0) this.#leave(line, work.done);
    else line.uncommitted.at(-1)?.readers.push(work);
  }

  #commit(line: Line, state: ChannelState, turn: Turn, work: Work): void {
    const expected = state.version;
    const version = turn.version;
    state.version = version;
    const { facts, notices } = turn;
    const unveils = facts.some(({ fact }) => fact === 'configured' || fact === 'preferred');
    const entry: Uncommitted = { work, readers: [], unveils };
    line.uncommitted.push(entry);
    const commit: Commit = { channel: line.name, expected, version, facts, notices };
    const release = (end: (work: Work) => void): void => {
      line.uncommitted.shift();
      for (const one of [work, ...entry.readers]) this.#leave(line, () => end(one));
    };
    this.#options.committer.add({
      commit,
      done: () => {
        release((one) => one.done());
        if (facts.at(-1)?.fact === 'erased') this.#lines.delete(line.name);
        else this.#options.release(commit, state);
        this.#advance(line);
      },
      failed: (error) => {
        line.state = undefined;
        release((one) => one.failed(error));
        this.#advance(line);
      },
    });
  }

  #leave(line: Line, end: () => void): void {
    line.length -= 1;
    end();
  }
}
