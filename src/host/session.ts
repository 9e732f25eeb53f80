/**
 * RFC 6121 §1 (2011-03): one client of one account, from its binding to its end.
 * Owns what the host remembers of a client, and the list of all of them.
 * Does not read bytes (stream.ts) nor decide what a client gets (messages.ts, presence.ts, pam/deliver.ts).
 * Always: at most one session for each full JID; what is sent to it leaves after the commit that it belongs to; every
 * stanza to a client passes here, so that each is counted where XEP-0198 asks for that.
 * Before: host/stream.ts. After: host/management.ts, host/router.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Clock } from './context.ts';
import { delayed } from './envelope.ts';
import type { Lane } from './lane.ts';
import type { HostLimits } from './limits.ts';
import type { Management } from './management.ts';

/** What stands behind a session: a stream, or what takes its place while the client is away (resumption.ts). */
export interface SessionStream {
  readonly isConnected: boolean;
  /** Writes a stanza; `original` is the same one without the time at which it came. */
  write(stanza: XmlElement, original: XmlElement): void;
  /** Ends the stream with a stream error, and the session. */
  end(condition: string): void;
  /** The session goes on behind another stream. */
  release(): void;
}

/** What a session shares with all others. */
export interface SessionParts {
  readonly lane: Lane;
  readonly clock: Clock;
  readonly limits: HostLimits;
}

export class Session {
  readonly account: string;
  readonly resource: string;
  readonly jid: Jid;
  readonly bare: Jid;
  readonly full: string;
  readonly #parts: SessionParts;
  #stream: SessionStream;
  /** XEP-0198: what is counted, once the client has asked for that. */
  management: Management | undefined;
  /** The last available presence that the client has broadcast; undefined while it is not available. */
  presence: XmlElement | undefined;
  priority = 0;
  /** RFC 6121 §2.1.6: it has asked for the roster, and gets the pushes. */
  isInterested = false;
  /** XEP-0405 §2.10: it has asked for the roster with `<annotate/>`. */
  isAnnotated = false;
  /** XEP-0280 §4: it has asked for copies of the account's messages. */
  wantsCarbons = false;
  /** XEP-0191 §3.3: it has asked for the list of the blocked, and gets the pushes. */
  wantsBlocklist = false;
  /** XEP-0163 §4.2: the nodes whose events it wants. */
  interests: ReadonlySet<string> = new Set();
  /** XEP-0405 §2.1: does it know channels? */
  mix: 'unknown' | 'yes' | 'no' = 'unknown';
  /** The disco#info request that asks it, and for which capabilities (XEP-0115) it has been asked. */
  capabilityQuery: { readonly id: string; readonly caps: string } | undefined;
  /** What waits until that is known. */
  held: XmlElement[] = [];
  /** The channels that have seen this client's presence. */
  readonly announced = new Set<string>();
  /** RFC 6121 §4.6: who else has been told that it is available. */
  readonly directed = new Map<string, Jid>();

  constructor(
    jid: Jid & { readonly local: string; readonly resource: string },
    parts: SessionParts,
    stream: SessionStream,
  ) {
    this.account = jid.local;
    this.resource = jid.resource;
    this.jid = jid;
    this.bare = { ...jid, resource: undefined };
    this.full = formatJid(jid);
    this.#parts = parts;
    this.#stream = stream;
  }

  /** Is the client there, as far as is known? */
  get isConnected(): boolean {
    return this.#stream.isConnected;
  }

  /** Sends a stanza as it stands. */
  send(stanza: XmlElement): void {
    this.#parts.lane.after(() => this.sendNow(stanza));
  }

  /** Sends a message that came earlier, and says when. */
  sendLate(message: XmlElement, at: number): void {
    this.#parts.lane.after(() => this.#send(delayed(message, at, this.jid.domain), message, at));
  }

  /** Sends a stanza that no commit has to precede. */
  sendNow(stanza: XmlElement): void {
    this.#send(stanza, stanza, this.#parts.clock.now());
  }

  end(condition: string): void {
    this.#stream.end(condition);
  }

  /** The session goes on behind another stream. */
  moveTo(stream: SessionStream): void {
    const before = this.#stream;
    this.#stream = stream;
    before.release();
  }

  #send(stanza: XmlElement, original: XmlElement, at: number): void {
    this.management?.keep(original, at);
    this.#stream.write(stanza, original);
    if (this.#isFull()) this.end('resource-constraint');
  }

  #isFull(): boolean {
    const { management } = this;
    if (management === undefined) return false;
    const { unacknowledgedStanzasMax, unacknowledgedBytesMax } = this.#parts.limits;
    return (
      management.unacknowledged.length > unacknowledgedStanzasMax || management.bytes > unacknowledgedBytesMax
    );
  }
}

export class Sessions {
  readonly #byAccount = new Map<string, Map<string, Session>>();

  get(account: string, resource: string): Session | undefined {
    return this.#byAccount.get(account)?.get(resource);
  }

  of(account: string): readonly Session[] {
    return [...(this.#byAccount.get(account)?.values() ?? [])];
  }

  /** Those that have sent available presence. */
  available(account: string): readonly Session[] {
    return this.of(account).filter((session) => session.presence !== undefined);
  }

  all(): readonly Session[] {
    return [...this.#byAccount.values()].flatMap((sessions) => [...sessions.values()]);
  }

  add(session: Session): void {
    const sessions = this.#byAccount.get(session.account) ?? new Map<string, Session>();
    sessions.set(session.resource, session);
    this.#byAccount.set(session.account, sessions);
  }

  /** Forgets a session, unless another one has taken its place. */
  remove(session: Session): void {
    const sessions = this.#byAccount.get(session.account);
    if (sessions?.get(session.resource) !== session) return;
    sessions.delete(session.resource);
    if (sessions.size === 0) this.#byAccount.delete(session.account);
  }
}
