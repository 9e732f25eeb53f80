/**
 * RFC 7622 §3 (2015-09): addresses as a client needs them, which leaves their preparation to servers.
 * Splits an address, compares two, and says which hosts are this very machine.
 * Does not prepare (jid/prep.ts does, whose tables would be most of a browser's bundle).
 * Always: two addresses that a server holds for different are not taken for the same, but for the case of letters.
 * Before: jid/jid.ts. After: client/connection.ts.
 */

/** The part before the resource. */
export function bareOf(address: string): string {
  const slash = address.indexOf('/');
  return slash < 0 ? address : address.slice(0, slash);
}

/** The part behind the first `/`, if there is one. */
export function resourceOf(address: string): string | undefined {
  const slash = address.indexOf('/');
  return slash < 0 ? undefined : address.slice(slash + 1);
}

/** The part between `@` and `/`. */
export function domainOf(address: string): string {
  const bare = bareOf(address);
  return bare.slice(bare.indexOf('@') + 1);
}

/**
 * The parts of an account's address.
 * @throws TypeError unless it is `local@domain`
 */
export function parseAccount(account: string): { readonly local: string; readonly domain: string } {
  const at = account.indexOf('@');
  const local = account.slice(0, at);
  const domain = account.slice(at + 1);
  if (at < 1 || domain === '' || /[@/\s]/.test(domain) || /[/\s"&':<>]/.test(local)) {
    throw new TypeError('an account is written local@domain');
  }
  return { local, domain };
}

/** Do both name the same entity? Servers write an address in its prepared form, whatever we asked. */
export function isSameAddress(a: string, b: string): boolean {
  return a === b || prepared(a) === prepared(b);
}

function prepared(address: string): string {
  const bare = bareOf(address);
  return bare.normalize('NFKC').toLowerCase() + address.slice(bare.length).normalize('NFC');
}

/** Is this host name this very machine? Then nobody on the way can listen. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)\.?$/i.test(host);
}
