/**
 * What a participant's mask looks like.
 * Derives a colour and the parts of a mask from a participant's id, and from nothing else.
 * Does not draw (parts/mask.tsx).
 * Always: the same id has the same mask on every device; ids are random, so a mask says nothing of its wearer.
 * Before: privacy/words.ts. After: parts/mask.tsx.
 */

export interface MaskFeatures {
  /** Degrees on the colour wheel. */
  readonly hue: number;
  /** Of the ornament. */
  readonly secondHue: number;
  readonly shape: number;
  readonly eyes: number;
  readonly ornament: number;
}

export const SHAPES = 4;
export const EYES = 4;
export const ORNAMENTS = 8;

/** Hues that are told apart at a glance; the order does not matter. */
const HUES = 24;

export function maskOf(id: string): MaskFeatures {
  const numbers = spread(id);
  return {
    hue: pick(numbers[0], HUES) * (360 / HUES),
    secondHue: pick(numbers[1], HUES) * (360 / HUES),
    shape: pick(numbers[2], SHAPES),
    eyes: pick(numbers[3], EYES),
    ornament: pick(numbers[4], ORNAMENTS),
  };
}

export function hueOf(id: string): number {
  return maskOf(id).hue;
}

function pick(from: number | undefined, count: number): number {
  return (from ?? 0) % count;
}

/** Five numbers from a text: FNV-1a with a different start for each, and a final mixing of the bits. */
function spread(text: string): number[] {
  return [1, 2, 3, 4, 5].map((round) => {
    let hash = Math.imul(0x811c9dc5 ^ round, 0x01000193);
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  });
}
