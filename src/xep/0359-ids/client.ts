/**
 * XEP-0359 Unique and Stable Stanza IDs 0.7.0 (2023-02-20): the ids that this client gives.
 * Makes ids that nobody can guess.
 * Does not remember them.
 * Always: 120 random bits, in characters that need no escape.
 * Before: xep/0359-ids/wire.ts. After: xep/0369-core/client-message.ts.
 */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LENGTH = 20;

/**
 * A new id for a message (§3.1).
 * @returns 20 characters of the alphabet of base64url
 * @example
 * const id = newId();
 * console.log(id.length); // 20
 */
export function newId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) id += LETTERS.charAt(byte & 63);
  return id;
}
