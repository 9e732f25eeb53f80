/**
 * A link without a network: the service on one end, the embedded host or a test on the other.
 * Passes stanzas both ways as a socket would: later, in order, with a limit to what waits, and with losses on demand.
 * Does not route (host/ does), nor judge what the service writes, except that it has to be XML.
 * Always: no handler runs within the call that caused it; what is on its way when the link is cut is lost.
 * Before: transport/lane.ts. After: host/, testing/.
 */
import { isElement, type XmlElement } from '../xml/element.ts';
import { defaultLimits, StreamReader, type StreamEvents, type XmlLimits } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';
import { Lane } from './lane.ts';
import type { Log } from './log.ts';
import type { LinkEvents, Transport, WireText } from './transport.ts';

/** As much as a socket takes (chunked-writer.ts). */
const WAITING_MAX = 128 * 1024;
const HEADER = Buffer.from(
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">',
);

export interface PairOptions {
  /** Held against text in both directions, as the component stream holds them against everything. */
  readonly limits?: XmlLimits;
  /** Takes what handlers throw; without it, that goes to the event loop. */
  readonly log?: Log;
  /** Runs `work` after the current call, in the order of the calls; setImmediate unless a simulation has its own. */
  readonly defer?: (work: () => void) => void;
}

/** The XMPP server's end. */
export interface PairServer {
  /** Everything that the service writes, one character for each byte, in the pieces in which it wrote. */
  onBytes: ((text: WireText) => void) | undefined;
  /** Each stanza of it. While this is not set, nothing is parsed. */
  onStanza: ((stanza: XmlElement) => void) | undefined;
  readonly up: boolean;
  /** A stanza for the service: text is parsed, within the limits; an element arrives as if it had been. */
  send(stanza: XmlElement | string): void;
  /** The link is lost, and with it what is on its way in either direction. */
  cut(reason?: string): void;
  restore(): void;
  /** While slow, what the service writes waits, and `write` returns false. */
  slow(isSlow: boolean): void;
}

export interface Pair {
  readonly service: Transport;
  readonly server: PairServer;
}

/** Two ends of a link in memory. */
export function pair(options: PairOptions = {}): Pair {
  const service = new PairLink(options);
  return { service, server: service.server };
}

class PairLink implements Transport {
  readonly server: PairServer;
  readonly #options: PairOptions;
  readonly #defer: (work: () => void) => void;
  readonly #toServer: Lane<WireText>;
  readonly #toService: Lane<XmlElement | string>;
  #events: LinkEvents | undefined;
  #fromService: StreamReader | undefined;
  #fromServer: StreamReader | undefined;
  #started: (() => void) | undefined;
  #isWired = true;
  #isUp = false;
  #isPaused = false;
  #isStopped = false;
  /** Characters in #toServer. */
  #waiting = 0;
  #isFull = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.#defer = options.defer ?? ((work) => void setImmediate(work));
    this.#toServer = new Lane(
      this.#defer,
      (text) => this.#guard(() => this.#atServer(text)),
      false,
      () => this.#guard(() => this.#onEmpty()),
    );
    this.#toService = new Lane(this.#defer, (stanza) => this.#guard(() => this.#atService(stanza)), true);
    this.server = this.#makeServer();
  }

  get up(): boolean {
    return this.#isUp;
  }

  async start(events: LinkEvents): Promise<void> {
    if (this.#events !== undefined) throw new Error('a link starts once');
    this.#events = events;
    await new Promise<void>((resolve) => {
      this.#started = resolve;
      this.#defer(() => this.#connect());
    });
  }

  write(stanzas: WireText): boolean {
    if (!this.#isUp) return false;
    this.#waiting += stanzas.length;
    this.#toServer.push(stanzas);
    this.#isFull ||= this.#toServer.isHeld || this.#waiting > WAITING_MAX;
    return !this.#isFull;
  }

  pause(): void {
    this.#isPaused = true;
    this.#toService.hold(true);
  }

  resume(): void {
    this.#isPaused = false;
    this.#toService.hold(!this.#isUp);
  }

  /** Everything written before arrives, even at a slow server; there is nothing that could time out. */
  async stop(_timeoutMs: number): Promise<void> {
    this.#isStopped = true;
    this.#toService.clear();
    this.#toServer.hold(false);
    while (this.#waiting > 0) await new Promise<void>((resolve) => this.#defer(resolve));
    this.#isUp = false;
    this.#started?.();
  }

  #makeServer(): PairServer {
    const isUp = () => this.#isUp;
    return {
      onBytes: undefined,
      onStanza: undefined,
      get up() {
        return isUp();
      },
      send: (stanza) => {
        if (this.#isWired && !this.#isStopped) this.#toService.push(stanza);
      },
      cut: (reason = 'cut') => {
        this.#isWired = false;
        this.#disconnect(reason);
      },
      restore: () => {
        this.#isWired = true;
        this.#defer(() => this.#connect());
      },
      slow: (isSlow) => this.#toServer.hold(isSlow),
    };
  }

  #connect(): void {
    if (this.#isUp || !this.#isWired || this.#isStopped || this.#events === undefined) return;
    const events = this.#events;
    this.#fromServer = this.#open({
      onStanza: (stanza) => events.onStanza(stanza),
      onRefused: (header, why) => events.onExcess(header, why),
      // As a component's link would, this one ends, and comes up again.
      onError: (condition, text) => {
        this.#disconnect(`${condition}: ${text}`);
        this.#defer(() => this.#connect());
      },
    });
    this.#fromService = this.#open({
      onStanza: (stanza) => this.server.onStanza?.(stanza),
      onRefused: (_header, why) => unreadable(why),
      onError: (condition, text) => unreadable(`${condition}: ${text}`),
    });
    this.#isUp = true;
    this.#toService.hold(this.#isPaused);
    this.#started?.();
    this.#started = undefined;
    this.#guard(() => events.onUp());
  }

  #disconnect(reason: string): void {
    this.#toServer.clear();
    this.#toService.clear();
    this.#waiting = 0;
    this.#isFull = false;
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#toService.hold(true);
    this.#defer(() => {
      if (!this.#isStopped) this.#guard(() => this.#events?.onDown(reason));
    });
  }

  #open(events: Pick<StreamEvents, 'onStanza' | 'onRefused' | 'onError'>): StreamReader {
    const reader = new StreamReader(this.#options.limits ?? defaultLimits, {
      onOpen: () => undefined,
      onClose: () => unreadable('an end tag too many'),
      ...events,
    });
    reader.write(HEADER);
    return reader;
  }

  #atServer(text: WireText): void {
    this.#waiting -= text.length;
    this.server.onBytes?.(text);
    if (this.server.onStanza !== undefined) this.#fromService?.write(Buffer.from(text, 'latin1'));
  }

  #atService(stanza: XmlElement | string): void {
    if (typeof stanza !== 'string' && isParsed(stanza)) this.#events?.onStanza(stanza);
    else {
      const text = typeof stanza === 'string' ? stanza : serialize(stanza);
      this.#fromServer?.write(Buffer.from(text, 'utf8'));
    }
  }

  #onEmpty(): void {
    if (!this.#isFull || !this.#isUp || this.#isStopped) return;
    this.#isFull = false;
    this.#events?.onDrain();
  }

  #guard(work: () => void): void {
    if (this.#options.log === undefined) {
      work();
      return;
    }
    try {
      work();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a handler of the link failed');
    }
  }
}

/** Could this element have come out of a parser: no fragments, no empty or neighbouring texts? */
function isParsed({ children }: XmlElement): boolean {
  return children.every((node, at) =>
    typeof node === 'string'
      ? node !== '' && typeof children[at - 1] !== 'string'
      : isElement(node) && isParsed(node),
  );
}

function unreadable(why: string): never {
  throw new Error(`the service wrote what no server could read: ${why}`);
}
