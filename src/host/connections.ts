/**
 * RFC 6120 §13.12 (2011-03): all connections of clients.
 * Owns the count of them, opens a stream for each, and ends them all when the host stops.
 * Does not carry bytes (stream-tcp.ts, stream-websocket.ts).
 * Always: neither all connections nor those that have not logged in grow beyond their limits.
 * Before: host/stream.ts. After: host/stream-tcp.ts.
 */
import type { Context } from './context.ts';
import { Rate } from './rate.ts';
import { Stream, type Wire } from './stream.ts';

export interface Connection {
  readonly stream: Stream;
  /** The connection is gone. */
  close(): void;
}

export class Connections {
  readonly #context: Context;
  readonly #loginFailures: Rate;
  readonly #streams = new Set<Stream>();
  #strangers = 0;
  #isStopping = false;

  constructor(context: Context) {
    this.#context = context;
    this.#loginFailures = new Rate(context.limits.loginFailuresPerMinuteMax, 60_000, context.clock);
  }

  hasRoom(): boolean {
    const { connectionsMax, unauthenticatedConnectionsMax } = this.#context.limits;
    return (
      !this.#isStopping &&
      this.#streams.size < connectionsMax &&
      this.#strangers < unauthenticatedConnectionsMax
    );
  }

  open(wire: Wire): Connection {
    let isStranger = true;
    this.#strangers++;
    const known = () => {
      if (isStranger) this.#strangers--;
      isStranger = false;
    };
    const stream = new Stream(
      { context: this.#context, loginFailures: this.#loginFailures, onAuthenticated: known },
      wire,
    );
    this.#streams.add(stream);
    return {
      stream,
      close: () => {
        known();
        this.#streams.delete(stream);
        stream.lost();
      },
    };
  }

  /** A listening socket has a problem, such as too many open files; it goes on listening. */
  report(error: Error): void {
    this.#context.log.warn({ err: error }, 'the host could not take a connection');
  }

  /** Ends every stream, after what has come over it is handled. */
  stop(): void {
    this.#isStopping = true;
    this.#context.lane.flush();
    for (const stream of [...this.#streams]) stream.fail('system-shutdown');
  }

  get count(): number {
    return this.#streams.size;
  }
}
