/**
 * One lane for everything that happens on the host.
 * Runs tasks one after another, commits what a batch of them wrote at once, and only then lets anything be seen.
 * Does not know what a task does.
 * Always: what a task sends leaves after the commit, in the order of the tasks; a task that throws changes nothing and
 * sends nothing; the lane goes on.
 * Before: host/database.ts. After: host/router.ts.
 */
import type { Log } from '../transport/log.ts';
import type { Database } from './database.ts';

interface Task {
  readonly run: () => void;
  readonly failed: ((error: unknown) => void) | undefined;
}

export class Lane {
  readonly #database: Database;
  readonly #log: Log;
  readonly #tasksMax: number;
  #tasks: Task[] = [];
  #effects: (() => void)[] = [];
  #next: Task[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(database: Database, log: Log, tasksPerCommitMax: number) {
    this.#database = database;
    this.#log = log;
    this.#tasksMax = tasksPerCommitMax;
  }

  /** Puts a task at the end of the line. `failed` runs instead of what the task sent, when it threw or could not commit. */
  post(run: () => void, failed?: (error: unknown) => void): void {
    if (this.#isClosed) return;
    this.#tasks.push({ run, failed });
    this.#schedule();
  }

  /** How many tasks wait. */
  get length(): number {
    return this.#tasks.length;
  }

  /** From within a task: runs after the commit. */
  after(effect: () => void): void {
    this.#effects.push(effect);
  }

  /** From within a task: runs when all that was sent so far is out, before anything else that waits. */
  next(run: () => void): void {
    this.#next.push({ run, failed: undefined });
  }

  /** Runs what waits, and takes nothing more. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  /** Runs what waits, now, and what that brings about. */
  flush(): void {
    while (this.#tasks.length > 0) this.#batch(this.#tasks.splice(0, this.#tasksMax));
  }

  /** One batch for each round of the event loop: all that one round of socket reads brought goes into one commit. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#batch(this.#tasks.splice(0, this.#tasksMax));
      if (this.#tasks.length > 0) this.#schedule();
    });
  }

  #batch(waiting: readonly Task[]): void {
    if (waiting.length === 0) return;
    this.#database.beginBatch();
    const tasks: Task[] = [];
    for (const task of waiting) {
      tasks.push(task);
      this.#run(task);
      if (this.#next.length > 0) break;
    }
    this.#tasks.unshift(...this.#next, ...waiting.slice(tasks.length));
    this.#next = [];
    const effects = this.#effects;
    this.#effects = [];
    try {
      this.#database.commitBatch();
    } catch (error) {
      this.#log.error({ err: error, tasks: tasks.length }, 'the host could not store what happened');
      for (const task of tasks) this.#tell(() => task.failed?.(error));
      return;
    }
    for (const effect of effects) this.#tell(effect);
  }

  #run(task: Task): void {
    const before = this.#effects.length;
    try {
      task.run();
      this.#database.endTask();
    } catch (error) {
      this.#log.error({ err: error }, 'a task of the host failed');
      this.#effects.length = before;
      this.#database.undoTask();
      const { failed } = task;
      if (failed !== undefined) this.#effects.push(() => failed(error));
    }
  }

  #tell(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#log.error({ err: error }, 'a task of the host could not send');
    }
  }
}
