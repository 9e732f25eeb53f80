/**
 * docs/conformance.md is what the tests say.
 * Makes the page once more and compares.
 * Does not look at what a test shows.
 * Always: where it fails after a merge, `npm run conformance` mends it.
 * Before: bin/conformance.mjs. After: docs/conformance.md.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Generator {
  readonly PAGE: string;
  readonly page: () => string;
}

test('the page is the one that `npm run conformance` makes', async () => {
  const file = new URL('../bin/conformance.mjs', import.meta.url).href;
  const { PAGE, page } = (await import(file)) as Generator;
  const made = page();
  const isSame = readFileSync(PAGE, 'utf8') === made;
  expect(isSame, 'run `npm run conformance`').toBe(true);
  expect(made).toMatch(/\d+ of 635 rows/);
});
