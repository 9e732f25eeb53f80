/**
 * The SQLite store under the contract, on a file that every test may close and open.
 * Owns the tests of what only a file can do wrong: its schema, its mode, a process that dies.
 * Does not test queries that the contract holds.
 * Always: each test has a folder of its own, which is removed.
 * Before: storage/memory.test.ts. After: storage/sqlite/agreement.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  COVEN,
  created,
  HAG,
  jid,
  joining,
  plain,
  posted,
  sampleMessage,
  Scribe,
} from '../contract-samples.ts';
import { storeContract } from '../contract.ts';
import { connect, transactions } from './connection.ts';
import { ForeignFile, migrate, NewerSchema, SCHEMA_STEPS } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import { SLICE_ROWS } from './sweeper.ts';

const folders: string[] = [];

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-store-'));
  folders.push(folder);
  return join(folder, 'vizard.db');
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

storeContract('SQLite', async () => {
  const file = newFile();
  let store = openSqlite(file);
  const reopen = async () => {
    await store.close();
    store = openSqlite(file);
    return store;
  };
  return await Promise.resolve({ store, reopen });
});

storeContract('SQLite in memory', () => Promise.resolve({ store: openSqlite(':memory:') }));

describe('the file', () => {
  test('is readable by its owner only', async () => {
    const file = newFile();
    const store = openSqlite(file);
    await new Scribe({ store }).write(COVEN, [created()]);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test('holds everything after close: its log is empty', async () => {
    const file = newFile();
    const store = openSqlite(file);
    await new Scribe({ store }).write(COVEN, [created()]);
    await store.load(COVEN);
    await store.archive(COVEN, { page: { max: 5 } });
    await store.close();
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    expect(log?.size ?? 0).toBe(0);
  });

  test('is in WAL mode, and every commit waits for the disk', () => {
    const db = connect(newFile());
    expect(plain(db.prepare('PRAGMA journal_mode').get())).toEqual({ journal_mode: 'wal' });
    expect(plain(db.prepare('PRAGMA synchronous').get())).toEqual({ synchronous: 2 });
    expect(plain(db.prepare('PRAGMA foreign_keys').get())).toEqual({ foreign_keys: 1 });
    db.close();
  });
});

describe('the schema', () => {
  test('a newer one is refused and left as it is', () => {
    const file = newFile();
    const db = connect(file);
    migrate(db, [...SCHEMA_STEPS, 'CREATE TABLE later (x)']);
    db.close();
    expect(() => openSqlite(file)).toThrow(NewerSchema);
    const again = connect(file);
    expect(plain(again.prepare('PRAGMA user_version').get())).toEqual({
      user_version: SCHEMA_STEPS.length + 1,
    });
    again.close();
  });

  test("another program's database is refused", () => {
    const file = newFile();
    const db = connect(file);
    db.exec('CREATE TABLE message (theirs)');
    db.close();
    expect(() => openSqlite(file)).toThrow(ForeignFile);
  });

  test('an older one takes the missing steps, and keeps its rows', () => {
    const db = connect(':memory:');
    migrate(db, ['CREATE TABLE one (x)']);
    db.exec('INSERT INTO one VALUES (7)');
    migrate(db, ['CREATE TABLE one (x)', 'ALTER TABLE one ADD COLUMN y', 'UPDATE one SET y = x']);
    expect(plain(db.prepare('SELECT * FROM one').get())).toEqual({ x: 7, y: 7 });
    expect(plain(db.prepare('PRAGMA user_version').get())).toEqual({ user_version: 3 });
    db.close();
  });

  test('a step that fails leaves the older version whole', () => {
    const db = connect(':memory:');
    migrate(db, ['CREATE TABLE one (x)']);
    const steps = ['CREATE TABLE one (x)', 'ALTER TABLE one ADD COLUMN y', 'INSERT INTO nowhere VALUES (1)'];
    expect(() => migrate(db, steps)).toThrow();
    expect(plain(db.prepare('PRAGMA user_version').get())).toEqual({ user_version: 1 });
    expect(db.prepare('SELECT * FROM one').all()).toEqual([]);
    expect(() => db.prepare('SELECT y FROM one')).toThrow();
    db.close();
  });
});

describe('an erased channel', () => {
  const rows = (file: string) => {
    const db = connect(file);
    const count = plain(
      db.prepare('SELECT count(*) AS messages, (SELECT count(*) FROM swept) AS swept FROM message').get(),
    );
    db.close();
    return count;
  };
  const fill = async (file: string, messages: number) => {
    const store = openSqlite(file);
    const facts = Array.from({ length: messages }, (_, index) =>
      posted(sampleMessage(`m${index}`, index + 1)),
    );
    await store.commit(
      [{ channel: COVEN, expected: 0, version: messages, facts: [created(), ...facts], notices: [] }],
      [],
    );
    return store;
  };
  const erasing = (expected: number) => ({
    channel: COVEN,
    expected,
    version: expected + 1,
    facts: [{ fact: 'erased' }] as const,
    notices: [],
  });

  test('is off the disk with its commit when it is small', async () => {
    const file = newFile();
    const store = await fill(file, 20);
    await store.commit([erasing(20)], []);
    expect(rows(file)).toEqual({ messages: 0, swept: 0 });
    await store.close();
  });

  test('goes in slices when it is large, also after a stop', async () => {
    const file = newFile();
    const size = SLICE_ROWS * 3 + 10;
    const store = await fill(file, size);
    await store.commit([erasing(size)], []);
    await store.close();
    expect(rows(file)).toEqual({ messages: size - SLICE_ROWS, swept: 1 });
    const again = openSqlite(file);
    await again.commit(
      [
        {
          channel: COVEN,
          expected: 0,
          version: 1,
          facts: [created(), posted(sampleMessage('m0', 1))],
          notices: [],
        },
      ],
      [],
    );
    expect((await again.archive(COVEN, { page: { max: 10 } })).count).toBe(1);
    await vi.waitFor(() => expect(rows(file)).toEqual({ messages: 1, swept: 0 }), { timeout: 5_000 });
    expect(await again.message(COVEN, 'm0')).toBeDefined();
    await again.close();
  });

  test('leaves nothing to be read in the file', async () => {
    const file = newFile();
    const store = openSqlite(file);
    const secret = 'by the pricking of my thumbs';
    const facts = [
      created(),
      ...joining(HAG, jid('betrayed@b.example'), 'Hag'),
      posted(sampleMessage('m', 1, { payload: secret })),
    ];
    await store.commit([{ channel: COVEN, expected: 0, version: 1, facts, notices: [] }], []);
    await store.close();
    expect(readFileSync(file).includes(secret)).toBe(true);
    const again = openSqlite(file);
    await again.commit([erasing(1)], []);
    await again.close();
    for (const trace of [secret, 'betrayed']) expect(readFileSync(file).includes(trace)).toBe(false);
  });
});

describe('two that have the same file open', () => {
  test('a channel that the other wrote is stale here', async () => {
    const file = newFile();
    const [one, other] = [openSqlite(file), openSqlite(file)];
    await new Scribe({ store: one }).write(COVEN, [created()]);
    await expect(new Scribe({ store: other }).write(COVEN, [created()])).rejects.toThrow('another version');
    await Promise.all([one.close(), other.close()]);
  });

  test('a transaction that fails leaves nothing open', () => {
    const db = connect(newFile());
    const inTransaction = transactions(db);
    db.exec('CREATE TABLE one (x)');
    const failing = () =>
      inTransaction(() => {
        db.exec('INSERT INTO one VALUES (1)');
        throw new Error('in the middle');
      });
    expect(failing).toThrow('in the middle');
    expect(inTransaction(() => db.prepare('SELECT * FROM one').all())).toEqual([]);
    db.close();
  });
});
