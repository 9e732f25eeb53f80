import { execFile } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { build } from './program.ts';

beforeAll(build, 120_000);

const RUN = new URL('../../dist/cli/run.js', import.meta.url).href;

/** A run that opens `opened`, in a process of its own; its exit status, and what it logged and printed. */
function runOf(opened: string): Promise<{ status: unknown; said: string }> {
  const code = `
    const { untilSignal } = await import('${RUN}');
    const write = (level) => (fields, text) => console.log(level, text, fields.err?.message ?? '');
    const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
    // As open sockets do, this keeps the process going.
    const busy = setInterval(() => undefined, 1_000);
    const stop = async () => {
      clearInterval(busy);
      console.log('closed');
    };
    const ready = Promise.resolve();
    try {
      process.exitCode = await untilSignal(async () => (${opened}), log);
    } catch (error) {
      console.log('thrown', error.message);
      process.exitCode = 3;
    }`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', code], (error, stdout) =>
      resolve({ status: error?.code ?? 0, said: stdout }),
    );
  });
}

test('an error that nobody caught is logged, and ends the process with status 1', async () => {
  const { status, said } = await runOf(`setTimeout(() => { throw new Error('oh') }, 1), { ready, stop }`);
  expect({ status, said }).toEqual({ status: 1, said: 'error an error that nobody caught: ending oh\n' });
});

test('so is a promise that nobody waited for', async () => {
  const { status, said } = await runOf(`void Promise.reject(new Error('oh')), { ready, stop }`);
  expect({ status, said }).toEqual({ status: 1, said: 'error an error that nobody caught: ending oh\n' });
});

test('what could not start is closed before its error goes on', async () => {
  const { status, said } = await runOf(`{ ready: Promise.reject(new Error('refused')), stop }`);
  expect({ status, said }).toEqual({ status: 3, said: 'closed\nthrown refused\n' });
});

test('a signal while it starts closes it', async () => {
  const opened = `setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1), { ready: new Promise(() => {}), stop }`;
  const { status, said } = await runOf(opened);
  expect(said).toMatch(/^info stopping \nclosed\ninfo stopped \n$/);
  expect(status).toBe(0);
});
