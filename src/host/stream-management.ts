/**
 * XEP-0198 Stream Management 1.6.3 (2025-07-28): acknowledgements on one stream, and its resumption.
 * Answers what a client says beside its stanzas, asks it for acknowledgements, and gives a stream the session of one
 * that broke.
 * Does not count (management.ts) nor keep sessions (resumption.ts).
 * Always: what is acknowledged is stored; what is resumed begins when all that came over the broken connection is
 * handled; one acknowledgement is asked for at a time.
 * Before: host/stream.ts. After: host/management.ts, host/resumption.ts.
 */
import { refuse, Refusal, type Condition } from '../stanza/error.ts';
import * as wire from '../xep/0198-sm/wire.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { delayed } from './envelope.ts';
import type { Management } from './management.ts';
import type { Session } from './session.ts';

/** The stream, as far as this needs it. */
export interface ManagedStream {
  /** The account that has logged in. */
  account(): string;
  session(): Session | undefined;
  write(element: XmlElement): void;
  /** Ends the stream with an error, which has something beside it. */
  fail(condition: string, beside?: XmlElement): void;
  /** The session is this stream's from now on. */
  adopt(session: Session): void;
}

export class StreamManagement {
  readonly #context: Context;
  readonly #stream: ManagedStream;
  #isAsked = false;
  #timer: NodeJS.Timeout | undefined;
  #isResuming = false;

  constructor(context: Context, stream: ManagedStream) {
    this.#context = context;
    this.#stream = stream;
  }

  /** While this holds, stanzas are kept, and will be sent when the stream is resumed. */
  get isResuming(): boolean {
    return this.#isResuming;
  }

  /** The client has sent one of the elements. */
  take(element: XmlElement): void {
    try {
      this.#take(element);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#failed(error.condition);
    }
  }

  /** A stanza was written: sees to it that it is acknowledged at some time. */
  written(): void {
    const { ackRequestMs, ackRequestStanzas } = this.#context.limits;
    const waiting = this.#management?.unacknowledged.length ?? 0;
    if (this.#isAsked || waiting === 0) return;
    if (waiting >= ackRequestStanzas) this.ask();
    else this.#timer ??= setTimeout(() => this.ask(), ackRequestMs).unref();
  }

  /** Asks the client to show how far it is; false where that is not possible. */
  ask(): boolean {
    if (this.#management === undefined) return false;
    this.stop();
    this.#isAsked = true;
    this.#stream.write(wire.buildAckRequest());
    return true;
  }

  /** Before the stream ends, in order, the client learns what it need not send again. */
  sayLast(): void {
    if (this.#management !== undefined && !this.#isResuming)
      this.#stream.write(wire.buildAck(this.#management.handled));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #management(): Management | undefined {
    return this.#stream.session()?.management;
  }

  #take(element: XmlElement): void {
    const management = this.#management;
    if (element.name === 'enable') this.#enable(wire.parseEnable(element));
    else if (element.name === 'resume') this.#resume(wire.parseResume(element));
    else if (management === undefined) throw refuse('unexpected-request', 'this has not been enabled');
    else if (element.name === 'r') this.#answer(management);
    else if (element.name === 'a') this.#acknowledged(management, wire.parseHandled(element));
    else throw refuse('feature-not-implemented', 'this is not known here');
  }

  /** §3. */
  #enable({ isResumable, maxSeconds }: wire.Enable): void {
    const session = this.#stream.session();
    if (session === undefined || session.management !== undefined)
      throw refuse('unexpected-request', 'it is enabled once, after the resource is bound');
    const wantedMs = isResumable ? (maxSeconds ?? Infinity) * 1000 : undefined;
    const { resumable } = this.#context.resumption.manage(session, wantedMs);
    const granted = resumable && Math.floor(resumable.ms / 1000);
    this.#stream.write(wire.buildEnabled({ id: resumable?.id, maxSeconds: granted }));
  }

  /** §4: the answer comes when everything before the request is handled. */
  #answer(management: Management): void {
    this.#inTurn(() => this.#stream.write(wire.buildAck(management.handled)));
  }

  #acknowledged(management: Management, count: number): void {
    const had = management.acknowledge(count);
    if (had === undefined) {
      this.#tooHigh(management, count);
      return;
    }
    for (const { stanza } of had) this.#context.resumption.noteDelivered(stanza);
    this.#isAsked = false;
    this.written();
  }

  /** §5. */
  #resume({ id, handled }: wire.Resume): void {
    const account = this.#stream.account();
    const { resumption } = this.#context;
    if (this.#stream.session() !== undefined)
      throw refuse('unexpected-request', 'a resource is bound already');
    const session = resumption.find(id, account);
    const management = session?.management;
    if (session === undefined || management === undefined) {
      this.#failed('item-not-found', resumption.pastCount(id, account));
      return;
    }
    this.#isResuming = true;
    this.#stream.adopt(session);
    // A client whose counts are wrong would only come back with them.
    const had = management.acknowledge(handled);
    if (had === undefined) {
      this.#tooHigh(management, handled);
      return;
    }
    for (const { stanza } of had) resumption.noteDelivered(stanza);
    this.#inTurn(() => this.#resumed(id, management));
  }

  /** What came over the connection before has been handled now, and is counted. */
  #resumed(id: string, management: Management): void {
    this.#isResuming = false;
    if (this.#management !== management) return;
    this.#stream.write(wire.buildResumed(id, management.handled));
    const { domain } = this.#context;
    for (const { stanza, at } of management.unacknowledged) {
      this.#stream.write(stanza.name === 'message' ? delayed(stanza, at, domain) : stanza);
    }
    this.written();
  }

  /** §6. */
  #tooHigh(management: Management, count: number): void {
    this.#stream.fail('undefined-condition', wire.buildTooHigh(count, management.sent));
  }

  #failed(condition: Condition, handled?: number): void {
    this.#stream.write(wire.buildFailed(condition, handled));
  }

  /** Runs when all that the lane has taken before is done, whether it could be stored or not. */
  #inTurn(effect: () => void): void {
    const { lane } = this.#context;
    lane.post(() => lane.after(effect), effect);
  }
}
