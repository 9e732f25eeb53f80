/**
 * Operators: accounts that may do in every channel what its owner may, and make invites.
 * Knows them by the config and by the host's file, and tells the service when those of the file have changed.
 * Does not make an account one: an invite of its own kind does (invite.ts), or the command line (accounts.ts).
 * Always: who is removed is no operator any more, whoever takes the name later.
 * Before: host/invite.ts. After: host/commands.ts.
 */
import type { Jid } from '../jid/jid.ts';
import type { Accounts } from './accounts.ts';

/** The other side: the service's list of those who may do everything. */
export interface Admins {
  /** Does the config name this account? */
  has(account: Jid): boolean;
  /** The operators of the host's file, from now on. */
  set(accounts: readonly Jid[]): void;
}

export class Operators {
  readonly #accounts: Accounts;
  readonly #domain: string;
  readonly #admins: Admins | undefined;
  #told = '';

  constructor(accounts: Accounts, domain: string, admins: Admins | undefined) {
    this.#accounts = accounts;
    this.#domain = domain;
    this.#admins = admins;
  }

  has(account: string): boolean {
    return this.#accounts.isOperator(account) || this.#admins?.has(this.#jid(account)) === true;
  }

  /** Those of the host's file. */
  list(): string[] {
    return this.#accounts.operators();
  }

  /** Looks whether they are still the same: another process, the command line, may have made one or removed one. */
  refresh(): void {
    const names = this.list();
    const key = names.join('\n');
    if (key === this.#told) return;
    this.#told = key;
    this.#admins?.set(names.map((name) => this.#jid(name)));
  }

  #jid(local: string): Jid {
    return { local, domain: this.#domain, resource: undefined };
  }
}
