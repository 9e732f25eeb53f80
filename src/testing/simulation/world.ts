/**
 * The people and channels of a simulation.
 * Owns who is there, what each has asked and not been answered, and what each knows of the channels.
 * Does not choose what happens (acts.ts) nor judge it (checks.ts).
 * Always: what is chosen follows from the seed alone, whatever store is used.
 * Before: testing/simulation/ledger.ts. After: testing/simulation/acts.ts.
 */
import { parseJid } from '../../jid/prep.ts';
import { RealJid, RealJidMap } from '../../jid/real-jid.ts';
import type { ChannelName } from '../../jid/public-jid.ts';
import type { Store } from '../../storage/store.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { openMemoryStage, type MemoryStage } from '../memory-stage.ts';
import { SeededRandom } from '../random.ts';
import type { Player } from '../stage.ts';
import { Chronicle } from './chronicle.ts';
import { key, Ledger } from './ledger.ts';

export interface Person {
  readonly name: string;
  readonly bare: string;
  readonly jid: RealJid;
  readonly devices: readonly Player[];
}

/** A channel as those outside know it. */
export interface Room {
  readonly name: ChannelName;
  readonly address: string;
  readonly owner: Person;
  isDestroyed: boolean;
  /** Participant ids as the answers to joins gave them, by bare address; and whose an id is. */
  readonly ids: Map<string, string>;
  /** Tokens of invitations, with the invitee's bare address. */
  readonly tokens: { readonly token: string; readonly invitee: string }[];
}

/** Something said in a channel, and what is known of its fate. */
export interface Said {
  readonly room: Room;
  readonly by: Person;
  readonly id: string;
  readonly text: string;
  /** The epoch in which it was sent: the next one may have lost it. */
  readonly epoch: number;
}

/** A request, under way until it is answered. */
export interface Asked {
  readonly by: Person;
  readonly id: string;
  readonly room: Room | undefined;
  readonly epoch: number;
  /** What to make of the answer. */
  readonly then: ((result: XmlElement) => void) | undefined;
  /** Did it come from a client, which may have gone offline before the answer? */
  readonly device: Player | undefined;
}

const NS_CLIENT = 'jabber:client';
/** So few that most channels lose some. */
export const ARCHIVE_MESSAGES_MAX = 2;
const ROOMS_MAX = 1_000;
const PEOPLE: readonly (readonly [name: string, domain: string, devices: number])[] = [
  ['hecate', 'a.example', 2],
  ['hag', 'b.example', 1],
  ['banquo', 'b.example', 2],
  ['duncan', 'c.example', 1],
  ['malcolm', 'longer-name.example', 2],
  ['ross', 'd.example', 1],
  ['lennox', 'a.example', 1],
  ['porter', 'hostile.example', 1],
];
const SOFTWARE = { 'c.example': 'ejabberd', 'd.example': 'silent' };

export function isAtEjabberd(bare: string): boolean {
  return Object.entries(SOFTWARE).some(
    ([domain, name]) => name === 'ejabberd' && bare.endsWith(`@${domain}`),
  );
}

export class World {
  readonly stage: MemoryStage;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly chronicle: Chronicle;
  readonly random: SeededRandom;
  readonly people: Person[] = [];
  readonly peopleByJid = new RealJidMap<Person>();
  readonly rooms: Room[] = [];
  readonly said: Said[] = [];
  readonly asked: Asked[] = [];
  /** Who follows the presences of which channel, as of the last look into the store (watcherKey). */
  readonly presenceWatchers = new Set<string>();
  /** What happened, for a failure's report. */
  readonly diary: string[] = [];
  #ids = 0;

  private constructor(stage: MemoryStage, chronicle: Chronicle, ledger: Ledger, random: SeededRandom) {
    this.stage = stage;
    this.store = chronicle.store;
    this.chronicle = chronicle;
    this.ledger = ledger;
    this.random = random;
  }

  static async open(seed: number, store: Store): Promise<World> {
    const ledger = new Ledger();
    const chronicle = new Chronicle(store);
    const limits = { archiveMessagesMax: ARCHIVE_MESSAGES_MAX };
    const options = { seed, limits, watcher: ledger, software: SOFTWARE };
    const stage = await openMemoryStage({ ...options, store: chronicle.store });
    const world = new World(stage, chronicle, ledger, new SeededRandom(`choices of ${seed}`));
    for (const entry of PEOPLE) await world.#enter(...entry);
    return world;
  }

  get liveRooms(): readonly Room[] {
    return this.rooms.filter(({ isDestroyed }) => !isDestroyed);
  }

  nextId(): string {
    this.#ids += 1;
    return `s${this.#ids}`;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.random.below(items.length)];
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  /** A client of the person that is connected. */
  deviceOf(person: Person): Player | undefined {
    return this.pick(person.devices.filter(({ isOnline }) => isOnline));
  }

  /** The client with this full address. */
  deviceAt(client: RealJid): Player | undefined {
    return this.peopleByJid
      .get(client.bare)
      ?.devices.find(({ full }) => RealJid.of(parseJid(full)).equals(client));
  }

  note(text: string): void {
    this.diary.push(text);
  }

  /** An iq from one of the person's clients; nothing where all are offline. */
  ask(
    by: Person,
    room: Room | undefined,
    type: 'get' | 'set',
    to: string,
    payload: XmlElement,
    then?: Asked['then'],
  ): void {
    const device = this.deviceOf(by);
    if (device === undefined) return;
    const id = this.nextId();
    this.asked.push({ by, id, room, epoch: this.ledger.epoch, then, device });
    this.stage.send(device, el('iq', NS_CLIENT, { type, id, to }, [payload]));
  }

  /** Hands the answers that have come to those who asked. */
  harvest(): void {
    for (const asked of [...this.asked]) {
      const answer = key(asked.by.bare, asked.id);
      if (asked.device === undefined || !this.ledger.answers.has(answer)) continue;
      this.asked.splice(this.asked.indexOf(asked), 1);
      const result = this.ledger.results.get(answer);
      if (result !== undefined) asked.then?.(result);
    }
  }

  /**
   * Stanzas may have been lost: nobody waits any more for what was under way, and the scanner is told what is true,
   * since an answer that would have told it may be among them.
   */
  async loseTrack(): Promise<void> {
    this.harvest();
    this.ledger.epoch += 1;
    for (const { by, room } of this.asked.splice(0))
      if (room !== undefined) this.ledger.forgetView(by.bare, room.address, false);
    const names = await this.store.channelNames(undefined, ROOMS_MAX);
    // Those that are destroyed have no name there any more, but still something to tell.
    for (const name of new Set([...names, ...this.rooms.map((room) => room.name)])) await this.#recall(name);
  }

  async #recall(name: ChannelName): Promise<void> {
    const record = await this.store.load(name);
    if (record === undefined) return;
    const bare = (jid: RealJid | undefined): string =>
      (jid === undefined ? undefined : this.peopleByJid.get(jid)?.bare) ?? '';
    const { config, participants, identities } = record;
    this.ledger.scanner.recall(`${name}@${this.stage.domain}`, {
      mode: config.mode,
      owners: config.owners.map(bare),
      administrators: config.administrators.map(bare),
      participants: participants.map(({ id, preferences, isSessionOnly }) => ({
        bare: bare(identities.find((identity) => identity.id === id)?.jid),
        visibility: preferences.jidVisibility,
        isLasting: !isSessionOnly,
        clients: new Set(
          record.sessions.flatMap(({ id: whose, entered, client }) =>
            whose === id && entered !== undefined ? (this.deviceAt(client)?.full ?? []) : [],
          ),
        ),
      })),
    });
  }

  async #enter(name: string, domain: string, devices: number): Promise<void> {
    const clients: Player[] = [];
    for (let nth = 0; nth < devices; nth += 1) {
      const player = await this.stage.enter(name, { local: name, domain, resource: `client-${nth}` });
      this.ledger.scanner.introduce(player.bare, player.full);
      clients.push(player);
    }
    const bare = clients[0]?.bare ?? '';
    const person = { name, bare, jid: RealJid.of(parseJid(bare)), devices: clients };
    this.people.push(person);
    this.peopleByJid.set(person.jid, person);
  }
}
