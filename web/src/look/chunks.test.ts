/**
 * Chunks stay as they are while a list grows at both ends.
 */
import { expect, test } from 'vitest';
import { chunksOf, isSameChunk, type ChunkMemory } from './chunks.ts';

const items = (from: number, to: number): { key: string }[] =>
  Array.from({ length: to - from }, (_, at) => all.get(from + at) ?? make(from + at));
const all = new Map<number, { key: string }>();

function make(number: number): { key: string } {
  const made = { key: `k${number}` };
  all.set(number, made);
  return made;
}

test('nothing is lost, and nothing is twice', () => {
  const memory: ChunkMemory = { firstKey: undefined, place: 0 };
  chunksOf(items(500, 620), memory);
  const chunks = chunksOf(items(333, 641), memory);
  expect(chunks.flatMap((chunk) => chunk.items)).toEqual(items(333, 641));
  expect(new Set(chunks.map(({ number }) => number)).size).toBe(chunks.length);
});

test('a chunk in the middle is the same after older and newer ones came', () => {
  const memory: ChunkMemory = { firstKey: undefined, place: 0 };
  const before = chunksOf(items(500, 700), memory);
  const after = chunksOf(items(450, 720), memory);
  const same = before.filter((chunk) =>
    isSameChunk(
      after.find(({ number }) => number === chunk.number),
      chunk,
    ),
  );
  // All but the first, which now follows another item.
  expect(same.length).toBe(before.length - 1);
});

test('another list starts anew', () => {
  const memory: ChunkMemory = { firstKey: 'elsewhere', place: -77 };
  expect(chunksOf(items(1, 3), memory).map(({ number }) => number)).toEqual([0]);
});
