/**
 * The built program, as an operator runs it; for the tests of this folder.
 * Builds where that is needed, runs commands in a folder of their own, and waits for what they say.
 * Does not look inside: arguments, environment, output and exit status are all there is.
 * Always: after `cleanUp` no process and no file of a test is left.
 * Before: bin/build.mjs. After: cli/start.test.ts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'bin');
const PATIENCE_MS = 15_000;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Another file of bin/. */
  readonly script?: string;
  /** npm in the repository, instead of a file of bin/ in the folder. */
  readonly command?: 'npm';
}

/** A process that runs. */
export interface Program {
  readonly process: ChildProcess;
  /** What it has said so far, on both streams. */
  readonly said: () => string;
  /** Resolves with the match when it has said that. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  /** A signal to it and to all that it has started. */
  killGroup(signal: NodeJS.Signals): void;
}

const children = new Set<ChildProcess>();
const folders: string[] = [];

/** For beforeAll. */
export async function build(): Promise<void> {
  const builder = spawn(process.execPath, [join(BIN, 'build.mjs')], { stdio: 'inherit' });
  const [status] = (await once(builder, 'close')) as [number | null];
  if (status !== 0) throw new Error('the build failed');
}

/** For afterEach. */
export async function cleanUp(): Promise<void> {
  for (const child of children) {
    killGroup(child, 'SIGKILL');
    await once(child, 'close');
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** A new folder to work in. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-cli-'));
  folders.push(folder);
  return folder;
}

/** Ports that nobody else has. */
export const anywhere = { VIZARD_HOST__HTTP: '127.0.0.1:0', VIZARD_HOST__TCP: '127.0.0.1:0' };

/** Starts the program in `folder`. */
export function launch(folder: string, args: readonly string[], options: RunOptions = {}): Program {
  const { env = {}, input, script = 'vizard.mjs', command } = options;
  const [file, before, cwd] =
    command === 'npm' ? ['npm', [], ROOT] : [process.execPath, [join(BIN, script)], folder];
  const child = spawn(file, [...before, ...args], {
    cwd,
    // A group of its own, as from a terminal, and a home without anybody's settings.
    detached: true,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  });
  children.add(child);
  child.on('close', () => children.delete(child));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (output.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output.stderr += bytes.toString()));
  const said = () => output.stdout + output.stderr;
  const ended = once(child, 'close').then(([status]: (number | null)[]) => ({
    status: status ?? null,
    ...output,
  }));
  return {
    process: child,
    said,
    until: (pattern) => saying(child, said, pattern),
    ended,
    killGroup: (signal) => killGroup(child, signal),
  };
}

/** Runs the program in `folder` to its end. */
export function run(folder: string, args: readonly string[], options?: RunOptions): Promise<Ended> {
  return launch(folder, args, options).ended;
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

async function saying(child: ChildProcess, said: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const match = pattern.exec(said());
    if (match !== null) return match;
    if (child.exitCode !== null || performance.now() > until) {
      throw new Error(`it never said ${String(pattern)}, but:\n${said()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
