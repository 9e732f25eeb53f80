/**
 * The order of names.
 * Owns one comparison, for the store in memory.
 * Does not know what it compares.
 * Always: by code points, as a database orders UTF-8; `<` on strings would order by UTF-16 units.
 * Before: storage/store.ts. After: storage/memory-outbox.ts, storage/memory.ts.
 */

/** Below 0 where `one` comes first, 0 where they are the same. */
export function compareText(one: string, other: string): number {
  const others = other[Symbol.iterator]();
  for (const character of one) {
    const { value, done } = others.next();
    if (done === true) return 1;
    if (value !== character) return (character.codePointAt(0) ?? 0) - (value.codePointAt(0) ?? 0);
  }
  return others.next().done === true ? 0 : -1;
}
