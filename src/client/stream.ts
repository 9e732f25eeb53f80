/**
 * RFC 6120 §4 (2011-03): a stream, as those see it who speak over it.
 * Hands out what comes, one element after another while the stream is negotiated, and by a handler from then on.
 * Does not negotiate (negotiate.ts) nor know what stanzas mean.
 * Always: nothing that comes is lost between the two ways; after the end nothing comes; a stream error is the end.
 * Before: client/transport.ts. After: client/negotiate.ts.
 */
import { elements, isNamed, text, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { ConnectionLost } from './error.ts';
import type { OpenTransport, Transport, TransportEvents, TransportOptions } from './transport.ts';

export const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
/** Before anybody asks for them; a server has no reason to send so many. */
const WAITING_MAX = 200;
/** One endpoint may take so long, so that there is time for the others. */
const ENDPOINT_MS = 10_000;

export type Trace = (direction: 'in' | 'out', xml: () => string) => void;

export interface StreamHandler {
  onElement(element: XmlElement): void;
  /** A stanza was skipped, as it was over the limits. */
  onExcess(header: XmlElement | undefined): void;
}

export class Stream {
  /** Resolves when the stream is over, with the reason. */
  readonly ended: Promise<Error>;
  readonly #trace: Trace;
  #transport: Transport | undefined;
  #handler: StreamHandler | undefined;
  #waiting: XmlElement[] = [];
  #wanted:
    { readonly resolve: (element: XmlElement) => void; readonly reject: (reason: Error) => void } | undefined;
  #end: Error | undefined;
  #tellEnd: (reason: Error) => void = () => undefined;

  private constructor(trace: Trace) {
    this.#trace = trace;
    this.ended = new Promise((resolve) => (this.#tellEnd = resolve));
  }

  /**
   * Connects to the first of the endpoints that answers; the stream's header is not sent yet.
   * @throws what the transport threw for the last of them
   */
  static async connect(
    open: OpenTransport,
    endpoints: readonly string[],
    options: TransportOptions & { readonly trace: Trace },
  ): Promise<Stream> {
    let reason: unknown = new ConnectionLost('it is not known where the server is');
    for (const endpoint of endpoints) {
      const stream = new Stream(options.trace);
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(ENDPOINT_MS)]);
      try {
        stream.#transport = await open(endpoint, stream.#events(), { ...options, signal });
        return stream;
      } catch (error) {
        reason = error;
      }
    }
    throw reason;
  }

  get transport(): Transport {
    if (this.#transport === undefined) throw new ConnectionLost('there is no connection');
    return this.#transport;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Has nothing come that was not taken? */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  send(element: XmlElement): void {
    if (this.isOver) return;
    this.#trace('out', () => shown(element));
    this.transport.send(element);
  }

  /** Opens the stream, or opens it again, and resolves with the server's features. */
  async open(domain: string): Promise<XmlElement> {
    this.transport.open(domain);
    return this.next('features', NS_STREAMS);
  }

  /** The next element. @throws ConnectionLost, also for an element of another name than one of those given */
  async next(names?: string, ns?: string): Promise<XmlElement> {
    const element = this.#waiting.shift() ?? (await this.#arrival());
    if (ns !== undefined && (element.ns !== ns || names?.split(' ').includes(element.name) === false)) {
      const reason = new ConnectionLost('the server said what it should not say now', 'undefined-condition');
      this.destroy(reason);
      throw reason;
    }
    return element;
  }

  /** From now on elements go to the handler, those first that have come and were not asked for. */
  handle(handler: StreamHandler): void {
    this.#handler = handler;
    for (const element of this.#waiting.splice(0)) handler.onElement(element);
  }

  close(): void {
    if (!this.isOver) this.transport.close();
  }

  destroy(reason: Error): void {
    if (!this.isOver) this.transport.destroy(reason);
  }

  #events(): TransportEvents {
    return {
      onOpen: () => undefined,
      onElement: (element) => this.#element(element),
      onExcess: (header) => {
        if (this.#handler !== undefined) this.#handler.onExcess(header);
        else this.destroy(new ConnectionLost('a part of the negotiation is over the limits'));
      },
      onEnd: (reason) => this.#ended(reason),
    };
  }

  #element(element: XmlElement): void {
    this.#trace('in', () => shown(element));
    if (isNamed(element, 'error', NS_STREAMS)) this.#failed(element);
    else if (this.#handler !== undefined) this.#handler.onElement(element);
    else if (this.#wanted !== undefined) {
      const { resolve } = this.#wanted;
      this.#wanted = undefined;
      resolve(element);
    } else if (this.#waiting.push(element) > WAITING_MAX) {
      this.destroy(new ConnectionLost('the server speaks without being asked'));
    }
  }

  /** RFC 6120 §4.9. `see-other-host` is not followed: it could lead to anybody. */
  #failed(error: XmlElement): void {
    const parts = elements(error);
    const condition = parts.find(({ ns, name }) => ns === NS_ERRORS && name !== 'text')?.name;
    const said = parts.find((part) => isNamed(part, 'text', NS_ERRORS));
    const name = condition ?? 'undefined-condition';
    this.destroy(new ConnectionLost(said === undefined ? name : `${name}: ${text(said)}`, name));
  }

  #arrival(): Promise<XmlElement> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => (this.#wanted = { resolve, reject }));
  }

  #ended(reason: Error): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#wanted?.reject(reason);
    this.#wanted = undefined;
    this.#tellEnd(reason);
  }
}

/** As text; a log-in without what was said in it. */
function shown(element: XmlElement): string {
  const isSecret = element.ns === NS_SASL && /^(?:auth|response|challenge|success)$/.test(element.name);
  return serialize(isSecret ? { ...element, children: ['…'] } : element, '');
}
