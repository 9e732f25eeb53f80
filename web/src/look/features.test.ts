/**
 * Masks are stable, spread well, and hang on the id alone.
 */
import { expect, test } from 'vitest';
import { EYES, maskOf, ORNAMENTS, SHAPES } from './features.ts';

test('the same id has the same mask', () => {
  expect(maskOf('7f3qk2')).toEqual(maskOf('7f3qk2'));
  expect(maskOf('7f3qk2')).not.toEqual(maskOf('7f3qk3'));
});

test('every part of a mask is within what can be drawn', () => {
  for (let at = 0; at < 500; at += 1) {
    const { hue, secondHue, shape, eyes, ornament } = maskOf(`id${at}`);
    expect(hue).toBeLessThan(360);
    expect(secondHue).toBeLessThan(360);
    expect([shape < SHAPES, eyes < EYES, ornament < ORNAMENTS]).toEqual([true, true, true]);
  }
});

test('in a channel of fifty, almost nobody shares a mask, and all colours are used', () => {
  const masks = Array.from({ length: 50 }, (_, at) => maskOf(`participant-${at}`));
  expect(new Set(masks.map((mask) => JSON.stringify(mask))).size).toBeGreaterThan(48);
  expect(new Set(masks.map(({ hue }) => hue)).size).toBeGreaterThan(15);
});
