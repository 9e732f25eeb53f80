/**
 * Staying signed in without keeping the password.
 * Keeps what the server's way of logging in (SCRAM) makes of a password, which opens this account on this server only.
 * Does not log in (state/session.ts).
 * Always: the password itself is never written; signing out forgets all of it. Whoever can read this browser's storage
 * can open the account until its password is changed, and the sign-in form says so.
 * Before: state/kept.ts. After: state/session.ts.
 */
import type { ScramMemory } from 'vizard';
import { forget, forgetAll, isRecord, keep, readKept, type Where } from './kept.ts';

export interface KeptAccount {
  readonly account: string;
  readonly endpoint: string | undefined;
  readonly memory: ScramMemory;
  readonly where: Where;
}

const NAME = 'account';

export function keepAccount({ account, endpoint, memory, where }: KeptAccount): void {
  const { saltedFor, salted } = memory;
  if (saltedFor === undefined || salted === undefined) return;
  const key = btoa(String.fromCharCode(...salted));
  keep(where, NAME, { account, endpoint, saltedFor, key });
}

/** The account of this tab, or else the one of this device. */
export function keptAccount(): KeptAccount | undefined {
  return parse('tab') ?? parse('device');
}

function parse(where: Where): KeptAccount | undefined {
  const kept = readKept(where, NAME, isRecord);
  const { account, endpoint, saltedFor, key } = kept ?? {};
  if (typeof account !== 'string' || typeof saltedFor !== 'string' || typeof key !== 'string')
    return undefined;
  const salted = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
  const known = typeof endpoint === 'string' ? endpoint : undefined;
  return { account, endpoint: known, memory: { saltedFor, salted }, where };
}

/** Forgets the account and what was kept about its channels. */
export function forgetAccount(): void {
  for (const where of ['tab', 'device'] as const) {
    forget(where, NAME);
    forgetAll(where, 'of.');
  }
}
