/**
 * A real browser for the tests of the web client.
 * Finds Chromium, starts it once, and says loudly when there is none.
 * Does not know the client's pages (person.ts).
 * Always: a test that was skipped for want of a browser is seen.
 * Before: playwright-core. After: test/web/person.ts.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Where Chromium is; undefined where it is not. */
export const chromiumPath = PLACES.find((path) => path !== undefined && existsSync(path));

if (chromiumPath === undefined)
  process.stderr.write(
    '\n*** No Chromium was found: the tests of the web client are SKIPPED. Install it, or set CHROMIUM. ***\n\n',
  );

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}
