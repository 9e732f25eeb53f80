/**
 * RFC 6120 (2011-03): a client's connection, over all its streams.
 * Connects, and after each loss connects again; hands out what comes and sends what it is given.
 * Does not negotiate (negotiate.ts), count (outbox.ts), match answers (requests.ts) or make them (answers.ts).
 * Always: one stream at a time; 'closed' is the last state; after a resumed stream nothing was missed, and after any
 * other 'fresh' is told before anything that comes on it.
 * Before: client/client.ts. After: client/connect.ts.
 */
import { Refusal } from '../stanza/error.ts';
import { stanzaKind } from '../stanza/stanza.ts';
import { NS_INFO, type Identity } from '../xep/0030-disco/wire.ts';
import { buildPing, NS as NS_PING } from '../xep/0199-ping/wire.ts';
import { NS as NS_SM } from '../xep/0198-sm/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { isLargerThan } from '../xml/write.ts';
import { bareOf, isSameAddress, parseAccount, resourceOf } from './address.ts';
import { Answers } from './answers.ts';
import { isFinal, isForgotten, waitMs } from './backoff.ts';
import { randomId } from './bytes.ts';
import { Capabilities, isBroadcast } from './caps.ts';
import type { Client, ClientEvents, ClientState, RequestHandler, StanzaListener, Stop } from './client.ts';
import { ConnectionLost } from './error.ts';
import { Keepalive } from './keepalive.ts';
import { negotiate, type Negotiated } from './negotiate.ts';
import { Outbox } from './outbox.ts';
import { Requests } from './requests.ts';
import type { Credentials } from './sasl.ts';
import { Stream } from './stream.ts';
import { LINGER_MS, type OpenTransport } from './transport.ts';

/** Everything that a connection has to be told. */
export interface ConnectionSettings {
  readonly account: string;
  readonly password: string | undefined;
  readonly memory: Credentials['memory'];
  readonly resource: string;
  /** Where the server is, the best first. Asked before each try. */
  readonly endpoints: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly transport: OpenTransport;
  readonly isInsecureAllowed: boolean;
  readonly identity: Identity;
  /** Is a lost connection made again, also when the first try fails? */
  readonly reconnect: boolean;
  readonly maxWaitMs: number;
  readonly negotiationMs: number;
  readonly keepaliveMs: number;
}

/** A stream that lasted so long counts as a success: the next failure is the first again. */
const STEADY_MS = 30_000;
/** Servers end the stream of who sends more. */
const STANZA_BYTES_MAX = 262_144;
const ANSWER_MS = 15_000;

type Listeners = { [Name in keyof ClientEvents]: Set<(event: ClientEvents[Name]) => void> };

export class Connection implements Client {
  readonly domain: string;
  readonly #settings: ConnectionSettings;
  readonly #credentials: Credentials;
  readonly #capabilities: Capabilities;
  readonly #outbox = new Outbox();
  readonly #requests = new Requests((outgoing) => this.#outbox.push(outgoing));
  readonly #answers = new Answers(throwLater);
  readonly #keepalive: Keepalive;
  readonly #listeners: Listeners = { state: new Set(), fresh: new Set(), wire: new Set() };
  readonly #stanzaListeners = new Set<StanzaListener>();
  #address: string;
  #state: ClientState = { is: 'connecting' };
  #stream: Stream | undefined;
  /** Ends what is waited for: a connection that is being made, or the time until the next try. */
  #abort = new AbortController();
  #wake: () => void = () => undefined;
  /** What is told to everybody when a stream is new; undefined when the user has gone offline. */
  #presence: XmlElement | undefined = el('presence', 'jabber:client');

  constructor(settings: ConnectionSettings) {
    const { local, domain } = parseAccount(settings.account);
    this.domain = domain;
    this.#address = settings.account;
    this.#settings = settings;
    this.#credentials = { name: local, password: settings.password, memory: settings.memory };
    this.#capabilities = new Capabilities(settings.identity, () =>
      queueMicrotask(() => void this.#announce()),
    );
    this.#keepalive = new Keepalive({
      idleMs: settings.keepaliveMs,
      answerMs: Math.min(ANSWER_MS, settings.keepaliveMs),
      ask: () => this.#ping(),
      // A server that is slow is not deaf, and what it has taken would be told to be lost.
      isDeaf: () => this.#outbox.isOwed(2 * settings.keepaliveMs),
      onDead: (why) => this.#giveUp(why),
    });
    this.onRequest(NS_PING, 'ping', () => undefined);
    this.onRequest(NS_INFO, 'query', ({ payload }) => this.#capabilities.info(payload));
    void this.#run().catch(throwLater);
  }

  get address(): string {
    return this.#address;
  }

  get account(): string {
    return bareOf(this.#address);
  }

  get state(): ClientState {
    return this.#state;
  }

  get features(): Set<string> {
    return this.#capabilities.features;
  }

  async request(
    type: 'get' | 'set',
    to: string | undefined,
    payload: XmlElement,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<XmlElement | undefined> {
    this.#check(payload);
    return this.#requests.ask(type, to, payload, options.timeoutMs);
  }

  async send(stanza: XmlElement): Promise<void> {
    if (stanzaKind(stanza) === undefined || stanza.name === 'iq')
      throw new TypeError('send is for messages and presence; use request');
    this.#check(stanza);
    const isAbout = stanza.name === 'presence' && stanza.attrs['to'] === undefined;
    if (isAbout) this.#presence = isBroadcast(stanza) ? stanza : undefined;
    const capabilities = this.#capabilities;
    await new Promise<void>((resolve, reject) =>
      this.#outbox.push({
        // Asked for when it is sent: what waits for a connection tells the features as they are then.
        get stanza() {
          return capabilities.addTo(stanza);
        },
        done: resolve,
        lost: reject,
      }),
    );
  }

  onStanza(listener: StanzaListener): Stop {
    this.#stanzaListeners.add(listener);
    return () => void this.#stanzaListeners.delete(listener);
  }

  onRequest(ns: string, name: string, handler: RequestHandler): Stop {
    return this.#answers.on(ns, name, handler);
  }

  on<Name extends keyof ClientEvents>(event: Name, listener: (event: ClientEvents[Name]) => void): Stop {
    const listeners: Set<(event: ClientEvents[Name]) => void> = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Makes the next try now, or looks whether the server is still there: the network may have changed. */
  nudge(): void {
    this.#wake();
    if (this.#state.is === 'online') this.#keepalive.check();
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    const wasOnline = this.#state.is === 'online';
    if (this.#state.is !== 'closed' && wasOnline && stream !== undefined) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LINGER_MS)));
      await Promise.race([this.#outbox.settled(), stream.ended, late]);
      clearTimeout(timer);
      this.#outbox.acknowledge();
      stream.close();
    }
    this.#finish(undefined);
    await stream?.ended;
  }

  #check(stanza: XmlElement): void {
    if (this.#state.is === 'closed') throw new ConnectionLost('the client is closed');
    if (isLargerThan(stanza, STANZA_BYTES_MAX)) throw new TypeError('larger than servers take: 262144 bytes');
  }

  /** Tries again and again, until the client is closed. */
  async #run(): Promise<void> {
    let failures = 0;
    while (this.#state.is !== 'closed') {
      const { reason, lastedMs } = await this.#attempt();
      if (this.#isClosed()) return;
      if (!this.#settings.reconnect || isFinal(reason)) {
        this.#finish(reason);
        return;
      }
      failures = lastedMs >= STEADY_MS ? 1 : failures + 1;
      const ms = waitMs(failures, this.#settings.maxWaitMs);
      this.#tell({ is: 'waiting', retryAt: Date.now() + ms, reason });
      await this.#pause(ms);
      if (!this.#isClosed()) this.#tell({ is: 'connecting' });
    }
  }

  /** One stream, from its first byte to its last. */
  async #attempt(): Promise<{ reason: Error; lastedMs: number }> {
    const abort = (this.#abort = new AbortController());
    const timeout = setTimeout(() => abort.abort(), this.#settings.negotiationMs);
    let lastedMs = 0;
    let reason: Error;
    try {
      const stream = await this.#connect(abort.signal);
      clearTimeout(timeout);
      const since = Date.now();
      reason = await stream.ended;
      lastedMs = Date.now() - since;
    } catch (error) {
      clearTimeout(timeout);
      reason = error instanceof Refusal ? new ConnectionLost('the server sent nonsense') : toError(error);
      this.#stream?.destroy(reason);
    }
    this.#keepalive.stop();
    this.#stream = undefined;
    this.#outbox.suspend(isForgotten(reason));
    return { reason, lastedMs };
  }

  /** Connects and goes online. */
  async #connect(signal: AbortSignal): Promise<Stream> {
    const { endpoints, transport, isInsecureAllowed, resource } = this.#settings;
    const { domain } = this;
    const stream = await Stream.connect(transport, await endpoints(signal), {
      domain,
      isInsecureAllowed,
      signal,
      trace: (direction, xml) => this.#trace(direction, xml),
    });
    const giveUp = () => stream.destroy(new ConnectionLost('the server did not answer in time'));
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    this.#stream = stream;
    await this.#capabilities.refresh();
    const { resumption } = this.#outbox;
    const wanted = { domain, resource, credentials: this.#credentials, isInsecureAllowed, resumption };
    const negotiated = await negotiate(stream, wanted);
    signal.removeEventListener('abort', giveUp);
    if (!stream.isOver) this.#goOnline(stream, negotiated);
    return stream;
  }

  #goOnline(stream: Stream, negotiated: Negotiated): void {
    if (negotiated.handled !== undefined) this.#outbox.acked(negotiated.handled);
    if (negotiated.isResumed) {
      this.#outbox.resume(stream);
      this.#tell({ is: 'online' });
    } else {
      this.#address = negotiated.address ?? this.#address;
      this.#requests.renew();
      this.#outbox.begin(stream, negotiated);
      this.#tell({ is: 'online' });
      this.#emit('fresh', undefined);
      this.#sendPresence();
      this.#outbox.flush();
    }
    this.#keepalive.start();
    stream.handle({
      onElement: (element) => this.#received(stream, element),
      onExcess: () => {
        this.#keepalive.heard();
        this.#outbox.handled();
      },
    });
  }

  #received(stream: Stream, element: XmlElement): void {
    this.#keepalive.heard();
    // What comes while the stream is being closed is not acknowledged: the server keeps it for the next client.
    if (this.#isClosed()) return;
    try {
      if (stanzaKind(element) !== undefined) {
        this.#stanza(element);
        this.#outbox.handled();
      } else if (element.ns === NS_SM) this.#outbox.take(element);
    } catch (error) {
      stream.destroy(new ConnectionLost(toError(error).message, 'undefined-condition'));
    }
  }

  #stanza(stanza: XmlElement): void {
    const { to, type } = stanza.attrs;
    // A server that mixes up its clients is no reason to show one user's stanzas to another.
    const isForUs =
      to === undefined ||
      (isSameAddress(bareOf(to), this.account) &&
        (resourceOf(to) ?? resourceOf(this.#address)) === resourceOf(this.#address));
    if (!isForUs) return;
    if (stanza.name !== 'iq') this.#handOut(stanza);
    else if (type === 'get' || type === 'set') {
      const answer = this.#answers.answer(stanza, this.account);
      this.#outbox.push({ stanza: answer, isOfStream: true, done: nothing, lost: nothing });
    } else this.#requests.take(stanza, this.#address);
  }

  #handOut(stanza: XmlElement): void {
    for (const listener of [...this.#stanzaListeners]) {
      try {
        if (listener(stanza) === true) return;
      } catch (error) {
        throwLater(error);
      }
    }
  }

  #sendPresence(): void {
    if (this.#presence === undefined) return;
    const stanza = this.#capabilities.addTo(this.#presence);
    this.#outbox.push({ stanza, isOfStream: true, done: nothing, lost: nothing });
  }

  /** The features have changed, which everybody has to be told who was told the former ones. */
  async #announce(): Promise<void> {
    if (this.#state.is !== 'online') return;
    if ((await this.#capabilities.refresh()) && this.#isOnline()) this.#sendPresence();
  }

  #ping(): void {
    if (this.#outbox.ask()) return;
    const stanza = el('iq', 'jabber:client', { type: 'get', id: randomId(), to: this.domain }, [buildPing()]);
    this.#outbox.push({ stanza, isOfStream: true, done: nothing, lost: nothing });
  }

  /** The server is silent, or takes nothing any more; in that case the same stream would not fare better. */
  #giveUp(why: 'silent' | 'deaf'): void {
    this.#stream?.destroy(new ConnectionLost('the server does not answer any more'));
    if (why === 'deaf') this.#outbox.suspend(true);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = nothing;
  }

  #finish(reason: Error | undefined): void {
    if (this.#isClosed()) return;
    this.#tell({ is: 'closed', reason });
    const lost = reason instanceof ConnectionLost ? reason : new ConnectionLost('the client is closed');
    this.#keepalive.stop();
    this.#outbox.fail(lost);
    this.#requests.fail(lost);
    this.#wake();
    this.#abort.abort();
  }

  #isClosed(): boolean {
    return this.#state.is === 'closed';
  }

  #isOnline(): boolean {
    return this.#state.is === 'online';
  }

  #tell(state: ClientState): void {
    this.#state = state;
    this.#emit('state', state);
  }

  #trace(direction: 'in' | 'out', xml: () => string): void {
    if (this.#listeners.wire.size > 0) this.#emit('wire', { direction, xml: xml() });
  }

  #emit<Name extends keyof ClientEvents>(name: Name, event: ClientEvents[Name]): void {
    const listeners: Set<(event: ClientEvents[Name]) => void> = this.#listeners[name];
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        throwLater(error);
      }
    }
  }
}

function nothing(): void {
  // Nobody waits for the fate of this stanza.
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The mistake of a listener stops nothing here, and shows where the platform shows such mistakes. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
