/**
 * The tables of the host's file.
 * Owns the steps from each version of the schema to the next, and refuses a file that a newer Vizard has written.
 * Does not read or write rows.
 * Always: a step runs whole or not at all; `user_version` counts the steps that a file has behind it.
 * Before: host/database.ts. After: host/accounts.ts.
 */
import { Database } from './database.ts';

/** Only ever add to the end: files in the field have run the steps before. */
export const steps: readonly string[] = [
  `
  CREATE TABLE account (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE credential (
    name TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    mechanism TEXT NOT NULL,
    salt BLOB NOT NULL,
    iterations INTEGER NOT NULL,
    stored_key BLOB NOT NULL,
    server_key BLOB NOT NULL,
    PRIMARY KEY (name, mechanism)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE roster (
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    subscription TEXT NOT NULL DEFAULT 'none' CHECK (subscription IN ('none', 'to', 'from', 'both')),
    is_asking INTEGER NOT NULL DEFAULT 0,
    groups TEXT NOT NULL DEFAULT '[]',
    -- A channel that the account has joined (XEP-0405); NULL for a contact, '' where the channel told no id.
    participant_id TEXT,
    wants_presence INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, jid)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE subscription_request (
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    jid TEXT NOT NULL,
    stanza TEXT NOT NULL,
    PRIMARY KEY (account, jid)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE archive (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    id TEXT NOT NULL,
    peer TEXT NOT NULL,
    peer_full TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The id that a channel gave the message: a channel that sends it again after a crash does not store it twice.
    channel_id TEXT,
    stanza TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX archive_id ON archive (account, id);
  CREATE INDEX archive_place ON archive (account, place);
  CREATE INDEX archive_peer ON archive (account, peer, place);
  CREATE UNIQUE INDEX archive_channel ON archive (account, peer, channel_id) WHERE channel_id IS NOT NULL;

  CREATE TABLE offline (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    at INTEGER NOT NULL,
    stanza TEXT NOT NULL
  ) STRICT;
  CREATE INDEX offline_account ON offline (account, place);

  CREATE TABLE vcard (
    account TEXT PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    vcard TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What a removed account still has to leave (PAM-50); no reference, since the account is gone.
  CREATE TABLE leaving (account TEXT NOT NULL, channel TEXT NOT NULL, PRIMARY KEY (account, channel)) STRICT, WITHOUT ROWID;

  -- Accounts whose contacts have not been told yet that they are gone.
  CREATE TABLE removed (account TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE invite (
    token_hash BLOB PRIMARY KEY,
    uses_left INTEGER,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE blocked (
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    jid TEXT NOT NULL,
    PRIMARY KEY (account, jid)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE pep_node (
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    node TEXT NOT NULL,
    access TEXT NOT NULL CHECK (access IN ('presence', 'open', 'whitelist')),
    items_max INTEGER NOT NULL,
    persists INTEGER NOT NULL,
    sends_last INTEGER NOT NULL,
    PRIMARY KEY (account, node)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pep_item (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    node TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    payload TEXT NOT NULL,
    -- What the item counts for in the account's limit.
    bytes INTEGER NOT NULL,
    UNIQUE (account, node, id),
    FOREIGN KEY (account, node) REFERENCES pep_node ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX pep_item_place ON pep_item (account, node, place);
  `,
  `
  ALTER TABLE account ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE invite ADD COLUMN makes_operator INTEGER NOT NULL DEFAULT 0;
  -- Who has made it; NULL: whoever runs the host.
  ALTER TABLE invite ADD COLUMN account TEXT REFERENCES account ON DELETE CASCADE;
  CREATE INDEX invite_account ON invite (account) WHERE account IS NOT NULL;
  `,
  `
  CREATE TABLE upload (
    -- The hash of what stands in the address, and the name of the file.
    file TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    bytes INTEGER NOT NULL,
    type TEXT,
    ending TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    -- NULL: a slot that has not been used yet.
    stored_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX upload_account ON upload (account, asked_at);
  CREATE INDEX upload_asked ON upload (asked_at);

  -- Files that have to go, whatever it was that removed their row.
  CREATE TABLE upload_removed (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TRIGGER upload_goes AFTER DELETE ON upload BEGIN
    INSERT OR IGNORE INTO upload_removed VALUES (old.file);
  END;
  `,
  `
  -- What is done once in the life of this file, and how far it has come.
  CREATE TABLE once (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- Where there are people already, they have their channels.
  INSERT INTO once SELECT 'lobby', 'given' WHERE EXISTS (SELECT 1 FROM account);
  `,
];

/** Opens the file, made or brought up to date. Throws an Error whose text an operator can act upon. */
export function openHostDatabase(file: string): Database {
  const database = new Database(file);
  try {
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database, file: string): void {
  database.transaction(() => {
    const version = Number(database.get('PRAGMA user_version')?.['user_version']);
    if (version > steps.length) {
      throw new Error(
        `${file} was written by a newer Vizard (schema ${version}, this one knows ${steps.length}). ` +
          'Run that version, or restore the copy that was made before the upgrade.',
      );
    }
    if (version === steps.length) return;
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}
