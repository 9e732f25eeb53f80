/**
 * The bench on which real servers are tried: Debian packages, free ports, child processes, a temporary folder.
 * Owns everything that it starts and makes: `close` stops each process (its whole group) and removes the folder.
 * Does not know any server's configuration (ejabberd.mjs, prosody.mjs, vizard.mjs) nor what is tested (run.mjs).
 * Always: listens on loopback only; every wait has a limit; on failure the end of each log is shown, never swallowed.
 * Before: nothing. After: ejabberd.mjs, prosody.mjs, vizard.mjs, crash.mjs, run.mjs.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const HERE = fileURLToPath(new URL('./', import.meta.url));

/** What the Python plays need. Debian's interpreter, for slixmpp is installed for that one alone. */
export const PYTHON_PACKAGES = ['python3-slixmpp', 'python3-slixmpp-lib'];
const PYTHON = '/usr/bin/python3';

const POLICY = '/usr/sbin/policy-rc.d';

/** Installs Debian packages that are missing. No daemon is started by that; a policy file that was there before is put back. */
export function install(packages) {
  const missing = packages.filter((name) => !installed(name));
  if (missing.length === 0) return;
  const cannot = (why) =>
    new Error(`the interop suite needs the Debian packages ${missing.join(', ')}, and ${why}`);
  if (process.getuid?.() !== 0)
    throw cannot('only root can install them: apt-get install ' + missing.join(' '));
  console.log(`# installing ${missing.join(', ')}`);
  const kept = existsSync(POLICY) ? `${POLICY}.vizard-kept` : undefined;
  if (kept) renameSync(POLICY, kept);
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      execFileSync('apt-get', ['-q', ...args], { env, stdio: 'pipe', timeout: 180_000 });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
  } catch (error) {
    throw cannot(`apt-get failed: ${String(error.stderr ?? error.message).trim()}`);
  } finally {
    rmSync(POLICY, { force: true });
    if (kept) renameSync(kept, POLICY);
  }
}

function installed(name) {
  try {
    const status = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { stdio: 'pipe' });
    return status.toString() === 'installed';
  } catch {
    return false;
  }
}

/** That many ports that nobody listened on a moment ago; they are held open together so that they differ. */
export async function freePorts(count) {
  const held = Array.from({ length: count }, () => createServer());
  await Promise.all(held.map((server) => new Promise((done) => server.listen(0, '127.0.0.1', done))));
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Waits until something accepts on the port; `running` is the process that should, and its early end is the answer. */
export async function accepting(port, running, limit = 20_000) {
  const until = Date.now() + limit;
  while (Date.now() < until) {
    if (running.ended()) throw new Error(`${running.name} ended before it listened on port ${port}`);
    const open = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`${running.name} does not listen on port ${port} after ${limit / 1000} s`);
}

/** A temporary folder and the processes that work in it. */
export function openLab() {
  const dir = mkdtempSync(join(tmpdir(), 'vizard-interop-'));
  const running = [];

  /** Starts a server; its output goes to `<name>.log` in the folder. */
  function start(name, command, args, options = {}) {
    const log = join(dir, `${name}.log`);
    const out = openSync(log, 'a');
    const child = spawn(command, args, { stdio: ['ignore', out, out], detached: true, cwd: dir, ...options });
    closeSync(out);
    let end;
    const gone = new Promise((done) => {
      child.once('error', (error) => done((end = { error })));
      child.once('exit', (status, signal) => done((end = { status, signal })));
    });
    const server = {
      name,
      log,
      child,
      gone,
      ended: () => end,
      stop: (signal, limit) => stop(child, gone, signal, limit),
    };
    running.push(server);
    return server;
  }

  /**
   * Runs one of the plays, in Python or JavaScript, and passes its lines on, counting those that begin with `ok - ` and `not ok - `.
   * `onLine` sees each line too (crash.mjs takes its cue from one); `env` is added to the environment.
   */
  async function play(file, args, { limit = 90_000, env = {}, onLine = () => undefined } = {}) {
    const count = { passed: 0, failed: 0 };
    const [command, ...flags] = file.endsWith('.py') ? [PYTHON, '-u'] : [process.execPath];
    const child = spawn(command, [...flags, join(HERE, file), ...args], {
      cwd: dir,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    });
    const gone = new Promise((done) => {
      child.once('error', (error) => done({ error }));
      child.once('close', (status, signal) => done({ status, signal }));
    });
    running.push({ child, stop: () => stop(child, gone, 'SIGKILL') });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ok - ')) count.passed++;
      if (line.startsWith('not ok - ')) count.failed++;
      console.log(line);
      onLine(line);
    });
    const end = await Promise.race([gone, sleep(limit, undefined, { ref: false })]);
    if (end?.status !== 0 && count.failed === 0) {
      console.log(
        `not ok - ${file} came to its end within ${limit / 1000} s\n    received: ${JSON.stringify(end)}`,
      );
      count.failed++;
    }
    return count;
  }

  /** The end of every server's log, for a reader who must find out why something failed. */
  function tails(lines = 40) {
    return [...new Set(running.flatMap((server) => server.log ?? []))]
      .map(
        (log) =>
          `--- the end of ${log}\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')}`,
      )
      .join('\n');
  }

  async function close() {
    for (const server of running.reverse()) await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }

  /** For the moment when there is no time left to wait. */
  function kill() {
    for (const server of running) signalGroup(server.child, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }

  return { dir, start, play, tails, close, kill };
}

/** Ends a process: the signal first, SIGKILL to its whole group when it has not ended within the limit. Says how it ended. */
async function stop(child, gone, signal = 'SIGTERM', limit = 10_000) {
  if (child.pid === undefined) return gone;
  if (child.exitCode === null && child.signalCode === null) signalGroup(child, signal);
  const late = await Promise.race([gone, sleep(limit, 'late', { ref: false })]);
  signalGroup(child, 'SIGKILL');
  return late === 'late' ? gone : late;
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone already
  }
}
