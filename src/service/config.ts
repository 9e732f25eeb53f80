/**
 * The config: a TOML text and the environment, made into values that cannot be wrong.
 * Owns parseConfig, and ConfigError, which names the key and says in plain words what is wrong with it.
 * Does not know where the file is (cli/load-config.ts), nor list the keys (config-schema.ts).
 * Always: the environment goes before the file; nothing of a secret or an address is repeated in an error.
 * Before: service/config-schema.ts. After: cli/load-config.ts.
 */
import { parse as parseToml, TomlError } from 'smol-toml';
import type { HostLimits } from '../host/limits.ts';
import type { RealJid } from '../jid/real-jid.ts';
import {
  CONFIG,
  HOST_LIMIT_NAMES,
  LIMIT_NAMES,
  SECTIONS,
  type Endpoint,
  type StorageUrl,
} from './config-schema.ts';
import { environmentOf, type Environment, type ReadFile } from './config-environment.ts';
import { ConfigError, problemsOf, type Problem } from './config-error.ts';
import type { Limits } from './limits.ts';

export { ConfigError } from './config-error.ts';

export interface Config {
  readonly service: {
    readonly domain: string;
    readonly name: string;
    readonly admins: readonly RealJid[];
    readonly create: 'anyone' | 'local' | 'admins';
    /** Channels that hide addresses can never be made to show them. */
    readonly staysHidden: boolean;
    /** Whose users are local. */
    readonly localDomain: string | undefined;
  };
  /** The XMPP server to attach to; without it: stand-alone. */
  readonly server: { readonly host: string; readonly port: number; readonly secret: string } | undefined;
  readonly storage: StorageUrl;
  /** For the stand-alone mode. */
  readonly host: {
    readonly domain: string;
    readonly http: Endpoint;
    readonly tcp: Endpoint;
    readonly registration: 'invite' | 'open' | 'closed';
    /** Who may make invites from a client. */
    readonly inviteBy: 'operators' | 'anyone';
    /** The folder of uploaded files; undefined: beside the database; 'off': none are taken. */
    readonly uploads: string | undefined;
    /** PEM files. */
    readonly tls: { readonly certificate: string; readonly key: string } | undefined;
    /** Do clients come by way of a proxy that speaks TLS with them? */
    readonly behindTlsProxy: boolean;
    readonly limits: HostLimits;
  };
  readonly limits: Limits;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly format: 'pretty' | 'json' };
  /** What is odd but no error, each a sentence for the operator. */
  readonly remarks: readonly string[];
}

/**
 * The config that a TOML text (undefined: none) and an environment make. `readFile` reads what `…_FILE` names.
 * @throws ConfigError with all that is wrong.
 */
export function parseConfig(toml: string | undefined, env: Environment, readFile: ReadFile): Config {
  const file = toml === undefined ? {} : flat(tables(toml));
  const problems: Problem[] = [];
  const merged = environmentOf(env, readFile, problems);
  for (const [section, values] of Object.entries(file)) {
    merged[section] = isTable(values) ? { ...values, ...merged[section] } : (values as Table);
  }
  const result = CONFIG.safeParse(merged);
  if (!result.success) problems.push(...problemsOf(result.error.issues, SECTIONS));
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return configOf(result.data, file['host'] !== undefined);
}

type Table = Record<string, unknown>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function tables(toml: string): Table {
  try {
    return parseToml(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The rest of the message quotes the line, which may hold the secret.
    const what = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '');
    throw new ConfigError([
      { key: `line ${error.line}, column ${error.column}`, text: `is not TOML: ${what}` },
    ]);
  }
}

/** `[host.limits]` as a section of its own. */
function flat(file: Table): Table {
  const { host } = file;
  if (!isTable(host) || !('limits' in host)) return file;
  const { limits, ...rest } = host;
  return { ...file, host: rest, 'host.limits': limits };
}

function configOf(parsed: ReturnType<typeof CONFIG.parse>, hasHost: boolean): Config {
  const { service, server, storage, host, log } = parsed;
  const { name, admins, create } = service;
  const domain = service.domain ?? (server === undefined ? 'mix.localhost' : undefined);
  if (domain === undefined) throw wrong('[service] domain', DOMAIN_MISSING);
  if (server === undefined && domain === host.domain) {
    throw wrong(
      '[service] domain',
      'must not be the same as "domain" in [host]: accounts and channels are apart',
    );
  }
  const localDomain = server === undefined ? host.domain : parentOf(domain);
  if (create === 'local' && localDomain === undefined) {
    throw wrong('[service] create', LOCAL_UNKNOWN);
  }
  const remarks = [];
  if (server !== undefined && hasHost) remarks.push('[host] is not used, since [server] is there.');
  return {
    service: { name, admins, create, staysHidden: service.stay_hidden, domain, localDomain },
    server,
    storage: storage.url,
    host: {
      domain: host.domain,
      http: host.http,
      tcp: host.tcp,
      registration: host.registration,
      inviteBy: host.invite_by,
      uploads: host.uploads,
      tls: tlsOf(host.tls_certificate, host.tls_key),
      behindTlsProxy: host.behind_tls_proxy,
      limits: named(HOST_LIMIT_NAMES, parsed['host.limits']),
    },
    limits: limitsOf(parsed.limits),
    log,
    remarks,
  };
}

function tlsOf(certificate: string | undefined, key: string | undefined): Config['host']['tls'] {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined)
    throw wrong('[host] tls_certificate', 'is missing: it must name the certificate that tls_key belongs to');
  if (key === undefined)
    throw wrong('[host] tls_key', 'is missing: it must name the key of the certificate in tls_certificate');
  return { certificate, key };
}

const DOMAIN_MISSING =
  'is missing: it must be the domain that the XMPP server has for this component, such as "mix.example.org"';
const LOCAL_UNKNOWN =
  'cannot be "local" here: the domain of the service is below no other domain whose users could be meant';

function wrong(key: string, text: string): ConfigError {
  return new ConfigError([{ key, text }]);
}

/** A component's domain is below its server's by custom: the users of example.org are local to mix.example.org. */
function parentOf(domain: string): string | undefined {
  const parent = domain.slice(domain.indexOf('.') + 1);
  return domain.includes('.') && /[^\d.]/.test(domain) && !domain.startsWith('[') ? parent : undefined;
}

/** Limits by their names in the program; the schema has filled in what was left out. */
function named<Names>(
  names: ReadonlyMap<string, keyof Names>,
  values: Readonly<Record<string, number>>,
): Names {
  return Object.fromEntries([...names].map(([key, name]) => [name, values[key]])) as Names;
}

function limitsOf(values: Record<string, number>): Limits {
  const limits = named(LIMIT_NAMES, values);
  if (limits.readBytesMax < limits.stanzaBytesMax)
    throw wrong('[limits] read_bytes_max', 'must not be less than stanza_bytes_max');
  if (limits.skippedBytesMax < limits.readBytesMax)
    throw wrong('[limits] skipped_bytes_max', 'must not be less than read_bytes_max');
  return limits;
}
