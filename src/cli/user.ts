/**
 * `vizard user`: the accounts of the stand-alone mode.
 * Adds, removes and lists accounts and sets their passwords, in the host's file.
 * Does not need the host: it may run meanwhile, or not.
 * Always: an account is named as `name` or `name@domain`, the domain being the host's.
 * Before: cli/main.ts. After: host/accounts.ts.
 */
import { openAccounts, type Accounts } from '../host/accounts.ts';
import type { Config } from '../service/config.ts';
import { loadStandAlone } from './load-config.ts';
import { columns, say, Trouble } from './output.ts';
import { askPassword, passwordFromInput } from './prompt.ts';
import { lastingHostFile, onDisk } from './storage.ts';

export interface UserOptions {
  readonly config?: string;
  readonly operator?: boolean;
  readonly passwordStdin?: boolean;
}

/** Makes an account. */
export function add(name: string, options: UserOptions): Promise<number> {
  return withAccounts(options, async (accounts, config) => {
    const local = localName(name, config);
    if (accounts.exists(local)) throw new Trouble(`There is already an account ${name}.`);
    const { operator = false } = options;
    const made = await accounts.add(local, await password(options), operator);
    say(`Added ${made}@${config.host.domain}${operator ? ', an operator' : ''}.`);
  });
}

/** Sets the password of an account. */
export function passwd(name: string, options: UserOptions): Promise<number> {
  return withAccounts(options, async (accounts, config) => {
    const local = localName(name, config);
    if (!accounts.exists(local)) throw unknown(name);
    await accounts.setPassword(local, await password(options));
    say('The password is set. Clients that are connected stay so until they log in again.');
  });
}

/** Removes an account and all that is stored for it. */
export function remove(name: string, options: UserOptions): Promise<number> {
  return withAccounts(options, (accounts, config) => {
    if (!accounts.remove(localName(name, config))) throw unknown(name);
    say(`Removed ${name}. Its channels are left within seconds, or at the next start.`);
  });
}

/** Shows all accounts. */
export function list(options: UserOptions): Promise<number> {
  return withAccounts(options, (accounts, config) => {
    const rows = accounts
      .list()
      .map(({ name, createdAt, isOperator }) => [
        `${name}@${config.host.domain}`,
        `since ${day(createdAt)}`,
        isOperator ? 'operator' : '',
      ]);
    say(...(rows.length === 0 ? ['There are no accounts yet.'] : columns(rows)));
  });
}

async function withAccounts(
  options: UserOptions,
  work: (accounts: Accounts, config: Config) => Promise<void> | void,
): Promise<number> {
  const config = loadStandAlone(options.config);
  const file = lastingHostFile(config.storage);
  const accounts = onDisk(file, () => openAccounts(file, config.host.limits.passwordIterations));
  try {
    await work(accounts, config);
    return 0;
  } finally {
    accounts.close();
  }
}

function password({ passwordStdin }: UserOptions): Promise<string> {
  return passwordStdin === true ? passwordFromInput() : askPassword();
}

function localName(name: string, { host }: Config): string {
  const at = name.indexOf('@');
  if (at < 0) return name;
  if (name.slice(at + 1).toLowerCase() === host.domain) return name.slice(0, at);
  throw new Trouble(`Accounts here are at ${host.domain} ([host] domain), not at ${name.slice(at + 1)}.`);
}

function unknown(name: string): Trouble {
  return new Trouble(`There is no account ${name}; "vizard user list" shows those that exist.`);
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
