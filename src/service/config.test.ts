import { expect, test } from 'vitest';
import { RealJid } from '../jid/real-jid.ts';
import { hostLimits } from '../host/limits.ts';
import { ConfigError, parseConfig } from './config.ts';
import { HOST_LIMIT_NAMES, LIMIT_NAMES, SECTIONS } from './config-schema.ts';
import { DEFAULT_LIMITS } from './limits.ts';

type Env = Record<string, string | undefined>;

const files: Record<string, string> = { '/run/secret': 'from a file\n', '/run/empty': '\n' };
function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error('it does not exist');
  return text;
}

const parse = (toml?: string, env: Env = {}) => parseConfig(toml, env, readFile);

/** What is said of a config that cannot be used. */
function complaint(toml?: string, env: Env = {}): string {
  try {
    parse(toml, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('this config was taken');
}

const component = `
[service]
domain = "mix.example.org"
[server]
secret = "s3cret"
`;

test('without anything, the stand-alone mode', () => {
  const { limits, ...config } = parse();
  expect(config).toEqual({
    service: {
      domain: 'mix.localhost',
      name: 'Channels',
      admins: [],
      create: 'anyone',
      staysHidden: false,
      localDomain: 'localhost',
    },
    server: undefined,
    storage: { kind: 'sqlite', file: './data/vizard.db' },
    host: {
      domain: 'localhost',
      http: { host: '127.0.0.1', port: 5280 },
      tcp: { host: '127.0.0.1', port: 5222 },
      registration: 'invite',
      inviteBy: 'operators',
      uploads: undefined,
      behindTlsProxy: false,
      limits: hostLimits,
    },
    log: { level: 'info', format: 'pretty' },
    remarks: [],
  });
  expect(limits).toEqual(DEFAULT_LIMITS);
});

test('every key is taken', () => {
  const config = parse(`
[service]
domain = "Mix.Example.ORG."
name = "Covens"
admins = ["Operator@example.org", "other@example.org"]
create = "local"
stay_hidden = true
[server]
host = "xmpp.example.org"
port = 8888
secret = "0123"
[storage]
url = "sqlite:/var/lib/vizard/vizard.db"
[host]
domain = "example.org"
http = "[::1]:80"
tcp = "0.0.0.0:5222"
registration = "closed"
invite_by = "anyone"
uploads = "/var/lib/vizard/files"
tls_certificate = "/etc/vizard/fullchain.pem"
tls_key = "/etc/vizard/privkey.pem"
behind_tls_proxy = true
[host.limits]
invite_days = 3
[limits]
stanza_bytes_max = 100_000
[log]
level = "debug"
format = "json"
`);
  expect(config).toMatchObject({
    service: {
      domain: 'mix.example.org',
      name: 'Covens',
      create: 'local',
      staysHidden: true,
      localDomain: 'example.org',
    },
    server: { host: 'xmpp.example.org', port: 8888, secret: '0123' },
    storage: { kind: 'sqlite', file: '/var/lib/vizard/vizard.db' },
    host: {
      domain: 'example.org',
      http: { host: '::1', port: 80 },
      tcp: { host: '0.0.0.0', port: 5222 },
      registration: 'closed',
      inviteBy: 'anyone',
      uploads: '/var/lib/vizard/files',
      tls: { certificate: '/etc/vizard/fullchain.pem', key: '/etc/vizard/privkey.pem' },
      behindTlsProxy: true,
      limits: { ...hostLimits, inviteDays: 3 },
    },
    log: { level: 'debug', format: 'json' },
  });
  const operator = RealJid.of({ local: 'operator', domain: 'example.org', resource: undefined });
  expect(config.service.admins[0]?.equals(operator)).toBe(true);
  expect(config.service.admins).toHaveLength(2);
  expect(config.limits).toEqual({ ...DEFAULT_LIMITS, stanzaBytesMax: 100_000 });
  expect(config.remarks).toEqual(['[host] is not used, since [server] is there.']);
});

test('a component needs little', () => {
  const { server, service, remarks } = parse(component);
  expect(server).toEqual({ host: '127.0.0.1', port: 5347, secret: 's3cret' });
  expect(service.localDomain).toBe('example.org');
  expect(remarks).toEqual([]);
});

test.each([
  ['sqlite:./a/b.db', { kind: 'sqlite', file: './a/b.db' }],
  ['sqlite:///a/b.db', { kind: 'sqlite', file: '/a/b.db' }],
  ['sqlite::memory:', { kind: 'sqlite', file: ':memory:' }],
  ['memory:', { kind: 'memory' }],
])('the storage %s', (url, expected) => {
  expect(parse(undefined, { VIZARD_STORAGE__URL: url }).storage).toEqual(expected);
});

const refused: readonly (readonly [string, string, string])[] = [
  [
    'an unknown key',
    '[service]\ndomian = "x"',
    '[service] domian: is no key of the config; is "domain" meant?',
  ],
  ['an unknown key like none', '[log]\ncolour = 1', '[log] colour: is no key of the config'],
  ['an unknown section', '[sever]\nport = 1', '[sever]: is no section of the config; is [server] meant?'],
  [
    'an unknown limit of the host',
    '[host.limits]\ninvite_dais = 1',
    '[host.limits] invite_dais: is no key of the config; is "invite_days" meant?',
  ],
  ['no table of limits', '[host]\nlimits = 1', '[host.limits]: must be a table'],
  [
    'no limit of the host',
    '[host.limits]\nidle_ms = 0',
    '[host.limits] idle_ms: must be a whole number from 1',
  ],
  [
    'a certificate without its key',
    '[host]\ntls_certificate = "c.pem"',
    '[host] tls_key: is missing: it must name the key of the certificate in tls_certificate',
  ],
  [
    'a key without its certificate',
    '[host]\ntls_key = "k.pem"',
    '[host] tls_certificate: is missing: it must name the certificate that tls_key belongs to',
  ],
  ['an unknown limit', '[limits]\nstanzaBytesMax = 1', '[limits] stanzaBytesMax: is no key of the config'],
  ['a key outside of a section', 'domain = "x"', '[domain]: is no section of the config'],
  ['no table', 'service = 3', '[service]: must be a table'],
  ['no domain', '[server]\nsecret = "x"', '[service] domain: is missing: it must be the domain'],
  ['no secret', '[service]\ndomain = "a.b"\n[server]', '[server] secret: is missing: it must be the secret'],
  [
    'an empty secret',
    `[server]\nsecret = ""`,
    '[server] secret: must be the secret that the XMPP server has',
  ],
  ['a bad domain', '[service]\ndomain = "a b"', '[service] domain: must be a domain name, such as'],
  ['a bad port', '[server]\nsecret = "x"\nport = 0', '[server] port: must be a whole number from 1 to 65535'],
  ['a port in quotes', '[server]\nport = "5347"', '[server] port: must be a whole number from 1 to 65535'],
  ['half a port', '[server]\nport = 1.5', '[server] port: must be a whole number from 1 to 65535'],
  ['one admin', '[service]\nadmins = "a@b"', '[service] admins: must be a list of addresses'],
  [
    'a bad admin',
    '[service]\nadmins = ["a@b.example", "a b@c"]',
    '[service] admins: entry 2 must be the address of an account',
  ],
  ['a domain as admin', '[service]\nadmins = ["b"]', '[service] admins: entry 1 must be the address of an'],
  [
    'an admin with resource',
    '[service]\nadmins = ["a@b/c"]',
    '[service] admins: entry 1 must be the address',
  ],
  ['a number as admin', '[service]\nadmins = [5]', '[service] admins: entry 1 must be the address'],
  ['nobody', '[service]\ncreate = "nobody"', '[service] create: must be one of "anyone", "local", "admins"'],
  [
    'PostgreSQL',
    '[storage]\nurl = "postgres://v@h/d"',
    '[storage] url: names a PostgreSQL database; support',
  ],
  [
    'another database',
    '[storage]\nurl = "mysql:x"',
    '[storage] url: must be "sqlite:" and the path of a file',
  ],
  ['a path alone', '[storage]\nurl = "/x.db"', '[storage] url: must be "sqlite:" and the path of a file'],
  [
    'an odd path',
    '[storage]\nurl = "sqlite://x.db"',
    '[storage] url: must be "sqlite:" and the path of a file',
  ],
  ['a port alone', '[host]\nhttp = 5280', '[host] http: must be an address and a port'],
  ['an address alone', '[host]\ntcp = "127.0.0.1"', '[host] tcp: must be an address and a port'],
  ['a port too high', '[host]\ntcp = "127.0.0.1:70000"', '[host] tcp: must be an address and a port'],
  ['a word for true', '[host]\nbehind_tls_proxy = "yes"', '[host] behind_tls_proxy: must be true or false'],
  [
    'equal domains',
    '[service]\ndomain = "localhost"',
    '[service] domain: must not be the same as "domain" in',
  ],
  ['no limit', '[limits]\nping_ms = 0', '[limits] ping_ms: must be a whole number from 1 to 2147483647'],
  [
    'a limit below another',
    '[limits]\nskipped_bytes_max = 9',
    '[limits] skipped_bytes_max: must not be less',
  ],
  [
    'a reader that stops too early',
    '[limits]\nread_bytes_max = 9',
    '[limits] read_bytes_max: must not be less than stanza_bytes_max',
  ],
  [
    'locals of nowhere',
    '[service]\ndomain="mix"\ncreate="local"\n[server]\nsecret="x"',
    '[service] create: cannot',
  ],
];

test.each(refused)('refuses %s', (_, toml, message) => {
  expect(complaint(toml)).toContain(message);
});

test('all that is wrong is told at once', () => {
  const lines = complaint('[service]\nname = ""\n[server]\nport = 0\nsecrt = "x"').split('\n');
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
    '[server] port',
    '[server] secret',
    '[server] secrt',
    '[service] name',
  ]);
});

test('what is no TOML is refused with its place, and without what stands there', () => {
  const message = complaint('[server]\nsecret = hunter2');
  expect(message).toMatch(/^line 2, column \d+: is not TOML: /);
  expect(message).not.toContain('hunter2');
});

test('an error repeats neither secrets nor addresses', () => {
  const message = complaint('[service]\nadmins = ["hecate@a.example/x"]\n[server]\nsecret = 5', {
    VIZARD_STORAGE__URL: 'postgres://v:hunter2@h/d',
  });
  expect(message).not.toMatch(/hecate|hunter2/);
});

test('the environment goes before the file, key by key', () => {
  const config = parse(component, {
    VIZARD_SERVICE__NAME: 'Covens',
    VIZARD_SERVICE__ADMINS: 'a@b.example, c@d.example,',
    VIZARD_SERVER__PORT: '8888',
    VIZARD_SERVER__SECRET: '0123',
    VIZARD_HOST__BEHIND_TLS_PROXY: 'true',
    VIZARD_LIMITS__STANZA_BYTES_MAX: '65536',
    VIZARD_HOST_LIMITS__INVITE_DAYS: '3',
    VIZARD_LOG__LEVEL: 'warn',
    VIZARD_CONFIG: 'is not ours',
    PATH: '/bin',
  });
  expect(config.service).toMatchObject({ domain: 'mix.example.org', name: 'Covens' });
  expect(config.service.admins).toHaveLength(2);
  expect(config.server).toEqual({ host: '127.0.0.1', port: 8888, secret: '0123' });
  expect(config.host.behindTlsProxy).toBe(true);
  expect(config.limits.stanzaBytesMax).toBe(65_536);
  expect(config.host.limits.inviteDays).toBe(3);
  expect(config.log.level).toBe('warn');
  // Only a section in the file is remarked upon: an environment may serve several runs.
  expect(config.remarks).toEqual([]);
});

test('every key can be set in the environment', () => {
  const values: Record<string, string> = {
    admins: 'a@b.example',
    port: '1',
    http: '127.0.0.1:0',
    tcp: '127.0.0.1:0',
    url: 'memory:',
    create: 'admins',
    stay_hidden: 'true',
    registration: 'open',
    invite_by: 'anyone',
    uploads: 'off',
    behind_tls_proxy: 'false',
    level: 'error',
    format: 'json',
  };
  const env: Env = {};
  for (const [section, { shape }] of Object.entries(SECTIONS)) {
    for (const key of Object.keys(shape)) {
      const value = section.endsWith('limits') ? '262144' : values[key];
      env[`VIZARD_${section.replace('.', '_')}__${key}`.toUpperCase()] = value ?? `${section}.example`;
    }
  }
  const config = parse(undefined, env);
  expect(config).toMatchObject({
    service: { domain: 'service.example', name: 'service.example', create: 'admins', staysHidden: true },
    server: { host: 'server.example', port: 1, secret: 'server.example' },
    storage: { kind: 'memory' },
    host: { domain: 'host.example', http: { port: 0 }, registration: 'open' },
    log: { level: 'error', format: 'json' },
  });
  expect(Object.values(config.limits)).toEqual([...LIMIT_NAMES].map(() => 262_144));
  expect(Object.values(config.host.limits)).toEqual([...HOST_LIMIT_NAMES].map(() => 262_144));
});

test('the secret can be in a file', () => {
  const env = { VIZARD_SERVER__SECRET_FILE: '/run/secret' };
  expect(parse(component, env).server?.secret).toBe('from a file');
  expect(parse('[service]\ndomain = "a.b"', env).server?.secret).toBe('from a file');
});

test.each([
  [{ VIZARD_SERVER__SECRT: 'x' }, 'VIZARD_SERVER__SECRT: is no key of the config; is "secret" meant?'],
  [{ VIZARD_SEVER__PORT: '1' }, 'VIZARD_SEVER__PORT: is no section of the config; is [server] meant?'],
  [{ VIZARD_HOST_LIMITS__INVITES: '1' }, 'VIZARD_HOST_LIMITS__INVITES: is no key of the config'],
  [{ VIZARD_HOST__DOMAIN_FILE: 'x' }, 'VIZARD_HOST__DOMAIN_FILE: is no key of the config'],
  [{ VIZARD_SERVER__PORT: 'five' }, '[server] port: must be a whole number from 1 to 65535'],
  [{ VIZARD_SERVER__SECRET: '' }, '[server] secret: must be the secret'],
  [{ VIZARD_SERVICE__ADMINS: 'a@b, c' }, '[service] admins: entry 2 must be the address of an account'],
  [{ VIZARD_HOST__BEHIND_TLS_PROXY: 'yes' }, '[host] behind_tls_proxy: must be true or false'],
  [{ VIZARD_SERVER__SECRET_FILE: '/none' }, 'VIZARD_SERVER__SECRET_FILE: cannot be read: it does not exist'],
  [{ VIZARD_SERVER__SECRET_FILE: '/run/empty' }, '[server] secret: must be the secret'],
  [
    { VIZARD_SERVER__SECRET: 'x', VIZARD_SERVER__SECRET_FILE: '/run/secret' },
    '[server] secret: VIZARD_SERVER__SECRET and VIZARD_SERVER__SECRET_FILE are both set',
  ],
])('refuses the environment %o', (env: Env, message) => {
  expect(complaint(undefined, env)).toContain(message);
});
