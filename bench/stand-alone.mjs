/**
 * The program as a newcomer starts it.
 * Runs `npm start` on free ports, with its data in a folder of its own.
 * Does not build: that is done before.
 * Always: away from the data of this clone; after `stop` the process is gone, after `remove` the files are.
 * Before: package.json. After: bench/start.mjs, bench/web.mjs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;

export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-bench-'));
  return {
    database: join(folder, 'vizard.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @returns { port, startedAt, until, stop }; `until` polls, and throws what the program said when it ends. */
export async function startStandAlone({ database, env = {}, port: wanted }) {
  const [port, tcp] = [wanted ?? (await freePort()), await freePort()];
  const startedAt = performance.now();
  // A group of its own, as npm starts a shell that starts Node.
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: {
      ...process.env,
      VIZARD_STORAGE__URL: `sqlite:${database}`,
      VIZARD_HOST__HTTP: `127.0.0.1:${port}`,
      VIZARD_HOST__TCP: `127.0.0.1:${tcp}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const gone = once(child, 'close');
  const until = async (isReady) => {
    while (!(await isReady(said))) {
      if (child.exitCode !== null || performance.now() - startedAt > PATIENCE_MS) {
        throw new Error(`npm start did not get ready:\n${said.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const stop = async () => {
    if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await gone;
  };
  return { port, startedAt, until, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
