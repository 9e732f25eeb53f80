/**
 * XEP-0369 MIX-CORE 0.14.6 and its family: what each fact does to the tables.
 * Owns the writing of every fact.
 * Does not check versions nor open transactions (sqlite.ts), nor write notices (notices.ts).
 * Always: the same end state as memory-channel.ts; contract.ts holds both to it.
 * Before: storage/sqlite/schema.ts. After: storage/sqlite/channels.ts.
 */
import { encodeConfig, encodeInfo } from '../codec.ts';
import type { ParticipantId } from '../../jid/public-jid.ts';
import type { ArchivedMessage, ChannelConfig, Fact, Invitation, Session } from '../facts.ts';
import { storeJid } from '../stored-jid.ts';
import type { Commit } from '../store.ts';
import type { Database } from './connection.ts';

/** A channel while one commit is written. */
export interface Turn {
  readonly commit: Commit;
  /** The channel's row; undefined while there is none. */
  key: number | undefined;
  messages: number;
  latest: number;
  /** Of the last message; positions rise with the versions. */
  position: number;
  /** Rows of the archive that this turn added, by message id; not all of them after a trim. */
  readonly posted: Map<string, number>;
}

type Statements = ReturnType<typeof prepareStatements>;
type Change = Exclude<Fact, { fact: 'created' }>;
type Of<Name extends Fact['fact']> = Extract<Fact, { fact: Name }>;

/**
 * A function that writes one fact, within a transaction.
 * It throws when the fact cannot be true of the channel, or when the database refuses it as a second of its kind.
 */
export function factWriter(db: Database): (turn: Turn, fact: Fact) => void {
  const statements = prepareStatements(db);
  return (turn, fact) => {
    if (fact.fact === 'created') {
      create(statements, turn, fact);
      return;
    }
    if (turn.key === undefined) throw new Error(`${fact.fact}, but there is no channel`);
    write(statements, turn, turn.key, fact);
  };
}

function prepareStatements(db: Database) {
  const sql = (text: string) => db.prepare(text);
  return {
    create: sql('INSERT INTO channel (name, version) VALUES (?, ?)'),
    settings: sql(`INSERT INTO settings
      (channel, created_at, listed, guarded, title, config, config_id, info, info_id)
      VALUES (?, ?, ?, 0, NULL, '', '', '', '')`),
    unreserve: sql('DELETE FROM reserved WHERE name = ?'),
    destroy: sql('UPDATE settings SET destroyed = 1 WHERE channel = ?'),
    reserve: sql('INSERT INTO reserved (name, owners) VALUES (?, ?)'),
    owners: sql("SELECT config ->> '$.owners' AS owners FROM settings WHERE channel = ?"),
    erase: sql('DELETE FROM channel WHERE key = ?'),
    sweep: sql('INSERT INTO swept (channel) VALUES (?)'),
    eraseOutbox: sql('DELETE FROM outbox WHERE channel = ?'),
    configure: sql(`UPDATE settings SET config = ?, config_id = ?, guarded = ?, end_of_life = ?
      WHERE channel = ?`),
    noManagers: sql('DELETE FROM manager WHERE channel = ?'),
    manager: sql('INSERT INTO manager (channel, jid) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    describe: sql('UPDATE settings SET info = ?, info_id = ?, title = ? WHERE channel = ?'),
    identify: sql('INSERT INTO identity (channel, id, jid) VALUES (?, ?, ?)'),
    join: sql(`INSERT INTO participant
      (channel, id, nick, jid_visibility, private_messages, vcard, presence, at, session_only)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET nick = excluded.nick, jid_visibility = excluded.jid_visibility,
        private_messages = excluded.private_messages, vcard = excluded.vcard, presence = excluded.presence,
        at = excluded.at, session_only = excluded.session_only`),
    leave: sql('DELETE FROM participant WHERE channel = ? AND id = ?'),
    leaveNodes: sql(`DELETE FROM subscription WHERE channel = ?1
      AND jid = (SELECT jid FROM identity WHERE channel = ?1 AND id = ?2)`),
    leaveInvitations: sql(`DELETE FROM invitation WHERE channel = ?1
      AND inviter = (SELECT jid FROM identity WHERE channel = ?1 AND id = ?2)`),
    leaveSessions: sql('DELETE FROM session WHERE channel = ? AND id = ?'),
    rename: sql('UPDATE participant SET nick = ? WHERE channel = ? AND id = ?'),
    prefer: sql(`UPDATE participant SET jid_visibility = ?, private_messages = ?, vcard = ?, presence = ?
      WHERE channel = ? AND id = ?`),
    subscribe: sql(`INSERT INTO subscription (channel, jid, node, since) VALUES (?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    unsubscribe: sql('DELETE FROM subscription WHERE channel = ? AND jid = ? AND node = ?'),
    present: sql(`INSERT INTO session (channel, id, anonymous, client, available, payload, entered)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET client = excluded.client,
        available = excluded.available, payload = excluded.payload, entered = excluded.entered`),
    absent: sql('DELETE FROM session WHERE channel = ? AND id = ? AND anonymous = ?'),
    admit: sql('INSERT INTO entry (channel, list, jid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    dismiss: sql('DELETE FROM entry WHERE channel = ? AND list = ? AND jid = ?'),
    invite: sql(
      'INSERT INTO invitation (channel, token, inviter, invitee, expires_at) VALUES (?, ?, ?, ?, ?)',
    ),
    redeem: sql('DELETE FROM invitation WHERE channel = ? AND token = ?'),
    picture: sql(`INSERT INTO picture (channel, node, item_id, payload) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET item_id = excluded.item_id, payload = excluded.payload`),
    post: sql(`INSERT INTO message
      (channel, position, id, sender, nick, shown, at, payload, original_id, ordinal, latest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    retract: sql('UPDATE message SET payload = ? WHERE channel = ? AND id = ?'),
    told: sql(`SELECT 1 FROM outbox CROSS JOIN message ON message.key = outbox.message
      WHERE outbox.channel = ? AND position <= ? LIMIT 1`),
    trim: sql('DELETE FROM message WHERE channel = ? AND position <= ?'),
  };
}

function create(statements: Statements, turn: Turn, fact: Of<'created'>): void {
  const { channel, version } = turn.commit;
  const key = Number(statements.create.run(channel, version).lastInsertRowid);
  turn.key = key;
  turn.messages = 0;
  turn.latest = 0;
  turn.position = 0;
  statements.settings.run(key, fact.at, Number(fact.listed));
  configure(statements, key, fact.config, fact.configId);
  statements.describe.run(encodeInfo(fact.info), fact.infoId, fact.info.name ?? null, key);
  statements.unreserve.run(channel);
}

function write(statements: Statements, turn: Turn, key: number, fact: Change): void {
  switch (fact.fact) {
    case 'destroyed':
      statements.destroy.run(key);
      break;
    case 'erased':
      erase(statements, turn, key);
      break;
    case 'configured':
      configure(statements, key, fact.config, fact.configId);
      break;
    case 'described':
      statements.describe.run(encodeInfo(fact.info), fact.infoId, fact.info.name ?? null, key);
      break;
    case 'identified':
      statements.identify.run(key, fact.id, storeJid(fact.jid));
      break;
    case 'joined':
      join(statements, key, fact);
      break;
    case 'left':
      leave(statements, key, fact.id);
      break;
    case 'renamed':
      one(statements.rename.run(fact.nick, key, fact.id));
      break;
    case 'preferred':
      prefer(statements, key, fact);
      break;
    case 'subscribed':
      statements.subscribe.run(key, storeJid(fact.jid), fact.node, turn.commit.version);
      break;
    case 'unsubscribed':
      statements.unsubscribe.run(key, storeJid(fact.jid), fact.node);
      break;
    case 'present':
      present(statements, key, fact.session);
      break;
    case 'absent':
      statements.absent.run(key, fact.id, fact.anonymous);
      break;
    case 'admitted':
      statements.admit.run(key, fact.list, storeJid(fact.jid));
      break;
    case 'dismissed':
      statements.dismiss.run(key, fact.list, storeJid(fact.jid));
      break;
    case 'invited':
      invite(statements, key, fact.invitation);
      break;
    case 'redeemed':
      statements.redeem.run(key, fact.token);
      break;
    case 'pictured':
      statements.picture.run(key, fact.picture.node, fact.picture.itemId, fact.picture.payload);
      break;
    case 'posted':
      post(statements, turn, key, fact.message);
      break;
    case 'retracted':
      one(statements.retract.run(fact.payload, key, fact.id));
      break;
    case 'trimmed':
      trim(statements, turn, key, fact.through);
  }
}

function join(statements: Statements, key: number, joined: Of<'joined'>): void {
  const { id, nick, preferences, at, isSessionOnly } = joined;
  const { jidVisibility, privateMessages, vCard, presence } = preferences;
  const wishes = [jidVisibility, privateMessages, vCard, presence];
  statements.join.run(key, id, nick ?? null, ...wishes, at, Number(isSessionOnly));
}

function leave(statements: Statements, key: number, id: ParticipantId): void {
  statements.leave.run(key, id);
  statements.leaveNodes.run(key, id);
  statements.leaveSessions.run(key, id);
  statements.leaveInvitations.run(key, id);
}

function prefer(statements: Statements, key: number, { id, preferences }: Of<'preferred'>): void {
  const { jidVisibility, privateMessages, vCard, presence } = preferences;
  one(statements.prefer.run(jidVisibility, privateMessages, vCard, presence, key, id));
}

function present(statements: Statements, key: number, session: Session): void {
  const { id, anonymous, client, available, payload, entered } = session;
  const shown = [Number(available), payload];
  statements.present.run(key, id, anonymous, storeJid(client), ...shown, entered ?? null);
}

function invite(statements: Statements, key: number, invitation: Invitation): void {
  const { token, inviter, invitee, expiresAt } = invitation;
  statements.invite.run(key, token, storeJid(inviter), storeJid(invitee), expiresAt);
}

function configure(statements: Statements, key: number, config: ChannelConfig, configId: string): void {
  const guarded = config.nodesPresent.includes('allowed');
  statements.configure.run(encodeConfig(config), configId, Number(guarded), config.endOfLife ?? null, key);
  statements.noManagers.run(key);
  for (const jid of [...config.owners, ...config.administrators]) statements.manager.run(key, storeJid(jid));
}

function erase(statements: Statements, turn: Turn, key: number): void {
  const { owners } = statements.owners.get(key) as { readonly owners: string };
  statements.reserve.run(turn.commit.channel, owners);
  statements.eraseOutbox.run(turn.commit.channel);
  statements.erase.run(key);
  statements.sweep.run(key);
  turn.key = undefined;
  turn.posted.clear();
}

function post(statements: Statements, turn: Turn, key: number, message: ArchivedMessage): void {
  if (message.position <= turn.position || message.position > turn.commit.version) {
    throw new Error('posted out of order');
  }
  turn.position = message.position;
  turn.messages += 1;
  turn.latest = Math.max(turn.latest, message.at);
  const { position, id, sender, nick, shown, at, payload, originalId } = message;
  const row = statements.post.run(
    ...[key, position, id, sender ?? null, nick ?? null, Number(shown), at, payload, originalId ?? null],
    ...[turn.messages, turn.latest],
  );
  turn.posted.set(id, Number(row.lastInsertRowid));
}

/** The row of a message that is still to be told must stay: the outbox has nothing of it but the key. */
function trim(statements: Statements, turn: Turn, key: number, through: number): void {
  if (statements.told.get(turn.commit.channel, through) !== undefined)
    throw new Error('trimmed, but still to be told');
  statements.trim.run(key, through);
  turn.posted.clear();
}

/** @throws Error when the statement found nobody to change. */
function one({ changes }: { readonly changes: number | bigint }): void {
  if (Number(changes) !== 1) throw new Error('a change of something that is not there');
}
