/**
 * The stage over TCP: the service behind the embedded host, and people on real sockets.
 * Owns its composition, and the moment when everything that was set off has arrived.
 * Does not simulate anything but chance: time and sockets are real, the files are in memory.
 * Always: what the service writes is watched before the host has it, and what clients read is searched once more.
 * Before: testing/memory-stage.ts. After: testing/tcp-client.ts.
 */
import { inspect } from 'node:util';
import { createHost, type Host } from '../host/host.ts';
import { DEFAULT_LIMITS } from '../service/limits.ts';
import { createService, type Service } from '../service/service.ts';
import { openSqlite } from '../storage/sqlite/sqlite.ts';
import type { Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import { pair, type PairServer } from '../transport/pair.ts';
import { buildLeave } from '../xep/0369-core/wire.ts';
import { buildClientJoin, buildClientLeave } from '../xep/0405-pam/wire.ts';
import type { Clock } from '../xep/extension.ts';
import { el, elements, type XmlElement } from '../xml/element.ts';
import { SeededRandom } from './random.ts';
import { nobodyWatches, type Player, type Stage, type Watcher, type Wish } from './stage.ts';
import { TcpClient } from './tcp-client.ts';

const NS_CLIENT = 'jabber:client';
const PEOPLE = 'people.example';
const SERVICE = 'mix.people.example';
const PASSWORD = 'hubble bubble';
const QUIET_TURNS = 12;
const SECRET_LETTERS = 4;
const ANYWHERE = { host: '127.0.0.1', port: 0 };

class TcpPlayer implements Player {
  readonly name: string;
  readonly client: TcpClient;

  constructor(name: string, client: TcpClient) {
    this.name = name;
    this.client = client;
  }

  get bare(): string {
    return this.client.bare;
  }

  get full(): string {
    return this.client.full;
  }

  get isOnline(): boolean {
    return this.client.isOnline;
  }

  get received(): readonly XmlElement[] {
    return this.client.received;
  }
}

function clientOf(player: Player): TcpClient {
  if (!(player instanceof TcpPlayer)) throw new Error('this player belongs to another stage');
  return player.client;
}

/** Opens the stage; host and service are up when the promise resolves. */
export async function openTcpStage(
  watcher: Watcher = nobodyWatches,
  seed: string | number = 1,
): Promise<Stage> {
  const stage = new TcpStage(watcher, seed);
  await stage.start();
  return stage;
}

class TcpStage implements Stage {
  readonly kind = 'tcp';
  readonly domain = SERVICE;
  readonly powers = undefined;
  readonly #watcher: Watcher;
  readonly #random: SeededRandom;
  readonly #store: Store = openSqlite(':memory:');
  readonly #mistakes: unknown[] = [];
  readonly #locals = new Map<string, string>();
  readonly #clients: TcpClient[] = [];
  #host: Host | undefined;
  #service: Service | undefined;
  /** Stanzas and bytes on the link. */
  #passed = 0;

  constructor(watcher: Watcher, seed: string | number) {
    this.#watcher = watcher;
    this.#random = new SeededRandom(seed);
  }

  async start(): Promise<void> {
    const log = this.#log();
    const link = pair({ log });
    this.#host = await createHost({
      domain: PEOPLE,
      serviceDomain: SERVICE,
      database: ':memory:',
      http: ANYWHERE,
      tcp: ANYWHERE,
      registration: 'closed',
      limits: { passwordIterations: 1 },
      log,
      clock: systemClock,
      link: this.#watched(link.server),
    });
    this.#service = createService({
      domain: SERVICE,
      name: 'Channels',
      admins: [],
      create: 'anyone',
      localDomain: PEOPLE,
      version: '0.0.0',
      limits: DEFAULT_LIMITS,
      store: this.#store,
      transport: link.service,
      clock: systemClock,
      random: this.#random,
      log,
    });
    await this.#service.start();
  }

  async enter(name: string, wish: Wish): Promise<Player> {
    const host = this.#host;
    if (host === undefined) throw new Error('the stage is closed');
    const key = `${wish.local}@${wish.domain}`;
    const known = this.#locals.get(key);
    const local = known ?? `${wish.local}-${this.#random.word(SECRET_LETTERS)}`;
    if (known === undefined) await host.accounts.add(local, PASSWORD);
    this.#locals.set(key, local);
    const bare = `${local}@${PEOPLE}`;
    const client = new TcpClient({
      address: host.tcpAddress,
      bare,
      resource: `${wish.resource ?? 'client'}-${this.#random.word(SECRET_LETTERS)}`,
      password: PASSWORD,
      service: SERVICE,
      onRead: (stanza) => this.#watcher.onRead(bare, stanza),
    });
    await client.connect();
    this.#clients.push(client);
    return new TcpPlayer(name, client);
  }

  send(player: Player, stanza: XmlElement): void {
    clientOf(player).send(stanza);
  }

  async join(player: Player, channel: string, join: XmlElement): Promise<XmlElement> {
    return this.#byServer(player, channel, buildClientJoin({ channel, join }));
  }

  async leave(player: Player, channel: string): Promise<XmlElement> {
    return this.#byServer(player, channel, buildClientLeave({ channel, leave: buildLeave() }));
  }

  async disconnect(player: Player): Promise<void> {
    await clientOf(player).disconnect();
    await this.settle();
  }

  async reconnect(player: Player): Promise<void> {
    await clientOf(player).connect();
    await this.settle();
  }

  async settle(): Promise<void> {
    let before: number;
    do {
      await this.#ping();
      before = this.#activity;
      await this.#quiet();
      await this.#ping();
    } while (this.#activity !== before);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.disconnect();
    await this.#service?.stop(1_000);
    await this.#host?.stop(1_000);
    await this.#store.close();
    if (this.#mistakes.length > 0) throw new Error(`errors were logged: ${inspect(this.#mistakes)}`);
  }

  /** The answer as the channel gave it: XEP-0405 wraps it once more. */
  async #byServer(player: Player, channel: string, payload: XmlElement): Promise<XmlElement> {
    const answer = await clientOf(player).ask(el('iq', NS_CLIENT, { type: 'set' }, [payload]));
    await this.settle();
    const children = elements(answer).flatMap((each) =>
      each.name === payload.name ? elements(each) : [each],
    );
    return el('iq', NS_CLIENT, { ...answer.attrs, from: channel }, children);
  }

  /** As long as it stands still, nothing happens between clients and service. */
  get #activity(): number {
    return this.#clients.reduce((sum, { received }) => sum + received.length, this.#passed);
  }

  /** A ping goes through everything that a client has sent before, and comes after all that it was sent. */
  async #ping(): Promise<void> {
    const online = this.#clients.filter(({ isOnline }) => isOnline);
    await Promise.all(online.map(async (client) => client.ping()));
  }

  async #quiet(): Promise<void> {
    let quiet = 0;
    for (let seen = this.#activity; quiet < QUIET_TURNS; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#activity !== seen) quiet = 0;
      seen = this.#activity;
    }
  }

  /** The server's end of the link, with the watcher between it and the host. */
  #watched(link: PairServer): PairServer {
    let onStanza: PairServer['onStanza'];
    link.onBytes = (text) => {
      this.#passed += 1;
      this.#watcher.onBytes(text);
    };
    link.onStanza = (stanza) => {
      const [to = ''] = (stanza.attrs['to'] ?? '').split('/', 1);
      if (to !== SERVICE) this.#watcher.onReceived(to, stanza);
      onStanza?.(stanza);
    };
    return {
      onBytes: undefined,
      get onStanza() {
        return onStanza;
      },
      set onStanza(handler) {
        onStanza = handler;
      },
      get up() {
        return link.up;
      },
      send: (stanza) => {
        this.#passed += 1;
        if (typeof stanza !== 'string')
          this.#watcher.onSent(stanza.attrs['from']?.split('/')[0] ?? '', stanza);
        link.send(stanza);
      },
      cut: (reason) => link.cut(reason),
      restore: () => link.restore(),
      slow: (isSlow) => link.slow(isSlow),
    };
  }

  #log(): Log {
    const quiet = (): void => undefined;
    const error: Log['error'] = (fields, text) => void this.#mistakes.push({ text, ...fields });
    return { debug: quiet, info: quiet, warn: quiet, error };
  }
}

const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
