/**
 * Benchmark: how long a newcomer waits.
 * Measures the time from `npm start` to the first answer over HTTP, and from the start of the service to its link.
 * Does not build: that is done before.
 * Always: with a fresh database, away from the data of this clone.
 * Before: bench/service.mjs. After: bench/run.mjs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { spread } from './numbers.mjs';
import { Service } from './service.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;

/** Rows for the table. */
export async function start({ runs, isStub }) {
  const linked = [];
  const newcomer = [];
  for (let n = 0; n < runs; n++) {
    const service = await Service.start({ isStub });
    linked.push(service.startMs);
    await service.stop();
    if (!isStub) newcomer.push(await standAlone());
  }
  const rows = [['start as a component: ms to the link', spread(linked), '', '']];
  if (!isStub) rows.push(['npm start: ms to the first answer', spread(newcomer), '', '']);
  return rows;
}

async function standAlone() {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-bench-'));
  const [http, tcp] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    VIZARD_STORAGE__URL: `sqlite:${join(folder, 'vizard.db')}`,
    VIZARD_HOST__HTTP: `127.0.0.1:${http}`,
    VIZARD_HOST__TCP: `127.0.0.1:${tcp}`,
  };
  const startedAt = performance.now();
  // A group of its own, as npm starts a shell that starts Node.
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const gone = once(child, 'close');
  try {
    while (!(await answers(http))) {
      if (child.exitCode !== null || performance.now() - startedAt > PATIENCE_MS) {
        throw new Error(`npm start did not get ready:\n${said.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - startedAt;
  } finally {
    if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/' }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
