/**
 * XEP-0114 Jabber Component Protocol 1.6 (2012-01-25), https://xmpp.org/extensions/xep-0114.html
 * Keeps one link to the XMPP server up: connects, and after each loss connects again, for ever.
 * Does not speak the protocol (session.ts) nor keep stanzas over a loss (service/outbox.ts does).
 * Always: at most one session; `onUp` and `onDown` alternate, starting with `onUp`; after `stop` no event comes.
 * Before: transport/session.ts. After: service/service.ts.
 */
import { type Backoff, reconnectDelayMs } from './backoff.ts';
import { explainRefusal } from './refused.ts';
import { type End, Session, type SessionOptions } from './session.ts';
import { type LinkEvents, LinkRefused, type Transport, type WireText } from './transport.ts';

/** A link that lasted so many times the shortest delay counts as a success: the next loss is the first again. */
const STEADY_FACTOR = 10;

export interface ComponentOptions
  extends
    Omit<SessionOptions, 'handshakeTimeoutMs' | 'keepAliveMs'>,
    Partial<Pick<SessionOptions, 'handshakeTimeoutMs' | 'keepAliveMs'>>,
    Partial<Backoff> {
  /** At least 0, below 1. */
  readonly random: () => number;
}

/**
 * The link to a server's component port. `start` resolves when the link is up for the first time: a server that is not
 * there yet is waited for, however long. It rejects with LinkRefused where the config has to be mended, and resolves
 * when `stop` is called meanwhile. A refusal that comes after the link was up once is logged, and tried again slowly.
 * `write` returns false while the link is down, too: then `onUp` comes instead of `onDrain`.
 */
export function componentTransport(options: ComponentOptions): Transport {
  return new ComponentLink(options);
}

class ComponentLink implements Transport {
  readonly #options: SessionOptions & Backoff & Pick<ComponentOptions, 'random'>;
  #session: Session | undefined;
  /** The caller of `start`, while the link was never up. */
  #starting: Starting | undefined;
  #failures = 0;
  #isPaused = false;
  /** Was it started or stopped? */
  #isUsed = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #steadyTimer: NodeJS.Timeout | undefined;

  constructor(options: ComponentOptions) {
    this.#options = {
      handshakeTimeoutMs: 10_000,
      keepAliveMs: 60_000,
      reconnectMinMs: 500,
      reconnectMaxMs: 30_000,
      ...options,
    };
  }

  get up(): boolean {
    return this.#session?.isUp ?? false;
  }

  async start(events: LinkEvents): Promise<void> {
    if (this.#isUsed) throw new Error('a link starts once');
    this.#isUsed = true;
    await new Promise<void>((resolve, reject) => {
      this.#starting = { resolve, reject };
      this.#connect(events);
    });
  }

  write(stanzas: WireText): boolean {
    return this.#session?.write(stanzas) ?? false;
  }

  pause(): void {
    this.#isPaused = true;
    if (this.up) this.#session?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#session?.resume();
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#isUsed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#steadyTimer);
    await this.#session?.close(timeoutMs);
    this.#starting?.resolve();
    this.#starting = undefined;
  }

  #connect(events: LinkEvents): void {
    let wasUp = false;
    this.#session = new Session(this.#options, {
      onUp: () => {
        wasUp = true;
        this.#onUp(events);
      },
      onStanza: (stanza) => events.onStanza(stanza),
      onExcess: (header, why) => events.onExcess(header, why),
      onDrain: () => events.onDrain(),
      onEnd: (end) => {
        this.#session = undefined;
        clearTimeout(this.#steadyTimer);
        const delayMs = wasUp ? this.#onLost(end) : this.#onFailed(end);
        if (delayMs !== undefined) this.#retryTimer = setTimeout(() => this.#connect(events), delayMs);
        if (wasUp) events.onDown(end.reason);
      },
    });
  }

  #onUp(events: LinkEvents): void {
    const { host, port, domain, log, reconnectMinMs } = this.#options;
    log.info({ host, port, domain }, 'connected to the XMPP server');
    const steadyMs = STEADY_FACTOR * reconnectMinMs;
    this.#steadyTimer = setTimeout(() => (this.#failures = 0), steadyMs);
    if (this.#isPaused) this.#session?.pause();
    this.#starting?.resolve();
    this.#starting = undefined;
    events.onUp();
  }

  #onLost({ reason, error }: End): number {
    const delayMs = this.#nextDelayMs();
    this.#options.log.warn(
      { reason, condition: error?.condition, delayMs },
      'the link to the server is lost',
    );
    return delayMs;
  }

  /** The link could not be made. Undefined when there is no sense in another try. */
  #onFailed({ reason, error }: End): number | undefined {
    const { log, host, port, random, reconnectMaxMs } = this.#options;
    const verdict = error && explainRefusal(error, this.#options);
    if (verdict?.isFinal && this.#starting !== undefined) {
      this.#starting.reject(new LinkRefused(verdict.text));
      this.#starting = undefined;
      return undefined;
    }
    if (verdict?.isFinal) {
      // It worked before, so the server's config may be in the middle of a change.
      const delayMs = Math.round((reconnectMaxMs * (1 + random())) / 2);
      log.error({ condition: error?.condition, delayMs }, verdict.text);
      return delayMs;
    }
    const delayMs = this.#nextDelayMs();
    const fields = { host, port, reason, delayMs };
    log.warn(fields, verdict?.text ?? 'cannot connect to the XMPP server; trying again');
    return delayMs;
  }

  #nextDelayMs(): number {
    this.#failures++;
    return reconnectDelayMs(this.#failures, this.#options.random(), this.#options);
  }
}

interface Starting {
  resolve(): void;
  reject(error: Error): void;
}
