/**
 * XEP-0405 MIX-PAM (PAM-50): removed accounts leave their channels.
 * Sends a leave for each channel that a removed account had joined, until the channel has confirmed it.
 * Does not remove accounts (accounts.ts writes down what is to be left).
 * Always: a channel that does not answer is asked again; one that does not exist counts as left.
 * Before: host/accounts.ts. After: host/host.ts.
 */
import { randomBytes } from 'node:crypto';
import { buildLeave } from '../xep/0369-core/wire.ts';
import type { Context } from './context.ts';
import { tryJid } from './envelope.ts';
import { isOut } from './pam/leave.ts';

export class Leaving {
  readonly #context: Context;
  readonly #asked = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Asks the channels that have not been asked yet. */
  run(): void {
    const { database, forwards, link, domain, limits } = this.#context;
    if (!link.up) return;
    const perRun = limits.channelRequestsPerAccountMax;
    for (const row of database.all('SELECT account, channel FROM leaving LIMIT ?', perRun)) {
      const [account, channel] = [String(row['account']), String(row['channel'])];
      const key = `${account}\n${channel}`;
      const to = tryJid(channel);
      if (to === undefined || this.#asked.has(key)) continue;
      this.#asked.add(key);
      const from = { local: account, domain, resource: undefined };
      forwards.send(from, to, randomBytes(9).toString('base64url'), buildLeave(), (answer) => {
        this.#asked.delete(key);
        if (!isOut(answer)) return;
        database.run('DELETE FROM leaving WHERE account = ? AND channel = ?', account, channel);
      });
    }
  }
}
