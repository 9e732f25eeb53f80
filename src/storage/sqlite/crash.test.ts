/**
 * A process that is killed while it commits.
 * Owns one test: what a child process was told to be committed is there after its death.
 * Does not test the loss of power, for which synchronous=FULL is set.
 * Always: the child says a version only after the promise of its commit has resolved.
 * Before: storage/sqlite/sqlite.test.ts. After: storage/sqlite/agreement.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { COVEN, toldMessage } from '../contract-samples.ts';
import { openSqlite } from './sqlite.ts';

/** Lets the child import our sources on a Node that does not strip types. */
const STRIPPER = `
  import { readFileSync } from 'node:fs';
  import ts from ${JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('typescript')).href)};
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const source = ts.transpileModule(readFileSync(new URL(url), 'utf8'), { compilerOptions }).outputText;
    return { format: 'module', shortCircuit: true, source };
  }`;

const SOURCES = new URL('..', import.meta.url).href;

const CHILD = `
  import { writeSync } from 'node:fs';
  import { openSqlite } from ${JSON.stringify(`${SOURCES}sqlite/sqlite.ts`)};
  import * as samples from ${JSON.stringify(`${SOURCES}contract-samples.ts`)};
  const store = openSqlite(process.argv[1]);
  const { COVEN: channel, created, posted, sampleMessage, toldMessage } = samples;
  await store.commit([{ channel, expected: 0, version: 1, facts: [created()], notices: [] }], []);
  for (let expected = 1; ; expected += 2) {
    const commits = [expected, expected + 1].map((before) => {
      const message = sampleMessage('m' + (before + 1), before + 1);
      return { channel, expected: before, version: before + 1, facts: [posted(message)], notices: [toldMessage(message)] };
    });
    await store.commit(commits, []);
    writeSync(1, (expected + 2) + '\\n');
  }`;

const asUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

test.each([1, 20, 150])('killed after %i commits: none that was acknowledged is lost', async (commits) => {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-crash-'));
  try {
    const file = join(folder, 'vizard.db');
    const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(STRIPPER))});`;
    const child = spawn(
      process.execPath,
      ['--import', asUrl(register), '--input-type=module', '--eval', CHILD, file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'close');
    let acknowledged = 0;
    let lines = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      lines += 1;
      if (lines === commits) child.kill('SIGKILL');
    }
    await ended;
    expect(child.signalCode).toBe('SIGKILL');

    const store = openSqlite(file);
    const version = (await store.load(COVEN))?.version ?? 0;
    expect(version).toBeGreaterThanOrEqual(acknowledged);
    expect(version % 2).toBe(1);
    const { count } = await store.archive(COVEN, { page: { max: 0 } });
    expect(count).toBe(version - 1);
    const pending = await store.pending(undefined, version);
    expect(pending.map((one) => one.place.version)).toEqual(
      Array.from({ length: version - 1 }, (_, index) => index + 2),
    );
    const last = (await store.archiveEnds(COVEN))!.last;
    expect(pending.at(-1)?.notice).toEqual(toldMessage(last));
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
