/**
 * XEP-0405 MIX-PAM (PAM-50), RFC 6121 §2.5.2: removed accounts leave their channels and their contacts.
 * Sends a leave for each channel that a removed account had joined, until the channel has confirmed it, and ends the
 * subscriptions of contacts, so that nobody who takes the name later sees their presence.
 * Does not remove accounts (accounts.ts writes down what is to be left).
 * Always: a channel that does not answer is asked again; one that does not exist counts as left.
 * Before: host/accounts.ts. After: host/host.ts.
 */
import { randomBytes } from 'node:crypto';
import { formatJid } from '../jid/jid.ts';
import { buildLeave } from '../xep/0369-core/wire.ts';
import type { Context } from './context.ts';
import { compose, tryJid } from './envelope.ts';
import { isOut } from './pam/leave.ts';
import { subscriptionToAccount } from './subscription.ts';

export class Leaving {
  readonly #context: Context;
  readonly #asked = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Tells the contacts, and asks the channels that have not been asked yet. */
  run(): void {
    this.#leaveContacts();
    this.#leaveChannels();
  }

  #leaveContacts(): void {
    const { database, domain } = this.#context;
    for (const removed of database.all('SELECT account FROM removed')) {
      const gone = { local: String(removed['account']), domain, resource: undefined };
      const contacts = database.all(
        'SELECT account FROM roster WHERE jid = ? AND participant_id IS NULL',
        formatJid(gone),
      );
      for (const row of contacts) {
        const contact = { ...gone, local: String(row['account']) };
        // Not by way of the router, where it stops if the contact has blocked the account.
        for (const type of ['unsubscribe', 'unsubscribed'] as const)
          subscriptionToAccount(this.#context, compose('presence', gone, contact, { type }), type);
      }
      database.run('DELETE FROM subscription_request WHERE jid = ?', formatJid(gone));
      database.run('DELETE FROM removed WHERE account = ?', gone.local);
    }
  }

  #leaveChannels(): void {
    const { database, forwards, link, domain, limits } = this.#context;
    if (!link.up) return;
    const perRun = limits.channelRequestsPerAccountMax;
    // In random order, so that channels that never answer do not keep the others waiting.
    for (const row of database.all(
      'SELECT account, channel FROM leaving ORDER BY random() LIMIT ?',
      perRun,
    )) {
      const [account, channel] = [String(row['account']), String(row['channel'])];
      const key = `${account}\n${channel}`;
      const to = tryJid(channel);
      if (to === undefined || this.#asked.has(key)) continue;
      const from = { local: account, domain, resource: undefined };
      if (!forwards.hasRoom(from)) continue;
      this.#asked.add(key);
      forwards.send(from, to, randomBytes(9).toString('base64url'), buildLeave(), (answer) => {
        this.#asked.delete(key);
        if (!isOut(answer)) return;
        database.run('DELETE FROM leaving WHERE account = ? AND channel = ?', account, channel);
      });
    }
  }
}
