/**
 * XEP-0114 Jabber Component Protocol 1.6 (2012-01-25) §3: one connection, from the first byte to the last.
 * Opens the stream, proves the secret, then passes stanzas; notices the end, whichever way it comes.
 * Does not try again (component.ts), nor judge stanzas.
 * Always: `onUp` at most once, `onEnd` exactly once and as the last event, unless `close` or `abort` was called.
 * Before: xml/reader.ts, xep/0114-component/wire.ts. After: transport/component.ts.
 */
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { XmlElement } from '../xml/element.ts';
import { StreamReader, type XmlLimits } from '../xml/reader.ts';
import { handshakeDigest } from '../xep/0114-component/handshake.ts';
import { buildHandshake, buildHeader, isHandshake, NS, STREAM_END } from '../xep/0114-component/wire.ts';
import { ChunkedWriter, SOCKET_BYTES_MAX } from './chunked-writer.ts';
import type { Log } from './log.ts';
import { buildStreamError, parseStreamError, type StreamError } from './stream-error.ts';
import type { LinkEvents, WireText } from './transport.ts';
import { wireText } from './wire-text.ts';

/** How long a peer may take to read our last words after the stream has ended. */
const LINGER_MS = 2_000;

export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly secret: string;
  readonly limits: XmlLimits;
  readonly log: Log;
  /** From the start of the connection to the accepted handshake. */
  readonly handshakeTimeoutMs: number;
  /** After so long without traffic a space is written; after twice as long without room to write, the link is given up. */
  readonly keepAliveMs: number;
}

export interface End {
  readonly reason: string;
  /** What the server said, where it said something. */
  readonly error?: StreamError;
}

export interface SessionEvents extends Omit<LinkEvents, 'onDown'> {
  onEnd(end: End): void;
}

type State = 'opening' | 'up' | 'closing' | 'ended';

export class Session {
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #socket: Socket;
  readonly #reader: StreamReader;
  readonly #writer: ChunkedWriter;
  readonly #handshakeTimer: NodeJS.Timeout;
  #state: State = 'opening';
  #isStalled = false;
  #lastError = 'the connection was closed';

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#reader = new StreamReader(
      options.limits,
      {
        onOpen: (header) => this.#onOpen(header),
        onStanza: (element) => this.#onElement(element),
        onRefused: (header, why) => this.#whenUp(() => events.onExcess(header, why)),
        onClose: () => this.#onStreamEnd(),
        onError: (condition, text) => this.#onUnreadable(condition, text),
      },
      { stanzaNs: NS },
    );
    this.#handshakeTimer = setTimeout(
      () => this.#end({ reason: `no answer to the handshake within ${options.handshakeTimeoutMs} ms` }),
      options.handshakeTimeoutMs,
    );
    this.#socket = this.#connect();
    this.#writer = new ChunkedWriter(this.#socket, () => this.#whenUp(() => events.onDrain()));
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  write(stanzas: WireText): boolean {
    return this.#state === 'up' && this.#writer.write(stanzas);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the stream gracefully, without any further event. Resolves when the connection is closed. */
  close(timeoutMs: number): Promise<void> {
    const socket = this.#socket;
    clearTimeout(this.#handshakeTimer);
    if (this.#state === 'up') {
      this.#writer.flush();
      socket.write(STREAM_END);
      // A paused socket would not see the server's answer.
      socket.resume();
    } else socket.destroy();
    this.#state = 'closing';
    if (socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), timeoutMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #connect(): Socket {
    const { host, port, keepAliveMs } = this.#options;
    const options: TcpNetConnectOpts & { writableHighWaterMark: number } = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      writableHighWaterMark: SOCKET_BYTES_MAX,
    };
    const socket = connect(options);
    socket.setTimeout(keepAliveMs);
    socket.on('connect', () => socket.write(wireText(buildHeader(this.#options.domain)), 'latin1'));
    socket.on('data', (bytes) => this.#reader.write(bytes));
    socket.on('drain', () => (this.#isStalled = false));
    socket.on('timeout', () => this.#onIdle());
    socket.on('error', (error) => (this.#lastError = describe(error)));
    socket.on('close', () => this.#end({ reason: this.#lastError }));
    return socket;
  }

  #onOpen({ attrs: { id } }: XmlElement): void {
    if (this.#state !== 'opening') return;
    // A server that refuses the header may leave the id out; its stream error follows.
    if (id === undefined) {
      this.#options.log.debug({}, 'the stream header of the server has no id');
      return;
    }
    const digest = handshakeDigest(id, this.#options.secret);
    this.#socket.write(wireText(buildHandshake(digest)), 'latin1');
  }

  #onElement(element: XmlElement): void {
    const error = parseStreamError(element);
    if (error !== undefined) {
      const said = error.text === '' ? error.condition : `${error.condition}: ${error.text}`;
      this.#end({ reason: `the server ended the stream (${said})`, error }, STREAM_END);
    } else if (this.#state === 'up') {
      this.#guard(() => this.#events.onStanza(element), element);
    } else if (this.#state === 'opening' && !isHandshake(element)) {
      this.#options.log.debug({ element: element.name }, 'an element came before the handshake');
    } else if (this.#state === 'opening') {
      clearTimeout(this.#handshakeTimer);
      this.#state = 'up';
      this.#guard(() => this.#events.onUp());
    }
  }

  #onStreamEnd(): void {
    if (this.#state === 'closing') this.#socket.end();
    else this.#end({ reason: 'the server ended the stream' }, STREAM_END);
  }

  #onUnreadable(condition: string, text: string): void {
    const { host, port } = this.#options;
    const reason =
      this.#state === 'opening'
        ? `what answers at ${host}:${port} does not speak XMPP (${text})`
        : `the server sent what cannot be read (${condition}: ${text})`;
    if (this.#state === 'closing') this.#socket.destroy();
    else this.#end({ reason }, buildStreamError(condition) + STREAM_END);
  }

  #onIdle(): void {
    // Node calls once for each idle time.
    this.#socket.setTimeout(this.#options.keepAliveMs);
    if (this.#state !== 'up') return;
    if (this.#socket.writableLength === 0) this.#socket.write(' ');
    else if (this.#isStalled) this.#end({ reason: 'the server has stopped reading' });
    else this.#isStalled = true;
  }

  /** The end, unless it was there before. Without `lastWords` the connection is cut at once. */
  #end(end: End, lastWords?: string): void {
    if (this.#state === 'ended' || this.#state === 'closing') return;
    this.#writer.flush();
    this.#state = 'ended';
    clearTimeout(this.#handshakeTimer);
    const socket = this.#socket;
    if (lastWords === undefined) socket.destroy();
    else {
      socket.end(lastWords);
      const timer = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(timer));
      // Also when paused: its close would not be seen.
      socket.resume();
    }
    this.#guard(() => this.#events.onEnd(end));
  }

  #whenUp(event: () => void): void {
    if (this.#state === 'up') this.#guard(event);
  }

  /** A handler that throws has a bug; the link, and everybody else on it, goes on. */
  #guard(event: () => void, stanza?: XmlElement): void {
    try {
      event();
    } catch (error) {
      const about = stanza && { kind: stanza.name, type: stanza.attrs['type'], id: stanza.attrs['id'] };
      this.#options.log.error({ err: error, ...about }, 'a handler of the link failed');
    }
  }
}

/** Where a name has several addresses, Node's error is empty and holds one error for each. */
function describe(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join(', ');
  return error.message;
}
