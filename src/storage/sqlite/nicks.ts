/**
 * XEP-0407 MIX-MISC §3: nicks that accounts have registered with the service, in SQLite.
 * Owns their rows, which belong to no channel: they are written one by one, outside of any turn.
 * Does not compare nicks: a nick comes with the key by which it is the same as another (jid/nickname.ts).
 * Always: an account has one nick, and a key one account.
 * Before: storage/store.ts. After: storage/sqlite/sqlite.ts.
 */
import { restoreJid, storeJid } from '../stored-jid.ts';
import { NickTaken, type RegisteredNick } from '../store.ts';
import type { Database } from './connection.ts';

export interface Nicks {
  registered(after: string | undefined, max: number): readonly RegisteredNick[];
  /** Within a transaction. @throws NickTaken */
  register(registered: RegisteredNick): void;
}

interface NickRow {
  readonly key: string;
  readonly nick: string;
  readonly jid: string;
}

export function nicks(db: Database): Nicks {
  // No key is empty, so all keys are above ''.
  const select = db.prepare('SELECT key, nick, jid FROM registered_nick WHERE key > ? ORDER BY key LIMIT ?');
  const taken = db.prepare('SELECT 1 FROM registered_nick WHERE key = ? AND jid <> ?');
  const remove = db.prepare('DELETE FROM registered_nick WHERE jid = ?');
  const insert = db.prepare('INSERT INTO registered_nick (key, nick, jid) VALUES (?, ?, ?)');
  return {
    registered: (after, max) =>
      (select.all(after ?? '', max) as NickRow[]).map(({ key, nick, jid }) => ({
        key,
        nick,
        jid: restoreJid(jid),
      })),
    register({ key, nick, jid }) {
      const account = storeJid(jid);
      if (taken.get(key, account) !== undefined) throw new NickTaken('another account has registered it');
      remove.run(account);
      insert.run(key, nick, account);
    },
  };
}
