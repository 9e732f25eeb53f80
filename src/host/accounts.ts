/**
 * RFC 6120 §6 (2011-03): the host's accounts.
 * Adds, removes and lists accounts, and keeps what is needed to check a password.
 * Does not talk to clients (sasl.ts); the command line uses this file beside a running host.
 * Always: no password is stored; a name is prepared; an unknown name has keys too, always the same ones, so that asking
 * does not tell which accounts exist.
 * Before: host/scram.ts. After: host/sasl.ts.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { prepLocal } from '../jid/prep.ts';
import type { Database } from './database.ts';
import { hostLimits } from './limits.ts';
import { preparePassword } from './password.ts';
import { openHostDatabase } from './schema.ts';
import {
  deriveKeys,
  isSameKey,
  keyLength,
  SCRAM_MECHANISMS,
  type ScramKeys,
  type ScramMechanism,
} from './scram.ts';

/** Why an account cannot be made or found; the text is for a person. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
  readonly why: 'name' | 'password' | 'taken' | 'unknown' | 'often' | 'permit';

  constructor(why: AccountRefused['why'], text: string) {
    super(text);
    this.why = why;
  }
}

export interface AccountRow {
  readonly name: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly isOperator: boolean;
}

/** Keys that are ready to be stored. */
export type Credentials = readonly (readonly [ScramMechanism, ScramKeys])[];

export class Accounts {
  readonly #database: Database;
  readonly #iterations: number;
  readonly #fakeSecret: Uint8Array;

  constructor(database: Database, iterations: number = hostLimits.passwordIterations) {
    this.#database = database;
    this.#iterations = iterations;
    this.#fakeSecret = secret(database, 'unknown-names');
  }

  /** Makes an account; returns its prepared name. Throws AccountRefused. */
  async add(name: string, password: string, isOperator = false): Promise<string> {
    const prepared = accountName(name);
    this.checkFree(prepared);
    this.make(prepared, await this.derive(password), isOperator);
    return prepared;
  }

  /** Throws AccountRefused when there is such an account. */
  checkFree(prepared: string): void {
    if (this.exists(prepared)) throw taken(prepared);
  }

  /** Stores an account, in a transaction of its own. Throws AccountRefused when the name is taken. */
  make(prepared: string, credentials: Credentials, isOperator = false): void {
    this.#database.transaction(() => this.insert(prepared, credentials, isOperator));
  }

  /** The keys of a password, with fresh salts. Throws AccountRefused. */
  async derive(password: string): Promise<Credentials> {
    const prepared = preparePassword(password);
    if (prepared === undefined) throw new AccountRefused('password', 'this password cannot be used');
    return Promise.all(
      SCRAM_MECHANISMS.map(
        async (mechanism) =>
          [mechanism, await deriveKeys(mechanism, prepared, randomBytes(16), this.#iterations)] as const,
      ),
    );
  }

  /** Stores an account, within the caller's transaction. Throws AccountRefused when the name is taken. */
  insert(name: string, credentials: Credentials, isOperator = false): void {
    const sql = 'INSERT OR IGNORE INTO account (name, is_operator) VALUES (?, ?)';
    if (this.#database.run(sql, name, isOperator ? 1 : 0) === 0) throw taken(name);
    this.#store(name, credentials);
  }

  async setPassword(name: string, password: string): Promise<void> {
    const prepared = accountName(name);
    const credentials = await this.derive(password);
    this.#database.transaction(() => {
      if (!this.exists(prepared)) throw new AccountRefused('unknown', `there is no account ${prepared}`);
      this.#database.run('DELETE FROM credential WHERE name = ?', prepared);
      this.#store(prepared, credentials);
    });
  }

  /**
   * Removes an account with all that is stored for it; false when there is none. Its channels are left (PAM-50) and its
   * contacts told by the host, within seconds when it runs, else when it starts.
   */
  remove(name: string): boolean {
    const prepared = accountName(name);
    return this.#database.transaction(() => {
      this.#database.run(
        'INSERT OR IGNORE INTO leaving SELECT account, jid FROM roster WHERE account = ? AND participant_id IS NOT NULL',
        prepared,
      );
      const isRemoved = this.#database.run('DELETE FROM account WHERE name = ?', prepared) > 0;
      if (isRemoved) this.#database.run('INSERT OR IGNORE INTO removed (account) VALUES (?)', prepared);
      return isRemoved;
    });
  }

  list(): AccountRow[] {
    return this.#database
      .all('SELECT name, created_at, is_operator FROM account ORDER BY name')
      .map((row) => ({
        name: String(row['name']),
        createdAt: Number(row['created_at']),
        isOperator: row['is_operator'] === 1,
      }));
  }

  get isEmpty(): boolean {
    return this.#database.get('SELECT 1 AS found FROM account LIMIT 1') === undefined;
  }

  operators(): string[] {
    const sql = 'SELECT name FROM account WHERE is_operator = 1 ORDER BY name';
    return this.#database.all(sql).map((row) => String(row['name']));
  }

  isOperator(prepared: string): boolean {
    const sql = 'SELECT 1 AS found FROM account WHERE name = ? AND is_operator = 1';
    return this.#database.get(sql, prepared) !== undefined;
  }

  /** Is this another way to write the name? */
  isSame(name: string, prepared: string): boolean {
    return tryName(name) === prepared;
  }

  /** Is there an account of this name, which need not be prepared? */
  exists(name: string): boolean {
    const prepared = tryName(name);
    return (
      prepared !== undefined &&
      this.#database.get('SELECT 1 AS found FROM account WHERE name = ?', prepared) !== undefined
    );
  }

  /** What a client must prove that it knows. For an unknown name: keys that nobody has a password for. */
  keys(name: string, mechanism: ScramMechanism): ScramKeys {
    const prepared = tryName(name) ?? name;
    const row = this.#database.get(
      'SELECT salt, iterations, stored_key, server_key FROM credential WHERE name = ? AND mechanism = ?',
      prepared,
      mechanism,
    );
    if (row === undefined) return this.#fakeKeys(prepared, mechanism);
    return {
      salt: row['salt'] as Uint8Array,
      iterations: Number(row['iterations']),
      storedKey: row['stored_key'] as Uint8Array,
      serverKey: row['server_key'] as Uint8Array,
    };
  }

  /** Is this the account's password? Takes the same time whether the account exists or not. */
  async isPassword(name: string, password: string): Promise<boolean> {
    const keys = this.keys(name, 'SCRAM-SHA-256');
    const prepared = preparePassword(password) ?? '';
    const tried = await deriveKeys('SCRAM-SHA-256', prepared, keys.salt, keys.iterations);
    return isSameKey(tried.storedKey, keys.storedKey) && prepared !== '';
  }

  close(): void {
    this.#database.close();
  }

  #store(name: string, credentials: Credentials): void {
    for (const [mechanism, keys] of credentials) {
      this.#database.run(
        'INSERT INTO credential (name, mechanism, salt, iterations, stored_key, server_key) VALUES (?, ?, ?, ?, ?, ?)',
        name,
        mechanism,
        keys.salt,
        keys.iterations,
        keys.storedKey,
        keys.serverKey,
      );
    }
  }

  #fakeKeys(name: string, mechanism: ScramMechanism): ScramKeys {
    const derive = (what: string, bytes: number) =>
      createHmac('sha256', this.#fakeSecret)
        .update(`${what}\0${mechanism}\0${name}`)
        .digest()
        .subarray(0, bytes);
    return {
      salt: derive('salt', 16),
      iterations: this.#iterations,
      storedKey: derive('stored', keyLength(mechanism)),
      serverKey: derive('server', keyLength(mechanism)),
    };
  }
}

/** The accounts in a host's file, for the command line. The caller closes them. */
export function openAccounts(database: string, iterations?: number): Accounts {
  return new Accounts(openHostDatabase(database), iterations);
}

/** The prepared name. Throws AccountRefused. */
export function accountName(name: string): string {
  const prepared = tryName(name);
  if (prepared === undefined) {
    throw new AccountRefused(
      'name',
      'this cannot be the name of an account: letters, digits, dots and dashes can',
    );
  }
  return prepared;
}

function tryName(name: string): string | undefined {
  try {
    return prepLocal(name);
  } catch {
    return undefined;
  }
}

function taken(name: string): AccountRefused {
  return new AccountRefused('taken', `there is already an account ${name}`);
}

/** Random bytes that stay the same for the life of the file. */
function secret(database: Database, name: string): Uint8Array {
  database.run('INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)', name, randomBytes(32));
  return database.get('SELECT value FROM secret WHERE name = ?', name)?.['value'] as Uint8Array;
}
