/**
 * RFC 6120 §3, §4 (2011-03), XEP-0368 SRV records for XMPP over TLS 1.1.0: streams over TCP.
 * Listens, speaks TLS where there is a certificate, and puts the bytes of each connection to a stream.
 * Does not read the certificate (certificate.ts), nor decide when TLS begins (stream.ts).
 * Always: one connection's failure ends that connection alone; a client that does not read is cut off before it fills
 * our memory, one that does not answer two checks in a row as well; nothing that came in clear counts within TLS.
 * Before: host/stream.ts. After: host/host.ts.
 */
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { XmlElement } from '../xml/element.ts';
import { defaultLimits, StreamReader } from '../xml/reader.ts';
import { escapeAttribute, serialize } from '../xml/write.ts';
import type { Certificate } from './certificate.ts';
import type { Connections } from './connections.ts';
import type { HostLimits } from './limits.ts';
import { whereOf, type Where } from './listen.ts';
import { NS_STREAMS, Stream, type Wire } from './stream.ts';

const NS_CLIENT = 'jabber:client';
/** The first byte of a TLS handshake (RFC 8446 §5.1); XML begins with another. */
const TLS_HANDSHAKE = 0x16;
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
  certificate?: Certificate,
): Promise<TcpListener> {
  const server = createServer((socket) => serve(socket, connections, limits, certificate));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, resolve);
  });
  server.on('error', (error) => connections.report(error));
  return { where: whereOf(server), close: () => void server.close() };
}

function serve(
  socket: Socket,
  connections: Connections,
  limits: HostLimits,
  certificate: Certificate | undefined,
): void {
  socket.on('error', () => socket.destroy());
  if (!connections.hasRoom()) {
    socket.destroy();
    return;
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, limits.idleMs);
  const wire = new TcpWire(socket, limits, certificate);
  const connection = connections.open(wire);
  wire.attach(connection.stream);
  socket.on('close', () => connection.close());
}

class TcpWire implements Wire {
  readonly peer: string;
  readonly #limits: HostLimits;
  readonly #certificate: Certificate | undefined;
  /** The TLS socket, once there is one. */
  #socket: Socket;
  #reader: StreamReader;
  #stream: Stream | undefined;
  #unauthenticatedBytes = 0;
  #hasRead = false;
  #unanswered = 0;
  #isClosed = false;

  constructor(socket: Socket, limits: HostLimits, certificate: Certificate | undefined) {
    this.peer = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#limits = limits;
    this.#certificate = certificate;
    this.#reader = this.#newReader();
  }

  attach(stream: Stream): void {
    this.#stream = stream;
    if (this.#certificate === undefined) this.#listen(this.#socket);
    else this.#socket.once('data', (first: Buffer) => this.#begin(first));
    const timer = setInterval(() => this.#check(), this.#limits.idleMs);
    this.#socket.on('close', () => clearInterval(timer));
  }

  get needsTls(): boolean {
    return this.#certificate !== undefined && !(this.#socket instanceof TLSSocket);
  }

  startTls(): void {
    if (this.#certificate === undefined) return;
    const plain = this.#socket;
    plain.removeAllListeners('data').removeAllListeners('end');
    const socket = new TLSSocket(plain, { isServer: true, secureContext: this.#certificate.context });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => plain.destroy());
    this.#socket = socket;
    // Whatever the old one still has of the last chunk came in clear, from whom we cannot know.
    this.#reader = this.#newReader();
    this.#listen(socket);
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

  /** XEP-0368 §3: a client may begin with TLS at once, on the same port. */
  #begin(first: Buffer): void {
    if (first[0] === TLS_HANDSHAKE) {
      // Paused, as it would be given to nobody otherwise.
      this.#socket.pause().unshift(first);
      this.startTls();
    } else {
      this.#listen(this.#socket);
      this.#read(first);
    }
  }

  #listen(socket: Socket): void {
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('end', () => this.#stream?.lost());
  }

  /** The reader tells the stream of nothing any more once another one has taken its place. */
  #newReader(): StreamReader {
    const current = (act: () => void) => {
      if (this.#reader === reader) act();
    };
    const reader: StreamReader = new StreamReader(
      { ...defaultLimits, stanzaBytesMax: this.#limits.stanzaBytesMax },
      {
        onOpen: (header, contentNs) => current(() => this.#opened(header, contentNs)),
        onStanza: (stanza) => current(() => this.#stream?.received(stanza)),
        onRefused: (header) => current(() => this.#stream?.refused(header)),
        onClose: () => current(() => this.#stream?.close()),
        onError: (condition) => current(() => this.#stream?.fail(condition)),
      },
    );
    return reader;
  }

  #opened(header: XmlElement, contentNs: string): void {
    if (header.name !== 'stream' || header.ns !== NS_STREAMS) this.#stream?.fail('bad-format');
    else if (contentNs !== NS_CLIENT) this.#stream?.fail('invalid-namespace');
    else this.#stream?.opened(header.attrs);
  }

  #read(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#hasRead = true;
    if (this.#stream?.isAuthenticated === false) {
      this.#unauthenticatedBytes += bytes.length;
      if (this.#unauthenticatedBytes > this.#limits.unauthenticatedBytesMax) {
        this.#stream.fail('policy-violation');
        return;
      }
    }
    this.#reader.write(bytes);
  }

  /** A client that acknowledges has to answer; others get a space, which shows in time if the connection is dead. */
  #check(): void {
    const stream = this.#stream;
    if (this.#hasRead || stream?.isBound !== true) {
      this.#hasRead = false;
      this.#unanswered = 0;
    } else if (this.#unanswered >= 2) this.#socket.destroy();
    else if (stream.ask()) this.#unanswered++;
    else this.#send(' ');
  }

  #send(text: string): void {
    if (this.#isClosed || this.#socket.destroyed) return;
    this.#socket.write(text);
    if (this.#socket.writableLength > this.#limits.outgoingBytesMax) this.#socket.destroy();
  }
}
