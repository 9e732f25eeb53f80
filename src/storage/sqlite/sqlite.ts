/**
 * The store in one SQLite file.
 * Owns openSqlite, which puts its parts together, and the commit.
 * Does not wait: SQLite works on the calling thread, and what is grouped into one commit is written by one fsync.
 * Always: a commit is one transaction in the write-ahead log, on the disk before its promise resolves.
 * Before: storage/store.ts. After: storage/sqlite/facts.ts.
 */
import type { ChannelName } from '../../jid/public-jid.ts';
import { promised } from '../promised.ts';
import { StaleChannel, UnknownItem, type ArchiveQuery, type Commit, type Store } from '../store.ts';
import { archive } from './archive.ts';
import { channels, type ChannelRow, type Channels } from './channels.ts';
import { connect, disconnect, transactions, type Database } from './connection.ts';
import { excessFinder } from './excess.ts';
import { factWriter, type Turn } from './facts.ts';
import { nicks } from './nicks.ts';
import { outbox, type Outbox } from './notices.ts';
import { migrate } from './schema.ts';
import { sweeper } from './sweeper.ts';

/**
 * Opens a file, or ':memory:', and brings an older one up to date.
 * @throws NewerSchema when a later release wrote the file; ForeignFile when it is some other program's database;
 * NoSqlite when this Node has no working binding; the binding's error when the file cannot be opened.
 */
export function openSqlite(file: string): Store {
  const db = connect(file);
  try {
    migrate(db);
    return storeOn(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOn(db: Database): Store {
  const inTransaction = transactions(db);
  const channel = channels(db);
  const messages = archive(db);
  const notices = outbox(db);
  const excessOf = excessFinder(db);
  const registry = nicks(db);
  const writeCommit = committer(db, channel, notices);
  const secretOf = secrets(db);
  const swept = sweeper(db, inTransaction);
  swept.start();
  const ofRow = <Result>(name: ChannelName, read: (row: ChannelRow) => Result) =>
    promised(() => {
      const row = channel.row(name);
      return row === undefined ? undefined : read(row);
    });
  const inChannel = <Result>(name: ChannelName, read: (key: number) => Result) =>
    ofRow(name, ({ key }) => read(key));
  return {
    commit: (commits, delivered) =>
      promised(() => {
        if (commits.length === 0 && delivered.length === 0) return;
        inTransaction(() => {
          commits.forEach(writeCommit);
          for (const place of delivered) notices.strike(place);
          if (commits.some(erases)) swept.sweep();
        });
      }),
    load: (name) => promised(() => inTransaction(() => channel.load(name))),
    reservedTo: (name) => promised(() => channel.reservedTo(name)),
    channelNames: (after, max) => promised(() => channel.names(after, max)),
    channelsOf: (jid, after, max) => promised(() => channel.of(jid, after, max)),
    listChannels: (asker, page) => promised(() => channel.listed(asker, page)),
    expired: (at, max) => promised(() => channel.expired(at, max)),
    archive: (name, query) =>
      promised(() => {
        const row = channel.row(name);
        return row === undefined ? noArchive(query) : messages.page(row.key, query);
      }),
    archiveEnds: (name) => inChannel(name, (key) => messages.ends(key)),
    excess: (name, bounds, max) => ofRow(name, (row) => excessOf(name, row, bounds, max)),
    message: (name, id) => inChannel(name, (key) => messages.message(key, id)),
    messageOf: (name, sender, originalId) => inChannel(name, (key) => messages.sent(key, sender, originalId)),
    picture: (name, node, itemId) => inChannel(name, (key) => channel.picture(key, node, itemId)),
    registeredNicks: (after, max) => promised(() => registry.registered(after, max)),
    registerNick: (registered) => promised(() => inTransaction(() => registry.register(registered))),
    pending: (after, max) => promised(() => notices.pending(after, max)),
    secret: (name, make) => promised(() => inTransaction(() => secretOf(name, make))),
    close: () =>
      promised(() => {
        swept.stop();
        disconnect(db);
      }),
  };
}

function committer(db: Database, channel: Channels, notices: Outbox): (commit: Commit) => void {
  const writeFact = factWriter(db);
  const raise = db.prepare('UPDATE channel SET version = ?, messages = ?, latest = ? WHERE key = ?');
  return (commit) => {
    const row = channel.row(commit.channel);
    if ((row?.version ?? 0) !== commit.expected) throw new StaleChannel('the channel has another version');
    if (commit.version <= commit.expected) throw new Error('a commit must raise the version');
    const turn: Turn = {
      commit,
      key: row?.key,
      messages: row?.messages ?? 0,
      latest: row?.latest ?? 0,
      position: commit.expected,
      posted: new Map(),
    };
    for (const fact of commit.facts) writeFact(turn, fact);
    if (turn.key !== undefined) {
      raise.run(commit.version, turn.messages, turn.latest, turn.key);
      notices.write(turn);
      return;
    }
    if (row === undefined && !erases(commit)) throw new Error('a turn of no channel');
    if (commit.notices.length > 0) throw new Error('notices of an erased channel');
  };
}

function erases(commit: Commit): boolean {
  return commit.facts.some(({ fact }) => fact === 'erased');
}

/** The page of an archive that does not exist: in it, every id is unknown. */
function noArchive({ afterId, beforeId, ids, page }: ArchiveQuery) {
  const before = page.before === '' ? undefined : page.before;
  const named = [afterId, beforeId, page.after, before, ...(ids ?? [])];
  if (named.some((id) => id !== undefined)) throw new UnknownItem('no such message in the archive');
  return { items: [], complete: true, count: 0 };
}

function secrets(db: Database): (name: string, make: () => Uint8Array) => Uint8Array {
  const find = db.prepare('SELECT value FROM secret WHERE name = ?');
  const keep = db.prepare('INSERT INTO secret (name, value) VALUES (?, ?)');
  return (name, make) => {
    const found = find.get(name) as { readonly value: Uint8Array } | undefined;
    if (found !== undefined) return found.value;
    const made = make();
    keep.run(name, made);
    return made;
  };
}
