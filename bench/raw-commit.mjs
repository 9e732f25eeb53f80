/**
 * The baseline of accepted messages: rows of the same size, committed durably, without a service.
 * Run as a process of its own: `raw-commit.mjs FILE ROWS BATCH`; prints the rows per second.
 * Does not index or encode anything beyond what a row needs.
 * Always: SQLite with a write-ahead log and synchronous=FULL, as the service has it.
 * Before: bench/messages.mjs.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { performance } from 'node:perf_hooks';

const [, , file, rows, batch] = process.argv;
const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
database.exec(
  'CREATE TABLE IF NOT EXISTS message (channel TEXT, position INTEGER, stanza TEXT, PRIMARY KEY (channel, position)) WITHOUT ROWID',
);
const insert = database.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?)');
const stanza = 'x'.repeat(600);

const before = performance.now();
for (let at = 0; at < Number(rows); at += Number(batch)) {
  database.exec('BEGIN IMMEDIATE');
  for (let n = 0; n < Number(batch); n++) insert.run(`channel${n % 64}`, at + n, stanza);
  database.exec('COMMIT');
}
const seconds = (performance.now() - before) / 1000;
database.close();
console.log(Number(rows) / seconds);
