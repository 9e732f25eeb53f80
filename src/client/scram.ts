/**
 * RFC 5802, RFC 7677 (2015-11): SCRAM, by which a client proves that it knows a password without telling it.
 * Makes the client's two messages and checks the server's two.
 * Does not send them (sasl.ts).
 * Always: the server's proof is checked before anything else is done; a server that asks for too little work, which
 * would make the password easy to guess, or for too much, is refused.
 * Before: client/bytes.ts. After: client/sasl.ts.
 */
import { fromBase64, fromUtf8, randomId, toBase64, toUtf8 } from './bytes.ts';
import { LoginRefused } from './error.ts';

/** The mechanisms, the strongest first, with the hash and its bits. */
const HASHES = {
  'SCRAM-SHA-512': ['SHA-512', 512],
  'SCRAM-SHA-256': ['SHA-256', 256],
  'SCRAM-SHA-1': ['SHA-1', 160],
} as const;

export type ScramMechanism = keyof typeof HASHES;
export const SCRAM_MECHANISMS = Object.keys(HASHES) as ScramMechanism[];

/** RFC 7677 §4 asks for 4096 at least. Ten million take some seconds. */
const ITERATIONS_MIN = 4_096;
const ITERATIONS_MAX = 10_000_000;

/** The salted password of the last log-in, so that coming back takes no work. */
export interface ScramMemory {
  saltedFor?: string;
  salted?: Uint8Array<ArrayBuffer>;
}

/** One log-in. */
export class Scram {
  readonly #mechanism: ScramMechanism;
  readonly #password: string | undefined;
  readonly #memory: ScramMemory;
  readonly #nonce: string;
  readonly #bare: string;
  #expected: string | undefined;

  /** `nonce` is for tests with the documents' examples. */
  constructor(
    mechanism: ScramMechanism,
    name: string,
    password: string | undefined,
    memory: ScramMemory,
    nonce = randomId(),
  ) {
    this.#mechanism = mechanism;
    this.#password = password === undefined ? undefined : prepared(password);
    this.#memory = memory;
    this.#nonce = nonce;
    this.#bare = `n=${name.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  }

  /** The client's first message. */
  first(): string {
    return `n,,${this.#bare}`;
  }

  /** The client's second message. @throws LoginRefused for a challenge that no honest server sends */
  async answer(challenge: string): Promise<string> {
    const [, nonce = '', salt64 = '', count = ''] = /^r=([!-+\--~]+),s=([^,]+),i=(\d+)/.exec(challenge) ?? [];
    const salt = fromBase64(salt64);
    const iterations = Number(count);
    if (salt === undefined || !nonce.startsWith(this.#nonce) || nonce.length <= this.#nonce.length)
      throw new LoginRefused('malformed-request', 'the challenge of the server makes no sense');
    if (!(iterations >= ITERATIONS_MIN && iterations <= ITERATIONS_MAX))
      throw new LoginRefused('mechanism-too-weak', `the server asks for ${iterations} iterations`);
    const salted = await this.#salted(salt, iterations);
    const clientKey = await this.#hmac(salted, 'Client Key');
    const storedKey = new Uint8Array(await crypto.subtle.digest(HASHES[this.#mechanism][0], clientKey));
    const last = `c=biws,r=${nonce}`;
    const message = `${this.#bare},${challenge},${last}`;
    const signature = await this.#hmac(storedKey, message);
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    this.#expected = toBase64(await this.#hmac(await this.#hmac(salted, 'Server Key'), message));
    return `${last},p=${toBase64(proof)}`;
  }

  /** Has the server proved that it knows the keys? @throws LoginRefused */
  verify(final: string): void {
    const [, error] = /^e=([^,]*)/.exec(final) ?? [];
    if (error !== undefined) throw new LoginRefused('not-authorized', error);
    const [, proof] = /^v=([^,]+)/.exec(final) ?? [];
    if (this.#expected === undefined || proof !== this.#expected)
      throw new LoginRefused('bad-server-signature', 'the server could not prove that it knows the password');
  }

  async #salted(salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<Uint8Array<ArrayBuffer>> {
    const [hash, bits] = HASHES[this.#mechanism];
    const saltedFor = `${hash} ${iterations} ${toBase64(salt)}`;
    if (this.#memory.saltedFor === saltedFor && this.#memory.salted !== undefined) return this.#memory.salted;
    if (this.#password === undefined)
      throw new LoginRefused('not-authorized', 'the password is needed again');
    const key = await crypto.subtle.importKey('raw', toUtf8(this.#password), 'PBKDF2', false, ['deriveBits']);
    const parameters = { name: 'PBKDF2', hash, salt, iterations };
    const salted = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, bits));
    this.#memory.saltedFor = saltedFor;
    this.#memory.salted = salted;
    return salted;
  }

  async #hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
    const algorithm = { name: 'HMAC', hash: HASHES[this.#mechanism][0] };
    const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, toUtf8(text)));
  }
}

/** RFC 4013 SASLprep, as far as it changes anything: what people type in two ways is one password. */
export function prepared(password: string): string {
  return password
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g, '')
    .normalize('NFKC');
}

/** A message of SASL as it stands in XML. */
export function encodeSasl(message: string): string {
  return message === '' ? '=' : toBase64(toUtf8(message));
}

/** What that text stands for. @throws LoginRefused */
export function decodeSasl(text: string): string {
  const bytes = text.trim() === '=' ? new Uint8Array() : fromBase64(text);
  if (bytes === undefined) throw new LoginRefused('incorrect-encoding', 'the server sent no base64');
  return fromUtf8(bytes);
}
