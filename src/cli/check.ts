/**
 * `vizard check`: would it start?
 * Tries what a start needs, one thing after the other: config, database, and the server's component port or our own
 * certificate and ports.
 * Does not serve anybody; the component is attached for a moment only, and not at all with --offline.
 * Always: says what it found, good or bad; the exit status is 0 only where everything was good.
 * Before: cli/main.ts. After: transport/session.ts.
 */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { Certificate, dayOf } from '../host/certificate.ts';
import { explainListening, formatWhere, checkReach, type Door } from '../host/listen.ts';
import type { Config } from '../service/config.ts';
import { xmlLimits } from '../service/limits.ts';
import { explainRefusal } from '../transport/refused.ts';
import { Session } from '../transport/session.ts';
import { loadConfig } from './load-config.ts';
import { silent } from './log.ts';
import { complain, say, whyNot } from './output.ts';
import { openStore, storageFile, uploadsFolder } from './storage.ts';
import { systemClock } from './system.ts';

export interface CheckOptions {
  readonly config?: string;
  /** Leaves out what other programs would notice. */
  readonly offline?: boolean;
}

/** The exit status. @throws ConfigError */
export async function check(options: CheckOptions): Promise<number> {
  const config = loadConfig(options.config);
  const { server } = config;
  const mode = server === undefined ? 'stand-alone' : 'component';
  say(`good  config: ${mode}, channels at ${config.service.domain}`);
  for (const remark of config.remarks) say(`note  config: ${remark}`);
  const findings = [await attempt('database', () => storage(config))];
  if (server === undefined) {
    findings.push(await attempt('uploads', () => uploads(config)));
    const { tls } = config.host;
    if (tls !== undefined) findings.push(await attempt('certificate', () => certificate(config, tls)));
    findings.push(
      await attempt('http', () => port('http', config)),
      await attempt('tcp', () => port('tcp', config)),
    );
  } else if (options.offline !== true) {
    findings.push(await attempt('server', () => handshake(config, server)));
  }
  const isGood = findings.every(Boolean);
  if (!isGood) complain('Something has to be mended, see above.');
  return isGood ? 0 : 1;
}

async function attempt(what: string, work: () => string | Promise<string>): Promise<boolean> {
  try {
    say(`good  ${what}: ${await work()}`);
    return true;
  } catch (error) {
    say(`bad   ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function storage({ storage }: Config): Promise<string> {
  const file = storageFile(storage);
  const isNew = file !== undefined && !existsSync(file);
  await (await openStore(storage)).close();
  if (file === undefined) return 'in memory: everything is lost at the end';
  return isNew ? `${file} was made` : `${file} can be used`;
}

/** Can files be kept? */
function uploads(config: Config): string {
  const folder = uploadsFolder(config);
  if (folder === undefined) return 'no files are taken';
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Error(`${folder} cannot be used: ${whyNot(error)}`, { cause: error });
  }
  return `files are kept in ${folder}`;
}

/** Will clients accept it? */
function certificate({ host }: Config, tls: NonNullable<Config['host']['tls']>): string {
  const found = new Certificate(tls);
  const complaint = found.complaint(host.domain, systemClock.now());
  if (complaint !== undefined) throw new Error(complaint);
  return `${tls.certificate} is for ${host.domain}, until ${dayOf(found.validTo)}`;
}

/** Can we listen there? */
async function port(door: Door, { host }: Config): Promise<string> {
  const where = host[door];
  checkReach(door, where, host.behindTlsProxy || host.tls !== undefined);
  const listener = createServer();
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(where.port, where.host, resolve);
  }).catch((error: unknown) => {
    throw explainListening(door, where, error);
  });
  await new Promise((resolve) => listener.close(resolve));
  return `${formatWhere(where)} is free`;
}

/** Attaches once, as the service would. */
async function handshake(config: Config, server: NonNullable<Config['server']>): Promise<string> {
  const target = { ...server, domain: config.service.domain };
  await new Promise<void>((resolve, reject) => {
    const session = new Session(
      {
        ...target,
        limits: xmlLimits(config.limits),
        log: silent,
        handshakeTimeoutMs: 10_000,
        keepAliveMs: 60_000,
      },
      {
        onUp: () => void session.close(1_000).then(resolve),
        onEnd: ({ reason, error }) => {
          reject(
            new Error(error === undefined ? `${at(server)}: ${reason}` : explainRefusal(error, target).text),
          );
        },
        onStanza: () => undefined,
        onExcess: () => undefined,
        onDrain: () => undefined,
      },
    );
  });
  return `${at(server)} accepts us as ${target.domain}`;
}

function at({ host, port }: NonNullable<Config['server']>): string {
  return formatWhere({ host, port });
}
