/**
 * XEP-0077 In-Band Registration 2.5 §3.1, XEP-0445 0.2.0: an account is made, before there is one to log in with.
 * Opens a stream of its own, shows the invite's token where there is one, asks for the account, and ends the stream.
 * Does not log in (connection.ts), nor fill in forms that a server may want beside name and password.
 * Always: the password is said only where nobody can listen.
 * Before: client/negotiate.ts. After: client/connect.ts.
 */
import { buildRegistration } from '../xep/0077-register/wire.ts';
import { buildPreauth, parseRegisterUri } from '../xep/0445-preauth/wire.ts';
import { isLoopback } from './address.ts';
import { ConnectionLost, LoginRefused } from './error.ts';
import { ask, openPrivately } from './negotiate.ts';
import type { Platform } from './platform.ts';
import { Stream } from './stream.ts';
import type { OpenTransport } from './transport.ts';

export interface RegisterOptions {
  /** The server. */
  readonly domain: string;
  /** The local part of the account to be. */
  readonly username: string;
  readonly password: string;
  /** The invite's token, where the server makes accounts for those only who have one. */
  readonly token?: string | undefined;
  /** Where the server is, as for `connect`. */
  readonly endpoint?: string | undefined;
  /** For everything together, in milliseconds; 30,000 when not given. */
  readonly timeoutMs?: number | undefined;
  readonly transport?: OpenTransport | undefined;
}

/** What an invite says. */
export interface Invite {
  readonly domain: string;
  readonly token: string;
}

/** Makes an account. */
export async function registerOn(platform: Platform, options: RegisterOptions): Promise<void> {
  const { domain, username, password, token, endpoint } = options;
  if (username === '' || password === '') throw new TypeError('a name and a password are needed');
  const signal = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const endpoints = endpoint === undefined ? await platform.endpoints(domain, signal) : [endpoint];
  const stream = await Stream.connect(options.transport ?? platform.transport, endpoints, {
    domain,
    isInsecureAllowed: false,
    signal,
    trace: () => undefined,
  });
  const giveUp = () => stream.destroy(new ConnectionLost('the server did not answer in time'));
  signal.addEventListener('abort', giveUp);
  try {
    await openPrivately(stream, domain, false);
    if (!stream.transport.isPrivate)
      throw new LoginRefused('encryption-required', 'the password is not sent without encryption');
    if (token !== undefined) await ask(stream, 'set', domain, buildPreauth(token));
    await ask(stream, 'set', domain, buildRegistration({ kind: 'set', username, password }));
  } finally {
    signal.removeEventListener('abort', giveUp);
    stream.close();
    await stream.ended;
  }
}

/**
 * Reads an invite: the link for clients (XEP-0445 §2.2), or the address of an invite's page at a Vizard of its own.
 * @param link such as `xmpp:example.org?register;preauth=TOKEN` or `https://example.org/invite/TOKEN`
 * @returns the server and the token for `register`; undefined where the link is something else
 * @example
 * const invite = parseInvite('xmpp:example.org?register;preauth=TOKEN');
 * console.log(invite?.domain, invite?.token); // example.org TOKEN
 */
export function parseInvite(link: string): Invite | undefined {
  const uri = parseRegisterUri(link.trim());
  if (uri !== undefined || !URL.canParse(link)) return uri;
  const { protocol, hostname, pathname } = new URL(link);
  const [, token] = /\/invite\/([\w.~-]+)\/?$/.exec(pathname) ?? [];
  if (token === undefined || !/^https?:$/.test(protocol)) return undefined;
  // The page of a server on this machine may be reached by a number, but its domain is a name.
  return { domain: /^[\d.]+$|^\[/.test(hostname) && isLoopback(hostname) ? 'localhost' : hostname, token };
}
