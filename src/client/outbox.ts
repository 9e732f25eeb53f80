/**
 * XEP-0198 Stream Management 1.6.3 (2024-12) §4, §5: what is sent reaches the server, once.
 * Keeps what waits for a connection and what the server has not acknowledged, and counts what it has handled here.
 * Does not negotiate (negotiate.ts) nor know who sends (requests.ts, connection.ts).
 * Always: stanzas leave in the order in which they were given; each is told its fate exactly once; one that may have
 * arrived is not sent again on another stream; what waits is bounded.
 * Before: xep/0198-sm/wire.ts. After: client/connection.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import {
  buildAck,
  buildAckRequest,
  COUNT_MODULUS,
  isStreamManagement,
  parseHandled,
} from '../xep/0198-sm/wire.ts';
import { ConnectionLost } from './error.ts';
import type { Negotiated } from './negotiate.ts';
import type { Stream } from './stream.ts';

/** Stanzas that wait for a connection or for their acknowledgement. */
const STANZAS_MAX = 2_000;
/** A stream that was resumed so often in a row, and each time broke before anything got through, is hopeless. */
const FRUITLESS_MAX = 3;
const ASK_AGAIN_MS = 1_000;
/** What a connection may hold that does not take what is written. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export interface Outgoing {
  readonly stanza: XmlElement;
  /** It means something on this stream only, as an answer does: nobody minds when it is lost. */
  readonly isOfStream?: boolean;
  /** The server has it; where it has no acknowledgements, the connection has it. */
  readonly done: () => void;
  /** It will not arrive, or nobody can know whether it did. */
  readonly lost: (reason: ConnectionLost) => void;
}

export class Outbox {
  #stream: Stream | undefined;
  /** The stream's id for resumption. */
  #id: string | undefined;
  #hasAcks = false;
  #waiting: Outgoing[] = [];
  #unacked: Outgoing[] = [];
  #acked = 0;
  #handled = 0;
  /** When it was asked what has been handled, while that is not answered. */
  #askedAt: number | undefined;
  /** Has nothing been acknowledged since the stream was resumed? */
  #isFruitless = false;
  #fruitless = 0;
  #whenEmpty: (() => void) | undefined;

  /** By what the stream can be resumed. */
  get resumption(): { readonly id: string; readonly handled: number } | undefined {
    return this.#id === undefined ? undefined : { id: this.#id, handled: this.#handled };
  }

  /** Takes a stanza. @throws ConnectionLost when too much waits already */
  push(outgoing: Outgoing): void {
    const stream = this.#stream;
    const isFull =
      this.#waiting.length + this.#unacked.length >= STANZAS_MAX ||
      (stream !== undefined && !stream.isOver && stream.transport.waitingBytes > WAITING_BYTES_MAX);
    if (isFull) throw new ConnectionLost('too much waits to be sent');
    if (stream === undefined) {
      if (outgoing.isOfStream !== true) this.#waiting.push(outgoing);
    } else this.#write(stream, outgoing);
  }

  /** The server has handled so many stanzas of the stream. @throws ConnectionLost where so many were not sent */
  acked(handled: number): void {
    const count = (handled - this.#acked + COUNT_MODULUS) % COUNT_MODULUS;
    if (count > this.#unacked.length)
      throw new ConnectionLost('the server acknowledges more than was sent', 'undefined-condition');
    this.#acked = handled;
    for (const { done } of this.#unacked.splice(0, count)) done();
    if (this.#unacked.length === 0) this.#whenEmpty?.();
  }

  /** The stream goes on on this connection; what was on its way goes first. */
  resume(stream: Stream): void {
    this.#stream = stream;
    this.#askedAt = undefined;
    this.#isFruitless = true;
    for (const outgoing of this.#unacked.splice(0)) this.#write(stream, outgoing);
    this.flush();
  }

  /**
   * The stream is new. Where the server has told what it had handled (see `acked`), the rest waits for `flush`; else it
   * is lost. What is given from now on goes out at once.
   */
  begin(stream: Stream, { enabled, handled }: Negotiated): void {
    const unacked = this.#unacked.splice(0).filter(({ isOfStream }) => isOfStream !== true);
    if (handled !== undefined) this.#waiting.unshift(...unacked.splice(0));
    this.#stream = stream;
    this.#id = enabled?.id;
    this.#hasAcks = enabled !== undefined;
    this.#acked = this.#handled = this.#fruitless = 0;
    this.#isFruitless = false;
    this.#askedAt = undefined;
    for (const { lost } of unacked)
      lost(new ConnectionLost('the connection broke, and this may have arrived or not'));
  }

  /** Sends what has waited for a connection. */
  flush(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    for (const outgoing of this.#waiting.splice(0)) this.#write(stream, outgoing);
  }

  /** The connection is gone. `isForgotten`: the stream shall not be resumed, as it ended for what was said on it. */
  suspend(isForgotten: boolean): void {
    if (this.#stream !== undefined)
      this.#fruitless = this.#isFruitless && this.#unacked.length > 0 ? this.#fruitless + 1 : 0;
    this.#stream = undefined;
    if (isForgotten || this.#fruitless >= FRUITLESS_MAX) this.#id = undefined;
  }

  /** There will be no connection any more. */
  fail(reason: ConnectionLost): void {
    this.#stream = this.#id = undefined;
    for (const { lost } of [...this.#unacked.splice(0), ...this.#waiting.splice(0)]) lost(reason);
    this.#whenEmpty?.();
  }

  /** A stanza that came has been handled. */
  handled(): void {
    this.#handled = (this.#handled + 1) % COUNT_MODULUS;
  }

  /** Takes `<r/>` and `<a/>`. @throws Refusal for a count that makes no sense */
  take(element: XmlElement): void {
    if (isStreamManagement(element, 'r')) this.acknowledge();
    else if (isStreamManagement(element, 'a')) {
      this.#askedAt = undefined;
      this.#isFruitless = false;
      const before = this.#acked;
      this.acked(parseHandled(element));
      if (this.#unacked.length === 0) return;
      // A server that has not got on is not asked as fast as it can answer.
      if (this.#acked !== before) this.ask();
      else setTimeout(() => this.ask(), ASK_AGAIN_MS);
    }
  }

  /** Asks for the count, unless it is asked for. @returns false where the server does not count */
  ask(): boolean {
    const stream = this.#stream;
    if (stream === undefined || !this.#hasAcks) return false;
    if (this.#askedAt === undefined) {
      this.#askedAt = Date.now();
      // What one turn sends is asked about once.
      queueMicrotask(() => stream.send(buildAckRequest()));
    }
    return true;
  }

  /** Has the server not said for so long what it has handled, although it was asked? */
  isOwed(ms: number): boolean {
    return this.#stream !== undefined && this.#askedAt !== undefined && Date.now() - this.#askedAt >= ms;
  }

  /** Tells the server what has been handled here. */
  acknowledge(): void {
    if (this.#hasAcks) this.#stream?.send(buildAck(this.#handled));
  }

  /** Resolves when everything that was sent is acknowledged, or there is nobody left to do so. */
  async settled(): Promise<void> {
    if (this.#unacked.length === 0) return;
    await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
  }

  #write(stream: Stream, outgoing: Outgoing): void {
    stream.send(outgoing.stanza);
    if (this.#hasAcks) {
      this.#unacked.push(outgoing);
      this.ask();
    } else outgoing.done();
  }
}
