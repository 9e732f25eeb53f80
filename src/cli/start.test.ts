import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as server from '../transport/scripted-server.ts';
import { anywhere, build, cleanUp, launch, makeFolder, run } from './program.ts';
import { accept, component } from './scripted-component.ts';

beforeAll(build, 120_000);
afterEach(async () => {
  await cleanUp();
  await server.cleanUp();
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

describe('npm start', () => {
  const env = { ...anywhere, VIZARD_STORAGE__URL: 'memory:' };

  test('ends on a SIGTERM to npm alone, which passes it on to a shell only', async () => {
    const program = launch(makeFolder(), ['start'], { env, command: 'npm' });
    await program.until(/Vizard is ready/);
    program.process.kill('SIGTERM');
    // The streams stay open as long as anybody holds them: this is the end of the service, not of npm.
    expect((await program.ended).stdout).toMatch(/stopped/);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends cleanly on a %s to all, as from a terminal',
    async (signal) => {
      const program = launch(makeFolder(), ['start'], { env, command: 'npm' });
      await program.until(/Vizard is ready/);
      program.killGroup(signal);
      expect((await program.ended).stdout).toMatch(/stopped/);
    },
  );
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
