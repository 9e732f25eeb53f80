import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError, parseConfig, type Config } from '../service/config.ts';
import { HOST_LIMIT_NAMES, LIMIT_NAMES, SECTIONS } from '../service/config-schema.ts';
import { formatWhere } from '../host/listen.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/operating.md');
const example = read('contrib/vizard.toml');
const noFile = () => {
  throw new Error('there is none');
};
const parse = (toml: string) => parseConfig(toml, {}, noFile);

/** Every `[section] key` of the schema. */
const keys = Object.entries(SECTIONS).flatMap(([section, { shape }]) =>
  Object.keys(shape).map((key) => [section, key] as const),
);

/** What is used when a key is left out, as it is written in the config. Undefined: it must be given. */
function defaultOf(section: string, key: string, config: Config): string | undefined {
  const { service, storage, host, log } = config;
  const given: Record<string, string | undefined> = {
    'service.domain': service.domain,
    'service.name': service.name,
    'service.create': service.create,
    'service.stay_hidden': String(service.staysHidden),
    'server.host': '127.0.0.1',
    'server.port': '5347',
    'storage.url': storage.kind === 'sqlite' ? `sqlite:${storage.file}` : undefined,
    'host.domain': host.domain,
    'host.http': formatWhere(host.http),
    'host.tcp': formatWhere(host.tcp),
    'host.registration': host.registration,
    'host.invite_by': host.inviteBy,
    'host.behind_tls_proxy': String(host.behindTlsProxy),
    'log.level': log.level,
    'log.format': log.format,
  };
  const limit = LIMIT_NAMES.get(key);
  if (section === 'limits' && limit !== undefined) return String(config.limits[limit]);
  const hostLimit = HOST_LIMIT_NAMES.get(key);
  if (section === 'host.limits' && hostLimit !== undefined) return String(config.host.limits[hostLimit]);
  return given[`${section}.${key}`];
}

const defaults = parseConfig(undefined, {}, noFile);

test.each(keys)('docs/operating.md: [%s] %s has a row with its default', (section, key) => {
  const [, part = ''] =
    new RegExp(`^### \\[${section.replace('.', '\\.')}\\]$(.*?)^##`, 'ms').exec(guide) ?? [];
  const [, value = ''] = new RegExp(`^\\| \`${key}\` +\\| (.*?) +\\| \\S`, 'm').exec(part) ?? [];
  const expected = defaultOf(section, key, defaults);
  expect(value).toBe(expected === undefined ? 'none' : `\`${expected}\``);
});

test('docs/operating.md has no row for a key that is gone', () => {
  const config = guide.slice(guide.indexOf('## The config'), guide.indexOf('## Commands'));
  const rows = [...config.matchAll(/^\| `(\w+)` /gm)].map(([, key = '']) => key);
  expect(rows.sort()).toEqual(keys.map(([, key]) => key).sort());
});

test('docs/operating.md shows configs that can be used', () => {
  const blocks = [...guide.matchAll(/^```toml\n(.*?)^```$/gms)].map(([, toml = '']) => toml);
  expect(blocks.length).toBeGreaterThan(0);
  for (const toml of blocks) expect([5347, undefined]).toContain(parse(toml).server?.port);
});

test('docs/operating.md names every command', () => {
  const names = [...read('src/cli/main.ts').matchAll(/\.command\('([a-z]+)(?: <name>)?'\)/g)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(7);
  for (const name of names) expect(guide).toMatch(new RegExp(`^\\| \`vizard (user )?${name}\\b`, 'm'));
});

test('contrib/vizard.toml can be used as it is, except for the secret', () => {
  const config = parse(example);
  expect(config.server?.secret).toBe('change me');
  expect(config.remarks).toEqual([]);
});

test('contrib/vizard.toml has every key, with its default where it is left out', () => {
  const sections = new Map(
    example.split(/^#?\[(?=[\w.]+\]$)/m).map((part) => [part.slice(0, part.indexOf(']')), part] as const),
  );
  for (const [section, key] of keys) {
    const [, left, value = ''] =
      new RegExp(`^(#?)${key} = (.*)$`, 'm').exec(sections.get(section) ?? '') ?? [];
    expect(left, `[${section}] ${key}`).toBeDefined();
    const plain = value.replace(/^"(.*)"$/, '$1');
    const standard = defaultOf(section, key, defaults);
    // Where there is none, an example stands in its place.
    if (left === '#' && standard !== undefined) expect(plain, key).toBe(standard);
  }
});

test('contrib/vizard.toml can be used with everything in it switched on', () => {
  const everything = example.replace(/^#(?=\[|\w+ = )/gm, '');
  expect(parse(everything).remarks).toEqual(['[host] is not used, since [server] is there.']);
  expect(() => parse(everything.replace('port = 5347', 'port = 0'))).toThrow(ConfigError);
});

test('contrib/vizard.service starts what is there', () => {
  const unit = read('contrib/vizard.service');
  expect(unit).toMatch(
    /^ExecStart=\S+node \/opt\/vizard\/bin\/vizard\.mjs start --config \/etc\/vizard\/vizard\.toml$/m,
  );
  expect(unit).toContain('VIZARD_SERVER__SECRET_FILE=%d/secret');
});

test.each(['contrib/prosody.cfg.lua', 'contrib/ejabberd.yml'])(
  '%s is for the same component as the config',
  (path) => {
    const snippet = read(path);
    const { service, server } = parse(example);
    for (const word of [service.domain, String(server?.port), server?.secret ?? ''])
      expect(snippet).toContain(word);
  },
);
