#!/usr/bin/env node
/**
 * The command `vizard`.
 * Loads what `npm run build` has made, and ends with its exit status.
 * Does not build (build.mjs) nor know any command (src/cli/main.ts).
 * Always: where something is missing, says what, in plain words.
 * Before: package.json. After: src/cli/main.ts.
 */
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/cli/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Vizard needs Node 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  process.stderr.write(
    'Vizard is not built yet. Run "npm run build" first; "npm start" builds and starts it.\n',
  );
  process.exitCode = 1;
} else {
  await run(process.argv);
}

async function run(argv) {
  const status = await (await import(main.href)).main(argv);
  // Timers that nobody needs any more must not hold the process; what was written has to be out before it ends.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
}
