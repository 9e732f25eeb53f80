/**
 * Invites: how accounts come to be when not everybody may make one.
 * Makes invites, and turns one into an account.
 * Does not show pages (forms.ts) nor answer clients (commands.ts).
 * Always: a token is random and only its hash is stored; an invite is used up in the transaction that makes the account,
 * or not at all; one that makes an operator is good only while there is none.
 * Before: host/accounts.ts. After: host/registration.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Accounts, Credentials } from './accounts.ts';
import type { Database } from './database.ts';
import type { Permit } from './registration.ts';

const DAY_MS = 86_400_000;

export interface Invite {
  readonly token: string;
  readonly expiresAt: number;
}

/** The account that is made becomes an operator, as long as there is none: then the invite is good no more. */
export interface InviteKind {
  /** For how many accounts it holds. */
  readonly uses: number;
  /** Who made it; with the account, its invites go. */
  readonly account?: string;
  readonly makesOperator?: boolean;
}

/** Which invites are good at the moment ?2; for the token ?1. */
const GOOD = `token_hash = ?1 AND expires_at > ?2 AND uses_left > 0
  AND (makes_operator = 0 OR NOT EXISTS (SELECT 1 FROM account WHERE is_operator = 1))`;

export class Invites {
  readonly #database: Database;
  readonly #clock: { now(): number };

  constructor(database: Database, clock: { now(): number }) {
    this.#database = database;
    this.#clock = clock;
  }

  create(days: number, { uses, account, makesOperator = false }: InviteKind): Invite {
    const token = randomBytes(18).toString('base64url');
    const expiresAt = this.#clock.now() + days * DAY_MS;
    this.#database.run(
      'INSERT INTO invite (token_hash, uses_left, expires_at, account, makes_operator) VALUES (?, ?, ?, ?, ?)',
      hashOf(token),
      uses,
      expiresAt,
      account ?? null,
      makesOperator ? 1 : 0,
    );
    return { token, expiresAt };
  }

  /** How many of this account's invites nobody has used yet. */
  countOf(account: string): number {
    const sql = 'SELECT count(*) AS n FROM invite WHERE account = ? AND uses_left > 0 AND expires_at > ?';
    return Number(this.#database.get(sql, account, this.#clock.now())?.['n']);
  }

  /** Can this token still make an account? */
  isGood(token: string): boolean {
    const sql = `SELECT 1 AS found FROM invite WHERE ${GOOD}`;
    return this.#database.get(sql, hashOf(token), this.#clock.now()) !== undefined;
  }

  /**
   * Makes the account and uses the invite; false when the invite is no longer good. What has expired since it was shown
   * is good (XEP-0445 §4). Throws AccountRefused.
   */
  redeem(
    { token, at }: Permit & { readonly kind: 'invite' },
    accounts: Accounts,
    name: string,
    credentials: Credentials,
  ): boolean {
    return this.#database.transaction(() => {
      const hash = hashOf(token);
      const row = this.#database.get(`SELECT makes_operator FROM invite WHERE ${GOOD}`, hash, at);
      if (row === undefined) return false;
      this.#database.run('UPDATE invite SET uses_left = uses_left - 1 WHERE token_hash = ?', hash);
      accounts.insert(name, credentials, row['makes_operator'] === 1);
      return true;
    });
  }

  /** Forgets invites that nobody can use any more. */
  sweep(): void {
    this.#database.run('DELETE FROM invite WHERE expires_at <= ? OR uses_left <= 0', this.#clock.now());
  }
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
