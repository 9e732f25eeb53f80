/**
 * Where the host listens, and why it may not.
 * Refuses addresses at which passwords would travel in clear, and explains a port that cannot be had.
 * Does not open sockets.
 * Always: the text of a refusal names the config key that changes it.
 * Before: host/host.ts. After: host/stream-tcp.ts.
 */
import { BlockList, isIPv6, type Server } from 'node:net';

/** The host cannot start as it is configured; the text says what to change. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused';
}

export interface Where {
  readonly host: string;
  readonly port: number;
}

/** How each address is set. */
const keys = {
  http: '[host] http = "127.0.0.1:5280" (or VIZARD_HOST__HTTP)',
  tcp: '[host] tcp = "127.0.0.1:5222" (or VIZARD_HOST__TCP)',
} as const;
export type Door = keyof typeof keys;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  return plain === 'localhost' || loopback.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** Throws HostRefused for an address that others can reach, unless the host or a proxy speaks TLS there. */
export function checkReach(door: Door, { host }: Where, hasTls: boolean): void {
  if (hasTls || isLoopback(host)) return;
  throw new HostRefused(
    `the host does not listen at ${host}: it has no certificate, and passwords would travel in clear. ` +
      'Give it one with [host] tls_certificate and tls_key (or VIZARD_HOST__TLS_CERTIFICATE, VIZARD_HOST__TLS_KEY), ' +
      `use a loopback address, ${keys[door]}, or, when a proxy that speaks TLS stands in front, ` +
      `set [host] behind_tls_proxy = true (or VIZARD_HOST__BEHIND_TLS_PROXY).`,
  );
}

/** What an error of listening means for the operator. */
export function explainListening(door: Door, where: Where, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const at = `${where.host}:${where.port}`;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `${at} is taken by another program`,
    EACCES: `this user may not listen at ${at}`,
    EADDRNOTAVAIL: `this machine has no address ${where.host}`,
  };
  const reason = why[code];
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  const other = door === 'tcp' ? keys.tcp.replace('5222', '5223') : keys.http.replace('5280', '5281');
  return new HostRefused(`${reason}. Choose another with ${other}.`, { cause: error });
}

/** The text of an address, with brackets where IPv6 needs them. */
export function formatWhere({ host, port }: Where): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How the page is reached: a certificate is for the domain, and so is a proxy's. */
export function pageUrl(
  where: Where,
  host: { readonly domain: string; readonly tls?: object | undefined; readonly behindTlsProxy?: boolean },
): string {
  if (host.behindTlsProxy === true) return `https://${host.domain}`;
  if (host.tls === undefined) return `http://${formatWhere(where)}`;
  return `https://${host.domain}${where.port === 443 ? '' : `:${where.port}`}`;
}

/** Where a server that is listening has come to listen: port 0 has become a real one. */
export function whereOf(server: Server): Where {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on TCP has an address');
  return { host: address.address, port: address.port };
}
