/**
 * Vizard itself, started the way an operator starts it: as a component with a TOML file, or stand-alone with nothing.
 * Owns the build, the configuration files and the accounts of the stand-alone mode.
 * Does not look inside: only the command line, the environment and the ports are used (docs say which are fixed).
 * Always: runs with a database in the lab's folder; a second start on the same folder finds what the first one left.
 * Before: lab.mjs. After: run.mjs, crash.mjs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY, accepting, freePorts } from './lab.mjs';

const COMMAND = join(REPOSITORY, 'bin', 'vizard.mjs');

export function build() {
  const script = join(REPOSITORY, 'bin', 'build.mjs');
  if (!existsSync(script) || !existsSync(COMMAND)) {
    throw new Error('there is nothing to test yet: bin/build.mjs or bin/vizard.mjs is missing');
  }
  try {
    execFileSync(process.execPath, [script], { cwd: REPOSITORY, stdio: 'pipe', timeout: 120_000 });
  } catch (error) {
    throw new Error(
      `the build failed:\n${String(error.stdout ?? '')}${String(error.stderr ?? error.message)}`,
      {
        cause: error,
      },
    );
  }
}

/** Attaches to the server on that component port; `limits` are lines of that table. May be called again on the same lab after the process has ended. */
export function startComponent(lab, { domain, port, secret, limits = '', name = 'vizard' }) {
  const config = join(lab.dir, `${name}.toml`);
  writeFileSync(
    config,
    `[service]
domain = "${domain}"
name = "Covens"
admins = ["steward-hw5@localhost"]
create = "anyone"
[server]
host = "127.0.0.1"
port = ${port}
secret = "${secret}"
[storage]
url = "sqlite:${join(lab.dir, `${name}.db`)}"
[log]
level = "info"
format = "json"
[limits]
${limits}
`,
  );
  return lab.start('vizard', process.execPath, [COMMAND, 'start', '--config', config]);
}

/**
 * Starts the stand-alone mode with its embedded server, and with TLS if it gets files for that. Accounts are made by the
 * operator's command, on the same storage. `settings` are more of the environment.
 */
export async function startHost(lab, tls, settings = {}) {
  const [c2s, http] = await freePorts(2);
  const env = {
    ...process.env,
    ...(tls && { VIZARD_HOST__TLS_CERTIFICATE: tls.certificate, VIZARD_HOST__TLS_KEY: tls.key }),
    VIZARD_HOST__TCP: `127.0.0.1:${c2s}`,
    VIZARD_HOST__HTTP: `127.0.0.1:${http}`,
    VIZARD_STORAGE__URL: `sqlite:${join(lab.dir, 'host.db')}`,
    VIZARD_LOG__FORMAT: 'json',
    ...settings,
  };
  const server = lab.start('host', process.execPath, [COMMAND, 'start'], { env });
  await accepting(c2s, server);
  const command = (args, input = '') =>
    execFileSync(process.execPath, [COMMAND, ...args], {
      env,
      cwd: lab.dir,
      input,
      stdio: 'pipe',
      timeout: 20_000,
    }).toString();
  const register = (user, password) => command(['user', 'add', user, '--password-stdin'], `${password}\n`);
  /** The token of a new invite. */
  const invite = () => /\/invite\/([\w-]+)/.exec(command(['invite']))[1];
  /** The links that a start prints: for the first account, and for one more. */
  const links = async () => {
    const until = Date.now() + 20_000;
    for (;;) {
      const ready = readFileSync(server.log, 'utf8')
        .split('\n')
        .find((line) => line.includes('Vizard is ready'));
      if (ready !== undefined) return JSON.parse(ready);
      if (Date.now() > until) throw new Error('the host has printed no links');
      await sleep(100);
    }
  };
  const webSocket = `${tls === undefined ? 'ws' : 'wss'}://localhost:${http}/xmpp-websocket`;
  // TLS at once is spoken on the same port.
  return { c2s, tls: tls && c2s, http, webSocket, server, register, invite, links };
}

/** The lines of a log that name somebody; at the level `info` there may be none (D-91). */
export function linesNaming(server, names) {
  const lines = readFileSync(server.log, 'utf8').split('\n');
  return lines.filter((line) => names.some((name) => line.toLowerCase().includes(name)));
}
