/**
 * XEP-0404 MIX-ANON 0.3.1: did anybody learn a hidden address?
 * Searches every stanza and every byte that people receive for the addresses of those whom they may not see: names,
 * resources, domains, in clear, encoded, and as the hashes, whole or cut, that people who guess would compare with.
 * Does not know who may see whom (insight.ts).
 * Always: the stage gives people names and resources that occur nowhere else, so a hit is a leak, and its place is told.
 * Before: testing/insight.ts. After: testing/runner.ts.
 */
import { createHash } from 'node:crypto';
import type { XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { Insight, type Recalled } from './insight.ts';
import type { Watcher } from './stage.ts';

const HASHES = ['md5', 'sha1', 'sha256', 'sha512'];
/** Shorter encodings of parts would be found by chance. */
const ENCODED_MIN = 8;
/** So much of a hash is enough to tell who it is; ids that are made of one are often cut (D-19). */
const DIGEST_BYTES = 10;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export interface Leak {
  /** Who received it. */
  readonly receiver: string;
  /** Whose address it is. */
  readonly whose: string;
  /** Which part of it, and in which form. */
  readonly what: string;
  readonly stanza: string;
}

interface Secret {
  readonly what: string;
  /** In lower case, unless it is an encoding in which case matters. */
  readonly text: string;
  readonly isExact: boolean;
}

interface Person {
  readonly bare: string;
  readonly domain: string;
  /** Name, bare address. */
  readonly secrets: Secret[];
  /** Its clients' resources and full addresses. */
  readonly resources: Secret[];
}

export class LeakScanner implements Watcher {
  readonly leaks: Leak[] = [];
  readonly #insight = new Insight();
  readonly #people = new Map<string, Person>();
  /** Marks that were counted in bytes, and in the stanzas that they held. */
  #inBytes = 0;
  #inStanzas = 0;
  /** How much was searched. */
  bytes = 0;
  stanzas = 0;

  /** Somebody has come to the stage with this client. */
  introduce(bare: string, full: string): void {
    const [local = '', domain = ''] = bare.split('@');
    const person = this.#people.get(bare) ?? {
      bare,
      domain,
      secrets: [...plain('name', local), ...encoded('address', bare)],
      resources: [],
    };
    const resource = full.slice(bare.length + 1);
    person.resources.push(...plain('resource', resource), ...encoded('full address', full));
    this.#people.set(bare, person);
  }

  /** See Insight.recall. */
  recall(channel: string, known: Recalled): void {
    this.#insight.recall(channel, known);
  }

  onBytes(text: string): void {
    this.bytes += text.length;
    this.#inBytes += this.#count(text);
  }

  onSent(_bare: string, stanza: XmlElement): void {
    this.#insight.onSent(stanza);
  }

  onReceived(bare: string, stanza: XmlElement): void {
    this.#insight.onReceived(bare, stanza);
    this.#inStanzas += this.#count(serialize(stanza));
    this.onRead(bare, stanza);
  }

  onRead(receiver: string, stanza: XmlElement): void {
    this.stanzas += 1;
    // The receiver's own address in `to` is the envelope.
    const text = serialize({ ...stanza, attrs: { ...stanza.attrs, to: '' } });
    const lower = text.toLowerCase();
    const isIn = (secret: Secret): boolean => (secret.isExact ? text : lower).includes(secret.text);
    const report = (person: Person, what: string): void =>
      void this.leaks.push({ receiver, whose: person.bare, what, stanza: serialize(stanza) });
    for (const person of this.#people.values()) {
      if (person.bare === receiver) continue;
      const marks = [...person.secrets, ...person.resources].map((secret) => secret.text);
      const isSeen = this.#insight.maySee(receiver, person.bare, stanza, marks);
      // A client's full address is shown in its presence, and nowhere else.
      const isSeenInFull = isSeen && stanza.name === 'presence';
      const secrets = [...(isSeen ? [] : person.secrets), ...(isSeenInFull ? [] : person.resources)];
      const hit = secrets.find(
        (secret) => isIn(secret) && !this.#insight.typed(stanza).includes(secret.text),
      );
      if (hit !== undefined) report(person, hit.what);
      else if (!isSeen && this.#isStray(person, receiver, stanza, lower)) report(person, 'domain');
    }
  }

  /** Everything that was in the bytes was in a stanza that has been searched. @returns what is wrong, if anything */
  complaint(): string | undefined {
    if (this.#inBytes === this.#inStanzas) return undefined;
    return `names stand ${this.#inBytes} times in the bytes written, but ${this.#inStanzas} times in the stanzas`;
  }

  /** Does the text name a domain at which the receiver knows nobody? */
  #isStray(person: Person, receiver: string, stanza: XmlElement, lower: string): boolean {
    const { domain } = person;
    if (receiver === domain || receiver.endsWith(`@${domain}`)) return false;
    if (!new RegExp(`(^|[^\\w.-])${domain.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`).test(lower))
      return false;
    const others = [...this.#people.values()].filter((other) => other.domain === domain);
    return !others.some(({ bare }) => this.#insight.maySee(receiver, bare, stanza, [domain]));
  }

  #count(text: string): number {
    let count = 0;
    for (const { secrets, resources } of this.#people.values())
      for (const { what, text: mark } of [...secrets, ...resources])
        if (what === 'name' || what === 'resource') count += text.split(mark).length - 1;
    return count;
  }
}

function plain(what: string, text: string): Secret[] {
  return [{ what, text: text.toLowerCase(), isExact: false }, ...encoded(what, text)];
}

/** The text in the encodings in which it would be given away without being read. */
function encoded(what: string, text: string): Secret[] {
  const bytes = Buffer.from(text, 'utf8');
  const forms: Secret[] = [];
  if (bytes.length >= ENCODED_MIN) {
    for (const text of base64Forms(bytes)) forms.push({ what: `${what} in base64`, text, isExact: true });
    forms.push({ what: `${what} in hex`, text: bytes.toString('hex'), isExact: false });
    forms.push({ what: `${what} in base32`, text: base32(bytes), isExact: false });
  }
  for (const hash of HASHES) {
    const digest = createHash(hash).update(bytes).digest().subarray(0, DIGEST_BYTES);
    const name = `${hash} of the ${what}`;
    // The last letter depends on what follows, so it is left out.
    const base64 = digest.toString('base64').replace(/.=*$/, '');
    forms.push(
      { what: name, text: digest.toString('hex'), isExact: false },
      { what: `${name} in base64`, text: base64, isExact: true },
      { what: `${name} in base64`, text: base64.replaceAll('+', '-').replaceAll('/', '_'), isExact: true },
      { what: `${name} in base32`, text: base32(digest), isExact: false },
    );
  }
  return forms;
}

/** In lower case, as far as whole letters go. */
function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from(bits.match(/.{5}/g) ?? [], (five) => BASE32.charAt(Number.parseInt(five, 2))).join('');
}

/** As the bytes look inside a longer text in base64: there are three ways in which they can fall. */
function base64Forms(bytes: Buffer): string[] {
  const falls = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [...new Set(falls.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]))];
}
