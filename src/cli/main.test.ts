import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as server from '../transport/scripted-server.ts';
import { build, cleanUp, launch, makeFolder, run } from './program.ts';

beforeAll(build, 120_000);
afterEach(async () => {
  await cleanUp();
  await server.cleanUp();
});

/** Ports that nobody else has. */
const anywhere = { VIZARD_HOST__HTTP: '127.0.0.1:0', VIZARD_HOST__TCP: '127.0.0.1:0' };

function component(folder: string, port: number, more = ''): string[] {
  const file = join(folder, 'vizard.toml');
  writeFileSync(
    file,
    `[service]\ndomain = "mix.example"\n[server]\nport = ${port}\nsecret = "${server.SECRET}"\n${more}`,
  );
  return ['--config', file];
}

/** Accepts the component, and ends the stream when it does. */
const accept = server.accept('', async (socket, said) => {
  await said('</stream:stream>');
  socket.end('</stream:stream>');
});

describe('a start that cannot be', () => {
  test.each([
    ['a bad config', '[service]\ndomian = "x"', '  [service] domian: is no key of the config'],
    ['no TOML', 'domain', 'line 1'],
  ])('%s: status 2, and the key is named', async (_, toml, message) => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'vizard.toml'), toml);
    const { status, stderr } = await run(folder, ['start', '--config', 'vizard.toml']);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('no such config: status 2', async () => {
    const { status, stderr } = await run(makeFolder(), ['start', '--config', 'none.toml']);
    expect(status).toBe(2);
    expect(stderr).toContain('--config none.toml: cannot be read: it does not exist');
  });

  test('an unknown command or option: status 1', async () => {
    const folder = makeFolder();
    expect(await run(folder, ['strat'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Did you mean start?') as string,
    });
    expect((await run(folder, ['start', '--conf'])).status).toBe(1);
  });

  test('a port that is taken: status 1, and the key is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const ended = await run(makeFolder(), ['start'], { env: { ...anywhere, VIZARD_HOST__TCP: taken } });
    other.close();
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(`${taken} is taken by another program`);
    expect(ended.stderr).toContain('VIZARD_HOST__TCP');
    expect(ended.stderr).not.toContain('    at ');
  });

  test('a database that cannot be used: status 1', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'letter'), 'this is no database, but a letter to a hag in the woods');
    const env = { ...anywhere, VIZARD_STORAGE__URL: 'sqlite:letter' };
    expect(await run(folder, ['start'], { env })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[storage] url') as string,
    });
  });
});

describe('stand-alone', () => {
  test('says how to use it, serves, and ends on SIGTERM with status 0', async () => {
    const folder = makeFolder();
    const program = launch(folder, ['start'], { env: anywhere });
    const [, url = ''] = await program.until(/^Vizard is ready: (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    const [, invite = ''] = await program.until(/Invite +(http\S+)/);
    await program.until(
      /Clients +127\.0\.0\.1:\d+ .*\n +Channels +mix\.localhost\n +Data +data\/vizard\.db\n/,
    );
    expect((await fetch(url)).status).toBe(200);
    expect(invite.startsWith(`${url}invite/`)).toBe(true);
    expect((await fetch(invite)).status).toBe(200);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    const before = performance.now();
    program.process.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await program.ended).stderr).toBe('');
  });

  test('in JSON, every line of the output is JSON', async () => {
    const env = { ...anywhere, VIZARD_LOG__FORMAT: 'json', VIZARD_STORAGE__URL: 'memory:' };
    const program = launch(makeFolder(), ['start'], { env });
    await program.until(/Vizard is ready: http:/);
    program.process.kill('SIGINT');
    const { status, stdout } = await program.ended;
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { invite?: string });
    expect(lines[0]?.invite).toMatch(/^http:.*\/invite\//);
  });

  test('a signal that comes twice within a moment, as under npm, counts once', async () => {
    const program = launch(makeFolder(), [], { env: anywhere, script: 'start.mjs' });
    await program.until(/Vizard is ready/);
    program.process.kill('SIGINT');
    program.process.kill('SIGINT');
    expect((await program.ended).status).toBe(0);
  });
});

describe('accounts', () => {
  const password = { input: 'when shall we three\n', env: anywhere };

  test('are made, listed, changed and removed while the host is stopped', async () => {
    const folder = makeFolder();
    const user = (...args: string[]) => run(folder, ['user', ...args], password);
    expect((await user('list')).stdout).toBe('There are no accounts yet.\n');
    expect(await user('add', 'Hecate', '--password-stdin')).toEqual({
      status: 0,
      stdout: 'Added hecate@localhost.\n',
      stderr: '',
    });
    expect((await user('add', 'hag@localhost', '--password-stdin')).status).toBe(0);
    expect((await user('list')).stdout).toMatch(
      /^hag@localhost +since \d{4}-\d\d-\d\d\nhecate@localhost +since/,
    );
    expect((await user('passwd', 'hag', '--password-stdin')).status).toBe(0);
    expect((await user('remove', 'hag')).status).toBe(0);
    expect((await user('list')).stdout).not.toContain('hag');
  });

  test('are made while the host runs', async () => {
    const folder = makeFolder();
    const program = launch(folder, ['start'], { env: anywhere });
    await program.until(/Vizard is ready/);
    expect((await run(folder, ['user', 'add', 'hag', '--password-stdin'], password)).status).toBe(0);
    expect((await run(folder, ['user', 'list'], password)).stdout).toContain('hag@localhost');
  });

  test.each([
    ['a name that is taken', ['add', 'hag', '--password-stdin'], 'There is already an account hag.'],
    ['a name that cannot be', ['add', 'a b', '--password-stdin'], 'cannot be the name of an account'],
    ['another domain', ['add', 'a@b.example', '--password-stdin'], 'Accounts here are at localhost'],
    ['nobody to remove', ['remove', 'nobody'], 'There is no account nobody'],
    ['nobody with a password', ['passwd', 'nobody', '--password-stdin'], 'There is no account nobody'],
    ['no terminal', ['add', 'witch'], 'give it with --password-stdin'],
  ])('%s: status 1', async (_, args, message) => {
    const folder = makeFolder();
    await run(folder, ['user', 'add', 'hag', '--password-stdin'], password);
    const { status, stderr } = await run(folder, ['user', ...args], password);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  test('no password on standard input: status 1', async () => {
    const { status, stderr } = await run(makeFolder(), ['user', 'add', 'hag', '--password-stdin']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'There is no password on standard input.\n' });
  });

  test('of a component are none of ours', async () => {
    const folder = makeFolder();
    const { status, stderr } = await run(folder, ['user', 'list', ...component(folder, 1)]);
    expect(status).toBe(1);
    expect(stderr).toContain('prosodyctl');
  });
});

test('an invite made beside a running host works there', async () => {
  const folder = makeFolder();
  const program = launch(folder, ['start'], { env: anywhere });
  const [, address = ''] = await program.until(/ready: http:\/\/(\S+)\//);
  const { status, stdout } = await run(folder, ['invite'], { env: { VIZARD_HOST__HTTP: address } });
  expect(status).toBe(0);
  expect((await fetch(stdout.trim())).status).toBe(200);
});

describe('as a component', () => {
  test('says when it is attached, and ends its stream on SIGTERM with status 0', async () => {
    const folder = makeFolder();
    const port = await server.listen(accept);
    const program = launch(folder, ['start', ...component(folder, port)]);
    await program.until(new RegExp(`Vizard is ready: mix.example attached to 127.0.0.1:${port}`));
    program.process.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
  });

  test('ends on SIGTERM while the server is not there', async () => {
    const folder = makeFolder();
    const port = await server.listen(accept);
    await server.goAway(port);
    const program = launch(folder, ['start', ...component(folder, port)]);
    await program.until(/cannot connect to the XMPP server/);
    program.process.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(program.said()).not.toContain('ready');
  });

  test('a refused secret: status 1, and the key is named', async () => {
    const folder = makeFolder();
    const port = await server.listen(server.refuse('not-authorized', ''));
    const { status, stderr } = await run(folder, ['start', ...component(folder, port)]);
    expect(status).toBe(1);
    expect(stderr).toContain('VIZARD_SERVER__SECRET');
    expect(stderr).not.toContain(server.SECRET);
  });

  test('a second signal ends it at once, with status 1', async () => {
    const folder = makeFolder();
    // This server never ends the stream.
    const port = await server.listen(server.accept(''));
    const program = launch(folder, ['start', ...component(folder, port)]);
    await program.until(/Vizard is ready/);
    program.process.kill('SIGTERM');
    await program.until(/stopping/);
    await new Promise((resolve) => setTimeout(resolve, 400));
    program.process.kill('SIGTERM');
    expect((await program.ended).status).toBe(1);
  });
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

  test('finds a stand-alone good, and a bad config: status 2', async () => {
    const folder = makeFolder();
    expect((await run(folder, ['check'], { env: anywhere })).status).toBe(0);
    expect((await run(folder, ['check'], { env: { VIZARD_LOG__LEVEL: 'loud' } })).status).toBe(2);
  });
});

test('about tells the versions', async () => {
  const { status, stdout } = await run(makeFolder(), ['about']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Vizard +\d+\.\d+\.\d+.*\nNode +v\d+.*\nSQLite +3\./);
});
