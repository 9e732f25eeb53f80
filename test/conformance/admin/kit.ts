/**
 * Black-box tests of the service by rows of the conformance map: stanzas in, stanzas out.
 * Owns a scene: people with their own servers around one service in memory, every byte searched for leaks.
 * Does not know rules; what must come is said by each test.
 * Always: a request has exactly one answer, from the address that was asked, with its id; a scene that leaked fails.
 * Before: src/testing/memory-stage.ts. After: test/conformance/admin/roles.test.ts.
 */
import { expect } from 'vitest';
import {
  LeakScanner,
  openMemoryStage,
  type MemoryStage,
  type MemoryStageOptions,
  type Player,
} from '../../../src/testing/index.ts';
import { parseFragment } from '../../../src/xml/document.ts';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { CORE, find, form, items, node, publish, reasonIn, valuesIn, xml, type Fields } from './words.ts';

export * from './words.ts';

export interface Person {
  readonly player: Player;
  readonly bare: string;
  readonly full: string;
  /** The stable participant id in the channel that was joined last. */
  id: string;
  seen: number;
}

/** A test body on a scene of its own. */
export function play(act: (scene: Scene) => Promise<void>, options: MemoryStageOptions = {}) {
  return async (): Promise<void> => {
    const scanner = new LeakScanner();
    const stage = await openMemoryStage({ ...options, watcher: scanner });
    try {
      await act(new Scene(stage, scanner));
      await stage.settle();
      expect(scanner.leaks).toEqual([]);
      expect(scanner.complaint()).toBeUndefined();
    } finally {
      await stage.close();
    }
  };
}

export class Scene {
  readonly stage: MemoryStage;
  readonly people = new Map<string, Person>();
  readonly #scanner: LeakScanner;
  #count = 0;

  constructor(stage: MemoryStage, scanner: LeakScanner) {
    this.stage = stage;
    this.#scanner = scanner;
  }

  get service(): string {
    return this.stage.domain;
  }

  async enter(local: string, domain = `${local}.example`, resource = 'client'): Promise<Person> {
    const player = await this.stage.enter(local, { local, domain, resource });
    this.#scanner.introduce(player.bare, player.full);
    const person: Person = {
      player,
      bare: player.bare,
      full: player.full,
      id: '',
      seen: player.received.length,
    };
    this.people.set(this.people.has(local) ? `${local}/${resource}` : local, person);
    return person;
  }

  /** A channel with these options of XEP-0406; returns its address. */
  async create(owner: Person, name: string, fields: Fields = {}): Promise<string> {
    const asked = `<create xmlns='${CORE}' channel='${name}'>${form(fields)}</create>`;
    const answer = await this.ask(owner, 'set', this.service, asked);
    expect(answer.attrs['type'], xml(answer)).toBe('result');
    return `${name}@${this.service}`;
  }

  /** Joins by way of the person's own server. */
  async join(
    person: Person,
    channel: string,
    nick: string | undefined,
    nodes: readonly string[] = ['messages', 'participants', 'presence', 'info'],
    more = '',
  ): Promise<XmlElement> {
    const subscribed = nodes.map((each) => `<subscribe node='${node(each)}'/>`).join('');
    const asked = `<join xmlns='${CORE}'>${subscribed}${nick === undefined ? '' : `<nick>${nick}</nick>`}${more}</join>`;
    const [payload] = parseFragment(asked);
    if (payload === undefined) throw new Error('unreachable');
    const answer = await this.stage.join(person.player, channel, payload);
    person.id = find(answer, 'join')?.attrs['id'] ?? person.id;
    return answer;
  }

  /** Sends a request and returns its one answer, which is no news any more. */
  async ask(person: Person, type: string, to: string, payload: string): Promise<XmlElement> {
    const id = `ask-${++this.#count}`;
    const before = person.player.received.length;
    const [iq] = parseFragment(`<iq type='${type}' id='${id}' to='${to}'>${payload}</iq>`);
    if (iq === undefined) throw new Error('unreachable');
    this.stage.send(person.player, iq);
    await this.stage.settle();
    const answers = person.player.received
      .slice(before)
      .filter(({ name, attrs }) => name === 'iq' && attrs['id'] === id);
    expect(answers, `one answer to ${payload}`).toHaveLength(1);
    const [answer] = answers;
    if (answer === undefined) throw new Error('unreachable');
    expect(answer.attrs['from']).toBe(to);
    expect(answer.attrs['to']).toBe(person.full);
    expect(answer.attrs['type']).toMatch(/^(result|error)$/);
    this.#answers.add(answer);
    return answer;
  }

  readonly #answers = new Set<XmlElement>();

  /** Asks what must succeed; the children of the result. */
  async result(person: Person, type: string, to: string, payload: string): Promise<XmlElement> {
    const answer = await this.ask(person, type, to, payload);
    expect(answer.attrs['type'], xml(answer)).toBe('result');
    return answer;
  }

  /** Asks what must be refused for this reason, without anybody being told of anything. */
  async refused(person: Person, type: string, to: string, payload: string, reason: string): Promise<void> {
    this.news();
    const answer = await this.ask(person, type, to, payload);
    expect(answer.attrs['type'], xml(answer)).toBe('error');
    expect(reasonIn(answer), payload).toBe(reason);
    expect(this.news(), 'a refusal is nobody’s news').toEqual({});
  }

  /** Sends a message; returns what everybody got of it. */
  async say(
    person: Person,
    to: string,
    content: string,
    { type = 'groupchat', id = `say-${++this.#count}` }: { type?: string | undefined; id?: string } = {},
  ): Promise<Record<string, XmlElement[]>> {
    this.news();
    const [message] = parseFragment(
      `<message to='${to}' id='${id}'${type === '' ? '' : ` type='${type}'`}>${content}</message>`,
    );
    if (message === undefined) throw new Error('unreachable');
    this.stage.send(person.player, message);
    await this.stage.settle();
    return this.#drained();
  }

  /** A message that comes back with this reason, and reaches nobody. */
  async unsaid(
    person: Person,
    to: string,
    content: string,
    reason: string,
    type = 'groupchat',
  ): Promise<void> {
    const got = await this.say(person, to, content, { type, id: 'unsaid' });
    const [name] = [...this.people].find(([, each]) => each === person) ?? [''];
    expect(Object.keys(got)).toEqual([name]);
    const [error, second] = got[name] ?? [];
    expect(second).toBeUndefined();
    if (error === undefined) throw new Error('unreachable');
    const { name: kind, attrs } = error;
    expect([kind, attrs]).toEqual(['message', { type: 'error', id: 'unsaid', from: to, to: person.full }]);
    expect(reasonIn(error), content).toBe(reason);
  }

  /** Sends presence, as the person's server passes it on to the channels. */
  async show(person: Person, content: string): Promise<void> {
    const [presence] = parseFragment(`<presence>${content}</presence>`);
    if (presence === undefined) throw new Error('unreachable');
    this.stage.send(person.player, presence);
    await this.stage.settle();
  }

  /** What came since it was last asked, as text, for those to whom something came. */
  news(): Record<string, string[]> {
    return Object.fromEntries(
      Object.entries(this.#drained()).map(([name, stanzas]) => [name, stanzas.map(xml)]),
    );
  }

  #drained(): Record<string, XmlElement[]> {
    const found: Record<string, XmlElement[]> = {};
    for (const [name, person] of this.people) {
      const { received } = person.player;
      const fresh = received.slice(person.seen).filter((stanza) => !this.#answers.has(stanza));
      person.seen = received.length;
      if (fresh.length > 0) found[name] = fresh;
    }
    return found;
  }

  /** Changes the configuration; must succeed. */
  async configure(owner: Person, channel: string, fields: Fields): Promise<XmlElement> {
    return this.result(owner, 'set', channel, publish(node('config'), form(fields)));
  }

  async config(owner: Person, channel: string): Promise<Map<string, string[]>> {
    return valuesIn(await this.result(owner, 'get', channel, items(node('config'))));
  }

  /** The ids of the items of a node. */
  async ids(person: Person, channel: string, name: string): Promise<string[]> {
    const answer = await this.result(person, 'get', channel, items(name));
    const list = find(answer, 'items');
    return list === undefined ? [] : elements(list).map(({ attrs }) => attrs['id'] ?? '');
  }

  /** The archive's messages, as a MAM query gives them. */
  async archive(person: Person, channel: string): Promise<XmlElement[]> {
    const before = person.player.received.length;
    await this.result(person, 'set', channel, `<query xmlns='urn:xmpp:mam:2' queryid='q'/>`);
    const pages = person.player.received.slice(before).filter((each) => find(each, 'result') !== undefined);
    for (const page of pages) this.#answers.add(page);
    return pages.flatMap((page) => find(page, 'message') ?? []);
  }
}

/** The usual people: two participants, an owner and an administrator who take no part, and a stranger. */
export interface Coven {
  readonly channel: string;
  readonly owner: Person;
  readonly admin: Person;
  readonly one: Person;
  readonly two: Person;
  readonly stranger: Person;
}

export async function coven(scene: Scene, fields: Fields = {}): Promise<Coven> {
  const [owner, admin, one, two, stranger] = await Promise.all(
    ['hecate', 'graymalkin', 'witch', 'hag', 'stranger'].map((local) => scene.enter(local)),
  );
  if (!owner || !admin || !one || !two || !stranger) throw new Error('unreachable');
  const channel = await scene.create(owner, 'coven', { Administrator: admin.bare, ...fields });
  for (const [person, nick] of [[one, 'Witch'] as const, [two, 'Hag'] as const])
    expect((await scene.join(person, channel, nick)).attrs['type']).toBe('result');
  scene.news();
  return { channel, owner, admin, one, two, stranger };
}
