/**
 * `npm run build`: src/ made into dist/, which is what `vizard` runs, and web/ into web/dist/, which it serves.
 * Calls the compiler, and the build of web/, where the sources are not those of the last build; `--force` does so in any
 * case.
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
const WEB = join(ROOT, 'web');
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
    return (!isForced && isFresh()) || (await make(isForced));
  } finally {
    rmSync(LOCK, { force: true });
  }
}

async function make(isForced) {
  say('Building ...');
  const sources = digest();
  if (!(await compile(isForced)) || !(await buildWeb())) {
    say('The build failed, see above.');
    return false;
  }
  // Sources that were changed meanwhile make the next build do it again.
  writeFileSync(STAMP, sources);
  return true;
}

async function compile(isForced) {
  if (isForced) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  const args = [COMPILER, '-p', join(ROOT, 'tsconfig.build.json')];
  if (!(await run(ROOT, process.execPath, args))) return false;
  prune(DIST);
  return true;
}

/** The web client's own build, where there is one. */
async function buildWeb() {
  if (!hasWeb()) return true;
  const args = ['run', '--silent', 'build'];
  const npm = process.env.npm_execpath;
  return npm === undefined ? run(WEB, 'npm', args) : run(WEB, process.execPath, [npm, ...args]);
}

function hasWeb() {
  const description = join(WEB, 'package.json');
  return (
    existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).scripts?.build !== undefined
  );
}

/** Whether the program came to a good end; what it says goes to standard error, since standard output is the service's. */
async function run(cwd, program, args) {
  // Whoever builds, a test among them: there is one build, and it is the one that is shipped.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', process.stderr, 'inherit'] });
  const [status] = await once(child, 'close');
  return status === 0;
}

function isFresh() {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== digest()) return false;
  return !hasWeb() || existsSync(join(WEB, 'dist', 'index.html'));
}

/** A word for all sources as they are now: names, sizes and times. */
function digest() {
  const hash = createHash('sha256');
  const configs = CONFIGS.map((name) => join(ROOT, name));
  for (const file of [...files(SRC), ...webFiles(WEB), ...configs].sort()) {
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

/** Everything that the web client is made of. */
function webFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return entry.name === 'dist' || entry.name === 'node_modules' ? [] : webFiles(path);
  });
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
