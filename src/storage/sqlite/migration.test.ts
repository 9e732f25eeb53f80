/**
 * A file that the release with schema version 1 made, opened by this one, at once or by way of those between.
 * Owns the tables of version 1 as they were released, and the tests that nothing in such a file is lost.
 * Does not test how steps are taken in general (sqlite.test.ts).
 * Always: the file is made by the SQL below and not by the code that is tested.
 * Before: storage/sqlite/sqlite.test.ts. After: storage/sqlite/schema.ts.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  anonymousResource,
  channelName,
  COVEN,
  DEFAULT_PREFERENCES,
  HAG,
  hag,
  HECATE,
  jid,
  plain,
  posted,
  sampleConfig,
  sampleMessage,
} from '../contract-samples.ts';
import type { Session } from '../facts.ts';
import { connect, disconnect, type Database, type Value } from './connection.ts';
import { migrate, SCHEMA_STEPS } from './schema.ts';
import { openSqlite } from './sqlite.ts';

const VERSION_1 = `
  CREATE TABLE channel (key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, version INTEGER
      NOT NULL, messages INTEGER NOT NULL DEFAULT 0, latest INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE settings (channel INTEGER PRIMARY KEY REFERENCES channel ON DELETE CASCADE, created_at
      INTEGER NOT NULL, listed INTEGER NOT NULL, destroyed INTEGER NOT NULL DEFAULT 0, guarded INTEGER NOT
      NULL, title TEXT, config TEXT NOT NULL, config_id TEXT NOT NULL, info TEXT NOT NULL, info_id TEXT NOT
      NULL) STRICT;
  CREATE TABLE manager (channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE, jid TEXT NOT NULL,
      PRIMARY KEY (channel, jid)) STRICT, WITHOUT ROWID;
  CREATE TABLE reserved (name TEXT PRIMARY KEY, owners TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE identity (channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE, id TEXT NOT NULL,
      jid TEXT NOT NULL, UNIQUE (channel, id), UNIQUE (channel, jid)) STRICT;
  CREATE TABLE participant (channel INTEGER NOT NULL, id TEXT NOT NULL, nick TEXT, jid_visibility TEXT NOT
      NULL, private_messages TEXT NOT NULL, vcard TEXT NOT NULL, presence TEXT NOT NULL, at INTEGER NOT
      NULL, UNIQUE (channel, id), FOREIGN KEY (channel, id) REFERENCES identity (channel, id) ON DELETE
      CASCADE) STRICT;
  CREATE TABLE subscription (channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE, jid TEXT NOT
      NULL, node TEXT NOT NULL, since INTEGER NOT NULL, UNIQUE (channel, jid, node)) STRICT;
  CREATE TABLE session (channel INTEGER NOT NULL, id TEXT NOT NULL, anonymous TEXT NOT NULL, client TEXT NOT
      NULL, available INTEGER NOT NULL, payload TEXT NOT NULL, UNIQUE (channel, id, anonymous), FOREIGN KEY
      (channel, id) REFERENCES identity (channel, id) ON DELETE CASCADE) STRICT;
  CREATE TABLE entry (channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE, list TEXT NOT NULL, jid
      TEXT NOT NULL, UNIQUE (channel, list, jid)) STRICT;
  CREATE TABLE message (key INTEGER PRIMARY KEY, channel INTEGER NOT NULL, position INTEGER NOT NULL, id
      TEXT NOT NULL, sender TEXT NOT NULL, nick TEXT, shown INTEGER NOT NULL, at INTEGER NOT NULL, payload
      TEXT NOT NULL, original_id TEXT, ordinal INTEGER NOT NULL, latest INTEGER NOT NULL) STRICT;
  CREATE UNIQUE INDEX message_position ON message (channel, position);
  CREATE UNIQUE INDEX message_id ON message (channel, id);
  CREATE INDEX message_sender ON message (channel, sender, position);
  CREATE INDEX message_shown ON message (channel, sender, position) WHERE shown = 1;
  CREATE INDEX message_latest ON message (channel, latest, position);
  CREATE INDEX message_set_back ON message (channel, position, at) WHERE at < latest;
  CREATE TABLE swept (channel INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE outbox (channel TEXT NOT NULL, version INTEGER NOT NULL, place INTEGER NOT NULL, content TEXT
      NOT NULL, message INTEGER, PRIMARY KEY (channel, version, place)) STRICT, WITHOUT ROWID;
  CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

const CONFIG = sampleConfig({ endOfLife: 5_000 });
/** Enough for SQLite to write some of them before a transaction is over. */
const MESSAGES = 400;
const payloadOf = (ordinal: number) => `<body>${ordinal} ${'double, double '.repeat(20)}</body>`;

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vizard-migration-'));
  file = join(folder, 'vizard.db');
  const db = connect(file);
  db.exec(VERSION_1);
  db.exec('PRAGMA user_version = 1; PRAGMA application_id = 1448759876');
  db.exec('BEGIN');
  fill(db);
  db.exec('COMMIT');
  disconnect(db);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Two channels, one that is destroyed, and one that is erased though its messages are not all gone. */
function fill(db: Database): void {
  const insert = (table: string, ...rows: readonly (readonly Value[])[]) => {
    for (const row of rows) {
      db.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`).run(...row);
    }
  };
  const info = '{"name":"A dark cave","contact":[]}';
  const config = JSON.stringify(plain(CONFIG));
  const endless = JSON.stringify(plain(sampleConfig()));
  insert('channel', [4, 'coven', 401, MESSAGES, 9_000], [7, 'heath', 1, 0, 0], [8, 'gone', 2, 0, 0]);
  const settings = [1, 0, 0, 'A dark cave'] as const;
  insert('settings', [4, 1_000, ...settings, config, 'c1', info, 'i1']);
  insert('settings', [7, 1_000, ...settings, endless, 'c1', info, 'i1']);
  insert('settings', [8, 1_000, 1, 1, 0, null, config, 'c1', info, 'i1']);
  insert('manager', [4, 'hecate@a.example'], [7, 'hecate@a.example']);
  insert('reserved', ['cauldron', '["hag@b.example"]']);
  insert('identity', [4, HECATE, 'hecate@a.example'], [4, HAG, 'hag@b.example']);
  insert('participant', [4, HAG, 'Hag', 'default', 'allow', 'block', 'share', 2_000]);
  insert('subscription', [4, 'hag@b.example', 'messages', 3]);
  insert('session', [4, HAG, 'r', 'hag@b.example/one', 1, '']);
  insert('entry', [4, 'banned', 'thane@glamis.example']);
  for (let at = 1; at <= MESSAGES; at += 1) {
    const who = at % 2 === 0 ? HAG : HECATE;
    const row = [
      1_000 + 2 * at,
      4,
      at + 1,
      `m${at}`,
      who,
      'A nick',
      at % 2,
      9_000,
      payloadOf(at),
      'o',
      at,
      9_000,
    ];
    insert('message', row);
  }
  insert('message', [3, 2, 1, 'swept', HAG, null, 0, 1, 'of an erased channel', null, 1, 1]);
  insert('swept', [2]);
  insert('outbox', [
    'coven',
    401,
    0,
    '{"kind":"message","shown":false,"audience":{"node":"messages"}}',
    1_800,
  ]);
  insert('secret', ['seal', Uint8Array.of(1, 2, 3)]);
}

const theLast = (changes = {}) =>
  sampleMessage(`m${MESSAGES}`, MESSAGES + 1, {
    ...{ sender: HAG, nick: 'A nick', at: 9_000, payload: payloadOf(MESSAGES), originalId: 'o' },
    ...changes,
  });

/** Opens the file with this release, and looks for everything. */
async function expectAll(name: string): Promise<void> {
  const store = openSqlite(name);
  expect(plain(await store.load(COVEN))).toStrictEqual({
    ...{ name: 'coven', version: 401, createdAt: 1_000, listed: true, destroyed: false },
    ...{ config: plain(CONFIG), configId: 'c1', infoId: 'i1' },
    info: { name: 'A dark cave', description: undefined, contact: [] },
    identities: [
      { id: HECATE, jid: 'hecate@a.example' },
      { id: HAG, jid: 'hag@b.example' },
    ],
    participants: [
      { id: HAG, nick: 'Hag', preferences: DEFAULT_PREFERENCES, at: 2_000, isSessionOnly: false },
    ],
    subscriptions: [{ jid: 'hag@b.example', node: 'messages', since: 3 }],
    sessions: [
      {
        id: HAG,
        client: 'hag@b.example/one',
        anonymous: 'r',
        available: true,
        payload: '',
        entered: undefined,
      },
    ],
    ...{ allowed: [], banned: ['thane@glamis.example'], invitations: [], pictures: [] },
  });
  const { items, count } = await store.archive(COVEN, { page: { max: 1_000 } });
  expect(items.map(({ payload }) => payload)).toEqual(items.map((_, index) => payloadOf(index + 1)));
  expect([items.length, count, items.at(-1)]).toEqual([MESSAGES, MESSAGES, theLast()]);
  expect(await store.messageOf(COVEN, HECATE, 'o')).toBe(`m${MESSAGES - 1}`);
  expect(await store.expired(5_000, 10)).toEqual(['coven']);
  expect(await store.channelNames(undefined, 10)).toEqual(['coven', 'heath']);
  expect((await store.listChannels(hag, { max: 10 })).count).toBe(2);
  expect(plain(await store.reservedTo(channelName('cauldron')))).toEqual(['hag@b.example']);
  const told = (await store.pending(undefined, 10)).map(({ notice }) => notice);
  expect(told).toMatchObject([{ kind: 'message', message: theLast() }]);
  expect([...(await store.secret('seal', () => Uint8Array.of()))]).toEqual([1, 2, 3]);
  await store.close();
}

/** The text of every table and index, without comments, spaces and the quotes that renaming leaves. */
function tablesOf(db: Database): readonly unknown[] {
  const rows = db.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all();
  return (rows as { readonly name: string; readonly sql: string }[]).map(({ name, sql }) => [
    name,
    sql.replace(/--.*$/gm, '').replace(/["\s]+/g, ''),
  ]);
}

test('everything is found, and the sweep of an erased channel goes on', async () => {
  await expectAll(file);
  await expectAll(file);
  const store = openSqlite(file);
  const db = connect(file);
  const swept = db.prepare("SELECT count(*) AS rows FROM message WHERE id = 'swept'");
  await vi.waitFor(() => expect(plain(swept.get())).toEqual({ rows: 0 }), { timeout: 5_000 });
  expect(db.prepare('PRAGMA integrity_check').all().map(plain)).toEqual([{ integrity_check: 'ok' }]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  db.close();
  const spoken = theLast({ id: 'spoken', position: 402, sender: undefined });
  const facts = [posted(spoken)];
  await store.commit([{ channel: COVEN, expected: 401, version: 402, facts, notices: [] }], []);
  expect(await store.message(COVEN, 'spoken')).toEqual(spoken);
  await store.close();
});

const STEPS = SCHEMA_STEPS.map((_, at) => at + 1);

test.each(STEPS)(
  'a file of version %i is brought up to date, and its people can be in a room',
  async (version) => {
    const db = connect(file);
    migrate(db, SCHEMA_STEPS.slice(0, version));
    expect(plain(db.prepare('PRAGMA user_version').get())).toEqual({ user_version: version });
    disconnect(db);
    await expectAll(file);
    const store = openSqlite(file);
    const session: Session = {
      ...{ id: HAG, client: jid('hag@b.example/two'), anonymous: anonymousResource('s') },
      ...{ available: true, payload: '', entered: 402 },
    };
    const facts = [{ fact: 'present', session } as const];
    await store.commit([{ channel: COVEN, expected: 401, version: 402, facts, notices: [] }], []);
    expect((await store.load(COVEN))?.sessions.map(({ entered }) => entered)).toEqual([undefined, 402]);
    await store.close();
  },
);

test('the tables are those of a new file, and the first step is as it was released', () => {
  const [old, first, fresh] = [connect(':memory:'), connect(':memory:'), connect(':memory:')];
  old.exec(VERSION_1);
  migrate(first, SCHEMA_STEPS.slice(0, 1));
  expect(tablesOf(first)).toEqual(tablesOf(old));
  migrate(fresh);
  openSqlite(file);
  expect(tablesOf(connect(file))).toEqual(tablesOf(fresh));
});

test('a migration that fails leaves the file as it was', async () => {
  const before = readFileSync(file);
  const db = connect(file);
  db.exec('PRAGMA cache_size = 1');
  expect(() => migrate(db, [...SCHEMA_STEPS, 'INSERT INTO nowhere VALUES (1)'])).toThrow('nowhere');
  disconnect(db);
  expect(readFileSync(file).equals(before)).toBe(true);
  await expectAll(file);
});

test('a machine that stops in the middle of a migration has the file as it was', async () => {
  const image = join(folder, 'image.db');
  const db = connect(file);
  db.exec('PRAGMA cache_size = 1');
  const halfway: Database = {
    prepare: (sql) => db.prepare(sql),
    close: () => db.close(),
    exec(sql) {
      db.exec(sql);
      if (sql !== SCHEMA_STEPS[1]) return;
      for (const side of ['', '-wal']) copyFileSync(`${file}${side}`, `${image}${side}`);
    },
  };
  migrate(halfway);
  db.close();
  expect(statSync(`${image}-wal`).size).toBeGreaterThan(100_000);
  const copy = connect(image);
  expect(plain(copy.prepare('PRAGMA user_version').get())).toEqual({ user_version: 1 });
  expect(plain(copy.prepare('SELECT count(*) AS rows FROM message').get())).toEqual({ rows: MESSAGES + 1 });
  expect(() => copy.prepare('SELECT * FROM invitation')).toThrow();
  disconnect(copy);
  await expectAll(image);
});
