/**
 * Where transcripts are played.
 * Owns what a play may ask of its stage, and the people as a play knows them.
 * Does not play (runner.ts) nor make a stage (memory-stage.ts, tcp-stage.ts).
 * Always: a play that passes on one stage and fails on another has found a bug.
 * Before: testing/network.ts. After: testing/memory-stage.ts.
 */
import type { XmlElement } from '../xml/element.ts';

/** The address that a play wishes for; the stage may give another domain, and adds a secret to the other parts. */
export interface Wish {
  readonly local: string;
  readonly domain: string;
  /** Undefined: any. */
  readonly resource: string | undefined;
}

/** One client of somebody, connected or not. */
export interface Player {
  readonly name: string;
  readonly bare: string;
  readonly full: string;
  readonly isOnline: boolean;
  /** All that reached it, in order, as its server gave it to it. */
  readonly received: readonly XmlElement[];
}

/** What goes past the stage, for those who watch it (leak.ts). */
export interface Watcher {
  /** Bytes that the service has written, before the stanzas in them. */
  onBytes(text: string): void;
  /** A stanza for the service has left somebody's server; `from` and `to` are on it. */
  onSent(bare: string, stanza: XmlElement): void;
  /** A stanza of the service has reached somebody's server. */
  onReceived(bare: string, stanza: XmlElement): void;
  /** A stanza, whoever made it, has reached somebody's client, where that is another thing. */
  onRead(bare: string, stanza: XmlElement): void;
}

export const nobodyWatches: Watcher = {
  onBytes: () => undefined,
  onSent: () => undefined,
  onReceived: () => undefined,
  onRead: () => undefined,
};

export interface Stage {
  readonly kind: 'memory' | 'tcp';
  /** The service's domain. */
  readonly domain: string;
  /** A client that is logged in and available. Two with the same wish but for the resource belong to one account. */
  enter(name: string, wish: Wish): Promise<Player>;
  /** Sends as the player's server would pass it on: with the full address as its sender. */
  send(player: Player, stanza: XmlElement): void;
  /** Joins through the player's server (XEP-0405); the answer is an iq of type result or error. */
  join(player: Player, channel: string, join: XmlElement): Promise<XmlElement>;
  leave(player: Player, channel: string): Promise<XmlElement>;
  disconnect(player: Player): Promise<void>;
  reconnect(player: Player): Promise<void>;
  /** Everything that was set off has happened. */
  settle(): Promise<void>;
  /** What only a simulated world can do; undefined on real sockets. */
  readonly powers: Powers | undefined;
  /** Ends everything. Rejects when something went wrong inside, in the service's own words. */
  close(): Promise<void>;
}

export interface Powers {
  /** So many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** The service ends without a word, and another one begins with the same store. */
  restart(): Promise<void>;
  /** The link to the server is lost, and comes back. */
  dropLink(): Promise<void>;
  /** While it is slow, what the service writes waits. */
  slowLink(isSlow: boolean): Promise<void>;
  /** The client is gone, and nobody is told. */
  vanish(player: Player): void;
  /** From now on the account's server bounces what it gets, and says too much in doing so. */
  bounceFor(player: Player): void;
  /** What the account's server answers to questions for the vCard. */
  setCard(player: Player, card: XmlElement): void;
}
