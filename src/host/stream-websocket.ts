/**
 * RFC 7395 (2014-10): streams over WebSocket.
 * Accepts the subprotocol `xmpp`, and puts the documents of each connection to a stream.
 * Does not listen: http.ts hands over the requests that want a WebSocket.
 * Always: one message is one document; one connection's failure ends that connection alone; a connection that does not
 * answer two pings in a row is ended.
 * Before: host/stream.ts. After: host/http.ts.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { el, isNamed, type XmlElement } from '../xml/element.ts';
import { defaultLimits, parseElement, XmlError } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';
import type { Connections } from './connections.ts';
import type { HostLimits } from './limits.ts';
import type { Stream, Wire } from './stream.ts';

const NS_FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

export interface WebSocketDoor {
  /** Takes over a request to upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function openWebSocketDoor(connections: Connections, limits: HostLimits): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    // A document over the stanza limit shall get its stream error; far beyond that, ws itself ends the connection.
    maxPayload: limits.stanzaBytesMax * 2,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('xmpp') ? 'xmpp' : false),
  });
  return {
    upgrade(request, socket, head) {
      const wantsXmpp = (request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/).includes('xmpp');
      if (!wantsXmpp || !connections.hasRoom()) {
        socket.end(
          `HTTP/1.1 ${wantsXmpp ? '503 Service Unavailable' : '400 Bad Request'}\r\nConnection: close\r\n\r\n`,
        );
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) =>
        serve(webSocket, request.socket.remoteAddress ?? '', connections, limits),
      );
    },
    close: () => server.close(),
  };
}

function serve(socket: WebSocket, peer: string, connections: Connections, limits: HostLimits): void {
  socket.on('error', () => socket.terminate());
  const wire = new WebSocketWire(socket, peer, limits);
  const connection = connections.open(wire);
  wire.attach(connection.stream);
  socket.on('close', () => connection.close());
}

class WebSocketWire implements Wire {
  readonly peer: string;
  /** RFC 7395 §3.9: TLS is HTTP's affair. */
  readonly needsTls = false;
  readonly #socket: WebSocket;
  readonly #limits: HostLimits;
  #stream: Stream | undefined;
  #unauthenticatedBytes = 0;
  #isClosed = false;

  constructor(socket: WebSocket, peer: string, limits: HostLimits) {
    this.peer = peer;
    this.#socket = socket;
    this.#limits = limits;
  }

  attach(stream: Stream): void {
    this.#stream = stream;
    this.#socket.on('message', (data, isBinary) => this.#read(data, isBinary));
    let missed = 0;
    this.#socket.on('pong', () => (missed = 0));
    const timer = setInterval(() => {
      if (++missed > 2) this.#socket.terminate();
      else this.#socket.ping();
    }, this.#limits.idleMs);
    this.#socket.on('close', () => clearInterval(timer));
  }

  open(attrs: Readonly<Record<string, string>>): void {
    this.#send(serialize(el('open', NS_FRAMING, attrs), ''));
  }

  write(element: XmlElement): void {
    this.#send(serialize(element, ''));
  }

  startTls(): void {
    // Is never asked for.
  }

  restart(): void {
    // §3.5: the client sends another <open/>, which needs nothing here.
  }

  close(): void {
    if (this.#isClosed) return;
    this.#send(serialize(el('close', NS_FRAMING), ''));
    this.#isClosed = true;
    this.#socket.close(1000);
  }

  pauseFor(ms: number): void {
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), ms).unref();
  }

  #read(data: RawData, isBinary: boolean): void {
    const stream = this.#stream;
    if (this.#isClosed || stream === undefined) return;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (!stream.isAuthenticated) this.#unauthenticatedBytes += bytes.length;
    if (this.#unauthenticatedBytes > this.#limits.unauthenticatedBytesMax) stream.fail('policy-violation');
    else if (isBinary) stream.fail('bad-format');
    else this.#document(stream, bytes.toString());
  }

  #document(stream: Stream, text: string): void {
    // A space between documents keeps some proxies awake; it means nothing.
    if (text.trim() === '') return;
    let element: XmlElement;
    try {
      element = parseElement(text, { ...defaultLimits, stanzaBytesMax: this.#limits.stanzaBytesMax });
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      stream.fail(error.condition);
      return;
    }
    if (isNamed(element, 'open', NS_FRAMING)) stream.opened(element.attrs);
    else if (isNamed(element, 'close', NS_FRAMING)) stream.close();
    else stream.received(element);
  }

  #send(text: string): void {
    if (this.#isClosed || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > this.#limits.outgoingBytesMax) this.#socket.terminate();
  }
}
