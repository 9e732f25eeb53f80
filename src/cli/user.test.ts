import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { anywhere, build, cleanUp, launch, makeFolder, run } from './program.ts';
import { component } from './scripted-component.ts';

beforeAll(build, 120_000);
afterEach(cleanUp);

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
