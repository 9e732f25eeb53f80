/**
 * The keys of the config: their types, bounds and defaults (docs/operating.md describes them; a test compares).
 * Owns the one list of sections and keys, and what is said of a value that does not fit.
 * Does not read text, files or the environment (config.ts).
 * Always: a key that is not here is refused; every message is a plain sentence after the key's name.
 * Before: service/limits.ts. After: service/config.ts.
 */
import { z } from 'zod';
import { JidError } from '../jid/jid.ts';
import { parseJid, prepDomain } from '../jid/prep.ts';
import { RealJid } from '../jid/real-jid.ts';
import { hostLimits, type HostLimits } from '../host/limits.ts';
import { DEFAULT_LIMITS, MAY_BE_ZERO } from './limits.ts';

/** Where to listen. Port 0: any that is free. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export type StorageUrl =
  | { readonly kind: 'sqlite'; /** A path, or `:memory:`. */ readonly file: string }
  | { readonly kind: 'memory' };

/** Timers of Node go no further; as a number of anything but bytes it is as good as no limit. */
const LIMIT_MAX = 2_147_483_647;

/** What is said where a value does not fit, whichever way it does not. */
function says(rule: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) =>
      input === undefined ? `is missing: it ${rule}` : rule,
  };
}

function text(rule: string, lengthMax = 1000) {
  return z.string(says(rule)).min(1, rule).max(lengthMax, rule);
}

function whole(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.number(says(rule)).int(rule).min(min, rule).max(max, rule);
}

function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, says(`must be one of ${words.map((word) => `"${word}"`).join(', ')}`));
}

/** Text that `read` turns into a value; what it throws is the message. */
function readAs<Value>(rule: string, read: (text: string) => Value) {
  return text(rule).transform((value, context) => {
    try {
      return read(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : rule });
      return z.NEVER;
    }
  });
}

const domain = () => {
  const rule = 'must be a domain name, such as "mix.example.org"';
  return readAs(rule, (value) => {
    try {
      return prepDomain(value);
    } catch (error) {
      throw problem(rule, error);
    }
  });
};

/** The address itself stays out of the message, which may end in a log. */
const admin = () => {
  const rule = 'must be the address of an account, such as "operator@example.org"';
  return readAs(rule, (value) => {
    try {
      const jid = parseJid(value);
      if (jid.local !== undefined && jid.resource === undefined) return RealJid.of(jid);
    } catch (error) {
      throw problem(rule, error);
    }
    throw new Error(rule);
  });
};

function problem(rule: string, error: unknown): Error {
  return new Error(error instanceof JidError ? `${rule} (${error.message})` : rule);
}

const endpoint = () => {
  const rule = 'must be an address and a port, such as "127.0.0.1:5280" or "[::1]:5280"';
  return readAs(rule, (value): Endpoint => {
    const [, v6, name, port = ''] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(value) ?? [];
    const host = v6 ?? name;
    if (host === undefined || Number(port) > 65_535) throw new Error(rule);
    return { host, port: Number(port) };
  });
};

const storage = () => {
  const rule = 'must be "sqlite:" and the path of a file, such as "sqlite:/var/lib/vizard/vizard.db"';
  return readAs(rule, (value): StorageUrl => {
    if (value === 'memory:') return { kind: 'memory' };
    if (/^postgres(ql)?:/.test(value)) {
      throw new Error(`names a PostgreSQL database; support for that comes later, and until then it ${rule}`);
    }
    const file = /^sqlite:(.+)$/.exec(value)?.[1];
    // Other programs read `sqlite://a/b` as a host and a path, or as a relative path: better to ask.
    if (file === undefined || /^\/\/[^/]/.test(file) || file.includes('\0')) throw new Error(rule);
    return { kind: 'sqlite', file: file.replace(/^\/\/\//, '/') };
  });
};

/** `stanzaBytesMax` as it is spelt in the config: `stanza_bytes_max`. */
export function limitKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The config's spelling of each limit, and its name in the program. */
export const LIMIT_NAMES = namesOf(DEFAULT_LIMITS);
/** The same for the limits of the embedded server. */
export const HOST_LIMIT_NAMES = namesOf<HostLimits>(hostLimits);

function namesOf<Names extends object>(defaults: Names): ReadonlyMap<string, keyof Names> {
  return new Map((Object.keys(defaults) as (keyof Names & string)[]).map((name) => [limitKey(name), name]));
}

function limitsTable(names: ReadonlyMap<string, string>, defaults: Readonly<Record<string, number>>) {
  return table(
    Object.fromEntries(
      [...names].map(([key, name]) => {
        const max = name.includes('Bytes') ? Number.MAX_SAFE_INTEGER : LIMIT_MAX;
        return [key, whole(MAY_BE_ZERO.has(name) ? 0 : 1, max).default(defaults[name] ?? 0)];
      }),
    ),
  );
}

function table<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must be a table' : undefined),
  });
}

/** Every section and every key. */
export const SECTIONS = {
  service: table({
    domain: domain().optional(),
    name: text('must be a name of 1 to 200 characters', 200).default('Channels'),
    admins: z
      .array(admin(), says('must be a list of addresses, such as ["operator@example.org"]'))
      .default([]),
    create: oneOf('anyone', 'local', 'admins').default('anyone'),
    stay_hidden: z.boolean(says('must be true or false')).default(false),
  }),
  server: table({
    host: text('must be the name or the address of the XMPP server').default('127.0.0.1'),
    port: whole(1, 65_535).default(5347),
    secret: text('must be the secret that the XMPP server has for this component'),
  }),
  storage: table({ url: storage().prefault('sqlite:./data/vizard.db') }),
  host: table({
    domain: domain().prefault('localhost'),
    http: endpoint().prefault('127.0.0.1:5280'),
    tcp: endpoint().prefault('127.0.0.1:5222'),
    registration: oneOf('invite', 'open', 'closed').default('invite'),
    invite_by: oneOf('operators', 'anyone').default('operators'),
    uploads: text('must be the path of a folder, or "off"').optional(),
    tls_certificate: text('must be the path of a PEM file with the certificate').optional(),
    tls_key: text('must be the path of a PEM file with the key of the certificate').optional(),
    behind_tls_proxy: z.boolean(says('must be true or false')).default(false),
  }),
  'host.limits': limitsTable(HOST_LIMIT_NAMES, { ...hostLimits }),
  limits: limitsTable(LIMIT_NAMES, DEFAULT_LIMITS),
  log: table({
    level: oneOf('debug', 'info', 'warn', 'error').default('info'),
    format: oneOf('pretty', 'json').default('pretty'),
  }),
};

/** The whole config. */
export const CONFIG = z.strictObject({
  service: SECTIONS.service.prefault({}),
  server: SECTIONS.server.optional(),
  storage: SECTIONS.storage.prefault({}),
  host: SECTIONS.host.prefault({}),
  'host.limits': SECTIONS['host.limits'].prefault({}),
  limits: SECTIONS.limits.prefault({}),
  log: SECTIONS.log.prefault({}),
});
