/**
 * A process of its own for a test that kills it.
 * Runs a script that imports our sources, on a Node that does not strip types as well.
 * Does not wait for it, nor end it: the test does.
 * Always: what the child prints as an error is seen.
 * Before: testing/engine-kit.ts. After: service/service.ts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const asUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

const COMPILER = JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('typescript')).href);

/** The compiler is loaded by the first of a test's children only: the others find in `folder` what it made. */
const stripper = (folder: string): string => `
  import { createHash } from 'node:crypto';
  import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
  export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const made = ${JSON.stringify(`${folder}/`)} + createHash('sha256').update(url).digest('hex') + '.js';
    if (!existsSync(made)) {
      const { default: ts } = await import(${COMPILER});
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
      const { outputText } = ts.transpileModule(readFileSync(new URL(url), 'utf8'), { compilerOptions });
      writeFileSync(made + '.part', outputText);
      renameSync(made + '.part', made);
    }
    return { format: 'module', shortCircuit: true, source: readFileSync(made, 'utf8') };
  }`;

/** The address of a source file, for the script to import. */
export function source(path: string): string {
  return JSON.stringify(new URL(`../${path}`, import.meta.url).href);
}

/** `folder` is the test's own: what was compiled for one child serves the next. */
export function spawnScript(script: string, args: readonly string[], folder: string): ChildProcess {
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(stripper(folder)))});`;
  const flags = ['--import', asUrl(register), '--input-type=module', '--eval', script];
  return spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}
