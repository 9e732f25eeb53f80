/**
 * The stage in memory: the service between a store, a fake clock and a simulated network.
 * Owns its composition, and the moment when nothing happens any more.
 * Does not use sockets (tcp-stage.ts).
 * Always: the same play with the same seed gives the same bytes; what the service logs as an error fails the play.
 * Before: testing/network.ts. After: testing/tcp-stage.ts.
 */
import { inspect } from 'node:util';
import { parseJid } from '../jid/prep.ts';
import { RealJid } from '../jid/real-jid.ts';
import { DEFAULT_LIMITS, xmlLimits, type Limits } from '../service/limits.ts';
import { createService, type Service, type ServiceOptions } from '../service/service.ts';
import { memoryStore } from '../storage/memory.ts';
import type { Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import { pair, type Pair, type PairServer } from '../transport/pair.ts';
import type { Transport, WireText } from '../transport/transport.ts';
import { buildLeave } from '../xep/0369-core/wire.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Account, Device } from './account.ts';
import { FakeClock } from './clock.ts';
import { mortal, type MortalStore } from './mortal-store.ts';
import { Network, type Software } from './network.ts';
import { SeededRandom } from './random.ts';
import { nobodyWatches, type Player, type Powers, type Stage, type Watcher, type Wish } from './stage.ts';

/** So many turns of the event loop without a stanza or a byte mean that nothing more is coming. */
const QUIET_TURNS = 12;
const SECRET_LETTERS = 4;

export interface MemoryStageOptions {
  readonly seed?: string | number;
  readonly domain?: string;
  readonly store?: Store;
  readonly limits?: Partial<Limits>;
  /** Who may create channels; everybody, unless it is said. */
  readonly create?: ServiceOptions['create'];
  /** Bare addresses of those who may do in every channel what its owners may. */
  readonly admins?: readonly string[];
  readonly watcher?: Watcher;
  /** Domains whose servers are not of the usual kind. */
  readonly software?: Readonly<Record<string, Software>>;
  /** Changes what the service writes, for tests that show that a leak would be found. */
  readonly tamper?: (text: string) => string;
}

/** Opens the stage; the service is up when the promise resolves. */
export async function openMemoryStage(options: MemoryStageOptions = {}): Promise<MemoryStage> {
  const stage = new MemoryStage(options);
  await stage.start();
  return stage;
}

class Puppet implements Player {
  readonly name: string;
  readonly account: Account;
  readonly device: Device;

  constructor(name: string, account: Account, device: Device) {
    this.name = name;
    this.account = account;
    this.device = device;
  }

  get bare(): string {
    return this.account.bare;
  }

  get full(): string {
    return this.device.full;
  }

  get isOnline(): boolean {
    return this.device.isOnline;
  }

  get received(): readonly XmlElement[] {
    return this.device.received;
  }
}

function puppetOf(player: Player): Puppet {
  if (!(player instanceof Puppet)) throw new Error('this player belongs to another stage');
  return player;
}

export class MemoryStage implements Stage {
  readonly kind = 'memory';
  readonly domain: string;
  readonly clock = new FakeClock();
  readonly network: Network;
  readonly powers: Powers;
  readonly #options: MemoryStageOptions;
  readonly #store: Store;
  readonly #random: SeededRandom;
  readonly #mistakes: unknown[] = [];
  readonly #locals = new Map<string, string>();
  #service: Service | undefined;
  #link: Pair | undefined;
  #lent: MortalStore | undefined;

  constructor(options: MemoryStageOptions) {
    this.#options = options;
    this.domain = options.domain ?? 'mix.example';
    this.#store = options.store ?? memoryStore();
    this.#random = new SeededRandom(options.seed ?? 1);
    this.network = new Network(this.domain, options.watcher ?? nobodyWatches);
    for (const [domain, software] of Object.entries(options.software ?? {}))
      this.network.setSoftware(domain, software);
    this.powers = this.#makePowers();
  }

  async start(): Promise<void> {
    const limits = { ...DEFAULT_LIMITS, ...this.#options.limits };
    this.#link = pair({ log: this.#log(), limits: xmlLimits(limits) });
    this.network.attach(this.#link.server);
    this.#lent = mortal(this.#store);
    this.#service = createService({
      domain: this.domain,
      name: 'Channels',
      admins: (this.#options.admins ?? []).map((admin) => RealJid.of(parseJid(admin))),
      create: this.#options.create ?? 'anyone',
      localDomain: undefined,
      version: '0.0.0',
      limits,
      store: this.#lent.store,
      transport: this.#tampered(this.#link.service),
      clock: this.clock,
      random: this.#random,
      log: this.#log(),
    });
    await this.#service.start();
    await this.settle();
  }

  /** The server's end of the service's link, for tests that send bytes. */
  get server(): PairServer {
    if (this.#link === undefined) throw new Error('the stage is not open');
    return this.#link.server;
  }

  /** The service is killed wherever it stands: nothing of it reaches the store or the link any more; see `start`. */
  kill(): void {
    this.#link?.server.cut('the service was killed');
    this.#lent?.die();
    this.#service = undefined;
  }

  /** The link is lost until `restore`; the service goes on. */
  cut(): void {
    this.#link?.server.cut('the link was cut');
  }

  restore(): void {
    this.#link?.server.restore();
  }

  enter(name: string, wish: Wish): Promise<Player> {
    const key = `${wish.local}@${wish.domain}`;
    const local = this.#locals.get(key) ?? `${wish.local}-${this.#random.word(SECRET_LETTERS)}`;
    this.#locals.set(key, local);
    const account = this.network.account(`${local}@${wish.domain}`);
    const resource = `${wish.resource ?? 'client'}-${this.#random.word(SECRET_LETTERS)}`;
    return Promise.resolve(new Puppet(name, account, account.connect(resource)));
  }

  send(player: Player, stanza: XmlElement): void {
    const { account, device } = puppetOf(player);
    account.sendAs(device, stanza);
  }

  async join(player: Player, channel: string, join: XmlElement): Promise<XmlElement> {
    return this.#answer((answered) => puppetOf(player).account.join(channel, join, answered));
  }

  async leave(player: Player, channel: string): Promise<XmlElement> {
    return this.#answer((answered) => puppetOf(player).account.leave(channel, buildLeave(), answered));
  }

  async disconnect(player: Player): Promise<void> {
    const { account, device } = puppetOf(player);
    account.setOnline(device, false);
    await this.settle();
  }

  async reconnect(player: Player): Promise<void> {
    const { account, device } = puppetOf(player);
    account.setOnline(device, true);
    await this.settle();
  }

  async settle(): Promise<void> {
    let quiet = 0;
    for (let seen = this.network.activity; quiet < QUIET_TURNS; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.network.activity !== seen) quiet = 0;
      seen = this.network.activity;
    }
  }

  async close(): Promise<void> {
    await this.#service?.stop(0);
    await this.#store.close();
    if (this.#mistakes.length > 0) throw new Error(`the service logged errors: ${inspect(this.#mistakes)}`);
  }

  async #answer(ask: (answered: (answer: XmlElement) => void) => void): Promise<XmlElement> {
    const answers: XmlElement[] = [];
    ask((answer) => answers.push(answer));
    await this.settle();
    const [answer] = answers;
    if (answer === undefined) throw new Error('the channel has not answered');
    return answer;
  }

  #makePowers(): Powers {
    return {
      pass: async (ms) => {
        await this.settle();
        this.clock.advance(ms);
        await this.settle();
      },
      restart: async () => {
        // A process that is killed writes nothing more; its link is gone and its store stays.
        this.#link?.server.cut('the service was killed');
        await this.#service?.stop(0);
        await this.start();
      },
      dropLink: async () => {
        this.#link?.server.cut('the link was cut');
        this.#link?.server.restore();
        await this.settle();
      },
      slowLink: async (isSlow) => {
        this.#link?.server.slow(isSlow);
        await this.settle();
      },
      vanish: (player) => {
        const { account, device } = puppetOf(player);
        account.vanish(device);
      },
      bounceFor: (player) => {
        puppetOf(player).account.isBouncing = true;
      },
      setCard: (player, card) => {
        puppetOf(player).account.card = card;
      },
    };
  }

  #tampered(transport: Transport): Transport {
    const { tamper } = this.#options;
    if (tamper === undefined) return transport;
    return {
      start: async (events) => transport.start(events),
      get up() {
        return transport.up;
      },
      write: (stanzas) => transport.write(tamper(stanzas) as WireText),
      pause: () => transport.pause(),
      resume: () => transport.resume(),
      stop: async (timeoutMs) => transport.stop(timeoutMs),
    };
  }

  #log(): Log {
    const quiet = (): void => undefined;
    return {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (fields, text) => void this.#mistakes.push({ text, ...fields }),
    };
  }
}
