import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as server from '../transport/scripted-server.ts';
import { anywhere, build, cleanUp, makeFolder, run } from './program.ts';
import { accept, component } from './scripted-component.ts';

beforeAll(build, 120_000);
afterEach(async () => {
  await cleanUp();
  await server.cleanUp();
});

describe('check', () => {
  test('finds a component good, database and server included', async () => {
    const folder = makeFolder();
    const port = await server.listen(accept);
    const args = component(folder, port, '[host]\ndomain = "x"');
    const { status, stdout } = await run(folder, ['check', ...args]);
    expect(stdout.split('\n')).toEqual([
      'good  config: component, channels at mix.example',
      'note  config: [host] is not used, since [server] is there.',
      expect.stringMatching(/^good {2}database: .*\/data\/vizard\.db was made$/),
      `good  server: 127.0.0.1:${port} accepts us as mix.example`,
      '',
    ]);
    expect(status).toBe(0);
  });

  test('finds a server that refuses: status 1', async () => {
    const folder = makeFolder();
    const port = await server.listen(server.refuse('host-unknown', ''));
    const args = component(folder, port);
    const { status, stdout } = await run(folder, ['check', ...args]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^bad {3}server: .* has no component named mix\.example/m);
    expect((await run(folder, ['check', '--offline', ...args])).status).toBe(0);
  });

  test('finds no server: status 1', async () => {
    const folder = makeFolder();
    const port = await server.listen(accept);
    await server.goAway(port);
    const { status, stdout } = await run(folder, ['check', ...component(folder, port)]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^bad {3}server: 127\.0\.0\.1:\d+: .*ECONNREFUSED/m);
  });

  test('finds what is wrong with a certificate: status 1, and what may be done about it', async () => {
    const folder = makeFolder();
    const env = {
      ...anywhere,
      VIZARD_HOST__TLS_CERTIFICATE: `${folder}/none.pem`,
      VIZARD_HOST__TLS_KEY: `${folder}/none.key`,
    };
    const { status, stdout } = await run(folder, ['check'], { env });
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^bad {3}certificate: \[host\] tls_certificate: .*\/none\.pem cannot be read: it does not exist$/m,
    );
    const started = await run(folder, ['start'], { env });
    expect(started.status).toBe(1);
    expect(started.stderr).toContain('none.pem cannot be read');
  });

  test('finds a stand-alone good, and a bad config: status 2', async () => {
    const folder = makeFolder();
    const { status, stdout } = await run(folder, ['check'], { env: anywhere });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^good {2}uploads: files are kept in .*\/data\/uploads$/m);
    const bad = await run(folder, ['check'], {
      env: { ...anywhere, VIZARD_HOST__UPLOADS: 'data/vizard.db' },
    });
    expect(bad.status).toBe(1);
    expect(bad.stdout).toMatch(/^bad {3}uploads: .* cannot be used: a file is where a folder should be$/m);
    expect((await run(folder, ['check'], { env: { VIZARD_LOG__LEVEL: 'loud' } })).status).toBe(2);
  });
});

test('about tells the versions', async () => {
  const { status, stdout } = await run(makeFolder(), ['about']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Vizard +\d+\.\d+\.\d+.*\nNode +v\d+.*\nSQLite +3\./);
});
