/**
 * The service: the only composition.
 * Owns the wiring of store, lines, outbox, router and transport, and their start and stop.
 * Does not decide, parse, render or write anything.
 * Always: no module holds state; everything that is used is made or handed in here.
 * Before: cli/start.ts. After: service/router.ts.
 */
import type { Random } from '../channel/turn.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { NoticePlace } from '../storage/facts.ts';
import type { Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock, Env, Send } from '../xep/extension.ts';
import { Attendance } from './attendance.ts';
import { Committer } from './committer.ts';
import { Domains } from './domains.ts';
import { extensions } from './extensions.ts';
import { Handlers } from './handlers.ts';
import type { Limits } from './limits.ts';
import { Lines } from './lines.ts';
import { NickRegistry } from './nick-registry.ts';
import { Outbox } from './outbox.ts';
import { Housekeeping } from './housekeeping.ts';
import { Rate } from './rate.ts';
import { RecentKeys } from './recent.ts';
import { SealedRelays } from './relays.ts';
import { Router } from './router.ts';

export interface ServiceOptions {
  /** The service's own domain. */
  readonly domain: string;
  /** Shown in service discovery. */
  readonly name: string;
  /** May do in every channel what its owners may; whoever is put in or taken out later, from then on. */
  readonly admins: readonly RealJid[];
  /** Who may create channels; `local`: the users of `localDomain`. */
  readonly create: 'anyone' | 'local' | 'admins';
  readonly localDomain: string | undefined;
  /** A channel that hides addresses can never be made to show them (D-08). */
  readonly staysHidden?: boolean;
  readonly version: string;
  readonly limits: Limits;
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Service {
  /** Connects and serves. @throws LinkRefused where the server refuses us for good. */
  start(): Promise<void>;
  /** Takes no more input, writes what is decided, delivers what it can, and ends within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** How many private messages are remembered for their errors, and for how long. */
const RECENT_MAX = 10_000;
const RECENT_MS = 5 * 60_000;
const KEY_BYTES = 32;
/** How many rows of the outbox are read at a time at start. */
const PENDING_PAGE = 1_000;

/** Wires a service of the parts that are handed in; nothing happens before `start`. */
export function createService(options: ServiceOptions): Service {
  return new RunningService(options);
}

class RunningService implements Service {
  readonly #options: ServiceOptions;
  readonly #committer: Committer;
  readonly #nicks: NickRegistry;
  readonly #lines: Lines;
  readonly #outbox: Outbox;
  readonly #domains: Domains;
  readonly #housekeeping: Housekeeping;
  readonly #attendance: Attendance;
  readonly #handlers = new Handlers(extensions);
  #router: Router | undefined;
  /** How often the link came up, and whether a round of greetings is under way. */
  #ups = 0;
  #isGreeting = false;
  #isPaused = false;

  constructor(options: ServiceOptions) {
    this.#options = options;
    const { domain, limits, store, clock, random, transport, log } = options;
    const { renderers, occupantRenderer } = this.#handlers;
    const send = (one: Send): void => this.#outbox.send(one);
    this.#nicks = new NickRegistry({
      store,
      random,
      inChannel: (channel, decide) =>
        new Promise<unknown>((resolve) =>
          this.#lines.enter(channel, { decide, done: () => resolve(undefined), failed: resolve }),
        ),
    });
    this.#committer = new Committer(store, limits.commitTurnsMax, clock, () => this.#pace());
    this.#lines = new Lines({
      store,
      committer: this.#committer,
      clock,
      random,
      domain,
      operators: options.admins,
      reserved: this.#nicks,
      staysHidden: options.staysHidden ?? false,
      lineLengthMax: limits.channelQueueMax,
      channelsInMemoryMax: limits.channelsInMemoryMax,
      release: (commit, state) => {
        this.#outbox.add(commit.channel, commit.version, commit.notices);
        this.#housekeeping.onCommitted(commit, state);
      },
      onLoaded: (state) => this.#housekeeping.onLoaded(state),
      isDelivering: (channel) => this.#outbox.isDelivering(channel),
    });
    this.#domains = new Domains({
      clock,
      self: domain,
      send,
      onKnown: () => this.#outbox.wake(),
      askMs: limits.domainAnswerMs,
      domainsMax: limits.domainsRememberedMax,
    });
    this.#outbox = new Outbox({
      transport,
      tools: { renderers, occupantRenderer, domains: this.#domains, domain },
      clock,
      log,
      stateOf: (channel) => this.#lines.peekToRender(channel),
      load: (channel, then) =>
        this.#lines.ensure(channel, then, () => void clock.after(limits.reloadMs, then)),
      strike: (places) => this.#committer.strike(places),
      onDelivered: (channel) => this.#housekeeping.onDelivered(channel),
      entriesMax: limits.outboxEntriesMax,
      heldCopiesMax: limits.heldCopiesMax,
      onRoom: () => this.#pace(),
      pingMs: limits.pingMs,
    });
    this.#attendance = new Attendance({
      ...{ clock, domain, random, lines: this.#lines, send },
      answerMs: limits.presenceConfirmMs,
      silenceMs: limits.occupantSilenceMs,
    });
    const parts = {
      lines: this.#lines,
      outbox: this.#outbox,
      attendance: this.#attendance,
      confirmMs: limits.presenceConfirmMs,
      retention: { days: limits.archiveDays, messagesMax: limits.archiveMessagesMax },
      answersProbes: (client: RealJid): boolean => this.#domains.quirksOf(client)?.ignoresProbes !== true,
    };
    this.#housekeeping = new Housekeeping({ store, clock, domain, log, ...parts });
  }

  async start(): Promise<void> {
    const { transport, store, random } = this.#options;
    await this.#nicks.load();
    await this.#restoreOutbox();
    const key = await store.secret('relay', () => random.bytes(KEY_BYTES));
    const router = this.#makeRouter(key);
    this.#router = router;
    await transport.start({
      onUp: () => {
        this.#outbox.onUp();
        void this.#greet();
      },
      onDown: () => {
        this.#outbox.onDown();
        this.#attendance.onDown();
      },
      onDrain: () => this.#outbox.onDrain(),
      onStanza: (stanza) => {
        router.onStanza(stanza);
        this.#pace();
      },
      onExcess: (header, why) => router.onExcess(header, why),
    });
    this.#housekeeping.start();
  }

  async stop(timeoutMs: number): Promise<void> {
    const { transport, clock } = this.#options;
    this.#router?.close();
    this.#housekeeping.stop();
    this.#attendance.stop();
    const until = clock.now() + timeoutMs * 0.7;
    await this.#committer.settle();
    // The answers to our pings still come in while the outbox empties.
    while (transport.up && !this.#outbox.isEmpty && clock.now() < until)
      await new Promise<void>((resolve) => void clock.after(20, resolve));
    await transport.stop(timeoutMs * 0.2);
    await this.#committer.settle();
  }

  /** Takes no more input while too much of what came in waits for the disk or for the link. */
  #pace(): void {
    const { transport, limits } = this.#options;
    const isFull = this.#outbox.isFull || this.#committer.size > limits.outboxEntriesMax;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) transport.pause();
    else transport.resume();
  }

  #makeRouter(key: Uint8Array): Router {
    const { domain, name, admins, create, localDomain, version, limits, store, clock, random, log } =
      this.#options;
    const { relayMs, relaysMax, stanzaBytesMax, pageItemsMax, retractionMs } = limits;
    const rates = ratesOf(limits);
    const env: Env = {
      settings: {
        domain,
        name,
        admins,
        create,
        localDomain,
        version,
        limits: { stanzaBytesMax, pageItemsMax, retractionMs },
      },
      store,
      clock,
      random,
      send: (send: Send) => this.#outbox.send(send),
      relays: new SealedRelays({ key, clock, random, relayMs, relaysMax }),
      recent: new RecentKeys(clock, RECENT_MAX, RECENT_MS),
      nicks: this.#nicks,
      mayInvite: (inviter, count) => rates.invitations.takes(inviter, clock.now(), count),
      isFragile: (asker) => this.#domains.quirksOf(asker)?.hasBareMix !== false,
    };
    return new Router({
      handlers: this.#handlers,
      env,
      lines: this.#lines,
      outbox: this.#outbox,
      domains: this.#domains,
      attendance: this.#attendance,
      rate: rates.stanzas,
      log,
    });
  }

  /** What was not confirmed before the process ended is delivered again. */
  async #restoreOutbox(): Promise<void> {
    let after: NoticePlace | undefined;
    for (;;) {
      const rows = await this.#options.store.pending(after, PENDING_PAGE);
      for (const { place, notice } of rows) this.#outbox.restore(place, notice);
      after = rows.at(-1)?.place;
      if (rows.length < PENDING_PAGE) return;
    }
  }

  /**
   * XEP-0403 §5: at its start, every channel asks those who share their presence; and after a lost link, since what
   * clients said meanwhile is lost as well.
   */
  async #greet(): Promise<void> {
    this.#ups += 1;
    if (this.#isGreeting) return;
    this.#isGreeting = true;
    try {
      for (let round = 0; round !== this.#ups;) {
        round = this.#ups;
        await this.#housekeeping.greet();
      }
    } catch (error) {
      this.#options.log.error({ err: error }, 'could not ask for the presence of participants');
    } finally {
      this.#isGreeting = false;
    }
  }
}

/** How fast one account may send, and let rooms invite. */
function ratesOf(limits: Limits): { readonly stanzas: Rate; readonly invitations: Rate } {
  const {
    stanzasPerSecond,
    stanzasBurst,
    roomInvitationsPerHour,
    accountsRememberedMax: accountsMax,
  } = limits;
  const perSecond = roomInvitationsPerHour / 3_600;
  return {
    stanzas: new Rate({ perSecond: stanzasPerSecond, burst: stanzasBurst, accountsMax }),
    invitations: new Rate({ perSecond, burst: roomInvitationsPerHour, accountsMax }),
  };
}
