/**
 * What the user sends in a conversation, until it is known what became of it.
 * Sends, recognises what comes back, sends again what was lost with a stream, and tells what was refused.
 * Does not catch up with the archive: live-conversation.ts does, before it says that one may send.
 * Always: what may have arrived is not sent again before the archive has been asked for it; the order of sending is the
 * order of the calls.
 * Before: xep/0369-core/client-message.ts. After: client/live-conversation.ts.
 */
import { newId } from '../xep/0359-ids/client.ts';
import type { Outgoing, Participant } from '../xep/0369-core/client-message.ts';
import type { LiveMessage } from './live.ts';
import type { Expected } from './live-timeline.ts';
import type { Overlay, Sending } from './live-view.ts';
import { ConnectionLost, RequestTimeout } from './error.ts';

export interface OutgoingOptions {
  /** Hands a message to the connection; resolves, where that means that it was sent, when the server has it. */
  readonly transmit: (outgoing: Outgoing, id: string) => Promise<void>;
  /** Does the server's word that it has the message say that it was sent? Else it has to come back. */
  readonly isSentWhenTaken: boolean;
  /** Called with what was sent, in the former case. */
  readonly onSent: (id: string, outgoing: Outgoing, key: string, place: number) => void;
  /** The place of what is handed over now. */
  readonly reserve: () => number;
  readonly self: () => Participant;
  /** Can the archive tell whether a message has arrived? */
  readonly canVerify: () => boolean;
  readonly confirmMs: number;
  /** Looks into the archive for what should have come back, and calls `ready` then. */
  readonly onOverdue: () => void;
  /** A correction of this message has begun, or changed its state; undefined: a message of the list. */
  readonly onChange: (corrected: string | undefined) => void;
}

/** More than this does not wait: the user should be told that nothing goes out. */
const WAITING_MAX = 1_000;

interface Waiting {
  readonly id: string;
  readonly key: string;
  readonly at: number;
  readonly outgoing: Outgoing;
  /** Is it shown? Otherwise somebody waits for its fate. */
  readonly promise: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  /** On which stream it was handed over; undefined: on none yet. */
  stream: number | undefined;
  handedAt: number;
  /** Where it will stand in the list, if that is known before it comes back. */
  place: number | undefined;
  error: Error | undefined;
  view: LiveMessage | undefined;
}

export class OutgoingMessages {
  readonly #options: OutgoingOptions;
  /** By id, in the order of the calls. */
  readonly #waiting = new Map<string, Waiting>();
  #stream = 0;
  #mayWrite = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** May something have arrived of which we do not know it? */
  get isUncertain(): boolean {
    return this.#hopeful().some(({ stream }) => stream !== undefined);
  }

  /** What is shown in the list: what was handed over, and may have been answered already, where it will stand. */
  get expected(): Expected[] {
    const shown = [...this.#waiting.values()].filter(
      ({ promise, outgoing }) => promise === undefined && outgoing.replaces === undefined,
    );
    return shown.map((waiting) => ({
      view: (waiting.view ??= this.#view(waiting)),
      place: waiting.error === undefined ? waiting.place : undefined,
    }));
  }

  /** What a correction that is being sent does to this message. */
  overlay(ref: string): Overlay | undefined {
    for (const waiting of this.#waiting.values())
      if (waiting.outgoing.replaces === ref && waiting.promise === undefined)
        return { body: waiting.outgoing.body, sending: this.#sending(waiting) };
    return undefined;
  }

  /** Sends, and shows it. @throws RangeError where too much waits */
  send(outgoing: Outgoing): LiveMessage {
    const waiting = this.#add(outgoing, undefined);
    return this.#view(waiting);
  }

  /** Sends, and resolves when it has come back. @throws StanzaError, ConnectionLost, RequestTimeout */
  async act(outgoing: Outgoing): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#add(outgoing, { resolve, reject }));
  }

  /** The stream is new, or gone: nothing is written until `ready`. */
  interrupt(isNew: boolean): void {
    this.#mayWrite = false;
    if (isNew) this.#stream += 1;
  }

  /** The archive has been read to its end: what has not come back by now was not sent. */
  ready(): void {
    this.#mayWrite = true;
    const { confirmMs, canVerify } = this.#options;
    for (const waiting of this.#hopeful()) {
      const { stream, handedAt } = waiting;
      if (stream === undefined || (stream < this.#stream && canVerify())) this.#transmit(waiting);
      else if (stream < this.#stream)
        this.#fail(waiting, new ConnectionLost('the connection broke, and this may have arrived or not'));
      else if (Date.now() - handedAt >= confirmMs)
        this.#fail(waiting, new RequestTimeout('the message has not come back'));
    }
    this.#watch();
  }

  /** The same stream goes on: what was never handed over may go. */
  resume(): void {
    this.#mayWrite = true;
    const hopeful = this.#hopeful();
    for (const waiting of hopeful) if (waiting.stream === undefined) this.#transmit(waiting);
    this.#watch();
    if (hopeful.some(({ stream = this.#stream }) => stream < this.#stream)) this.#options.onOverdue();
  }

  /** Does a message with this id wait? */
  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** A message with this id has come back. Returns the key that it had; undefined where it is none of ours. */
  claim(id: string): string | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    waiting.promise?.resolve();
    this.#changed(waiting);
    return waiting.key;
  }

  /** The other side does not take it. */
  refuse(id: string, error: Error): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.stream = undefined;
    this.#fail(waiting, error);
  }

  /** There will be no more. */
  close(reason: Error): void {
    clearTimeout(this.#timer);
    this.#mayWrite = false;
    for (const waiting of [...this.#waiting.values()])
      if (waiting.error === undefined) this.#fail(waiting, reason);
  }

  #hopeful(): Waiting[] {
    return [...this.#waiting.values()].filter(({ error }) => error === undefined);
  }

  #add(outgoing: Outgoing, promise: Waiting['promise']): Waiting {
    if (this.#waiting.size >= WAITING_MAX) throw new RangeError('too many messages wait to be sent');
    const id = newId();
    const waiting: Waiting = {
      id,
      key: `o${id}`,
      at: Date.now(),
      outgoing,
      promise,
      stream: undefined,
      handedAt: 0,
      place: undefined,
      error: undefined,
      view: undefined,
    };
    this.#waiting.set(id, waiting);
    this.#changed(waiting);
    if (this.#mayWrite) this.#transmit(waiting);
    return waiting;
  }

  #transmit(waiting: Waiting): void {
    const { transmit, isSentWhenTaken } = this.#options;
    const stream = (waiting.stream = this.#stream);
    waiting.handedAt = Date.now();
    if (isSentWhenTaken) waiting.place = this.#options.reserve();
    this.#watch();
    transmit(waiting.outgoing, waiting.id).then(
      () => {
        // What is said on a later stream says nothing about this one; and a refusal may come before the server's word.
        const isOpen = stream === this.#stream && waiting.error === undefined;
        if (isSentWhenTaken && isOpen) this.#taken(waiting);
      },
      (error: unknown) => {
        // Whether it arrived is found out with the next stream.
        if (!(error instanceof ConnectionLost)) this.#fail(waiting, toError(error));
      },
    );
  }

  #taken(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting.id)) return;
    waiting.promise?.resolve();
    this.#options.onSent(waiting.id, waiting.outgoing, waiting.key, waiting.place ?? this.#options.reserve());
    this.#changed(waiting);
  }

  #fail(waiting: Waiting, error: Error): void {
    if (this.#waiting.get(waiting.id) !== waiting) return;
    if (waiting.promise !== undefined) {
      this.#waiting.delete(waiting.id);
      waiting.promise.reject(error);
      return;
    }
    waiting.error = error;
    this.#changed(waiting);
  }

  #retry(waiting: Waiting): void {
    if (waiting.error === undefined || !this.#waiting.has(waiting.id)) return;
    waiting.error = undefined;
    // It may have arrived: to be sent again it has to be missing in the archive, where that can be read.
    if (waiting.stream !== undefined)
      waiting.stream = this.#options.canVerify() ? this.#stream - 1 : undefined;
    this.#changed(waiting);
    if (!this.#mayWrite) return;
    if (waiting.stream === undefined) this.#transmit(waiting);
    else this.#options.onOverdue();
  }

  #discard(waiting: Waiting): void {
    if (this.#waiting.delete(waiting.id)) this.#changed(waiting);
  }

  #changed(waiting: Waiting): void {
    waiting.view = undefined;
    this.#options.onChange(waiting.outgoing.replaces);
  }

  #sending(waiting: Waiting): Sending {
    const { error } = waiting;
    const discard = (): void => this.#discard(waiting);
    if (error === undefined) return { state: 'sending' };
    return { state: 'failed', error, retry: () => this.#retry(waiting), discard };
  }

  #view(waiting: Waiting): LiveMessage {
    const { id, key, at, outgoing } = waiting;
    const { body, payloads = [], mentions = [], reply } = outgoing;
    const replyTo = reply && { id: reply.id, ...(reply.to === undefined ? {} : { senderId: reply.to }) };
    return {
      key,
      originId: id,
      at,
      sender: this.#options.self(),
      isOwn: true,
      ...(body === undefined ? {} : { body }),
      ...this.#sending(waiting),
      corrected: false,
      ...(replyTo === undefined ? {} : { replyTo }),
      reactions: new Map(),
      mentions,
      displayedBy: [],
      payloads,
    };
  }

  /** One timer for what should come back. */
  #watch(): void {
    clearTimeout(this.#timer);
    const { confirmMs, isSentWhenTaken, onOverdue } = this.#options;
    const handed = [...this.#waiting.values()].filter(
      ({ stream, error }) => stream === this.#stream && error === undefined,
    );
    if (isSentWhenTaken || handed.length === 0 || !this.#mayWrite) return;
    const oldest = Math.min(...handed.map(({ handedAt }) => handedAt));
    this.#timer = setTimeout(onOverdue, Math.max(0, oldest + confirmMs - Date.now()));
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
