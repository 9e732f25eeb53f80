/**
 * The door to a connection, for browsers.
 * Makes clients on the WebSocket and the XML parser that a browser has.
 * Does not speak XMPP (connection.ts) nor run in Node (node/index.ts has the same functions for that).
 * Always: nothing of the browser is touched before a client is made, so that the module loads anywhere.
 * Before: client/platform.ts. After: index.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import type { Client } from './client.ts';
import { discover } from './discover.ts';
import { parseDom, type DomParser } from './parse-dom.ts';
import { clientOn, connectOn, type ConnectOptions, type Platform } from './platform.ts';
import { registerOn, type RegisterOptions } from './register.ts';
import { webSocketTransport, type WebSocketLike } from './websocket.ts';

/** The globals of browsers that Node of today lacks. */
interface Browser {
  readonly WebSocket: new (url: string, protocol: string) => WebSocketLike;
  readonly DOMParser: new () => DomParser;
}

const browser: Platform = {
  transport: webSocketTransport({
    connect: (url, protocol) => new (globals().WebSocket)(url, protocol),
    parse,
  }),
  endpoints: async (domain, signal) => {
    const found = await discover(domain, { parse, signal });
    return found === undefined ? [] : [found];
  },
  software: 'web',
};

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
export async function connect(options: ConnectOptions): Promise<Client> {
  return connectOn(browser, options);
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
export function createClient(options: ConnectOptions): Client {
  return clientOn(browser, options);
}

/**
 * Makes an account on a server (XEP-0077), with an invite's token where the server wants one (XEP-0445).
 * @param options the server, the name and password that the account shall have, and the token
 * @throws StanzaError: `conflict` for a name that is taken, `item-not-found` for a token that is no longer good,
 * `forbidden` where a token is needed, `not-acceptable` for a name or password that cannot be, `service-unavailable`
 * where no accounts are made this way; ConnectionLost; LoginRefused where there is no encryption
 * @example
 * const invite = parseInvite(link);
 * if (invite) await register({ ...invite, endpoint, username: 'third-witch', password: 'correct horse' });
 */
export async function register(options: RegisterOptions): Promise<void> {
  return registerOn(browser, options);
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

function parse(text: string): XmlElement | 'excess' {
  return parseDom(new (globals().DOMParser)(), text);
}

function globals(): Browser {
  return globalThis as unknown as Browser;
}
