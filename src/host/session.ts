/**
 * RFC 6121 §1 (2011-03): one client of one account, from its binding to its end.
 * Owns what the host remembers of a client, and the list of all of them.
 * Does not read bytes (stream.ts) nor decide what a client gets (messages.ts, presence.ts, pam/deliver.ts).
 * Always: at most one session for each full JID; what is sent to it leaves after the commit that it belongs to.
 * Before: host/stream.ts. After: host/router.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Lane } from './lane.ts';

/** The stream behind a session. */
export interface SessionStream {
  write(stanza: XmlElement): void;
  /** Ends the stream with a stream error. */
  end(condition: string): void;
}

export class Session {
  readonly account: string;
  readonly resource: string;
  readonly jid: Jid;
  readonly bare: Jid;
  readonly full: string;
  readonly #lane: Lane;
  readonly #stream: SessionStream;
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
    lane: Lane,
    stream: SessionStream,
  ) {
    this.account = jid.local;
    this.resource = jid.resource;
    this.jid = jid;
    this.bare = { ...jid, resource: undefined };
    this.full = formatJid(jid);
    this.#lane = lane;
    this.#stream = stream;
  }

  /** Sends a stanza as it stands. */
  send(stanza: XmlElement): void {
    this.#lane.after(() => this.#stream.write(stanza));
  }

  end(condition: string): void {
    this.#stream.end(condition);
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
