import { expect, test } from 'vitest';
import { RealJid } from '../jid/real-jid.ts';
import { createLog } from './log.ts';

const secret = /hecate|a\.example|cauldron/;
const hag = RealJid.of({ local: 'hecate', domain: 'a.example', resource: 'cauldron' });

async function lines(format: 'pretty' | 'json', level: 'debug' | 'info' | 'warn' | 'error' = 'debug') {
  const written: string[] = [];
  const log = await createLog({ format, level }, (line) => written.push(line));
  return { log, written };
}

test.each(['pretty', 'json'] as const)('a %s line with an address in it does not show it', async (format) => {
  const { log, written } = await lines(format);
  const error = Object.assign(new Error(`no such person: ${String(hag)}`), { jid: hag, cause: hag });
  log.info({ jid: hag, deep: { list: [hag, { hag }] } }, 'one joined');
  log.warn(hag, 'an address instead of fields');
  log.error({ err: error }, 'it failed');
  expect(written).toHaveLength(3);
  expect(written.join('')).not.toMatch(secret);
  expect(written[0]).toContain(String(hag));
});

test('a JSON line has level, time, text and fields', async () => {
  const { log, written } = await lines('json');
  log.info({ port: 5347 }, 'connected');
  expect(JSON.parse(written[0] ?? '')).toEqual({
    level: 'info',
    time: expect.any(Number) as number,
    port: 5347,
    msg: 'connected',
  });
});

test('a pretty line is one line for people', async () => {
  const { log, written } = await lines('pretty');
  log.warn({ port: 5347 }, 'the link is lost');
  expect(written[0]).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] WARN: the link is lost {"port":5347}\n$/);
});

test('lines below the level are left out, except what the operator waits for', async () => {
  const { log, written } = await lines('json', 'warn');
  log.debug({}, 'one');
  log.info({}, 'two');
  log.warn({}, 'three');
  log.announce({}, 'ready');
  expect(written.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['three', 'ready']);
});
