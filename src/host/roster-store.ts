/**
 * RFC 6121 §2.1 (2011-03): the rosters as they are stored.
 * Reads and writes the items of an account, contacts and joined channels alike, and the requests that wait.
 * Does not tell anybody (roster.ts does) nor decide (subscription.ts and pam/roster.ts do).
 * Always: `account` is the local part; `jid` is a prepared bare JID.
 * Before: host/schema.ts. After: host/roster.ts.
 */
import type { Database, Row } from './database.ts';

export type Subscription = 'none' | 'to' | 'from' | 'both';

export interface RosterItem {
  readonly jid: string;
  readonly name: string;
  readonly subscription: Subscription;
  /** The account has asked the contact and waits for the answer. */
  readonly isAsking: boolean;
  readonly groups: readonly string[];
  /** A joined channel: the account's id there, '' where it is not known; undefined for a contact. */
  readonly participantId: string | undefined;
  readonly wantsPresence: boolean;
}

/** Does the account see the contact's presence? */
export function sees(subscription: Subscription): boolean {
  return subscription === 'to' || subscription === 'both';
}

/** Does the contact see the account's presence? */
export function isSeen(subscription: Subscription): boolean {
  return subscription === 'from' || subscription === 'both';
}

const columns = 'jid, name, subscription, is_asking, groups, participant_id, wants_presence';

/** What an item is before anything is said about it. */
export function newItem(jid: string): RosterItem {
  return {
    jid,
    name: '',
    subscription: 'none',
    isAsking: false,
    groups: [],
    participantId: undefined,
    wantsPresence: false,
  };
}

export function rosterItems(database: Database, account: string): RosterItem[] {
  return database.all(`SELECT ${columns} FROM roster WHERE account = ? ORDER BY jid`, account).map(itemOf);
}

export function rosterItem(database: Database, account: string, jid: string): RosterItem | undefined {
  const row = database.get(`SELECT ${columns} FROM roster WHERE account = ? AND jid = ?`, account, jid);
  return row && itemOf(row);
}

export function countItems(database: Database, account: string): number {
  return Number(database.get('SELECT count(*) AS n FROM roster WHERE account = ?', account)?.['n']);
}

export function putItem(database: Database, account: string, item: RosterItem): void {
  database.run(
    `INSERT OR REPLACE INTO roster (account, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    account,
    item.jid,
    item.name,
    item.subscription,
    item.isAsking ? 1 : 0,
    JSON.stringify(item.groups),
    item.participantId ?? null,
    item.wantsPresence ? 1 : 0,
  );
}

export function dropItem(database: Database, account: string, jid: string): boolean {
  return database.run('DELETE FROM roster WHERE account = ? AND jid = ?', account, jid) > 0;
}

/** RFC 6121 §3.1.3: a subscription request that waits for the account's answer. */
export interface SubscriptionRequest {
  readonly jid: string;
  readonly stanza: string;
}

export function requests(database: Database, account: string): SubscriptionRequest[] {
  return database
    .all('SELECT jid, stanza FROM subscription_request WHERE account = ? ORDER BY jid', account)
    .map((row) => ({ jid: String(row['jid']), stanza: String(row['stanza']) }));
}

export function hasRequest(database: Database, account: string, jid: string): boolean {
  return (
    database.get(
      'SELECT 1 AS found FROM subscription_request WHERE account = ? AND jid = ?',
      account,
      jid,
    ) !== undefined
  );
}

export function putRequest(database: Database, account: string, jid: string, stanza: string): void {
  database.run(
    'INSERT OR REPLACE INTO subscription_request (account, jid, stanza) VALUES (?, ?, ?)',
    account,
    jid,
    stanza,
  );
}

/** Returns whether there was one. */
export function dropRequest(database: Database, account: string, jid: string): boolean {
  return database.run('DELETE FROM subscription_request WHERE account = ? AND jid = ?', account, jid) > 0;
}

function itemOf(row: Row): RosterItem {
  const id = row['participant_id'] as string | null;
  return {
    jid: String(row['jid']),
    name: String(row['name']),
    subscription: String(row['subscription']) as Subscription,
    isAsking: row['is_asking'] === 1,
    groups: JSON.parse(String(row['groups'])) as string[],
    participantId: id ?? undefined,
    wantsPresence: row['wants_presence'] === 1,
  };
}
