/**
 * The SQLite binding, and how a file is opened with it.
 * Owns connect, disconnect, transactions, and the few types of the binding that the store uses.
 * Does not know the tables (schema.ts).
 * Always: when a transaction returns, its writes have reached the disk; when it throws, none of them is there.
 * Before: storage/store.ts. After: storage/sqlite/schema.ts.
 */
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Value = string | number | null | Uint8Array;

export interface Statement {
  run(...values: readonly Value[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  get(...values: readonly Value[]): unknown;
  all(...values: readonly Value[]): unknown[];
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Binding {
  readonly DatabaseSync: new (file: string) => Database;
}

/** How long to wait for another process that is writing the same file, a backup tool for example. */
const BUSY_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 500;
/** Random message ids touch index pages all over: 16 MiB of them stay in memory. */
const CACHE_KIB = 16_384;
/** The write-ahead log is cut back to this after a burst. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;

/** Neither of the two bindings works here. */
export class NoSqlite extends Error {
  override readonly name = 'NoSqlite';
}

/**
 * Opens a file, or ':memory:'.
 * @throws NoSqlite when this Node has no working binding; the binding's error when the file cannot be opened.
 */
export function connect(file: string): Database {
  const { DatabaseSync } = findBinding();
  if (file !== ':memory:') makePrivate(file);
  const db = new DatabaseSync(file);
  try {
    db.exec(`
      PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA journal_size_limit = ${LOG_BYTES_MAX};
    `);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/**
 * Closes a database, with everything in the one file.
 * COMPAT(@photostructure/sqlite 1.2.1): its `close` leaves prepared statements to the garbage collector, and until
 * then SQLite keeps the file open and its log unmerged. So the log is merged and emptied here.
 */
export function disconnect(db: Database): void {
  // Another process that is reading would make this wait; then the log stays, which loses nothing.
  db.exec(`PRAGMA busy_timeout = ${CLOSE_TIMEOUT_MS}; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
}

/** A function that runs work in one durable transaction of this database. */
export function transactions(db: Database): <Result>(work: () => Result) => Result {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return (work) => {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      rollBack(db);
      throw error;
    }
  };
}

function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // After some errors (disk full, input/output) SQLite has rolled back by itself; the first error is the one to tell.
  }
}

/**
 * The package brings the same SQLite to every Node from 20 on; the built-in module is there for platforms for which
 * the package has no binary, on Node 22 and later.
 */
function findBinding(): Binding {
  const require = createRequire(import.meta.url);
  try {
    return require('@photostructure/sqlite') as Binding;
  } catch (packageError) {
    try {
      return require('node:sqlite') as Binding;
    } catch (builtInError) {
      throw new NoSqlite('neither @photostructure/sqlite nor node:sqlite can be loaded', {
        cause: new AggregateError([packageError, builtInError]),
      });
    }
  }
}

/** The file holds what the channels hide, so a new one is for its owner's eyes only; SQLite's side files follow it. */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}
