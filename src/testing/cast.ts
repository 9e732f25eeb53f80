/**
 * The people and channels of a transcript, and what a transcript may call by name.
 * Owns the players, the variables, what each player has been shown already, and what its last request was.
 * Does not play steps (runner.ts).
 * Always: a stanza is taken once; what arrived before somebody's last act is told from what arrived since.
 * Before: testing/script.ts. After: testing/runner.ts.
 */
import { parseJid } from '../jid/prep.ts';
import { buildForm } from '../xep/0004-forms/wire.ts';
import { buildCreate } from '../xep/0369-core/wire.ts';
import { NS as NS_ADMIN } from '../xep/0406-admin/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import type { LeakScanner } from './leak.ts';
import { ScriptError, type Entry, type Script } from './script.ts';
import type { Player, Stage, Wish } from './stage.ts';

const NS_CLIENT = 'jabber:client';

/** What somebody asked last, and how it was answered, where the player's server has seen to that. */
export interface Asked {
  readonly kind: string;
  readonly id: string;
  readonly to: string;
  readonly answer: XmlElement | undefined;
}

/** A player in a transcript. */
export interface Actor {
  readonly player: Player;
  /** Stanzas that a step has been about. */
  readonly taken: Set<XmlElement>;
  /** How many had arrived when somebody last did something. */
  seen: number;
  asked: Asked | undefined;
  /** Its address in each room that it entered. */
  readonly rooms: Map<string, string>;
  /** Texts that it must never receive, and the lines that say so. */
  readonly forbidden: { readonly text: string; readonly line: number }[];
}

export class Cast {
  readonly variables = new Map<string, string>();
  readonly actors = new Map<string, Actor>();
  /** Addresses of channels, by the names in the transcript. */
  readonly channels = new Map<string, string>();
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #scanner: LeakScanner;
  #ids = 0;

  constructor(stage: Stage, script: Script, scanner: LeakScanner) {
    this.#stage = stage;
    this.#script = script;
    this.#scanner = scanner;
    this.variables.set('service', stage.domain);
  }

  /** Everybody comes in, and the channels are made. */
  async enter(): Promise<void> {
    for (const client of this.#script.clients) await this.#enterClient(client);
    for (const channel of this.#script.channels) await this.#makeChannel(channel);
    for (const actor of this.actors.values())
      for (const stanza of actor.player.received) actor.taken.add(stanza);
    this.mark();
  }

  /** From here on, "nothing" counts. */
  mark(): void {
    for (const actor of this.actors.values()) actor.seen = actor.player.received.length;
  }

  /** The actor whose name the line begins with, and the rest of the line. */
  actorOf(text: string): { readonly name: string; readonly actor: Actor; readonly rest: string } | undefined {
    const names = [...this.actors.keys()].sort((a, b) => b.length - a.length);
    const name = names.find((each) => text.startsWith(`${each} `) || text.startsWith(`${each}'s `));
    const actor = name === undefined ? undefined : this.actors.get(name);
    return name === undefined || actor === undefined
      ? undefined
      : { name, actor, rest: text.slice(name.length).trimStart() };
  }

  nextId(): string {
    this.#ids += 1;
    return `act-${this.#ids}`;
  }

  /** Sends a stanza; its id and address are remembered as the last request. */
  send(actor: Actor, stanza: XmlElement): void {
    const { id = this.nextId(), to = '' } = stanza.attrs;
    const attrs = stanza.name === 'presence' ? stanza.attrs : { ...stanza.attrs, id };
    actor.asked = { kind: stanza.name, id, to, answer: undefined };
    this.#stage.send(actor.player, { ...stanza, attrs });
  }

  /** What has arrived at the actor since somebody last did something, and no step was about yet. */
  news(actor: Actor): XmlElement[] {
    return actor.player.received.slice(actor.seen).filter((stanza) => !actor.taken.has(stanza));
  }

  /** All that has arrived and no step was about yet: an answer may have come some time ago. */
  untaken(actor: Actor): XmlElement[] {
    return actor.player.received.filter((stanza) => !actor.taken.has(stanza));
  }

  async #enterClient({ line, name, options }: Entry): Promise<Actor> {
    const jid = options.find(([key]) => key === 'jid')?.[1];
    if (jid === undefined) throw new ScriptError(this.#script.file, line, `${name} has no jid`);
    const { local, domain, resource } = parseJid(jid);
    if (local === undefined) throw new ScriptError(this.#script.file, line, `${jid} is no account`);
    return this.#add(name, { local, domain, resource });
  }

  async #add(name: string, wish: Wish): Promise<Actor> {
    const player = await this.#stage.enter(name, wish);
    this.#scanner.introduce(player.bare, player.full);
    const actor: Actor = {
      ...{ player, taken: new Set(), seen: 0, asked: undefined },
      ...{ rooms: new Map(), forbidden: [] },
    };
    this.actors.set(name, actor);
    const [local = '', domain = ''] = player.bare.split('@');
    const resource = player.full.slice(player.bare.length + 1);
    const values = { jid: player.bare, 'full jid': player.full, name: local, domain, resource };
    for (const [key, value] of Object.entries(values)) this.variables.set(`${name}'s ${key}`, value);
    return actor;
  }

  async #makeChannel({ line, name, options }: Entry): Promise<void> {
    const { file } = this.#script;
    const owner = options.find(([key]) => key === 'owner')?.[1] ?? 'Stagehand';
    const actor = this.actors.get(owner) ?? (owner === 'Stagehand' ? await this.#stagehand() : undefined);
    if (actor === undefined) throw new ScriptError(file, line, `the owner ${owner} is no client`);
    const fields = options
      .filter(([key]) => key !== 'owner')
      .map(([key, value]) => ({ var: key, values: value.split(/,\s*/).map((word) => this.#named(word)) }));
    const form = buildForm({ type: 'submit', formType: NS_ADMIN, fields });
    const create = buildCreate({ channel: name, form });
    const id = this.nextId();
    const iq = el('iq', NS_CLIENT, { type: 'set', id, to: this.#stage.domain }, [create]);
    this.#stage.send(actor.player, iq);
    await this.#stage.settle();
    const answer = actor.player.received.find(({ attrs }) => attrs['id'] === id);
    if (answer?.attrs['type'] !== 'result')
      throw new ScriptError(
        file,
        line,
        `${name} was not made: ${answer === undefined ? '' : serialize(answer)}`,
      );
    const address = `${name}@${this.#stage.domain}`;
    this.channels.set(name, address);
    this.variables.set(name, address);
  }

  async #stagehand(): Promise<Actor> {
    return this.#add('Stagehand', { local: 'stagehand', domain: 'stage.example', resource: 'prompt' });
  }

  /** A client's name stands for its address. */
  #named(word: string): string {
    return this.actors.get(word)?.player.bare ?? word;
  }
}
