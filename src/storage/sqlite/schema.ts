/**
 * The tables of the SQLite store, and how an older file becomes a current one.
 * Owns the schema's versions, in plain SQL (docs/decisions/0006-sqlite-schema.md says why).
 * Does not read or write rows.
 * Always: a step that was released is never edited; a change of the schema is one more step.
 * Before: storage/sqlite/connection.ts. After: storage/sqlite/facts.ts.
 */
import { transactions, type Database } from './connection.ts';

/** Each step leads from the version that is its place in the list to the next. Times are milliseconds since 1970. */
export const SCHEMA_STEPS: readonly string[] = [
  `
  -- What every commit touches is apart from what few do: this row stays small.
  -- A key is never given twice, so nothing of an erased channel can come back under a new one.
  CREATE TABLE channel (
    key      INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL UNIQUE,
    version  INTEGER NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,  -- how many were ever posted
    latest   INTEGER NOT NULL DEFAULT 0   -- the highest 'at' of them
  ) STRICT;

  CREATE TABLE settings (
    channel    INTEGER PRIMARY KEY REFERENCES channel ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    listed     INTEGER NOT NULL,
    destroyed  INTEGER NOT NULL DEFAULT 0,
    guarded    INTEGER NOT NULL,          -- has an 'allowed' node
    title      TEXT,
    config     TEXT NOT NULL,
    config_id  TEXT NOT NULL,
    info       TEXT NOT NULL,
    info_id    TEXT NOT NULL
  ) STRICT;

  -- Owners and administrators, as in the config; for the list of channels that one may join.
  CREATE TABLE manager (
    channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    jid     TEXT NOT NULL,
    PRIMARY KEY (channel, jid)
  ) STRICT, WITHOUT ROWID;

  -- The names of erased channels, and who owned them.
  CREATE TABLE reserved (
    name   TEXT PRIMARY KEY,
    owners TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE identity (
    channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    id      TEXT NOT NULL,
    jid     TEXT NOT NULL,
    UNIQUE (channel, id),
    UNIQUE (channel, jid)
  ) STRICT;

  CREATE TABLE participant (
    channel          INTEGER NOT NULL,
    id               TEXT NOT NULL,
    nick             TEXT,
    jid_visibility   TEXT NOT NULL,
    private_messages TEXT NOT NULL,
    vcard            TEXT NOT NULL,
    presence         TEXT NOT NULL,
    at               INTEGER NOT NULL,
    UNIQUE (channel, id),
    FOREIGN KEY (channel, id) REFERENCES identity (channel, id) ON DELETE CASCADE
  ) STRICT;

  CREATE TABLE subscription (
    channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    jid     TEXT NOT NULL,
    node    TEXT NOT NULL,
    since   INTEGER NOT NULL,             -- the channel's version
    UNIQUE (channel, jid, node)
  ) STRICT;

  CREATE TABLE session (
    channel   INTEGER NOT NULL,
    id        TEXT NOT NULL,
    anonymous TEXT NOT NULL,
    client    TEXT NOT NULL,
    available INTEGER NOT NULL,
    payload   TEXT NOT NULL,
    UNIQUE (channel, id, anonymous),
    FOREIGN KEY (channel, id) REFERENCES identity (channel, id) ON DELETE CASCADE
  ) STRICT;

  -- The allowed and banned nodes.
  CREATE TABLE entry (
    channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    list    TEXT NOT NULL,
    jid     TEXT NOT NULL,
    UNIQUE (channel, list, jid)
  ) STRICT;

  -- No reference to the channel: the messages of an erased one go in slices (sweeper.ts).
  CREATE TABLE message (
    key         INTEGER PRIMARY KEY,
    channel     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    id          TEXT NOT NULL,
    sender      TEXT NOT NULL,
    nick        TEXT,
    shown       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    payload     TEXT NOT NULL,
    original_id TEXT,
    ordinal     INTEGER NOT NULL,         -- 1 for the channel's first message: counting without a scan
    latest      INTEGER NOT NULL          -- the highest 'at' so far: rises with the position even if the clock does not
  ) STRICT;
  CREATE UNIQUE INDEX message_position ON message (channel, position);
  CREATE UNIQUE INDEX message_id ON message (channel, id);
  CREATE INDEX message_sender ON message (channel, sender, position);
  CREATE INDEX message_shown ON message (channel, sender, position) WHERE shown = 1;
  CREATE INDEX message_latest ON message (channel, latest, position);
  -- Few rows: those that came after a clock was set back.
  CREATE INDEX message_set_back ON message (channel, position, at) WHERE at < latest;

  -- Channels that are erased, but whose messages are not all gone from the disk.
  CREATE TABLE swept (
    channel INTEGER PRIMARY KEY
  ) STRICT;

  -- By name, for the order in which it is read. A notice of an archived message holds only the message's key.
  CREATE TABLE outbox (
    channel  TEXT NOT NULL,
    version  INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    content  TEXT NOT NULL,
    message  INTEGER,
    PRIMARY KEY (channel, version, place)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- As it was, but for the sender, which is NULL where the channel itself speaks. The keys stay: the outbox has them.
  CREATE TABLE message_2 (
    key         INTEGER PRIMARY KEY,
    channel     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    id          TEXT NOT NULL,
    sender      TEXT,
    nick        TEXT,
    shown       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    payload     TEXT NOT NULL,
    original_id TEXT,
    ordinal     INTEGER NOT NULL,
    latest      INTEGER NOT NULL
  ) STRICT;
  INSERT INTO message_2 (key, channel, position, id, sender, nick, shown, at, payload, original_id, ordinal, latest)
    SELECT key, channel, position, id, sender, nick, shown, at, payload, original_id, ordinal, latest
    FROM message ORDER BY key;
  DROP TABLE message;
  ALTER TABLE message_2 RENAME TO message;
  CREATE UNIQUE INDEX message_position ON message (channel, position);
  CREATE UNIQUE INDEX message_id ON message (channel, id);
  CREATE INDEX message_sender ON message (channel, sender, position);
  CREATE INDEX message_shown ON message (channel, sender, position) WHERE shown = 1;
  CREATE INDEX message_latest ON message (channel, latest, position);
  CREATE INDEX message_set_back ON message (channel, position, at) WHERE at < latest;
  -- By the id that its sender's client gave.
  CREATE INDEX message_original ON message (channel, sender, original_id, position) WHERE original_id IS NOT NULL;

  ALTER TABLE settings ADD COLUMN end_of_life INTEGER;  -- as in the config
  UPDATE settings SET end_of_life = config ->> '$.endOfLife';
  CREATE INDEX settings_end ON settings (end_of_life) WHERE destroyed = 0 AND end_of_life IS NOT NULL;

  CREATE TABLE invitation (
    channel    INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    token      TEXT NOT NULL,
    inviter    TEXT NOT NULL,
    invitee    TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (channel, token)
  ) STRICT;

  -- The one item of each of the two avatar nodes.
  CREATE TABLE picture (
    channel INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
    node    TEXT NOT NULL,
    item_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (channel, node)
  ) STRICT;

  -- Of the whole service: a nick by its comparison form, and the bare address of its account.
  CREATE TABLE registered_nick (
    key  TEXT PRIMARY KEY,
    nick TEXT NOT NULL,
    jid  TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- For the channels in which an account takes part.
  CREATE INDEX identity_account ON identity (jid, channel);
  `,
  `
  -- XEP-0045: who takes part only as long as one of its clients is an occupant, and since which version a client is.
  ALTER TABLE participant ADD COLUMN session_only INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN entered INTEGER;
  `,
];

/** "VZRD": marks a file as ours, beside its version. */
const APPLICATION_ID = 0x56_5a_52_44;

/** The file was written by a later release, whose tables this one does not know. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** The file is a database of some other program. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

/**
 * Brings a database to the newest version, in one transaction.
 * @throws NewerSchema or ForeignFile, having changed nothing.
 */
export function migrate(db: Database, steps: readonly string[] = SCHEMA_STEPS): void {
  if (versionOf(db) === steps.length) return;
  transactions(db)(() => {
    const version = versionOf(db);
    if (version > steps.length) {
      throw new NewerSchema(
        `the database has schema version ${version}, this release knows versions up to ${steps.length}`,
      );
    }
    for (const step of steps.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  });
}

function versionOf(db: Database): number {
  const version = pragma(db, 'user_version');
  const empty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (!empty && pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new ForeignFile('the file is a database, but not one of ours');
  }
  return version;
}

function pragma(db: Database, name: 'user_version' | 'application_id'): number {
  const row = db.prepare(`PRAGMA ${name}`).get() as Readonly<Record<string, number>>;
  return row[name] ?? 0;
}
