/**
 * RFC 4648 §4 (2006-10): bytes as text.
 * Base64 both ways.
 * Does nothing else with bytes.
 * Always: works where `btoa` and `atob` are, in browsers and in Node.
 * Before: xep/0084-avatar/wire.ts. After: xep/0084-avatar/client.ts.
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
