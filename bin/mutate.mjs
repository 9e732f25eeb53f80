/**
 * `npm run mutate [-- --only visibility --minutes 10 --from 30]`: would a test mind?
 * Spoils the files that decide who sees what, one place at a time, runs the quick tests on each, and prints the
 * changes that none of them minded.
 * Does not touch a file: a mutant exists only in the process that tests it.
 * Always: it ends in time; what it had no time for is counted as not tried.
 * Before: bin/mutants.mjs. After: test/transcripts.test.ts.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutantsOf } from './mutants.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILES = [
  'src/channel/visibility.ts',
  'src/channel/access.ts',
  'src/channel/occupancy.ts',
  'src/xep/0369-core/hygiene.ts',
];
/** Each lot is for those whom the one before did not mind. */
const LOTS = [
  { filters: ['src/channel/', 'src/xep/0369-core/'] },
  { filters: ['test/transcripts.test.ts'], testNamePattern: 'in memory src/' },
  { filters: ['src/xep/', 'src/service/', 'test/losses.test.ts', 'test/conformance/'] },
];
const WORKERS = 2;
/** A mutant that makes the tests run for ever is minded. */
const HANGS_MS = 90_000;

if (process.send !== undefined) process.on('message', (mutant) => void child(mutant));
else await parent();

/** Tests one mutant, and says whether anything failed. */
async function child({ path, start, end, text }) {
  const { startVitest } = await import('vitest/node');
  const file = join(ROOT, path);
  const plugin = {
    name: 'mutant',
    enforce: 'pre',
    transform: (code, id) => (id === file ? code.slice(0, start) + text + code.slice(end) : undefined),
  };
  let isMinded = false;
  for (const { filters, ...lot } of LOTS) {
    const options = {
      ...lot,
      root: ROOT,
      run: true,
      watch: false,
      bail: 1,
      silent: true,
      maxWorkers: 1,
      isolate: false,
    };
    const vitest = await startVitest('test', filters, options, { plugins: [plugin] });
    const modules = vitest.state.getTestModules();
    isMinded =
      vitest.state.getUnhandledErrors().length > 0 || modules.some((module) => module.state() === 'failed');
    await vitest.close();
    if (modules.length === 0) throw new Error(`no tests in ${filters.join()}`);
    if (isMinded) break;
  }
  process.send({ isMinded });
}

async function parent() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '10' },
      // So many were tried before.
      from: { type: 'string', default: '0' },
    },
  });
  const until = Date.now() + Number(values.minutes) * 60_000;
  const sources = new Map(FILES.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
  const waiting = [...sources]
    .filter(([path]) => path.includes(values.only))
    .flatMap(([path, source]) => mutantsOf(path, source).map((mutant) => ({ path, ...mutant })))
    .slice(Number(values.from));
  const sums = { all: waiting.length, minded: 0, survived: [] };
  const work = async () => {
    while (waiting.length > 0 && Date.now() < until) {
      const mutant = waiting.shift();
      if (await test(mutant)) sums.minded += 1;
      else {
        sums.survived.push(mutant);
        console.log(told(mutant, sources.get(mutant.path)));
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const { all, minded, survived } = sums;
  console.log(`${all} mutants: ${minded} minded, ${survived.length} not, ${waiting.length} not tried`);
}

/** Whether any test minds the mutant; a process for each, so that none inherits anything. */
async function test(mutant) {
  const worker = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return new Promise((resolve) => {
    const end = (isMinded) => {
      clearTimeout(timer);
      resolve(isMinded);
      worker.kill('SIGKILL');
    };
    const timer = setTimeout(() => end(true), HANGS_MS);
    worker.once('message', (answer) => end(answer.isMinded));
    worker.once('exit', () => end(true));
    worker.send(mutant);
  });
}

function told({ path, start, end, text }, source) {
  const line = source.slice(0, start).split('\n').length;
  const what = source.slice(start, end).replace(/\s+/g, ' ');
  return `${path}:${line}: ${what}  ->  ${text.replace(/\s+/g, ' ')}`;
}
