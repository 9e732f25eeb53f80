/**
 * `npm run size`: how much the client library adds to a page.
 * Bundles what a small chat client uses, and everything, and prints what each weighs.
 * Does not run the bundles (browser.test.ts).
 * Always: a bundle holds no parser, table or module that only servers and Node need.
 * Before: test/bundle.ts. After: README.md.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as door from '../src/index.ts';
import { bundle } from './bundle.ts';

const values = Object.keys(door);
/** What a page needs to take part in one channel. */
const CHAT = ['connect', 'join', 'sendMessage', 'onMessage'];

describe.each([
  ['a connection', ['connect'], 13_000],
  ['a small chat client', CHAT.filter((name) => values.includes(name)), 25_000],
  ['everything', values, 60_000],
])('%s', (what, names, bytesMax) => {
  test(`is less than ${bytesMax} bytes when it is compressed`, async () => {
    const { code, modules } = await bundle(
      `import { ${names.join(', ')} } from 'vizard'; globalThis.kept = [${names.join(', ')}];`,
    );
    const bytes = gzipSync(code, { level: 9 }).length;
    console.log(`${what} (${names.length} functions): ${bytes} bytes gzipped, ${code.length} bytes in all`);
    expect(bytes).toBeLessThan(bytesMax);
    const heavy = modules.filter((path) => /saxes|tr46|bidi|\/(?:node|host|service|channel)\//.test(path));
    expect(heavy).toEqual([]);
  });
});
