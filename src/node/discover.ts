/**
 * RFC 6120 §3.2 (2011-03), XEP-0368 SRV records for XMPP over TLS: where a domain's server is.
 * Asks DNS, then the domain's host-meta, and falls back to the domain's own port.
 * Does not connect.
 * Always: whatever DNS says, the certificate has to be the domain's.
 * Before: client/discover.ts. After: node/index.ts.
 */
import { resolveSrv } from 'node:dns/promises';
import { isLoopback } from '../client/address.ts';
import { discover, type DiscoverOptions } from '../client/discover.ts';

/** Where the server of a domain may be, the best first. */
export async function endpointsOf(domain: string, options: DiscoverOptions): Promise<readonly string[]> {
  const own = `tcp://${domain}:5222`;
  if (isLoopback(domain) || /^[\d.]+$|^\[/.test(domain)) return [own];
  const services = [
    ['tcps', await records(`_xmpps-client._tcp.${domain}`)],
    ['tcp', await records(`_xmpp-client._tcp.${domain}`)],
  ] as const;
  const found = services.flatMap(([scheme, list]) => list.map((record) => ({ ...record, scheme })));
  if (found.length > 0)
    return found
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
      .map(({ scheme, name, port }) => `${scheme}://${name}:${port}`);
  const webSocket = await discover(domain, options);
  return webSocket === undefined ? [own] : [webSocket, own];
}

/** A name of `.` says that the service is not there. */
async function records(name: string) {
  try {
    return (await resolveSrv(name)).filter((record) => record.name !== '' && record.name !== '.');
  } catch {
    return [];
  }
}
