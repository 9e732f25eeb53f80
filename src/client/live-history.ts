/**
 * XEP-0313 1.1.3: a conversation and its archive.
 * Fetches what was missed while there was no stream, before anything live is shown; and older pages on demand.
 * Does not keep messages (live-timeline.ts) nor know streams (live-conversation.ts says when one is new).
 * Always: no gap: live messages wait while it catches up, and it does not give up as long as there is hope; where more
 * was missed than is worth fetching, the list begins anew at the end of the archive.
 * Before: xep/0313-mam/client.ts, client/live-timeline.ts. After: client/live-conversation.ts.
 */
import { isLasting, refusalIn } from '../stanza/error.ts';
import type { ArchivedStanza, ArchivePage } from '../xep/0313-mam/client.ts';
import type { RsmRequest } from '../xep/0059-rsm/wire.ts';
import type { Item } from './live-item.ts';
import type { Timeline } from './live-timeline.ts';

export interface HistoryOptions {
  readonly query: (page: RsmRequest) => Promise<ArchivePage>;
  /** What an archived stanza says; undefined for what does not belong to the conversation. */
  readonly read: (archived: ArchivedStanza) => Item | undefined;
  readonly timeline: Timeline;
  readonly pageSize: number;
  /** Puts items at the end of the timeline. */
  readonly append: (items: readonly Item[]) => void;
  /** Has everything that was missed to be looked at, since something of ours may be among it? */
  readonly mustSeeAll: () => boolean;
  readonly onLoading: () => void;
  readonly onProblem: () => void;
}

/** Pages of what was missed. */
const CATCH_UP_PAGE = 250;
/** More than so many missed messages are not fetched. */
const MISSED_MAX = 2_000;
/** So many live messages may wait; beyond that the archive is asked for them, too. */
const QUEUE_MAX = 5_000;
/** An older page may hold nothing to show; then so many more are fetched at once. */
const EMPTY_PAGES_MAX = 10;
const WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;

export class History {
  readonly #options: HistoryOptions;
  /** Live messages that wait. */
  #queue: Item[] = [];
  #isOverflown = false;
  #isCatchingUp = true;
  /** Counts catching up, so that an old run knows that it is over. */
  #run = 0;
  #older: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #isClosed = false;
  problem: Error | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Is everything shown that there is? */
  get isUpToDate(): boolean {
    return !this.#isCatchingUp;
  }

  get isLoading(): boolean {
    return this.#isCatchingUp || this.#older !== undefined;
  }

  get hasOlder(): boolean {
    const { timeline } = this.#options;
    return !timeline.isComplete && !timeline.isFull;
  }

  /** A message has come. */
  live(item: Item): void {
    if (!this.#isCatchingUp) this.#options.append([item]);
    else if (this.#queue.length < QUEUE_MAX) this.#queue.push(item);
    else this.#isOverflown = true;
  }

  /** The stream is gone: whatever comes on the next one waits for what was missed. */
  interrupt(): void {
    this.#run += 1;
    this.#isCatchingUp = true;
    this.#queue = [];
    this.#wake();
    this.#options.onLoading();
  }

  /** Fetches what was missed. Resolves with false where another call, or the end, has overtaken this one. */
  async catchUp(): Promise<boolean> {
    const run = ++this.#run;
    this.#isCatchingUp = true;
    this.#options.onLoading();
    for (let waitMs = WAIT_MS; ; waitMs = Math.min(2 * waitMs, WAIT_MAX_MS)) {
      try {
        await this.#fetchMissed(run);
        if (run !== this.#run) return false;
        this.#settle(undefined);
        return true;
      } catch (error) {
        if (run !== this.#run) return false;
        const reason = error instanceof Error ? error : new Error(String(error));
        // Who may not read goes on with what comes.
        if (isLasting(reason)) {
          this.#settle(reason);
          return true;
        }
        this.#tellProblem(reason);
      }
      await this.#pause(waitMs);
      if (run !== this.#run) return false;
    }
  }

  /** Loads an older page; a call during a load waits for that one. */
  async loadOlder(): Promise<void> {
    if (this.#isCatchingUp || !this.hasOlder) return;
    this.#older ??= this.#loadOlder().finally(() => {
      this.#older = undefined;
      this.#options.onLoading();
    });
    this.#options.onLoading();
    return this.#older;
  }

  close(): void {
    this.#isClosed = true;
    this.#run += 1;
    this.#queue = [];
    this.#wake();
  }

  #settle(problem: Error | undefined): void {
    this.#isCatchingUp = false;
    const queue = this.#queue;
    this.#queue = [];
    this.#tellProblem(problem);
    this.#options.append(queue);
    this.#options.onLoading();
  }

  #tellProblem(problem: Error | undefined): void {
    if (this.problem === problem) return;
    this.problem = problem;
    this.#options.onProblem();
  }

  async #fetchMissed(run: number): Promise<void> {
    const { timeline, mustSeeAll } = this.#options;
    do {
      this.#isOverflown = false;
      const since = timeline.newest;
      if (since === undefined) await this.#fetchEnd(run);
      else if (!(await this.#fetchAfter(since, run, !mustSeeAll()))) {
        if (run !== this.#run) return;
        timeline.clear();
        await this.#fetchEnd(run);
      }
    } while (run === this.#run && this.#hasOverflown());
  }

  #hasOverflown(): boolean {
    return this.#isOverflown;
  }

  /** The last page, for a list that is empty. */
  async #fetchEnd(run: number): Promise<void> {
    const { query, append, timeline, pageSize } = this.#options;
    const page = await query({ before: '', max: pageSize });
    if (run !== this.#run) return;
    const items = this.#read(page);
    append([...this.#before(items), ...items]);
    if (page.complete) timeline.prepend([], true);
  }

  /** What came live since the question was asked may be more than the page holds: what comes before it. */
  #before(items: readonly Item[]): readonly Item[] {
    const ids = new Set(items.map(({ archiveId }) => archiveId));
    const shared = this.#queue.findIndex(({ archiveId }) => archiveId !== undefined && ids.has(archiveId));
    return shared < 0 ? [] : this.#queue.slice(0, shared);
  }

  /** Everything after a message; false where it is not in the archive any more, or too much came after it. */
  async #fetchAfter(since: string, run: number, mayBeTooMuch: boolean): Promise<boolean> {
    const { query, append } = this.#options;
    let after = since;
    for (;;) {
      let page: ArchivePage;
      try {
        page = await query({ after, max: CATCH_UP_PAGE });
      } catch (error) {
        if (refusalIn(error)?.condition === 'item-not-found' && (await this.#isThere())) return false;
        throw error;
      }
      if (run !== this.#run) return true;
      if (mayBeTooMuch && after === since && (page.count ?? 0) > MISSED_MAX) return false;
      append(this.#read(page));
      if (page.complete || page.last === undefined || page.last === after) return true;
      after = page.last;
    }
  }

  /** Is it the message that is gone, or the whole archive? */
  async #isThere(): Promise<boolean> {
    await this.#options.query({ before: '', max: 1 });
    return true;
  }

  async #loadOlder(): Promise<void> {
    const { query, timeline, pageSize } = this.#options;
    const { epoch, length } = timeline;
    for (let pages = 0; pages < EMPTY_PAGES_MAX && timeline.length === length; pages += 1) {
      const before = timeline.oldest;
      let page: ArchivePage;
      try {
        page = await query({ before: before ?? '', max: pageSize });
      } catch (error) {
        if (refusalIn(error)?.condition !== 'item-not-found') throw error;
        // What was there before is gone, with the message by which it would be found.
        if (epoch === timeline.epoch) timeline.prepend([], true);
        return;
      }
      if (this.#isClosed || epoch !== timeline.epoch) return;
      timeline.prepend(this.#read(page), page.complete || page.messages.length === 0);
      if (!this.hasOlder) return;
    }
  }

  #read({ messages }: ArchivePage): Item[] {
    return messages.flatMap((archived) => this.#options.read(archived) ?? []);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
