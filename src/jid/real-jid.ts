/**
 * XEP-0404 MIX-ANON 0.3.1: the address that a channel hides.
 * Owns RealJid, the address of a user or of one of the user's clients, as a thing that cannot be printed.
 * Does not decide who may see one (channel/visibility.ts does) nor prepare strings (prep.ts).
 * Always: no property, conversion, inspection or JSON form of a RealJid shows it; `reveal` alone does, and
 * test/tidy.test.ts holds the short list of files that may import `reveal`.
 * Before: jid/jid.ts. After: jid/public-jid.ts.
 */
import { formatJid, type Jid } from './jid.ts';
import { keyedHash } from './keyed-hash.ts';

export class RealJid {
  readonly #text: string;
  readonly #bare: RealJid | undefined;
  /** The host part: routing and server quirks hang on it. */
  readonly #domain: string;
  #envelope: string | undefined;

  private constructor(text: string, domain: string, bare: RealJid | undefined) {
    this.#text = text;
    this.#domain = domain;
    this.#bare = bare;
  }

  /** Wraps a prepared JID (see prep.ts). */
  static of(jid: Jid): RealJid {
    const bareText = formatJid({ local: jid.local, domain: jid.domain, resource: undefined });
    const bare = new RealJid(bareText, jid.domain, undefined);
    return jid.resource === undefined ? bare : new RealJid(formatJid(jid), jid.domain, bare);
  }

  /** The account's address: this one without its resource. */
  get bare(): RealJid {
    return this.#bare ?? this;
  }

  get isBare(): boolean {
    return this.#bare === undefined;
  }

  equals(other: RealJid): boolean {
    return this.#text === other.#text;
  }

  /** The address of the domain alone, as bans and allowances name whole domains (XEP-0406 §2.3). */
  get host(): RealJid {
    return new RealJid(this.#domain, this.#domain, undefined);
  }

  /** Is this an address at `domain` (prepared)? */
  isAt(domain: string): boolean {
    return this.#domain === domain;
  }

  /** What logs print: equal for equal addresses within one run of the program, and no way back from it. */
  toString(): string {
    return `jid~${keyedHash(this.#text)}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Use `reveal`. */
  static revealed(jid: RealJid): string {
    return jid.#text;
  }

  /** Use `envelope`. */
  static enveloped(jid: RealJid): string {
    return (jid.#envelope ??= oneByte(escaped(jid.#text)));
  }

  /** Use `revealDomain`. */
  static domain(jid: RealJid): string {
    return jid.#domain;
  }
}

/**
 * The address in clear. For the envelope of a stanza, the store, and channel/visibility.ts; test/tidy.test.ts
 * refuses every other import.
 */
export function reveal(jid: RealJid): string {
  return RealJid.revealed(jid);
}

/**
 * The address as it stands in the `to` of a stanza on the wire: escaped, and one character per byte of its UTF-8.
 * For the envelope (service/wire-text.ts); as guarded as `reveal`. Kept, since a channel writes it for every message.
 */
export function envelope(jid: RealJid): string {
  return RealJid.enveloped(jid);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => ESCAPES[character] ?? character);
}

/** In one piece: a string that was put together would be taken apart again at every write. */
function oneByte(text: string): string {
  return /^[ -~]*$/.test(text) ? text : String.fromCharCode(...new TextEncoder().encode(text));
}

/** The domain in clear; as guarded as `reveal`. */
export function revealDomain(jid: RealJid): string {
  return RealJid.domain(jid);
}

/** A map keyed by address, for code that must not see the addresses. */
export class RealJidMap<Value> {
  readonly #entries = new Map<string, Value>();

  get size(): number {
    return this.#entries.size;
  }

  get(jid: RealJid): Value | undefined {
    return this.#entries.get(RealJid.revealed(jid));
  }

  has(jid: RealJid): boolean {
    return this.#entries.has(RealJid.revealed(jid));
  }

  set(jid: RealJid, value: Value): void {
    this.#entries.set(RealJid.revealed(jid), value);
  }

  delete(jid: RealJid): boolean {
    return this.#entries.delete(RealJid.revealed(jid));
  }

  /** In order of insertion; as of a Map, entries may be added and removed while one walks. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
