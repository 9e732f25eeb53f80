/**
 * The whole service between a store and a server that a test plays.
 * Owns a service on a link in memory; routes its pings back, says what domains are, and keeps what it writes.
 * Does not simulate people (testing/network.ts does) nor judge.
 * Always: nothing happens by itself but what the test asked for; the clock is the test's.
 * Before: testing/rules-kit.ts. After: service/service.ts.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { jid, DOMAIN } from './rules-kit.ts';
import { FakeClock } from './clock.ts';
import { SeededRandom } from './random.ts';
import { DEFAULT_LIMITS, type Limits } from '../service/limits.ts';
import { createService, type Service, type ServiceOptions } from '../service/service.ts';
import type { Store } from '../storage/store.ts';
import { memoryStore } from '../storage/memory.ts';
import type { Log } from '../transport/log.ts';
import { pair, type Pair } from '../transport/pair.ts';
import { el, elements, type XmlElement } from '../xml/element.ts';
import { parseElement } from '../xml/reader.ts';

const NS = 'jabber:client';
/** So many turns of the loop without a stanza mean that no more comes. */
const QUIET_TURNS = 20;
const CORE = 'urn:xmpp:mix:core:1';
const NODES = ['messages', 'participants', 'presence', 'info'];

export interface EngineOptions extends Partial<Omit<ServiceOptions, 'limits' | 'store'>> {
  readonly store?: Store;
  readonly limits?: Partial<Limits>;
  readonly seed?: number;
}

interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly text: string;
}

export class Engine {
  readonly clock = new FakeClock();
  readonly link: Pair;
  readonly service: Service;
  readonly store: Store;
  readonly lines: Line[] = [];
  /** All that the service wrote since the last `take`, pings and questions about domains apart. */
  written: XmlElement[] = [];
  /** Does the server route a stanza of the service to itself back to it? */
  isRouting = true;
  /** What a domain answers when it is asked what it is; `undefined`: it does not. */
  software: (domain: string) => string | undefined = () => 'some server';
  pings = 0;
  #stanzas = 0;
  #ids = 0;

  constructor({ seed = 1, limits, store = memoryStore(), ...options }: EngineOptions = {}) {
    this.store = store;
    this.link = pair(options.log === undefined ? { log: this.#log() } : { log: options.log });
    this.link.server.onStanza = (stanza) => this.#onStanza(stanza);
    this.service = createService({
      domain: DOMAIN,
      name: 'Channels',
      admins: [jid('operator@mix-admin.example')],
      create: 'anyone',
      localDomain: undefined,
      version: '0.0.0',
      store,
      transport: this.link.service,
      clock: this.clock,
      random: new SeededRandom(seed),
      log: this.#log(),
      ...options,
      limits: { ...DEFAULT_LIMITS, ...limits },
    });
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    await engine.service.start();
    await engine.settle();
    return engine;
  }

  send(stanza: XmlElement | string): void {
    this.link.server.send(stanza);
  }

  /** Resolves when the service has nothing more to say, as long as time stands still. */
  async settle(): Promise<void> {
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await turnOfTheLoop();
      if (this.#stanzas === seen) continue;
      seen = this.#stanzas;
      quiet = 0;
    }
  }

  /** What was written since the last time, to this address or to anybody. */
  take(to?: string): XmlElement[] {
    const taken = this.written.filter(({ attrs }) => to === undefined || attrs['to'] === to);
    this.written = this.written.filter((stanza) => !taken.includes(stanza));
    return taken;
  }

  /** Sends a request, and waits until it is answered; other stanzas stay in `written`. */
  async ask(
    from: string,
    to: string,
    type: 'get' | 'set',
    payload: string | XmlElement,
  ): Promise<XmlElement> {
    const id = this.request(from, to, type, payload);
    await this.settle();
    const [answer, second] = this.written.filter(({ attrs }) => attrs['id'] === id && attrs['to'] === from);
    if (answer === undefined || second !== undefined) throw new Error(`not one answer to ${id}`);
    this.written = this.written.filter((stanza) => stanza !== answer);
    return answer;
  }

  /** Sends a request and does not wait; returns its id. */
  request(from: string, to: string, type: 'get' | 'set', payload: string | XmlElement): string {
    this.#ids += 1;
    const id = `ask-${this.#ids}`;
    const child = typeof payload === 'string' ? parseElement(payload) : payload;
    this.send(el('iq', NS, { from, to, type, id }, [child]));
    return id;
  }

  async create(channel = 'coven', owner = 'owner@shakespeare.example', form = ''): Promise<void> {
    const answer = await this.ask(
      owner,
      DOMAIN,
      'set',
      `<create xmlns='${CORE}' channel='${channel}'>${form}</create>`,
    );
    if (answer.attrs['type'] !== 'result') throw new Error('not created');
  }

  /** Joins; returns the participant's id. */
  async join(who: string, channel = 'coven', nodes: readonly string[] = NODES): Promise<string> {
    const subscribe = nodes.map((node) => `<subscribe node='urn:xmpp:mix:nodes:${node}'/>`).join('');
    const nick = `<nick>nick of ${who.replaceAll(/[^a-z0-9]/g, ' ')}</nick>`;
    const join = `<join xmlns='${CORE}'>${subscribe}${nick}</join>`;
    const answer = await this.ask(who, `${channel}@${DOMAIN}`, 'set', join);
    const id = elements(answer)[0]?.attrs['id'];
    if (id === undefined) throw new Error('not joined');
    return id;
  }

  say(from: string, body: string, channel = 'coven'): void {
    this.send(
      el('message', NS, { from, to: `${channel}@${DOMAIN}`, type: 'groupchat', id: `said-${body}` }, [
        el('body', NS, {}, [body]),
      ]),
    );
  }

  get mistakes(): Line[] {
    return this.lines.filter(({ level }) => level === 'error');
  }

  #onStanza(stanza: XmlElement): void {
    this.#stanzas += 1;
    const { name, attrs } = stanza;
    const { id = '', to = '', from = '' } = attrs;
    if (name === 'iq' && to === DOMAIN && from === DOMAIN) {
      this.pings += 1;
      if (this.isRouting) this.send(stanza);
    } else if (name === 'iq' && id.startsWith('about-')) this.#describe(to, id);
    else this.written.push(stanza);
  }

  #describe(domain: string, id: string): void {
    const software = this.software(domain);
    if (software === undefined) return;
    const identity = el('identity', 'http://jabber.org/protocol/disco#info', {
      category: 'server',
      type: 'im',
      name: software,
    });
    const query = el('query', 'http://jabber.org/protocol/disco#info', {}, [identity]);
    this.send(el('iq', NS, { type: 'result', id, from: domain, to: DOMAIN }, [query]));
  }

  #log(): Log {
    const write =
      (level: Line['level']) =>
      (fields: object, text: string): void =>
        void this.lines.push({ level, fields, text });
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }
}

/** The condition of an error, the type of anything else. */
export function verdict({ attrs, children }: XmlElement): string {
  const error = children.find(
    (child) => typeof child === 'object' && 'name' in child && child.name === 'error',
  );
  if (attrs['type'] !== 'error' || error === undefined) return attrs['type'] ?? 'none';
  const condition = elements(error as XmlElement)[0];
  return `${condition?.name ?? 'no condition'}/${(error as XmlElement).attrs['type'] ?? 'no type'}`;
}
