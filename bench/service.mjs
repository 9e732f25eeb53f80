/**
 * The measured process.
 * Starts the service by its real entry (or the stub that checks the rig), attached to the sink, with a fresh database.
 * Does not measure time; asks the probe for processor time and memory.
 * Always: the process and its files are gone after `stop`.
 * Before: bench/probe.mjs, bench/sink.mjs. After: bench/run.mjs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { DOMAIN, HOST, Sink } from './sink.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Limits that a benchmark would run into, being a few users who do the work of thousands. */
const LIMITS = { stanzas_per_second: 1_000_000, stanzas_burst: 1_000_000 };

export class Service {
  sink = new Sink();
  /** From the start of the process to the accepted handshake. */
  startMs = 0;
  #child;
  #folder = mkdtempSync(join(tmpdir(), 'vizard-bench-'));
  #said = '';

  static async start({ isStub = false } = {}) {
    const service = new Service();
    try {
      await service.#start(isStub);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  async #start(isStub) {
    await this.sink.listen();
    const config = join(this.#folder, 'vizard.toml');
    writeFileSync(config, this.#config());
    const isUp = this.sink.up();
    const before = performance.now();
    const execArgv = ['--expose-gc', '--import', new URL('probe.mjs', import.meta.url).href];
    const [entry, args] = isStub
      ? ['stub.mjs', [String(this.sink.port), join(this.#folder, 'stub.db')]]
      : ['../bin/vizard.mjs', ['start', '--config', config]];
    this.#child = fork(here(entry), args, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (bytes) => (this.#said = (this.#said + bytes).slice(-4_000)));
    }
    const died = once(this.#child, 'exit').then(([status]) => {
      throw new Error(`the service ended with status ${status}:\n${this.#said}`);
    });
    died.catch(() => undefined);
    await Promise.race([isUp, died]);
    this.startMs = performance.now() - before;
  }

  /** Processor time so far. */
  async cpuSeconds() {
    return (await this.#probe('time')).cpuSeconds;
  }

  /** Bytes, after a garbage collection: { rss, heapUsed }. */
  memory() {
    return this.#probe('memory');
  }

  /** Resolves when the service has nothing left to do. */
  async settle() {
    let before = -1;
    for (let tries = 0; tries < 100; tries++) {
      await this.sink.ask(`admin@${HOST}/bench`, DOMAIN, 'get', '<ping xmlns="urn:xmpp:ping"/>');
      const now = await this.cpuSeconds();
      if (now - before < 0.02) return;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #probe(question) {
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    return (await answer)[0];
  }

  /** What the service has logged last. */
  get said() {
    return this.#said;
  }

  async stop() {
    if (this.#child?.exitCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
    }
    this.sink.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #config() {
    const limits = Object.entries(LIMITS).map(([key, value]) => `${key} = ${value}`);
    return [
      '[service]',
      `domain = "${DOMAIN}"`,
      `admins = ["admin@${HOST}"]`,
      'create = "anyone"',
      '[server]',
      'host = "127.0.0.1"',
      `port = ${this.sink.port}`,
      'secret = "bench"',
      '[storage]',
      `url = "sqlite:${join(this.#folder, 'vizard.db')}"`,
      '[limits]',
      ...limits,
      '[log]',
      'level = "warn"',
      'format = "json"',
      '',
    ].join('\n');
  }
}
