/**
 * Two worlds that differ in what is hidden: can somebody who may not know tell one from the other?
 * Plays a story in a world, and keeps what the watchers and their servers receive: when, in which order, and which
 * bytes, with made-up names (ids, resources, tokens) replaced by the order of their appearance.
 * Does not write the story (test/two-worlds.test.ts) nor the attacks in it (probes.ts).
 * Always: apart from the hidden facts, both worlds have the same seed, clock and story.
 * Before: testing/memory-stage.ts. After: testing/probes.ts.
 */
import { NS as PUBSUB, buildPublish } from '../xep/0060-pubsub/wire.ts';
import { buildForm } from '../xep/0004-forms/wire.ts';
import { buildEntry, buildUser, parseUser, STATUS, userIn, type Item } from '../xep/0045-muc/wire.ts';
import { buildAdmin } from '../xep/0045-muc/wire-admin.ts';
import { buildCreate, buildJoin, buildLeave, NODE_NAMES, parseJoined } from '../xep/0369-core/wire.ts';
import { NS as NS_ANON } from '../xep/0404-anon/wire.ts';
import { buildConfigSubmit, type ConfigForm } from '../xep/0406-admin/wire.ts';
import { occupantId } from '../xep/0421-occupant/wire.ts';
import { el, elements, isElement, type XmlElement, type XmlNode } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import type { Account, Device } from './account.ts';
import { openMemoryStage, type MemoryStage } from './memory-stage.ts';
import { nobodyWatches } from './stage.ts';

export type Role = 'owner' | 'victim' | 'bystander' | 'attacker' | 'outsider';

/** What no watcher may learn. */
export interface Facts {
  /** The full address of the victim, and of its second client. */
  readonly victim: string;
  readonly second: string;
  /** Are the victim's clients connected? They do not share their presence. */
  readonly isConnected: boolean;
  /** Entries of the banned node, of people who are not there. */
  readonly banned: readonly string[];
  readonly owner: string;
  /** Who keeps order for a while, by bare addresses. */
  readonly administrators: readonly string[];
  /** Domains whose servers never say what they are. */
  readonly silent: readonly string[];
}

export interface WorldOptions {
  /** Changes what the service writes; knows the facts as a leaking service would. */
  readonly tamper?: (text: string, facts: Facts) => string;
}

/** Those who watch, and have the same address in both worlds. */
export const WATCHERS: Readonly<Record<'bystander' | 'attacker' | 'outsider', string>> = {
  bystander: 'bystander@watch.example/window',
  attacker: 'attacker@hostile.example/den',
  outsider: 'outsider@hostile.example/street',
};

const NS_CLIENT = 'jabber:client';
const COVEN = 'coven@mix.example';
const NODES = ['messages', 'participants', 'presence', 'info'] as const;
/** The letters of made-up names: base32 of at least ten bytes, and sealed tokens. */
const MADE_UP = /\b(?:[a-z2-7]{16,32}|[\w-]{60,})\b/g;
/** Nobody's stanza waits for a domain's answer longer than this. */
const DOMAINS_MS = 2_000;
const TICK_MS = 250;

export class TwinWorld {
  readonly facts: Facts;
  readonly channel = COVEN;
  /** What the watchers received. */
  readonly log: string[] = [];
  readonly ids = new Map<Role, string>();
  readonly #stage: MemoryStage;
  readonly #people = new Map<Role, { readonly account: Account; readonly device: Device }>();
  /** What each has sent. */
  readonly #counts = new Map<Role, number>();

  private constructor(stage: MemoryStage, facts: Facts) {
    this.#stage = stage;
    this.facts = facts;
  }

  static async open(facts: Facts, { tamper }: WorldOptions = {}): Promise<TwinWorld> {
    const listening: { world?: TwinWorld } = {};
    const stage = await openMemoryStage({
      seed: 'twins',
      software: Object.fromEntries(facts.silent.map((domain) => [domain, 'silent'])),
      watcher: {
        ...nobodyWatches,
        onReceived: (bare, stanza) => listening.world?.note(bare, stanza),
      },
      ...(tamper === undefined ? {} : { tamper: (text: string) => tamper(text, facts) }),
    });
    const world = new TwinWorld(stage, facts);
    listening.world = world;
    world.#enter('owner', facts.owner);
    world.#enter('victim', facts.victim);
    for (const [role, full] of Object.entries(WATCHERS)) world.#enter(role as Role, full);
    return world;
  }

  /** What reaches a watcher, or the server of one: both belong to the enemy. */
  note(bare: string, stanza: XmlElement): void {
    const isWatched = Object.values(WATCHERS).some(
      (full) => full.startsWith(`${bare}/`) || full.split(/[@/]/)[1] === bare,
    );
    if (isWatched) this.log.push(`${this.#stage.clock.now()} ${serialize(stanza)}`);
  }

  /** So much time passes that no server's silence matters, in small steps, so that the log says when. */
  async rest(ms = DOMAINS_MS): Promise<void> {
    const first = Math.min(ms, DOMAINS_MS);
    for (let passed = 0; passed < first; passed += TICK_MS) await this.#stage.powers.pass(TICK_MS);
    await this.#stage.powers.pass(ms - first);
  }

  /** The service is killed, and begins again on what it has written. */
  async restart(): Promise<void> {
    await this.#stage.powers.restart();
  }

  /** Somebody speaks; whoever need not wait has it before the clock moves. */
  async chat(role: Role): Promise<void> {
    const body = el('body', NS_CLIENT, {}, [`the ${role} speaks`]);
    this.send(role, el('message', NS_CLIENT, { type: 'groupchat', to: COVEN }, [body]));
    await this.#stage.settle();
  }

  /** Sends a stanza without waiting; an iq gets an id. */
  send(role: Role, stanza: XmlElement): void {
    const { account, device } = this.#person(role);
    const count = (this.#counts.get(role) ?? 0) + 1;
    this.#counts.set(role, count);
    const id = stanza.name === 'presence' ? {} : { id: `${role}-${count}` };
    account.sendAs(device, { ...stanza, attrs: { ...id, ...stanza.attrs } });
  }

  /** An iq, and its answer, which the watchers among us have logged. */
  async ask(role: Role, type: 'get' | 'set', to: string, payload: XmlElement): Promise<void> {
    this.send(role, el('iq', NS_CLIENT, { type, to }, [payload]));
    await this.#stage.settle();
  }

  async create(config: ConfigForm): Promise<void> {
    const form = buildConfigSubmit(config);
    await this.ask('owner', 'set', 'mix.example', buildCreate({ channel: 'coven', form }));
    await this.rest();
  }

  async configure(config: ConfigForm): Promise<void> {
    const item = { payload: buildConfigSubmit(config) };
    await this.ask('owner', 'set', COVEN, buildPublish(NODE_NAMES.config, [item]));
    await this.rest();
  }

  /** The bans of the facts, all at once. */
  banStrangers(): void {
    for (const id of this.facts.banned) {
      const publish = buildPublish(NODE_NAMES.banned, [{ id }]);
      this.send('owner', el('iq', NS_CLIENT, { type: 'set', to: COVEN }, [publish]));
    }
  }

  /** The owner lets those whom the facts name keep order, or nobody any more. */
  async appoint(isSo = true): Promise<void> {
    await this.configure({ administrators: isSo ? this.facts.administrators : [] });
  }

  /** Only those may come from now on who are here, and whom the owner allows. */
  async guard(): Promise<void> {
    const nodesPresent = ['participants', 'presence', 'info', 'banned', 'allowed', 'jidmap'] as const;
    await this.configure({ nodesPresent });
    for (const full of [this.facts.victim, WATCHERS.bystander, WATCHERS.attacker]) {
      const [id = ''] = full.split('/');
      await this.ask('owner', 'set', COVEN, buildPublish(NODE_NAMES.allowed, [{ id }]));
    }
    await this.rest();
  }

  /** The owner does what a client of rooms asks for (XEP-0045 §8, §9), by the nick. */
  async command(item: Item): Promise<void> {
    await this.ask('owner', 'set', COVEN, buildAdmin([item]));
    await this.rest();
  }

  /** The owner bans somebody, by whatever the owner knows it. */
  async ban(id: string): Promise<void> {
    await this.ask('owner', 'set', COVEN, buildPublish(NODE_NAMES.banned, [{ id }]));
    await this.rest();
  }

  async pardon(id: string): Promise<void> {
    const item = el('item', PUBSUB, { id });
    const retract = el('retract', PUBSUB, { node: NODE_NAMES.banned }, [item]);
    await this.ask('owner', 'set', COVEN, el('pubsub', PUBSUB, {}, [retract]));
    await this.rest();
  }

  /** Somebody joins; nobody rests after it. */
  async join(role: Role, nick: string, preferences: Readonly<Record<string, string>> = {}): Promise<void> {
    const fields = Object.entries(preferences).map(([name, value]) => ({ var: name, values: [value] }));
    const form = buildForm({ type: 'submit', formType: NS_ANON, fields });
    const request = buildJoin({ nodes: NODES.map((node) => NODE_NAMES[node]), nick, form });
    this.#person(role).account.join(COVEN, request, (answer) => {
      const joined = elements(answer).find(({ name }) => name === 'join');
      if (joined !== undefined) this.ids.set(role, parseJoined(joined).id ?? '');
    });
    await this.#stage.settle();
  }

  /** Somebody comes in as into a room (XEP-0045). */
  async enter(role: Role, nick: string): Promise<void> {
    const more = role === 'victim' ? telling(this.facts) : [];
    this.send(role, el('presence', NS_CLIENT, { to: `${COVEN}/${nick}` }, [buildEntry(), ...more]));
    await this.#stage.settle();
    this.learn(role);
  }

  /** Somebody in the room is shown otherwise. */
  async show(role: Role, nick: string): Promise<void> {
    const show = el('show', NS_CLIENT, {}, ['dnd']);
    const more = role === 'victim' ? telling(this.facts) : [];
    this.send(role, el('presence', NS_CLIENT, { to: `${COVEN}/${nick}` }, [show, ...more]));
    await this.rest();
  }

  /** What somebody in the room has been told of itself: its id. */
  learn(role: Role): void {
    const { device } = this.#person(role);
    const self = device.received.findLast(({ name, children }) => name === 'presence' && isOfSelf(children));
    const id = self && occupantId(self.children);
    if (id !== undefined) this.ids.set(role, id);
  }

  async exit(role: Role, nick: string): Promise<void> {
    const more = role === 'victim' ? telling(this.facts) : [];
    this.send(role, el('presence', NS_CLIENT, { type: 'unavailable', to: `${COVEN}/${nick}` }, more));
    await this.rest();
  }

  /** The victim's second client comes in beside the first. */
  async enterTwice(nick: string): Promise<void> {
    const { account } = this.#person('victim');
    const device = account.connect(this.facts.second);
    account.sendAs(device, el('presence', NS_CLIENT, { to: `${COVEN}/${nick}` }, [buildEntry()]));
    await this.rest();
  }

  async leave(role: Role): Promise<void> {
    this.#person(role).account.leave(COVEN, buildLeave(), () => undefined);
    await this.rest();
  }

  /** The victim's second client comes; the first goes where the facts say so. */
  connect(): void {
    const { account, device } = this.#person('victim');
    account.connect(this.facts.second);
    if (!this.facts.isConnected) account.setOnline(device, false);
  }

  async close(): Promise<readonly string[]> {
    await this.rest();
    await this.#stage.close();
    return normalised(this.log);
  }

  #enter(role: Role, full: string): void {
    const [bare = '', resource = ''] = full.split('/');
    const account = this.#stage.network.account(bare);
    this.#people.set(role, { account, device: account.connect(resource) });
  }

  #person(role: Role): { readonly account: Account; readonly device: Device } {
    const person = this.#people.get(role);
    if (person === undefined) throw new Error(`nobody plays the ${role}`);
    return person;
  }
}

/** What a client puts into its presence, and its account with it. */
function telling({ victim, second }: Facts): XmlElement[] {
  const [bare = ''] = victim.split('/');
  const photo = el('photo', 'vcard-temp:x:update', {}, [Buffer.from(bare).toString('hex')]);
  return [
    el('x', 'vcard-temp:x:update', {}, [photo]),
    el('c', 'http://jabber.org/protocol/caps', { hash: 'sha-1', node: 'urn:a', ver: 'x', ext: second }),
    el('delay', 'urn:xmpp:delay', { from: bare, stamp: '2020-01-01T00:00:00Z' }),
    el('idle', 'urn:xmpp:idle:1', { since: `20${10 + (bare.length % 10)}-01-01T00:00:00Z` }),
    el('priority', NS_CLIENT, {}, [`${bare.length % 100}`]),
    el('nick', 'http://jabber.org/protocol/nick', {}, [bare]),
    el('x', 'jabber:x:signed', {}, [victim]),
    buildUser({ item: { jid: victim } }),
    el('card', 'urn:example:card', { of: victim }, [`xmpp:${bare}`]),
  ];
}

function isOfSelf(children: readonly XmlNode[]): boolean {
  const x = userIn(children.filter(isElement));
  return x !== undefined && parseUser(x).statuses?.includes(STATUS.self) === true;
}

/** The log with each made-up name replaced by the place of its first appearance. */
export function normalised(log: readonly string[]): readonly string[] {
  const names = new Map<string, string>();
  return log.map((line) =>
    line.replace(MADE_UP, (name) => {
      const known = names.get(name) ?? `name-${names.size + 1}`;
      names.set(name, known);
      return known;
    }),
  );
}

/** What the watchers receive of the story in a world of these facts. */
export async function told(
  story: (world: TwinWorld) => Promise<void>,
  facts: Facts,
  options?: WorldOptions,
): Promise<readonly string[]> {
  const world = await TwinWorld.open(facts, options);
  await story(world);
  const log = await world.close();
  if (log.length === 0) throw new Error('the watchers saw nothing');
  return log;
}

/** The first line in which two tales differ; undefined where nobody could tell the worlds apart. */
export function difference(mine: readonly string[], theirs: readonly string[]): string | undefined {
  for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1)
    if (mine[at] !== theirs[at]) return `${mine[at] ?? 'nothing'}\n${theirs[at] ?? 'nothing'}`;
  return undefined;
}
