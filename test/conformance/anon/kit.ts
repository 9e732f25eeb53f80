/**
 * A service in memory and people around it, for tests that look at it from outside.
 * Owns what everybody has received, and the search in it.
 * Does not speak for anybody (person.ts).
 * Always: whatever anybody receives is searched for addresses that are hidden from them.
 * Before: test/conformance/anon/look.ts. After: test/conformance/anon/modes.test.ts.
 */
import { afterEach, expect } from 'vitest';
import {
  LeakScanner,
  openMemoryStage,
  type MemoryStage,
  type MemoryStageOptions,
  type Watcher,
} from '../../../src/testing/index.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import { Person } from './person.ts';

export * from './look.ts';
export { Person } from './person.ts';

const opened: World[] = [];

/** Every world that a test has opened is closed after it, and complains then. */
export function closeWorlds(): void {
  afterEach(async () => {
    for (const world of opened.splice(0)) await world.close();
  });
}

/** A service with nobody there yet. */
export async function openWorld(options: Omit<MemoryStageOptions, 'watcher'> = {}): Promise<World> {
  const world = new World();
  world.stage = await openMemoryStage({ ...options, watcher: world.watcher });
  opened.push(world);
  return world;
}

export class World {
  stage!: MemoryStage;
  readonly scanner = new LeakScanner();
  readonly people: Person[] = [];
  readonly inboxes = new Map<string, XmlElement[]>();
  /** All that anybody ever received, without the envelope. */
  readonly logs = new Map<string, string[]>();
  /** All that the service wrote, to whomever. */
  bytes = '';
  #ids = 0;

  readonly watcher: Watcher = {
    onBytes: (written) => {
      this.bytes += written;
      this.scanner.onBytes(written);
    },
    onSent: (bare, stanza) => this.scanner.onSent(bare, stanza),
    onReceived: (bare, stanza) => {
      this.scanner.onReceived(bare, stanza);
      this.inbox(bare).push(stanza);
      this.#log(bare).push(serialize({ ...stanza, attrs: { ...stanza.attrs, to: '' } }));
    },
    onRead: () => undefined,
  };

  inbox(bare: string): XmlElement[] {
    const inbox = this.inboxes.get(bare) ?? [];
    this.inboxes.set(bare, inbox);
    return inbox;
  }

  #log(bare: string): string[] {
    const log = this.logs.get(bare) ?? [];
    this.logs.set(bare, log);
    return log;
  }

  /** None of these readers has ever received any part of that client's address. */
  expectUnknown(whose: Person, ...readers: readonly Person[]): void {
    for (const reader of readers) {
      const text = this.#log(reader.bare).join('\n').toLowerCase();
      expect(text).not.toBe('');
      for (const part of [whose.local, whose.home, whose.bare, whose.resource])
        expect(text).not.toContain(part);
    }
  }

  nextId(): string {
    this.#ids += 1;
    return `ask-${this.#ids}`;
  }

  /** A client comes; `local` is its account, which two clients may share. */
  async person(
    local: string,
    at: { readonly domain?: string; readonly resource?: string } = {},
  ): Promise<Person> {
    const domain = at.domain ?? `${local}.example`;
    const player = await this.stage.enter(local, { local, domain, resource: at.resource });
    this.scanner.introduce(player.bare, player.full);
    const person = new Person(this, player);
    this.people.push(person);
    return person;
  }

  /** Several people, each with one client at a server of its own. */
  async cast(...locals: readonly string[]): Promise<Person[]> {
    const people: Person[] = [];
    for (const local of locals) people.push(await this.person(local));
    return people;
  }

  /** What came before is read. */
  mark(): void {
    for (const inbox of this.inboxes.values()) inbox.splice(0);
  }

  /** No account has received anything since, apart from those. */
  expectSilence(...exceptions: readonly Person[]): void {
    const rest = [...this.inboxes].filter(
      ([bare]) => bare.includes('@') && !exceptions.some((person) => person.bare === bare),
    );
    expect(rest.flatMap(([bare, inbox]) => inbox.map((stanza) => `${bare}: ${serialize(stanza)}`))).toEqual(
      [],
    );
  }

  async close(): Promise<void> {
    await this.stage.settle();
    await this.stage.close();
    expect(this.scanner.leaks).toEqual([]);
    expect(this.scanner.complaint()).toBeUndefined();
  }
}
