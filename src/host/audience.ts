/**
 * RFC 6121 §4 (2011-03): who sees an account.
 * Lists the contacts.
 * Does not send anything to them (presence.ts, pep/notify.ts).
 * Always: channels are not among them: they see only clients that know channels, and nothing but presence.
 * Before: host/roster-store.ts. After: host/presence.ts.
 */
import type { Jid } from '../jid/jid.ts';
import { isBlocked } from './blocklist.ts';
import type { Context } from './context.ts';
import { tryJid } from './envelope.ts';
import { isSeen, rosterItems } from './roster-store.ts';

/** The contacts that may see the account. */
export function audience(context: Context, account: string): Jid[] {
  return rosterItems(context.database, account)
    .filter(({ participantId, subscription }) => participantId === undefined && isSeen(subscription))
    .flatMap(({ jid }) => tryJid(jid) ?? []);
}

/** Those of them that the account has not blocked. */
export function watchers(context: Context, account: string): Jid[] {
  return audience(context, account).filter((contact) => !isBlocked(context, account, contact));
}
