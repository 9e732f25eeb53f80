/**
 * RFC 4648 §4, §5 (2006-10): bytes as text.
 * Base64 both ways, and random ids that nobody can guess.
 * Does nothing else with bytes.
 * Always: works where `btoa`, `atob` and `crypto` are, in browsers and in Node.
 * Before: client/client.ts. After: client/scram.ts.
 */

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes that base64 stands for; undefined where it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** An id of 120 random bits. */
export function randomId(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(15)))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** At least 0, below 1; for waiting times. */
export function randomFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
