/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12) §6, XEP-0405 §2.12, D-81: whom an account does not want to hear from.
 * Keeps the list, and tells whether an address is on it.
 * Does not refuse anything (blocking.ts) nor change presence (block-command.ts).
 * Always: an account never blocks itself or its host; a participant's address belongs to its channel, so that a rule
 * for the channel holds for it too; a rule for a whole domain spares the channels that the account has joined, with
 * all who are in them, since it is not them who are strangers.
 * Before: host/database.ts. After: host/blocking.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import { isAtService } from './bounce.ts';
import type { Context } from './context.ts';
import { bareText } from './envelope.ts';
import { channelOf } from './pam/deliver.ts';
import { rosterItem } from './roster-store.ts';

/** Has the account blocked this address? */
export function isBlocked(context: Context, account: string, other: Jid): boolean {
  const { database, domain } = context;
  if (other.domain === domain && (other.local === undefined || other.local === account)) return false;
  const channel = isAtService(context, other) ? channelOf(other) : undefined;
  const bare = bareText(other);
  const rules = database
    .all(
      'SELECT jid FROM blocked WHERE account = ? AND jid IN (?, ?, ?, ?)',
      account,
      formatJid(other),
      bare,
      channel ?? bare,
      other.domain,
    )
    .map((row) => String(row['jid']));
  if (rules.some((rule) => rule !== other.domain)) return true;
  if (rules.length === 0) return false;
  return channel === undefined || rosterItem(database, account, channel)?.participantId === undefined;
}

export function blockedJids({ database }: Context, account: string): string[] {
  return database
    .all('SELECT jid FROM blocked WHERE account = ? ORDER BY jid', account)
    .map((row) => String(row['jid']));
}

export function addBlocked({ database }: Context, account: string, jid: string): void {
  database.run('INSERT OR IGNORE INTO blocked (account, jid) VALUES (?, ?)', account, jid);
}

export function dropBlocked({ database }: Context, account: string, jid: string): void {
  database.run('DELETE FROM blocked WHERE account = ? AND jid = ?', account, jid);
}
