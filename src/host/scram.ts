/**
 * RFC 5802 (2010-07), RFC 7677 (2015-11): SCRAM, the server's side.
 * Turns a password into keys, and says whether a client has proved that it knows the password behind them.
 * Does not look up accounts (accounts.ts) nor speak XML (sasl.ts).
 * Always: from what is stored nobody can log in; a client's proof is compared in constant time.
 * Before: host/accounts.ts. After: host/sasl.ts.
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export const SCRAM_MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-1'] as const;
export type ScramMechanism = (typeof SCRAM_MECHANISMS)[number];

/** What is stored of a password, for one mechanism. */
export interface ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

const hashes = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const;
const keyBytes = { 'SCRAM-SHA-256': 32, 'SCRAM-SHA-1': 20 } as const;

/** How many bytes a key of the mechanism has. */
export function keyLength(mechanism: ScramMechanism): number {
  return keyBytes[mechanism];
}

/** The keys of a prepared password (password.ts). Runs beside the main thread. */
export async function deriveKeys(
  mechanism: ScramMechanism,
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramKeys> {
  const hash = hashes[mechanism];
  const salted = await promisify(pbkdf2)(password, salt, iterations, keyBytes[mechanism], hash);
  const clientKey = hmac(hash, salted, 'Client Key');
  return {
    salt,
    iterations,
    storedKey: digest(hash, clientKey),
    serverKey: hmac(hash, salted, 'Server Key'),
  };
}

/** Are these the same keys? In constant time. */
export function isSameKey(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export interface ClientFirst {
  /** The header in front, such as `n,,`; the client repeats it in its last message. */
  readonly header: string;
  readonly authzid: string | undefined;
  readonly name: string;
  readonly nonce: string;
  readonly bare: string;
}

/** The first message; undefined where it is malformed or asks for channel binding, which we do not offer. */
export function parseClientFirst(text: string): ClientFirst | undefined {
  const match = /^(([ny]),(?:a=([^,]*))?,)(n=([^,]*),r=([^,]+)(?:,.*)?)$/s.exec(text);
  if (match === null) return undefined;
  const [, header = '', , authzid, bare = '', name = '', nonce = ''] = match;
  const plain = saslName(name);
  const plainAuthzid = authzid === undefined ? undefined : saslName(authzid);
  if (plain === undefined || plain === '' || !/^[!-+\--~]+$/.test(nonce)) return undefined;
  if (authzid !== undefined && plainAuthzid === undefined) return undefined;
  return { header, authzid: plainAuthzid, name: plain, nonce, bare };
}

/** The challenge. `nonce` is the client's, followed by ours. */
export function serverFirst(nonce: string, keys: ScramKeys): string {
  return `r=${nonce},s=${Buffer.from(keys.salt).toString('base64')},i=${keys.iterations}`;
}

export interface Exchange {
  readonly mechanism: ScramMechanism;
  readonly first: ClientFirst;
  readonly challenge: string;
  readonly nonce: string;
  readonly keys: ScramKeys;
}

export type Outcome = { readonly signature: string } | 'malformed' | 'wrong';

/** Judges the client's last message; the signature is what proves to the client that we know the keys. */
export function finish(exchange: Exchange, text: string): Outcome {
  const match = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([A-Za-z0-9+/]+=*)$/s.exec(text);
  if (match === null) return 'malformed';
  const [, withoutProof = '', binding = '', nonce = '', proofText = ''] = match;
  const { mechanism, first, keys } = exchange;
  if (Buffer.from(binding, 'base64').toString() !== first.header) return 'malformed';
  if (nonce !== exchange.nonce) return 'malformed';
  const hash = hashes[mechanism];
  const proof = Buffer.from(proofText, 'base64');
  const auth = `${first.bare},${exchange.challenge},${withoutProof}`;
  const clientSignature = hmac(hash, keys.storedKey, auth);
  if (proof.length !== clientSignature.length) return 'wrong';
  const clientKey = Buffer.from(clientSignature.map((byte, at) => byte ^ (proof[at] ?? 0)));
  if (!isSameKey(digest(hash, clientKey), keys.storedKey)) return 'wrong';
  return { signature: `v=${hmac(hash, keys.serverKey, auth).toString('base64')}` };
}

/** RFC 5802 §5.1: `=2C` is a comma and `=3D` an equals sign; any other use of `=` is malformed. */
function saslName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

function hmac(hash: string, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

function digest(hash: string, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}
