/**
 * RFC 6120 §3, §4 (2011-03): streams over TCP.
 * Listens, and puts the bytes of each connection to a stream.
 * Does not offer TLS (to come): host.ts refuses to listen off loopback without a TLS proxy in front.
 * Always: one connection's failure ends that connection alone; a client that does not read is cut off before it fills
 * our memory.
 * Before: host/stream.ts. After: host/host.ts.
 */
import { createServer, type Socket } from 'node:net';
import type { XmlElement } from '../xml/element.ts';
import { defaultLimits, StreamReader } from '../xml/reader.ts';
import { escapeAttribute, serialize } from '../xml/write.ts';
import type { Connections } from './connections.ts';
import type { HostLimits } from './limits.ts';
import { whereOf, type Where } from './listen.ts';
import { NS_STREAMS, Stream, type Wire } from './stream.ts';

const NS_CLIENT = 'jabber:client';
/** How long the client may take to read our last words. */
const LINGER_MS = 2_000;

export interface TcpListener {
  /** Where it listens. */
  readonly where: Where;
  close(): void;
}

/** Listens. Rejects with the error of the socket. */
export async function listenTcp(
  connections: Connections,
  limits: HostLimits,
  where: Where,
): Promise<TcpListener> {
  const server = createServer((socket) => serve(socket, connections, limits));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, resolve);
  });
  server.on('error', (error) => connections.report(error));
  return { where: whereOf(server), close: () => void server.close() };
}

function serve(socket: Socket, connections: Connections, limits: HostLimits): void {
  socket.on('error', () => socket.destroy());
  if (!connections.hasRoom()) {
    socket.destroy();
    return;
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, limits.idleMs);
  const wire = new TcpWire(socket, limits);
  const connection = connections.open(wire);
  wire.attach(connection.stream);
  socket.on('close', () => connection.close());
}

class TcpWire implements Wire {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #limits: HostLimits;
  readonly #reader: StreamReader;
  #stream: Stream | undefined;
  #unauthenticatedBytes = 0;
  #isClosed = false;

  constructor(socket: Socket, limits: HostLimits) {
    this.peer = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#limits = limits;
    this.#reader = new StreamReader(
      { ...defaultLimits, stanzaBytesMax: limits.stanzaBytesMax },
      {
        onOpen: (header, contentNs) => this.#opened(header, contentNs),
        onStanza: (stanza) => this.#stream?.received(stanza),
        onRefused: (header) => this.#stream?.refused(header),
        onClose: () => this.#stream?.close(),
        onError: (condition) => this.#stream?.fail(condition),
      },
    );
  }

  attach(stream: Stream): void {
    this.#stream = stream;
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('end', () => stream.close());
  }

  open(attrs: Readonly<Record<string, string>>): void {
    const written = Object.entries(attrs).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
    this.#send(
      `<?xml version="1.0"?><stream:stream xmlns="${NS_CLIENT}" xmlns:stream="${NS_STREAMS}"${written.join('')}>`,
    );
  }

  write(element: XmlElement): void {
    this.#send(serialize(element));
  }

  restart(): void {
    this.#reader.reset();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#send('</stream:stream>');
    this.#isClosed = true;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  pauseFor(ms: number): void {
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), ms).unref();
  }

  #opened(header: XmlElement, contentNs: string): void {
    if (header.name !== 'stream' || header.ns !== NS_STREAMS) this.#stream?.fail('bad-format');
    else if (contentNs !== NS_CLIENT) this.#stream?.fail('invalid-namespace');
    else this.#stream?.opened(header.attrs);
  }

  #read(bytes: Buffer): void {
    if (this.#isClosed) return;
    if (this.#stream?.isAuthenticated === false) {
      this.#unauthenticatedBytes += bytes.length;
      if (this.#unauthenticatedBytes > this.#limits.unauthenticatedBytesMax) {
        this.#stream.fail('policy-violation');
        return;
      }
    }
    this.#reader.write(bytes);
  }

  #send(text: string): void {
    if (this.#isClosed || this.#socket.destroyed) return;
    this.#socket.write(text);
    if (this.#socket.writableLength > this.#limits.outgoingBytesMax) this.#socket.destroy();
  }
}
