/**
 * RFC 7395 (2014-10): streams over WebSocket.
 * Carries a stream over a WebSocket as browsers have it, and as the package `ws` has it too.
 * Does not read XML: the reader is handed in (parse-dom.ts in browsers, xml/document.ts in Node).
 * Always: one message is one document; a document that is no XML ends the connection, one over the limits is skipped.
 * Before: client/transport.ts. After: client/connect.ts.
 */
import { el, isNamed, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { isLoopback } from './address.ts';
import { ConnectionLost } from './error.ts';
import {
  LINGER_MS,
  type OpenTransport,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from './transport.ts';

const NS_FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

/** As much of the WebSocket of browsers as is used here. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface WebSocketParts {
  readonly connect: (url: string, protocol: string) => WebSocketLike;
  /** The element that a document is. 'excess' for one over the limits. @throws Error for what is no XML */
  readonly parse: (text: string) => XmlElement | 'excess';
}

/** The transport for endpoints `wss://…`, and `ws://…` on this machine. */
export function webSocketTransport(parts: WebSocketParts): OpenTransport {
  return async (endpoint, events, options) => {
    const url = new URL(endpoint);
    if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw new TypeError('not a WebSocket address');
    const isPrivate = url.protocol === 'wss:' || isLoopback(url.hostname);
    if (!isPrivate && !options.isInsecureAllowed)
      throw new TypeError('ws:// is for this machine only; use wss://');
    const transport = new WebSocketTransport(parts, url.href, isPrivate, events);
    await transport.connected(options);
    return transport;
  };
}

class WebSocketTransport implements Transport {
  readonly isPrivate: boolean;
  readonly #socket: WebSocketLike;
  readonly #parse: WebSocketParts['parse'];
  readonly #events: TransportEvents;
  #isOver = false;
  #lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: WebSocketParts, url: string, isPrivate: boolean, events: TransportEvents) {
    this.isPrivate = isPrivate;
    this.#parse = parts.parse;
    this.#events = events;
    this.#socket = parts.connect(url, 'xmpp');
  }

  async connected({ signal }: TransportOptions): Promise<void> {
    const socket = this.#socket;
    // Browsers do not tell why; Node's package does.
    const failed = ({ message }: { readonly message?: string } = {}) =>
      new ConnectionLost(`the WebSocket could not be opened${message ? `: ${message}` : ''}`);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.onopen = () => resolve();
        socket.onerror = socket.onclose = (event: object) => reject(failed(event));
        signal.addEventListener('abort', () => reject(failed()), { once: true });
        if (signal.aborted) reject(failed());
      });
      if (socket.protocol !== 'xmpp') throw new ConnectionLost('this WebSocket does not speak XMPP');
    } catch (error) {
      this.#isOver = true;
      socket.onopen = socket.onclose = null;
      // A socket that is told to close while it opens says that this is an error.
      socket.onerror = () => undefined;
      socket.close();
      throw error;
    }
    socket.onmessage = ({ data }: { data: unknown }) => this.#read(data);
    socket.onerror = () => this.destroy(new ConnectionLost('the WebSocket failed'));
    socket.onclose = () => this.#end(new ConnectionLost('the WebSocket was closed'));
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  open(to: string): void {
    this.send(el('open', NS_FRAMING, { to, version: '1.0' }));
  }

  send(element: XmlElement): void {
    if (!this.#isOver) this.#socket.send(serialize(element, ''));
  }

  close(): void {
    if (this.#isOver || this.#lingering !== undefined) return;
    this.send(el('close', NS_FRAMING));
    this.#lingering = setTimeout(() => this.destroy(new ConnectionLost('the stream was closed')), LINGER_MS);
  }

  destroy(reason: Error): void {
    this.#end(reason);
    this.#socket.close();
  }

  #end(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#lingering);
    this.#events.onEnd(reason);
  }

  #read(data: unknown): void {
    if (this.#isOver) return;
    if (typeof data !== 'string') {
      this.destroy(new ConnectionLost('a frame that is no text', 'bad-format'));
      return;
    }
    // A space between documents keeps some proxies awake; it means nothing.
    if (data.trim() === '') return;
    let element: XmlElement | 'excess';
    try {
      element = this.#parse(data);
    } catch {
      this.destroy(new ConnectionLost('a frame that is no XML as XMPP has it', 'not-well-formed'));
      return;
    }
    if (element === 'excess') this.#events.onExcess(undefined);
    else if (isNamed(element, 'open', NS_FRAMING)) this.#events.onOpen(element.attrs);
    else if (isNamed(element, 'close', NS_FRAMING)) this.#closed();
    else this.#events.onElement(element);
  }

  /** §3.6: the server closes; `see-other-uri` is not followed, as it could lead anywhere. */
  #closed(): void {
    if (this.#lingering === undefined) this.send(el('close', NS_FRAMING));
    this.destroy(new ConnectionLost('the server closed the stream'));
  }
}
