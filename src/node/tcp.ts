/**
 * RFC 6120 §3 to §5 (2011-03), XEP-0368: streams over TCP, for clients in Node.
 * Carries a stream over a socket, under TLS from the start (`tcps://`) or from STARTTLS on (`tcp://`).
 * Does not decide whether encryption is needed (client/negotiate.ts does).
 * Always: a certificate is checked, and it is the account's domain that it has to prove, whatever host was connected to.
 * Before: client/transport.ts. After: node/index.ts.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ConnectionLost } from '../client/error.ts';
import {
  clientXmlLimits,
  LINGER_MS,
  type OpenTransport,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from '../client/transport.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { StreamReader } from '../xml/reader.ts';
import { escapeAttribute, serialize } from '../xml/write.ts';

const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const PORTS: Readonly<Record<string, number>> = { 'tcp:': 5222, 'tcps:': 5223 };

/** What may be said about TLS: certificates of one's own authority, for example. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'secureContext' | 'minVersion'>;

/** The transport for endpoints `tcp://host:port` and `tcps://host:port`. */
export function tcpTransport(tls: TlsOptions = {}): OpenTransport {
  return async (endpoint, events, options) => {
    const { protocol, hostname, port } = new URL(endpoint);
    const standard = PORTS[protocol];
    if (standard === undefined || hostname === '') throw new TypeError('not the address of a TCP port');
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const socket = connectTcp({ host, port: port === '' ? standard : Number(port) });
    const transport = new TcpTransport(events, tls);
    await connected(socket, 'connect', options);
    transport.carry(protocol === 'tcps:' ? await secured(socket, tls, options) : socket);
    return transport;
  };
}

class TcpTransport implements Transport {
  readonly #events: TransportEvents;
  readonly #tls: TlsOptions;
  readonly #reader: StreamReader;
  #socket: Socket | TLSSocket | undefined;
  #isOver = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(events: TransportEvents, tls: TlsOptions) {
    this.#events = events;
    this.#tls = tls;
    this.#reader = new StreamReader(clientXmlLimits, {
      onOpen: (header) => events.onOpen(header.attrs),
      onStanza: (element) => this.#isOver || events.onElement(element),
      onRefused: (header) => this.#isOver || events.onExcess(header),
      onClose: () => this.#closed(),
      onError: (condition) => this.#failed(condition),
    });
  }

  /** Reads and writes this socket from now on. */
  carry(socket: Socket | TLSSocket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', this.#onData).on('error', this.#onError).on('close', this.#onClose);
  }

  readonly #onData = (bytes: Buffer): void => this.#reader.write(bytes);
  readonly #onError = ({ message }: Error): void => this.destroy(new ConnectionLost(message));
  readonly #onClose = (): void => this.#end(new ConnectionLost('the connection was closed'));

  get isPrivate(): boolean {
    const socket = this.#socket;
    if (socket === undefined) return false;
    return 'encrypted' in socket || /^(?:127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
  }

  get waitingBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  open(to: string): void {
    this.#reader.reset();
    this.#write(
      `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="${NS_STREAMS}" version="1.0" to="${escapeAttribute(to)}">`,
    );
  }

  send(element: XmlElement): void {
    this.#write(serialize(element));
  }

  async startTls(domain: string): Promise<void> {
    const plain = this.#socket;
    if (plain === undefined) return;
    plain.off('data', this.#onData).off('error', this.#onError).off('close', this.#onClose);
    this.carry(await secured(plain, this.#tls, { domain }));
  }

  close(): void {
    if (this.#isOver || this.#lingering !== undefined) return;
    this.#write('</stream:stream>');
    this.#lingering = setTimeout(() => this.destroy(new ConnectionLost('the stream was closed')), LINGER_MS);
  }

  destroy(reason: Error): void {
    this.#end(reason);
    this.#socket?.destroy();
  }

  #write(text: string): void {
    if (!this.#isOver) this.#socket?.write(text);
  }

  #closed(): void {
    if (this.#lingering === undefined) this.#write('</stream:stream>');
    this.#end(new ConnectionLost('the server closed the stream'));
    const socket = this.#socket;
    socket?.end(() => socket.destroy());
  }

  #failed(condition: string): void {
    this.#write(`${serialize(el('error', NS_STREAMS, {}, [el(condition, NS_ERRORS)]))}</stream:stream>`);
    this.destroy(new ConnectionLost('the server sent what is no XML as XMPP has it', condition));
  }

  #end(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#lingering);
    this.#events.onEnd(reason);
  }
}

/** The socket under TLS. @throws ConnectionLost, also for a certificate that does not prove the domain */
async function secured(
  socket: Socket,
  tls: TlsOptions,
  { domain, signal }: Pick<TransportOptions, 'domain'> & Partial<TransportOptions>,
): Promise<TLSSocket> {
  const secure = connectTls({ ...tls, socket, servername: domain, ALPNProtocols: ['xmpp-client'] });
  await connected(secure, 'secureConnect', { signal: signal ?? AbortSignal.timeout(30_000) });
  return secure;
}

async function connected(
  socket: Socket,
  event: string,
  { signal }: Pick<TransportOptions, 'signal'>,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, () => resolve());
      socket.once('error', ({ message }) => reject(new ConnectionLost(message)));
      socket.once('close', () => reject(new ConnectionLost('the connection was closed')));
      signal.addEventListener('abort', () => reject(new ConnectionLost('nobody answered in time')), {
        once: true,
      });
    });
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}
