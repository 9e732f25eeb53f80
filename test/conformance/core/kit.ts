/**
 * People who speak raw XML with the service, and see every stanza that it sends them.
 * Owns the scene of the conformance tests of XEP-0369 and XEP-0403, on top of the stage in memory.
 * Does not do anything for anybody: no server joins, answers or shows presence of its own accord.
 * Always: every answer has the id and the address of its question; whatever anybody receives is searched for leaks.
 * Before: src/testing/memory-stage.ts. After: test/conformance/core/join.test.ts.
 */
import { expect, onTestFinished } from 'vitest';
import { canonical } from '../../../src/stanza/canonical.ts';
import { LeakScanner, openMemoryStage, type MemoryStage } from '../../../src/testing/index.ts';
import type { MemoryStageOptions } from '../../../src/testing/memory-stage.ts';
import type { Account, Device } from '../../../src/testing/account.ts';
import { parseElement } from '../../../src/xml/document.ts';
import { elements, isElement, text, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';

export const SVC = 'mix.example';
export const CORE = 'urn:xmpp:mix:core:1';
export const PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NODES = 'urn:xmpp:mix:nodes:';
export const INFO = 'http://jabber.org/protocol/disco#info';
export const ITEMS = 'http://jabber.org/protocol/disco#items';
export const MAM = 'urn:xmpp:mam:2';
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export class Person {
  readonly #world: World;
  readonly account: Account;
  /** All that came for any of its addresses, since it was last taken. */
  inbox: XmlElement[] = [];
  readonly full: string;

  constructor(world: World, account: Account) {
    this.#world = world;
    this.account = account;
    this.full = this.client('home');
  }

  get bare(): string {
    return this.account.bare;
  }

  /** The full address of one of its clients, new or known; the resource occurs nowhere else. */
  client(name: string): string {
    const full = `${this.bare}/${name}-x7q${this.bare.length}`;
    if (!this.account.devices.has(resourceOf(full))) this.account.connect(resourceOf(full));
    this.#world.scanner.introduce(this.bare, full);
    return full;
  }

  /** Sends a stanza as it is written, from its first client unless another address of its own is given. */
  send(xml: string, from = this.full): void {
    const device = this.account.devices.get(resourceOf(from)) ?? ({ full: from } as Device);
    this.account.sendAs({ ...device, full: from }, parse(xml));
  }

  /** What has come since the last time. */
  async took(): Promise<XmlElement[]> {
    await this.#world.stage.settle();
    return this.inbox.splice(0);
  }

  /** An iq, and its one answer; whatever else came stays in the inbox. */
  async ask(type: 'get' | 'set', to: string, payload: string, from = this.full): Promise<XmlElement> {
    const id = this.#world.newId();
    this.send(`<iq type="${type}" id="${id}" to="${to}">${payload}</iq>`, from);
    await this.#world.stage.settle();
    const isAnswer = (stanza: XmlElement): boolean => stanza.name === 'iq' && stanza.attrs['id'] === id;
    const answers = this.inbox.filter(isAnswer);
    this.inbox = this.inbox.filter((stanza) => !isAnswer(stanza));
    const [answer] = answers;
    if (answer === undefined) throw new Error(`no answer to ${payload}`);
    expect(answers).toHaveLength(1);
    expect([answer.attrs['from'], answer.attrs['to']]).toEqual([to, from]);
    return answer;
  }

  get(to: string, payload: string): Promise<XmlElement> {
    return this.ask('get', to, payload);
  }

  set(to: string, payload: string): Promise<XmlElement> {
    return this.ask('set', to, payload);
  }

  /** Joins from the bare address, as a server does; the answer's `<join/>`. */
  async join(channel: string, nick?: string, nodes = ['messages', 'participants']): Promise<XmlElement> {
    const answer = await this.ask('set', channel, joinOf(nodes, nick), this.bare);
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    return only(answer);
  }

  /** Joins, and says under which id. */
  async joined(channel: string, nick?: string, nodes?: string[]): Promise<string> {
    return (await this.join(channel, nick, nodes)).attrs['id'] ?? '';
  }
}

export class World {
  readonly scanner = new LeakScanner();
  readonly #people = new Map<string, Person>();
  #stage: MemoryStage | undefined;
  #ids = 0;

  get stage(): MemoryStage {
    if (this.#stage === undefined) throw new Error('the stage is not open');
    return this.#stage;
  }

  async open(options: Omit<MemoryStageOptions, 'watcher'>): Promise<void> {
    const { scanner } = this;
    const watcher = {
      onBytes: (bytes: string) => scanner.onBytes(bytes),
      onSent: (bare: string, stanza: XmlElement) => scanner.onSent(bare, stanza),
      onRead: (bare: string, stanza: XmlElement) => scanner.onRead(bare, stanza),
      onReceived: (bare: string, stanza: XmlElement) => {
        scanner.onReceived(bare, stanza);
        this.#people.get(bare)?.inbox.push(stanza);
      },
    };
    this.#stage = await openMemoryStage({ ...options, watcher });
  }

  newId(): string {
    this.#ids += 1;
    return `ask-${this.#ids}`;
  }

  /** Somebody with an account of its own, on a server of its own unless a domain is given. */
  person(name: string, domain = `${name}.test`): Person {
    const bare = `${name}-k3v9@${domain}`;
    const person = new Person(this, this.stage.network.account(bare));
    this.#people.set(bare, person);
    return person;
  }

  /** Creates a channel with those options of XEP-0406; its address. */
  async create(owner: Person, name = 'coven', options: Options = {}): Promise<string> {
    const answer = await owner.set(
      SVC,
      `<create xmlns="${CORE}" channel="${name}">${config(options)}</create>`,
    );
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    return `${name}@${SVC}`;
  }

  /** Nobody has anything that nobody asked about. */
  async quiet(): Promise<void> {
    await this.stage.settle();
    for (const { bare, inbox } of this.#people.values())
      expect([bare, ...inbox.map((stanza) => serialize(stanza))]).toEqual([bare]);
  }

  /** Throws away what everybody has received so far. */
  async calm(): Promise<void> {
    await this.stage.settle();
    for (const person of this.#people.values()) person.inbox = [];
  }

  async close(): Promise<void> {
    await this.stage.settle();
    expect(this.scanner.leaks).toEqual([]);
    expect(this.scanner.complaint()).toBeUndefined();
    await this.stage.close();
  }
}

/** A world that ends with the test, which fails if anybody learnt a hidden address. */
export async function world(options: Omit<MemoryStageOptions, 'watcher'> = {}): Promise<World> {
  const made = new World();
  await made.open(options);
  onTestFinished(() => made.close());
  return made;
}

export type Options = Readonly<Record<string, string | readonly string[]>>;

/** A form of XEP-0406, or of another document. */
export function config(options: Options, formType = 'urn:xmpp:mix:admin:0'): string {
  const fields = Object.entries(options).map(([name, value]) => {
    const values = typeof value === 'string' ? [value] : value;
    return `<field var="${name}">${values.map((each) => `<value>${each}</value>`).join('')}</field>`;
  });
  if (fields.length === 0) return '';
  return `<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE" type="hidden"><value>${formType}</value></field>${fields.join('')}</x>`;
}

export function joinOf(nodes: readonly string[], nick?: string, rest = ''): string {
  const subscribes = nodes.map((node) => `<subscribe node="${node.includes(':') ? node : NODES + node}"/>`);
  return `<join xmlns="${CORE}">${subscribes.join('')}${nick === undefined ? '' : `<nick>${nick}</nick>`}${rest}</join>`;
}

export function itemsOf(node: string): string {
  return `<pubsub xmlns="${PUBSUB}"><items node="${NODES}${node}"/></pubsub>`;
}

export function publish(node: string, item: string, verb = 'publish'): string {
  return `<pubsub xmlns="${PUBSUB}"><${verb} node="${NODES}${node}">${item}</${verb}></pubsub>`;
}

export function configure(options: Options): string {
  return publish('config', `<item>${config(options)}</item>`);
}

function parse(xml: string): XmlElement {
  return parseElement(xml.replace(/^\s*<(\w+)/, '<$1 xmlns="jabber:client"'));
}

function resourceOf(full: string): string {
  return full.slice(full.indexOf('/') + 1);
}

/** The one child element. */
export function only(element: XmlElement): XmlElement {
  const [child, ...others] = elements(element);
  if (child === undefined || others.length > 0) throw new Error(`not one child: ${serialize(element)}`);
  return child;
}

/** The element without the children of that name, at any depth. */
export function without(element: XmlElement, name: string): XmlElement {
  const kept = element.children.filter((node) => !isElement(node) || node.name !== name);
  return { ...element, children: kept.map((node) => (isElement(node) ? without(node, name) : node)) };
}

/** All elements of that name, at any depth. */
export function all(element: XmlElement, name: string): XmlElement[] {
  return elements(element).flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** The text of the first element of that name, at any depth. */
export function textIn(element: XmlElement, name: string): string | undefined {
  const [found] = all(element, name);
  return found && text(found);
}

/** A stanza says exactly this. */
export function says(stanza: XmlElement | undefined, xml: string): void {
  expect(stanza).toBeDefined();
  if (stanza !== undefined) expect(plain(canonical(stanza))).toEqual(plain(canonical(parse(xml))));
}

/** These stanzas and no others, in this order. */
export function say(stanzas: readonly XmlElement[], ...xml: string[]): void {
  expect(stanzas.map((stanza) => plain(canonical(stanza)))).toEqual(
    xml.map((each) => plain(canonical(parse(each)))),
  );
}

function plain({ ns, name, attrs, children }: XmlElement): unknown {
  return {
    ns,
    name,
    attrs: { ...attrs },
    children: children.map((node) => (isElement(node) ? plain(node) : node)),
  };
}

/** The whole of a refusal: `condition/type`, ` + ` an application condition, ` beside ` other children. */
export function refusal(answer: XmlElement | undefined): string {
  if (answer === undefined) return 'nothing';
  if (answer.attrs['type'] !== 'error') return `no error: ${serialize(answer)}`;
  const errors = elements(answer).filter(({ name }) => name === 'error');
  const beside = elements(answer).filter(({ name }) => name !== 'error');
  expect(errors).toHaveLength(1);
  const parts = elements(errors[0]!);
  const condition = parts.filter(({ ns, name }) => ns === STANZAS && name !== 'text').map(({ name }) => name);
  const ours = parts.filter(({ ns }) => ns !== STANZAS).map(({ name }) => ` + ${name}`);
  const others = beside.map(({ name }) => ` beside ${name}`);
  return `${condition.join(' ')}/${errors[0]!.attrs['type'] ?? ''}${ours.join('')}${others.join('')}`;
}
