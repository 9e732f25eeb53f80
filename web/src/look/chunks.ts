/**
 * A long list in chunks.
 * Parts messages into runs of twenty that stay the same when older ones come in front or newer ones behind.
 * Does not draw (parts/message-list.tsx).
 * Always: a message stays in its chunk, so that a chunk that did not change need not be drawn again.
 * Before: parts/message-list.tsx.
 */

const SIZE = 20;

export interface Chunk<Item> {
  readonly number: number;
  readonly items: readonly Item[];
  /** The item before the first one. */
  readonly before: Item | undefined;
}

/** Remembers where its first item stood. */
export interface ChunkMemory {
  firstKey: string | undefined;
  place: number;
}

export function chunksOf<Item extends { readonly key: string }>(
  items: readonly Item[],
  memory: ChunkMemory,
): Chunk<Item>[] {
  const shift = items.findIndex(({ key }) => key === memory.firstKey);
  memory.place = shift < 0 ? 0 : memory.place - shift;
  memory.firstKey = items[0]?.key;
  const chunks: Chunk<Item>[] = [];
  for (let from = 0; from < items.length;) {
    const number = Math.floor((memory.place + from) / SIZE);
    const to = Math.min(items.length, (number + 1) * SIZE - memory.place);
    chunks.push({ number, items: items.slice(from, to), before: items[from - 1] });
    from = to;
  }
  return chunks;
}

export function isSameChunk<Item>(a: Chunk<Item> | undefined, b: Chunk<Item>): boolean {
  return (
    a !== undefined &&
    a.before === b.before &&
    a.items.length === b.items.length &&
    a.items.every((item, at) => item === b.items[at])
  );
}
