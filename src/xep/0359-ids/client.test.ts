/** XEP-0359 §3.1: ids that nobody can guess. */
import { expect, test } from 'vitest';
import { newId } from './client.ts';

test('all differ, and none needs an escape', () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every((id) => /^[\w-]{20}$/.test(id))).toBe(true);
});
