/**
 * The client library's door in Node: `import { connect } from 'vizard'`.
 * Owns Node's ways to connect: TCP, WebSocket by the package `ws`, and discovery by DNS.
 * Does not hold anything else: all other functions are those of index.ts.
 * Always: the same names as in browsers.
 * Before: index.ts. After: node/tcp.ts.
 */
import { WebSocket } from 'ws';
import type { Client } from '../client/client.ts';
import { discover } from '../client/discover.ts';
import { clientOn, connectOn, type ConnectOptions, type Platform } from '../client/platform.ts';
import { registerOn, type RegisterOptions } from '../client/register.ts';
import { clientXmlLimits, type OpenTransport } from '../client/transport.ts';
import { webSocketTransport } from '../client/websocket.ts';
import type { XmlElement } from '../xml/element.ts';
import { parseElement, XmlError } from '../xml/reader.ts';
import { endpointsOf } from './discover.ts';
import { tcpTransport, type TlsOptions } from './tcp.ts';

export * from '../index.ts';
export type { TlsOptions } from './tcp.ts';

/** What can be said in Node beside what can be said anywhere. */
export interface NodeConnectOptions extends ConnectOptions {
  /** Certificates of an authority of one's own, and the like. The server's certificate is always checked. */
  readonly tls?: TlsOptions | undefined;
}

/** As for `connect`. */
export interface NodeRegisterOptions extends RegisterOptions {
  readonly tls?: TlsOptions | undefined;
}

/**
 * Connects and logs in.
 * @param options the account, its password, and where the server is if that cannot be found out
 * @returns the client, online; it comes back by itself when the connection is lost, until `close`
 * @throws LoginRefused for a wrong password, ConnectionLost where nobody answers, TypeError for options that cannot be
 * @example
 * const client = await connect({ account: 'hag66@localhost', password: 'correct horse', endpoint });
 * console.log(client.state.is); // online
 * await client.close();
 */
export async function connect(options: NodeConnectOptions): Promise<Client> {
  return connectOn(nodePlatform(options.tls), options);
}

/**
 * Makes a client that connects and logs in, and tries again until it could or `close` is called.
 * @param options as for `connect`
 * @returns the client at once; `on('state', …)` tells how it fares
 * @throws TypeError for options that cannot be
 * @example
 * const client = createClient({ account: 'hag66@localhost', password: 'correct horse', endpoint });
 * client.on('fresh', () => {
 *   console.log('a new stream of', client.account); // a new stream of hag66@localhost
 *   void client.close();
 * });
 */
export function createClient(options: NodeConnectOptions): Client {
  return clientOn(nodePlatform(options.tls), options);
}

/**
 * Makes an account on a server (XEP-0077), with an invite's token where the server wants one (XEP-0445).
 * @param options the server, the name and password that the account shall have, and the token
 * @throws StanzaError: `conflict` for a name that is taken, `item-not-found` for a token that is no longer good,
 * `forbidden` where a token is needed, `not-acceptable` for a name or password that cannot be, `service-unavailable`
 * where no accounts are made this way; ConnectionLost; LoginRefused where there is no encryption
 * @example
 * const invite = parseInvite(link);
 * if (invite) await register({ ...invite, endpoint, username: 'hecate', password: 'correct horse' });
 */
export async function register(options: NodeRegisterOptions): Promise<void> {
  return registerOn(nodePlatform(options.tls), options);
}

/**
 * Finds the WebSocket of a domain (XEP-0156).
 * @param domain such as `example.org`
 * @returns its address, such as `wss://example.org/xmpp-websocket`; undefined where the domain tells none
 * @example
 * const found = await discoverEndpoint('localhost');
 * console.log(found ?? 'not told');
 */
export async function discoverEndpoint(domain: string): Promise<string | undefined> {
  return discover(domain, { parse });
}

/** Where clients run that are made here. */
function nodePlatform(tls: TlsOptions = {}): Platform {
  const overTcp = tcpTransport(tls);
  const overWebSocket = webSocketTransport({
    connect: (url, protocol) => {
      const options = { ...tls, maxPayload: 2 * clientXmlLimits.stanzaBytesMax, perMessageDeflate: false };
      return new WebSocket(url, protocol, options);
    },
    parse,
  });
  const transport: OpenTransport = async (endpoint, events, options) =>
    (/^wss?:/i.test(endpoint) ? overWebSocket : overTcp)(endpoint, events, options);
  return { transport, endpoints: (domain, signal) => endpointsOf(domain, { parse, signal }), software: 'pc' };
}

function parse(text: string): XmlElement | 'excess' {
  try {
    return parseElement(text, clientXmlLimits);
  } catch (error) {
    if (error instanceof XmlError && error.condition === 'policy-violation') return 'excess';
    throw error;
  }
}
