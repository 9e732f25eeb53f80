/**
 * `npm run build`: src/ made into dist/, which is what `vizard` runs.
 * Calls the compiler where the sources are not those of the last build; `--force` does so in any case.
 * Does not run tests or check style (npm run check).
 * Always: dist/ holds nothing whose source is gone; of several builds at once one works and the others wait.
 * Before: tsconfig.build.json. After: bin/start.mjs, bin/vizard.mjs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.stamp');
const LOCK = join(DIST, '.lock');
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const CONFIGS = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
const WAIT_MS = 200;

/** Resolves with whether dist/ is good. */
export async function build({ isForced = false } = {}) {
  // A package from the registry comes built, and without sources.
  if (!existsSync(SRC)) return true;
  if (!isForced && isFresh()) return true;
  if (!existsSync(COMPILER)) {
    say('The compiler is missing. Run "npm install" first (without --omit=dev).');
    return false;
  }
  mkdirSync(DIST, { recursive: true });
  await lock();
  try {
    // Another build may have done it while this one waited.
    return (!isForced && isFresh()) || (await compile(isForced));
  } finally {
    rmSync(LOCK, { force: true });
  }
}

async function compile(isForced) {
  say('Building ...');
  const sources = digest();
  if (isForced) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  const args = [COMPILER, '-p', join(ROOT, 'tsconfig.build.json')];
  const compiler = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = await once(compiler, 'close');
  if (status !== 0) {
    say('The build failed, see above.');
    return false;
  }
  prune(DIST);
  // Sources that were changed meanwhile make the next build do it again.
  writeFileSync(STAMP, sources);
  return true;
}

function isFresh() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest();
}

/** A word for all sources as they are now: names, sizes and times. */
function digest() {
  const hash = createHash('sha256');
  for (const file of [...files(SRC), ...CONFIGS.map((name) => join(ROOT, name))].sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(ROOT, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Takes away what the compiler made of sources that are no longer there. */
function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const made = join(entry.parentPath ?? entry.path, entry.name);
    const stem = /^(.*?)(?:\.d\.ts|\.js)$/.exec(relative(folder, made))?.[1];
    if (entry.isFile() && stem !== undefined && !existsSync(join(SRC, `${stem}.ts`))) rmSync(made);
  }
}

/** Waits until no other build is under way; one that has died holds no lock. */
async function lock() {
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(LOCK, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

function isAbandoned() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    // Written, but not filled yet.
    if (pid === 0) return Date.now() - statSync(LOCK).mtimeMs > 10 * WAIT_MS;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await build({ isForced: process.argv.includes('--force') })) ? 0 : 1;
}
