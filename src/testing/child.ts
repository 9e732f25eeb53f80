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

const STRIPPER = `
  import { readFileSync } from 'node:fs';
  import ts from ${JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve('typescript')).href)};
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const source = ts.transpileModule(readFileSync(new URL(url), 'utf8'), { compilerOptions }).outputText;
    return { format: 'module', shortCircuit: true, source };
  }`;

const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(STRIPPER))});`;

/** The address of a source file, for the script to import. */
export function source(path: string): string {
  return JSON.stringify(new URL(`../${path}`, import.meta.url).href);
}

export function spawnScript(script: string, args: readonly string[]): ChildProcess {
  const flags = ['--import', asUrl(REGISTER), '--input-type=module', '--eval', script];
  return spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}
