/**
 * What a channel does of its own accord.
 * Owns the probes at the start (XEP-0403 §5), the end of presences that nobody confirmed, the end of channels whose
 * time is over, the erasure of a destroyed channel of which everybody was told, and the start of the trimming.
 * Does not decide about presences (channel/presence.ts) nor ends (channel/create.ts), nor trim (trimming.ts).
 * Always: those who do not share presence are not asked (PRES-24).
 * Before: service/service.ts. After: service/lines.ts.
 */
import { expire } from '../channel/create.ts';
import { disappear, probed } from '../channel/presence.ts';
import type { Retention } from '../channel/retention.ts';
import type { ChannelState } from '../channel/state.ts';
import type { Turn } from '../channel/turn.ts';
import { channelJid, type AnonymousResource, type ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import type { Commit, Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import type { Clock } from '../xep/extension.ts';
import { el } from '../xml/element.ts';
import { addressed, split, type Job } from './wire-text.ts';
import type { Attendance } from './attendance.ts';
import type { Lines } from './lines.ts';
import type { Outbox } from './outbox.ts';
import { Trimming } from './trimming.ts';

const CHANNELS_PAGE = 100;
/** Timers do not reach further than this, so a far end is looked at again each time. */
const FAR_MS = 24 * 60 * 60_000;

export interface HousekeepingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly domain: string;
  readonly lines: Lines;
  readonly outbox: Outbox;
  /** How long a client has to confirm that it is still there, in milliseconds. */
  readonly confirmMs: number;
  /** How much of the archives is kept. */
  readonly retention: Retention;
  readonly log: Log;
  /** Would the client's server have answered a probe? */
  readonly answersProbes: (client: RealJid) => boolean;
  readonly attendance: Attendance;
}

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  /** Clients that were there before the start, and have not said so since. */
  readonly #doubtful = new Map<ChannelName, Set<AnonymousResource>>();
  /** Takes back the end of the patience with them. */
  readonly #patience = new Map<ChannelName, () => void>();
  readonly #ends = new Map<ChannelName, { readonly at: number; readonly cancel: () => void }>();
  readonly #trimming: Trimming;
  #isStopping = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#trimming = new Trimming(options);
  }

  /** Does from now on what needs no link. */
  start(): void {
    this.#trimming.start();
  }

  /** Probes the participants of every channel, and later takes away the presences that nobody confirmed. */
  async greet(): Promise<void> {
    const { store, lines } = this.#options;
    let after: ChannelName | undefined;
    for (;;) {
      const names = await store.channelNames(after, CHANNELS_PAGE);
      for (const name of names) {
        await new Promise<void>((resolve) => lines.ensure(name, resolve, resolve));
        if (this.#isStopping) return;
        const state = lines.peek(name);
        if (state?.exists === true) this.#greetChannel(state);
      }
      after = names.at(-1);
      if (names.length < CHANNELS_PAGE) return;
    }
  }

  stop(): void {
    this.#isStopping = true;
    this.#trimming.stop();
    for (const { cancel } of this.#ends.values()) cancel();
    this.#ends.clear();
  }

  /** A turn is durable: it may have confirmed a client, set an end, or told the last subscriber. */
  onCommitted({ channel, facts }: Commit, state: ChannelState): void {
    const doubtful = this.#doubtful.get(channel);
    if (doubtful !== undefined)
      for (const fact of facts) if (fact.fact === 'present') doubtful.delete(fact.session.anonymous);
    this.onLoaded(state);
  }

  onLoaded(state: ChannelState): void {
    const { outbox, lines } = this.#options;
    // While the end itself is not durable, those who are to be told of it are still to come.
    const isOver = state.destroyed && lines.isDurable(state.name);
    if (isOver && !outbox.isDelivering(state.name)) this.#erase(state.name);
    this.#options.attendance.watch(state);
    this.#awaitEnd(state.name, state.exists ? state.config?.endOfLife : undefined);
  }

  /** All that there was to tell is told. */
  onDelivered(channel: ChannelName): void {
    const { lines } = this.#options;
    if (lines.peek(channel)?.destroyed === true && lines.isDurable(channel)) this.#erase(channel);
  }

  #greetChannel(state: ChannelState): void {
    const { clock, domain, outbox, confirmMs, answersProbes, attendance } = this.#options;
    // Every server is asked what it is, before anything is to be delivered there; none can tell by it who has clients.
    for (const { jid } of state.participants.values()) answersProbes(jid);
    attendance.greet(state);
    if (state.config?.nodesPresent.includes('presence') !== true) return;
    if (state.participants.size === 0 && state.clients.size === 0) return;
    outbox.addJob(state.name, (channel) => new ProbesJob(channel, domain));
    // Occupants have been asked by themselves.
    const doubtful = [...state.clients.values()].filter(
      ({ available, entered }) => available && entered === undefined,
    );
    // So are those of visitors, so that it is known when the time is over.
    for (const { client } of doubtful) answersProbes(client);
    this.#patience.get(state.name)?.();
    this.#patience.delete(state.name);
    if (doubtful.length === 0) return;
    this.#doubtful.set(state.name, new Set(doubtful.map(({ anonymous }) => anonymous)));
    const end = (): void => {
      this.#patience.delete(state.name);
      this.#enter(state.name, (turn) => this.#forget(turn));
    };
    this.#patience.set(state.name, clock.after(confirmMs, end));
  }

  #forget(turn: Turn): void {
    const doubtful = this.#doubtful.get(turn.channel.name);
    this.#doubtful.delete(turn.channel.name);
    for (const { client, anonymous } of [...turn.channel.clients.values()])
      if (doubtful?.has(anonymous) === true && this.#options.answersProbes(client))
        disappear(turn, client, '');
  }

  #awaitEnd(channel: ChannelName, at: number | undefined): void {
    const known = this.#ends.get(channel);
    if (known?.at === at || this.#isStopping) return;
    known?.cancel();
    this.#ends.delete(channel);
    if (at === undefined) return;
    const { clock } = this.#options;
    const look = (): void => {
      this.#ends.delete(channel);
      if (clock.now() < at) this.#awaitEnd(channel, at);
      else this.#enter(channel, expire);
    };
    this.#ends.set(channel, { at, cancel: clock.after(Math.min(at - clock.now(), FAR_MS), look) });
  }

  #erase(channel: ChannelName): void {
    this.#enter(channel, (turn) => {
      if (turn.channel.config !== undefined) turn.record({ fact: 'erased' });
    });
  }

  /** Nobody waits for what comes of it, and what fails is tried again when the channel is next read. */
  #enter(channel: ChannelName, decide: (turn: Turn) => void): void {
    const done = (): void => undefined;
    if (!this.#isStopping) this.#options.lines.enter(channel, { decide, done, failed: done });
  }
}

/** One probe to each of those who are asked for their presence. */
class ProbesJob implements Job {
  readonly #asked: Iterator<RealJid, void>;
  readonly #probe: ReturnType<typeof split>;
  readonly unknown: readonly RealJid[] = [];
  isFinished = false;

  constructor(channel: ChannelState, domain: string) {
    this.#asked = probed(channel);
    const from = channelJid(channel.name, domain);
    this.#probe = split(el('presence', NS_CLIENT, { type: 'probe', from }));
  }

  pull(size: number): string {
    let text = '';
    while (text.length < size) {
      const step = this.#asked.next();
      if (step.done === true) {
        this.isFinished = true;
        break;
      }
      text += addressed(this.#probe, step.value);
    }
    return text;
  }
}
