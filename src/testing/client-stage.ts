/**
 * The client library against the service behind the embedded host, all in one process, over real sockets.
 * Opens host and service, and logs people in, each over a connection that can be cut.
 * Does not simulate anything; the files are in memory.
 * Always: an error that is logged fails the stage when it closes.
 * Before: host/host.ts, service/service.ts, node/index.ts. After: testing/cuttable.ts.
 */
import { inspect } from 'node:util';
import { createHost, type Host, type HostOptions } from '../host/host.ts';
import { connect, type Client, type NodeConnectOptions } from '../node/index.ts';
import { DEFAULT_LIMITS } from '../service/limits.ts';
import { createService, type Service } from '../service/service.ts';
import { openSqlite } from '../storage/sqlite/sqlite.ts';
import type { Store } from '../storage/store.ts';
import type { Log } from '../transport/log.ts';
import { pair } from '../transport/pair.ts';
import type { Clock } from '../xep/extension.ts';
import { Cuttable } from './cuttable.ts';
import { SeededRandom } from './random.ts';

const WAIT_MS = 15_000;
const PASSWORD = 'double double';
const ANYWHERE = { host: '127.0.0.1', port: 0 };

export interface Person {
  readonly client: Client;
  readonly line: Cuttable;
}

export class ClientStage {
  readonly service = 'mix.localhost';
  readonly host: Host;
  readonly #service: Service;
  readonly #store: Store;
  readonly #mistakes: unknown[];
  readonly #people: Person[] = [];

  private constructor(host: Host, service: Service, store: Store, mistakes: unknown[]) {
    this.host = host;
    this.#service = service;
    this.#store = store;
    this.#mistakes = mistakes;
  }

  /** `changes` are those of the host. */
  static async open(changes: Partial<HostOptions> = {}): Promise<ClientStage> {
    const mistakes: unknown[] = [];
    const log = logOf(mistakes);
    const link = pair({ log });
    const store = openSqlite(':memory:');
    const host = await createHost({
      domain: 'localhost',
      serviceDomain: 'mix.localhost',
      database: ':memory:',
      http: ANYWHERE,
      tcp: ANYWHERE,
      registration: 'closed',
      limits: { passwordIterations: 4_096 },
      log,
      clock,
      link: link.server,
      ...changes,
    });
    const service = createService({
      domain: 'mix.localhost',
      name: 'Channels',
      admins: [],
      create: 'anyone',
      localDomain: 'localhost',
      version: '0.0.0',
      limits: { ...DEFAULT_LIMITS, stanzasPerSecond: 100_000, stanzasBurst: 100_000 },
      store,
      transport: link.service,
      clock,
      random: new SeededRandom('client stage'),
      log,
    });
    await service.start();
    return new ClientStage(host, service, store, mistakes);
  }

  /** Logs somebody in; makes the account where there is none. `isResumed`: may a stream that was cut be resumed? */
  async enter(
    name: string,
    { isResumed = true, ...options }: Partial<NodeConnectOptions> & { readonly isResumed?: boolean } = {},
  ): Promise<Person> {
    if (!this.host.accounts.exists(name)) await this.host.accounts.add(name, PASSWORD);
    const line = await Cuttable.to(this.host.tcpAddress);
    line.hidesResumption = !isResumed;
    const client = await connect({
      account: `${name}@localhost`,
      password: PASSWORD,
      endpoint: `tcp://127.0.0.1:${line.port}`,
      ...options,
    });
    const person = { client, line };
    this.#people.push(person);
    return person;
  }

  async close(): Promise<void> {
    for (const { client, line } of this.#people) {
      await client.close();
      await line.close();
    }
    await this.#service.stop(1_000);
    await this.host.stop(1_000);
    await this.#store.close();
    if (this.#mistakes.length > 0) throw new Error(`errors were logged: ${inspect(this.#mistakes)}`);
  }
}

const clock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

function logOf(mistakes: unknown[]): Log {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields, sentence) => void mistakes.push({ sentence, ...fields }),
  };
}

/** Something that tells of changes, as live conversations do. */
interface Changing {
  onChange(listener: () => void): () => void;
}

/** Waits until something holds, looking again at every change. */
export async function until<Found>(
  changing: Changing,
  look: () => Found | false | undefined,
  what: string = look.toString(),
): Promise<Found> {
  const first = look();
  if (first !== undefined && first !== false) return first;
  return new Promise<Found>((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`in vain: ${what}`));
    }, WAIT_MS);
    const stop = changing.onChange(() => {
      const found = look();
      if (found === undefined || found === false) return;
      clearTimeout(timer);
      stop();
      resolve(found);
    });
  });
}
