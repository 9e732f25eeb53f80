/**
 * The host's own SQLite file: accounts, rosters, archives.
 * Owns the connection, its prepared statements, and the transaction that many stanzas share.
 * Does not know a table (schema.ts does, and the file that uses it) nor when to commit (lane.ts).
 * Always: within a batch a write belongs to the batch's transaction; a task that fails takes its own writes back alone.
 * Before: storage/sqlite/connection.ts. After: host/lane.ts.
 */
import { connect, type Statement, type Value } from '../storage/sqlite/connection.ts';

export type Row = Readonly<Record<string, unknown>>;

export class Database {
  readonly #connection: ReturnType<typeof connect>;
  readonly #statements = new Map<string, Statement>();
  #inBatch = false;
  #isWriting = false;
  #isMarked = false;
  /** SQLite has taken back the whole transaction by itself, as it does when the disk is full. */
  #isBroken = false;

  constructor(file: string) {
    this.#connection = connect(file);
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** Runs a statement that writes; returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    this.#beginWrite();
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Opens a batch. No lock is taken before something is written. */
  beginBatch(): void {
    this.#inBatch = true;
  }

  /** Takes back what has been written since the last `endTask`. */
  undoTask(): void {
    try {
      if (this.#isMarked) this.#connection.exec('ROLLBACK TO task; RELEASE task');
    } catch {
      this.#isBroken = true;
    }
    this.#isMarked = false;
  }

  endTask(): void {
    if (this.#isMarked) this.#connection.exec('RELEASE task');
    this.#isMarked = false;
  }

  /** Makes what the batch wrote durable. Throws, with everything taken back, when it cannot. */
  commitBatch(): void {
    const [wasWriting, wasBroken] = [this.#isWriting, this.#isBroken];
    this.#inBatch = this.#isWriting = this.#isMarked = this.#isBroken = false;
    if (!wasWriting) return;
    try {
      if (wasBroken) throw new Error('the transaction was lost');
      this.#connection.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** One transaction outside any batch. */
  transaction<Result>(work: () => Result): Result {
    if (this.#inBatch) return work();
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #beginWrite(): void {
    if (!this.#inBatch) return;
    if (this.#isBroken) throw new Error('the transaction was lost');
    if (!this.#isWriting) {
      this.#connection.exec('BEGIN IMMEDIATE');
      this.#isWriting = true;
    }
    if (!this.#isMarked) {
      this.#connection.exec('SAVEPOINT task');
      this.#isMarked = true;
    }
  }

  #rollback(): void {
    try {
      this.#connection.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does on some errors; the first error is the one that counts.
    }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
