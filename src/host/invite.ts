/**
 * Invites: how accounts come to be when not everybody may make one.
 * Makes invites, and turns one into an account.
 * Does not show pages (http.ts).
 * Always: a token is random and only its hash is stored; an invite is used up in the transaction that makes the account,
 * or not at all.
 * Before: host/accounts.ts. After: host/http.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Accounts, Credentials } from './accounts.ts';
import type { Database } from './database.ts';

const DAY_MS = 86_400_000;

export class Invites {
  readonly #database: Database;
  readonly #clock: { now(): number };

  constructor(database: Database, clock: { now(): number }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Makes an invite and returns its token; without `uses` it holds for any number of accounts until it expires. */
  create(days: number, uses: number | undefined): string {
    const token = randomBytes(18).toString('base64url');
    this.#database.run(
      'INSERT INTO invite (token_hash, uses_left, expires_at) VALUES (?, ?, ?)',
      hashOf(token),
      uses ?? null,
      this.#clock.now() + days * DAY_MS,
    );
    return token;
  }

  /** Can this token still make an account? */
  isGood(token: string): boolean {
    const row = this.#database.get(
      'SELECT 1 AS found FROM invite WHERE token_hash = ? AND expires_at > ? AND (uses_left IS NULL OR uses_left > 0)',
      hashOf(token),
      this.#clock.now(),
    );
    return row !== undefined;
  }

  /** Makes the account and uses the invite; false when the invite is no longer good. Throws AccountRefused. */
  redeem(token: string, accounts: Accounts, name: string, credentials: Credentials): boolean {
    return this.#database.transaction(() => {
      const used = this.#database.run(
        `UPDATE invite SET uses_left = uses_left - 1
         WHERE token_hash = ? AND expires_at > ? AND (uses_left IS NULL OR uses_left > 0)`,
        hashOf(token),
        this.#clock.now(),
      );
      if (used === 0) return false;
      accounts.insert(name, credentials);
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
