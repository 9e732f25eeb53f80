/**
 * How an account comes to be, whoever asks for it: a form, a client before its log-in, or one that changes its password.
 * Owns what permits it, the bounds of a password, and how often it may be tried.
 * Does not read requests (forms.ts, stream-registration.ts, register.ts) nor keep accounts (accounts.ts).
 * Always: what permits an account is used in the transaction that makes it; a password that is worked on was counted
 * before, so that nobody makes the host work for nothing.
 * Before: host/invite.ts. After: host/stream-registration.ts.
 */
import { AccountRefused, accountName, type Accounts } from './accounts.ts';
import type { Invites } from './invite.ts';
import type { HostLimits } from './limits.ts';
import { Rate } from './rate.ts';

export type Mode = 'invite' | 'open' | 'closed';

/** What permits somebody to make an account: anybody's right, or an invite that was good at that moment (XEP-0445 §4). */
export type Permit =
  { readonly kind: 'open' } | { readonly kind: 'invite'; readonly token: string; readonly at: number };

export interface RegistrarOptions {
  readonly mode: Mode;
  readonly accounts: Accounts;
  readonly invites: Invites;
  readonly limits: HostLimits;
  readonly clock: { now(): number };
  /** An account was made. */
  readonly onMade: () => void;
}

export class Registrar {
  readonly #options: RegistrarOptions;
  /** Tries to make an account, by the sender's address. */
  readonly #tries: Rate;
  /** Changes of the password, by account. */
  readonly #changes: Rate;

  constructor(options: RegistrarOptions) {
    const { limits, clock } = options;
    this.#options = options;
    this.#tries = new Rate(limits.registrationsPerMinuteMax, 60_000, clock);
    this.#changes = new Rate(limits.passwordChangesPerMinuteMax, 60_000, clock);
  }

  get mode(): Mode {
    return this.#options.mode;
  }

  /** What anybody may do. */
  get open(): Permit | undefined {
    return this.mode === 'open' ? { kind: 'open' } : undefined;
  }

  /** What somebody may do who has this token. */
  withToken(token: string): Permit | undefined {
    const { clock, invites } = this.#options;
    if (this.mode === 'closed' || !invites.isGood(token)) return undefined;
    return { kind: 'invite', token, at: clock.now() };
  }

  /** Makes an account and returns its prepared name. @throws AccountRefused */
  async register(peer: string, permit: Permit, name: string, password: string): Promise<string> {
    const { accounts, invites, onMade } = this.#options;
    if (this.#tries.take(peer) > 0) throw tooOften();
    this.#checkPassword(password);
    const prepared = accountName(name);
    accounts.checkFree(prepared);
    const credentials = await accounts.derive(password);
    if (permit.kind === 'open') accounts.make(prepared, credentials);
    else if (!invites.redeem(permit, accounts, prepared, credentials))
      throw new AccountRefused('permit', 'the invite has been used, has expired, or never was');
    onMade();
    return prepared;
  }

  /** @throws AccountRefused */
  async changePassword(name: string, password: string): Promise<void> {
    if (this.#changes.take(name) > 0) throw tooOften();
    this.#checkPassword(password);
    await this.#options.accounts.setPassword(name, password);
  }

  #checkPassword({ length }: string): void {
    const { passwordCharactersMin: min, passwordCharactersMax: max } = this.#options.limits;
    if (length < min || length > max)
      throw new AccountRefused('password', `the password needs ${min} to ${max} characters`);
  }
}

function tooOften(): AccountRefused {
  return new AccountRefused('often', 'there were too many tries; wait a minute');
}
