/**
 * Signing in and out.
 * Owns the connection of the one account that is signed in, and the state in which it is.
 * Does not know channels (state/channels.ts) nor how to log in (the library).
 * Always: the password lives in memory for the time of a log-in only; signing out leaves nothing behind.
 * Before: state/keys.ts. After: state/channels.ts.
 */
import { computed, signal } from '@preact/signals';
import { createClient, register, type Client, type ClientState, type ScramMemory } from 'vizard';
import { forgetAccount, keepAccount, keptAccount } from './keys.ts';
import type { Where } from './kept.ts';
import { ownEndpoint, site } from './site.ts';

export interface Session {
  readonly client: Client;
  readonly account: string;
  /** Where this session may keep things. */
  readonly where: Where;
}

export const session = signal<Session | undefined>(undefined);
export const connection = signal<ClientState>({ is: 'closed', reason: undefined });
/** Reading what was kept, before it is known whether somebody is signed in. */
export const isStarting = signal(true);
export const isOnline = computed(() => connection.value.is === 'online');

export interface SignIn {
  readonly account: string;
  readonly password: string;
  readonly endpoint?: string;
  /** Stay signed in when the browser is closed. */
  readonly stays: boolean;
}

/** The full address for what was typed: a name alone is one of this page's server. */
export function fullAddress(typed: string): string {
  const address = typed.trim().replace(/^xmpp:/i, '');
  return address.includes('@') || site.value.domain === undefined
    ? address
    : `${address}@${site.value.domain}`;
}

/** Resolves when signed in. @throws LoginRefused, ConnectionLost */
export async function signIn({ account, password, endpoint, stays }: SignIn): Promise<void> {
  const where: Where = stays ? 'device' : 'tab';
  const memory: ScramMemory = {};
  const known = endpoint ?? endpointFor(account);
  const client = start(account, password, known, memory);
  await untilOnline(client);
  forgetAccount();
  keepAccount({ account, endpoint: known, memory, where });
  session.value = { client, account, where };
}

export async function signUp(parts: SignIn & { readonly token: string | undefined }): Promise<void> {
  const [username = '', domain = ''] = parts.account.split('@');
  const endpoint = parts.endpoint ?? endpointFor(parts.account);
  const { password, token } = parts;
  await register({
    domain,
    username,
    password,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(token === undefined ? {} : { token }),
  });
  await signIn(parts);
}

/** Signs in again as whoever was signed in when this page was left. */
export function resume(): void {
  const kept = keptAccount();
  isStarting.value = false;
  if (kept === undefined) return;
  const { account, endpoint, memory, where } = kept;
  const client = start(account, undefined, endpoint ?? endpointFor(account), memory);
  session.value = { client, account, where };
}

export async function signOut(): Promise<void> {
  const { client } = session.value ?? {};
  forgetAccount();
  session.value = undefined;
  await client?.close();
}

function endpointFor(account: string): string | undefined {
  return account.endsWith(`@${site.value.domain}`) ? ownEndpoint() : undefined;
}

function start(
  account: string,
  password: string | undefined,
  endpoint: string | undefined,
  memory: ScramMemory,
): Client {
  const client = createClient({
    account,
    memory,
    ...(password === undefined ? {} : { password }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  connection.value = client.state;
  client.on('state', (state) => {
    connection.value = state;
    // What was kept no longer opens the account: the password was changed, or the account is gone.
    if (state.is === 'closed' && state.reason?.name === 'LoginRefused' && session.value?.client === client) {
      forgetAccount();
      session.value = undefined;
    }
  });
  return client;
}

/** The first connection: a server that cannot be reached is told at once instead of tried for ever. */
function untilOnline(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = client.on('state', (state) => {
      if (state.is === 'connecting') return;
      stop();
      if (state.is === 'online') resolve();
      else {
        reject(state.reason ?? new Error('The connection was closed.'));
        void client.close();
      }
    });
  });
}
