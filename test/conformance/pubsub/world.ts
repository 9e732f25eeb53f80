/**
 * A service seen from outside: people send stanzas, and everything that comes back is kept, checked and searched.
 * Owns people, channels, questions and refusals, for the tests of conformance/pubsub, mam and gen.
 * Does not know what is right (the tests do), but for what is right of every stanza: GEN-10, GEN-12, GEN-49.
 * Always: a world that closes without a complaint has leaked nothing, and its service has logged no error.
 * Before: src/testing/memory-stage.ts. After: test/conformance/pubsub/kit.ts.
 */
import { afterEach, expect } from 'vitest';
import type { ChannelName } from '../../../src/jid/public-jid.ts';
import { refuse, type Condition } from '../../../src/refusal.ts';
import { memoryStore } from '../../../src/storage/memory.ts';
import type { Store } from '../../../src/storage/store.ts';
import { LeakScanner } from '../../../src/testing/leak.ts';
import {
  openMemoryStage,
  type MemoryStage,
  type MemoryStageOptions,
} from '../../../src/testing/memory-stage.ts';
import type { Player, Watcher } from '../../../src/testing/stage.ts';
import { NODE_NAMES } from '../../../src/xep/0369-core/wire.ts';
import { parseElement } from '../../../src/xml/document.ts';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import { errorOf, escaped, form, stanzaOf, STANZAS } from './xml.ts';

export const NODES = NODE_NAMES;
export const SERVICE = 'mix.example';
const ALL = ['messages', 'participants', 'presence', 'info'] as const;

const open = new Set<World>();

afterEach(async () => {
  const worlds = [...open];
  open.clear();
  for (const world of worlds) await world.close();
});

/** Somebody with one client. */
export interface Person extends Player {
  /** The participant id in the channel that was joined last. */
  id: string;
}

export interface WorldOptions extends Omit<MemoryStageOptions, 'watcher'> {
  /** Does the test want the service to log errors? */
  readonly hasFailures?: boolean;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const world = new World(options);
  open.add(world);
  await world.start();
  return world;
}

export class World {
  readonly scanner = new LeakScanner();
  readonly people: Person[] = [];
  readonly store: Store;
  readonly wrong: string[] = [];
  readonly #options: WorldOptions;
  #stage: MemoryStage | undefined;
  #ids = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.store = options.store ?? memoryStore();
  }

  get stage(): MemoryStage {
    if (this.#stage === undefined) throw new Error('the world has not begun');
    return this.#stage;
  }

  async start(): Promise<void> {
    const { scanner } = this;
    const watcher: Watcher = {
      onBytes: (text) => scanner.onBytes(text),
      onSent: (bare, stanza) => scanner.onSent(bare, stanza),
      onRead: (bare, stanza) => scanner.onRead(bare, stanza),
      onReceived: (bare, stanza) => {
        this.#inspect(stanza);
        scanner.onReceived(bare, stanza);
      },
    };
    this.#stage = await openMemoryStage({ ...this.#options, store: this.store, watcher });
  }

  async person(name: string, domain = `${name}.example`, resource = 'client'): Promise<Person> {
    const player = await this.stage.enter(name, { local: name, domain, resource });
    this.scanner.introduce(player.bare, player.full);
    const person = Object.assign(player, { id: '' });
    this.people.push(person);
    return person;
  }

  /** Makes a channel with these options. Returns its address. */
  async create(owner: Person, name: string, options: readonly (readonly string[])[] = []): Promise<string> {
    const inner = options.length === 0 ? '' : form('urn:xmpp:mix:admin:0', options);
    await this.result(
      owner,
      'set',
      SERVICE,
      `<create xmlns='urn:xmpp:mix:core:1' channel='${name}'>${inner}</create>`,
    );
    return `${name}@${SERVICE}`;
  }

  /** Joins by way of the person's server; under its own name, to the usual nodes. */
  async join(person: Person, channel: string, inner = '', nodes: readonly string[] = ALL): Promise<void> {
    const subscribe = nodes.map((node) => `<subscribe node='${NODES[node as 'info']}'/>`).join('');
    const xml = `<join xmlns='urn:xmpp:mix:core:1'>${subscribe}<nick>${person.name}</nick>${inner}</join>`;
    const answer = await this.stage.join(person, channel, parseElement(xml));
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    person.id = elements(answer)[0]?.attrs['id'] ?? '';
    await this.stage.settle();
  }

  async leave(person: Person, channel: string): Promise<void> {
    const answer = await this.stage.leave(person, channel);
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    await this.stage.settle();
  }

  nextId(): string {
    this.#ids += 1;
    return `q${this.#ids}`;
  }

  /** Sends as it is; what it sets off has happened when the promise resolves. */
  async send(person: Person, xml: string | XmlElement): Promise<void> {
    this.stage.send(person, typeof xml === 'string' ? stanzaOf(xml) : xml);
    await this.stage.settle();
  }

  /** What the person gets while `act` runs. */
  async during(person: Person, act: () => Promise<unknown>): Promise<XmlElement[]> {
    await this.stage.settle();
    const before = person.received.length;
    await act();
    await this.stage.settle();
    return person.received.slice(before);
  }

  /** Sends a request; returns all that its sender got, the answer last. */
  async query(person: Person, type: string, to: string, payload: string): Promise<XmlElement[]> {
    const id = this.nextId();
    const got = await this.during(person, () =>
      this.send(person, `<iq type='${type}' id='${id}' to='${escaped(to)}'>${payload}</iq>`),
    );
    const answers = got.filter(({ name, attrs }) => name === 'iq' && attrs['id'] === id);
    expect(answers.map((answer) => serialize(answer))).toHaveLength(1);
    const { from, to: receiver } = answers[0]?.attrs ?? {};
    expect([from, receiver]).toEqual([to, person.full]);
    return [...got.filter((stanza) => stanza !== answers[0]), ...answers];
  }

  /** The one answer to a request, whatever it says. */
  async ask(person: Person, type: string, to: string, payload: string): Promise<XmlElement> {
    const got = await this.query(person, type, to, payload);
    return got.at(-1)!;
  }

  /** The answer to a request that is granted. */
  async result(person: Person, type: string, to: string, payload: string): Promise<XmlElement> {
    const answer = await this.ask(person, type, to, payload);
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    return answer;
  }

  /** The request is refused so, its sender gets nothing else, nobody else gets anything, and nothing has changed. */
  async refused(
    person: Person,
    type: string,
    to: string,
    payload: string,
    condition: Condition,
    application = '',
  ): Promise<XmlElement> {
    const id = this.nextId();
    return this.refusedStanza(
      person,
      stanzaOf(`<iq type='${type}' id='${id}' to='${escaped(to)}'>${payload}</iq>`),
      condition,
      application,
    );
  }

  async refusedStanza(
    person: Person,
    stanza: XmlElement,
    condition: Condition,
    application = '',
  ): Promise<XmlElement> {
    await this.stage.settle();
    const before = this.people.map(({ received }) => received.length);
    const state = await this.state();
    await this.send(person, stanza);
    const got = this.people.flatMap((each, at) =>
      each.received.slice(before[at]).map((one) => [each.full, one] as const),
    );
    const told = got.map(([who, one]) => `${who} < ${serialize(one)}`).join('\n');
    expect(
      got.map(([who]) => who),
      told,
    ).toEqual([person.full]);
    const error = got[0]![1];
    const { name, attrs } = error;
    const { id, to } = stanza.attrs;
    expect([name, attrs['type'], attrs['id'], attrs['from'], attrs['to']], told).toEqual([
      stanza.name,
      'error',
      id,
      to,
      person.full,
    ]);
    expect(errorOf(error), told).toEqual([condition, refuse(condition, '').type, application]);
    expect(await this.state()).toEqual(state);
    return error;
  }

  /** All that the store holds of the channels. */
  async state(): Promise<string> {
    const names = await this.store.channelNames(undefined, 1_000);
    const records = await Promise.all(names.map((name) => this.store.load(name)));
    const ends = await Promise.all(names.map((name: ChannelName) => this.store.archiveEnds(name)));
    return JSON.stringify([records, ends]);
  }

  /** No stanza reaches anybody while `act` runs. */
  async quiet(act: () => Promise<unknown>): Promise<void> {
    await this.stage.settle();
    const before = this.people.map(({ received }) => received.length);
    await act();
    await this.stage.settle();
    const got = this.people.flatMap((each, at) =>
      each.received.slice(before[at]).map((one) => serialize(one)),
    );
    expect(got).toEqual([]);
  }

  async pass(ms: number): Promise<void> {
    await this.stage.powers.pass(ms);
  }

  async close(): Promise<void> {
    const closed = this.stage.close();
    if (this.#options.hasFailures === true) await closed.catch(() => undefined);
    else await closed;
    expect(this.wrong).toEqual([]);
    expect(this.scanner.leaks).toEqual([]);
    expect(this.scanner.complaint()).toBeUndefined();
  }

  /** What holds for every stanza that the service sends. */
  #inspect(stanza: XmlElement): void {
    const { from = '', to = '', type } = stanza.attrs;
    const [bare = ''] = from.split('/', 1);
    const domain = this.stage.domain;
    // GEN-49
    if (to === '' || (bare !== domain && !bare.endsWith(`@${domain}`))) this.wrong.push(serialize(stanza));
    if (type !== 'error') return;
    // GEN-10
    const errors = elements(stanza).filter(({ name }) => name === 'error');
    const conditions = errors.flatMap((error) =>
      elements(error).filter(({ ns, name }) => ns === STANZAS && name !== 'text'),
    );
    const isType = /^(auth|cancel|continue|modify|wait)$/.test(errors[0]?.attrs['type'] ?? '');
    if (errors.length !== 1 || conditions.length !== 1 || !isType) this.wrong.push(serialize(stanza));
  }
}
