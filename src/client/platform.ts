/**
 * What differs between browsers and Node, and what does not.
 * Owns the options of a connection with their defaults, and makes clients for a platform that is handed in.
 * Does not know any platform (connect.ts is for browsers, node/index.ts for Node).
 * Always: options that cannot be are a TypeError at once, not a failure later.
 * Before: client/connection.ts. After: client/connect.ts.
 */
import { parseAccount } from './address.ts';
import { randomId } from './bytes.ts';
import type { Client, ClientState } from './client.ts';
import { Connection } from './connection.ts';
import type { ScramMemory } from './scram.ts';
import type { OpenTransport } from './transport.ts';

export interface ConnectOptions {
  /** `local@domain`. */
  readonly account: string;
  /** Not needed where `memory` holds what an earlier log-in made of it. */
  readonly password?: string | undefined;
  /**
   * What logging in makes of the password (SCRAM), for those who want to keep that instead of the password: filled in
   * by the first log-in. It opens this account, on this server, until its password is changed.
   */
  readonly memory?: ScramMemory | undefined;
  /** Where the server is: `wss://…`, or `ws://…` on this machine; in Node also `tcp://host:port` and `tcps://host:port`.
   * Found out when it is not given (XEP-0156; in Node also by DNS). */
  readonly endpoint?: string | undefined;
  /** The part of the address that tells this client from others of the account; random when not given. */
  readonly resource?: string | undefined;
  /** Is a lost connection made again? Yes when not given. */
  readonly reconnect?: boolean | undefined;
  /** The longest wait between two tries, in milliseconds; 60,000 when not given. */
  readonly maxWaitMs?: number | undefined;
  /** For each try, from the first byte to the end of the log-in, in milliseconds; 30,000 when not given. */
  readonly timeoutMs?: number | undefined;
  /** A server that has been silent for so long is asked whether it is there; 30,000 when not given. */
  readonly keepaliveMs?: number | undefined;
  /** What others see who ask for the software (XEP-0030); 'Vizard', and `web` or `pc`, when not given. */
  readonly software?:
    { readonly name: string; readonly type: 'bot' | 'console' | 'pc' | 'phone' | 'web' } | undefined;
  /** Goes on without TLS to other machines, for networks of one's own. The password is still not said there. */
  readonly isInsecureAllowed?: boolean | undefined;
  /** Carries the stream in a way of one's own. */
  readonly transport?: OpenTransport | undefined;
  /** As `on('state', …)`, from the very first state on. */
  readonly onState?: ((state: ClientState) => void) | undefined;
}

/** What a place to run in offers. */
export interface Platform {
  readonly transport: OpenTransport;
  /** Where the server of a domain is, the best first. */
  readonly endpoints: (domain: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly software: 'web' | 'pc';
}

/** Makes a client, which starts to connect. @throws TypeError */
export function clientOn(platform: Platform, options: ConnectOptions): Client {
  const { account, endpoint, software, onState } = options;
  const { domain } = parseAccount(account);
  if (options.password === '') throw new TypeError('the password is empty');
  if (options.password === undefined && options.memory?.salted === undefined)
    throw new TypeError('a password is needed');
  if (endpoint !== undefined && !URL.canParse(endpoint)) throw new TypeError('the endpoint is no address');
  const client = new Connection({
    account,
    password: options.password,
    memory: options.memory ?? {},
    resource: options.resource ?? `vizard-${randomId().slice(0, 8)}`,
    endpoints: async (signal) => (endpoint === undefined ? platform.endpoints(domain, signal) : [endpoint]),
    transport: options.transport ?? platform.transport,
    isInsecureAllowed: options.isInsecureAllowed ?? false,
    identity: {
      category: 'client',
      type: software?.type ?? platform.software,
      name: software?.name ?? 'Vizard',
    },
    reconnect: options.reconnect ?? true,
    maxWaitMs: options.maxWaitMs ?? 60_000,
    negotiationMs: options.timeoutMs ?? 30_000,
    keepaliveMs: options.keepaliveMs ?? 30_000,
  });
  if (onState !== undefined) {
    client.on('state', onState);
    onState(client.state);
  }
  listenToNetwork(client);
  return client;
}

/** Makes a client and resolves when it is online. @throws TypeError, LoginRefused, ConnectionLost, StanzaError */
export async function connectOn(platform: Platform, options: ConnectOptions): Promise<Client> {
  const client = clientOn(platform, options);
  await new Promise<void>((resolve, reject) => {
    const stop = client.on('state', (state) => {
      if (state.is === 'connecting') return;
      stop();
      if (state.is === 'online') resolve();
      else {
        reject(state.reason ?? new Error('closed'));
        void client.close();
      }
    });
  });
  return client;
}

/** Browsers say when there is a network again; then nobody waits for the next try. */
function listenToNetwork(client: Connection): void {
  const window = globalThis as unknown as Partial<EventTarget>;
  const nudge = () => client.nudge();
  window.addEventListener?.('online', nudge);
  client.on('state', ({ is }) => {
    if (is === 'closed') window.removeEventListener?.('online', nudge);
  });
}
