/**
 * XEP-0198 Stream Management 1.6.3 §5 (2025-07-28): sessions that outlive their connection.
 * Finds the session of an SM-ID, and keeps the sessions of clients whose connection broke: they sleep until the client
 * comes back, or the time or the room for them runs out.
 * Does not speak with a client (stream-management.ts), nor end a session itself (ending.ts).
 * Always: a sleeping session ends exactly once, or wakes; how many sleep, for how long and how much waits for them is
 * bounded; the oldest goes first.
 * Before: host/management.ts. After: host/ending.ts.
 */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { XmlElement } from '../xml/element.ts';
import { receivedIn } from './carbons.ts';
import type { HostLimits } from './limits.ts';
import { Management } from './management.ts';
import type { Session, SessionStream } from './session.ts';

export class Resumption {
  readonly #limits: HostLimits;
  readonly #end: (session: Session) => void;
  readonly #byId = new Map<string, Session>();
  /** In the order in which they fell asleep. */
  readonly #sleepers = new Map<Session, Sleeper>();
  /** How much of those that are over has been handled, by SM-ID and account. */
  readonly #past: LRUCache<string, number>;
  /** Messages that a client has had for certain, or that wait for the next: it does not matter if another one has not. */
  readonly #delivered = new WeakSet<XmlElement>();
  #bytes = 0;

  constructor(limits: HostLimits, end: (session: Session) => void) {
    this.#limits = limits;
    this.#end = end;
    this.#past = new LRUCache({ max: limits.pastSessionsMax });
  }

  /** Begins to count for a session; it can be resumed for `wantedMs` at most, or not at all. */
  manage(session: Session, wantedMs: number | undefined): Management {
    const ms = Math.min(wantedMs ?? 0, this.#limits.resumeMs);
    const resumable = ms > 0 ? { id: randomBytes(18).toString('base64url'), ms } : undefined;
    session.management = new Management(resumable);
    if (resumable !== undefined) this.#byId.set(resumable.id, session);
    return session.management;
  }

  /** The session of this SM-ID, if it is the account's. */
  find(id: string, account: string): Session | undefined {
    const session = this.#byId.get(id);
    return session?.account === account ? session : undefined;
  }

  /** How many stanzas were handled of a session that is over; undefined where that is forgotten. */
  pastCount(id: string, account: string): number | undefined {
    return this.#past.get(`${account} ${id}`);
  }

  /** The connection broke. Returns false where the session cannot be resumed: then it is to be ended. */
  sleep(session: Session): boolean {
    const { management } = session;
    if (management?.resumable === undefined) return false;
    const sleeper = new Sleeper(management, management.resumable.ms, {
      grown: (bytes) => this.#grown(session, bytes),
      over: () => this.#over(session),
      gone: () => this.#gone(session),
    });
    this.#sleepers.set(session, sleeper);
    session.moveTo(sleeper);
    this.#grown(session, management.bytes);
    if (this.#sleepers.size > this.#limits.sleepingSessionsMax) this.#endOldest();
    return true;
  }

  /** Ends the oldest sleeping session of an account; false where none of them sleeps. */
  makeRoom(account: string): boolean {
    const found = [...this.#sleepers.keys()].find((session) => session.account === account);
    if (found !== undefined) this.#over(found);
    return found !== undefined;
  }

  /** A session is over. */
  forget({ management }: Session): void {
    if (management?.resumable !== undefined) this.#byId.delete(management.resumable.id);
  }

  /** Nothing more will be handled of a session that is over. */
  noteCount({ account, management }: Session): void {
    if (management?.resumable !== undefined)
      this.#past.set(`${account} ${management.resumable.id}`, management.handled);
  }

  noteDelivered(stanza: XmlElement): void {
    if (stanza.name === 'message') this.#delivered.add(receivedIn(stanza) ?? stanza);
  }

  isDelivered(stanza: XmlElement): boolean {
    return this.#delivered.has(stanza);
  }

  /** Ends all that sleep. */
  stop(): void {
    for (const session of [...this.#sleepers.keys()]) this.#over(session);
  }

  #over(session: Session): void {
    if (this.#gone(session)) this.#end(session);
  }

  #gone(session: Session): boolean {
    const sleeper = this.#sleepers.get(session);
    if (sleeper === undefined) return false;
    this.#sleepers.delete(session);
    this.#bytes -= sleeper.bytes;
    sleeper.stop();
    return true;
  }

  #grown(session: Session, bytes: number): void {
    this.#bytes += bytes;
    const { unacknowledged = [], bytes: kept = 0 } = session.management ?? {};
    const { sleepingStanzasPerSessionMax, sleepingBytesPerSessionMax } = this.#limits;
    if (unacknowledged.length > sleepingStanzasPerSessionMax || kept > sleepingBytesPerSessionMax)
      this.#over(session);
    if (this.#bytes > this.#limits.sleepingBytesMax) this.#endOldest();
  }

  #endOldest(): void {
    const [oldest] = this.#sleepers.keys();
    if (oldest !== undefined) this.#over(oldest);
  }
}

interface SleeperEvents {
  grown(bytes: number): void;
  over(): void;
  gone(): void;
}

/** Stands where the stream was. */
class Sleeper implements SessionStream {
  readonly isConnected = false;
  readonly #management: Management;
  readonly #events: SleeperEvents;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  /** How much waits, as far as it has been told. */
  bytes: number;

  constructor(management: Management, ms: number, events: SleeperEvents) {
    this.#management = management;
    this.#events = events;
    this.bytes = management.bytes;
    this.#timer = setTimeout(() => events.over(), ms).unref();
  }

  /** The stanza is kept already (session.ts). */
  write(): void {
    if (this.#isOver) return;
    const bytes = this.#management.bytes - this.bytes;
    this.bytes += bytes;
    this.#events.grown(bytes);
  }

  end(): void {
    this.#events.over();
  }

  release(): void {
    this.#events.gone();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
