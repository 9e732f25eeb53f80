/**
 * Addresses that somebody is about to type into a channel.
 * Finds what looks like an XMPP or mail address in a text, the own one above all.
 * Does not ask nor send (parts/composer.tsx does).
 * Always: errs on the side of asking; the address of a channel that the person is in is no secret.
 * Before: privacy/words.ts. After: parts/composer.tsx.
 */

export interface FoundAddress {
  readonly text: string;
  readonly isOwn: boolean;
}

const ADDRESS = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/gu;

/** The addresses in `text`, each once; `known` are those that may be said, such as channels'. */
export function addressesIn(text: string, own: string, known: readonly string[]): FoundAddress[] {
  const found = new Map<string, FoundAddress>();
  for (const [match] of text.matchAll(ADDRESS)) {
    const key = match.toLowerCase();
    const isOwn = key === own.toLowerCase();
    const isAddress = isOwn || match.includes('.', match.indexOf('@'));
    if (isAddress && !known.some((address) => address.toLowerCase() === key))
      found.set(key, { text: match, isOwn });
  }
  return [...found.values()].sort((a, b) => Number(b.isOwn) - Number(a.isOwn));
}
