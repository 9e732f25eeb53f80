import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isFinal, isForgotten, waitMs } from './backoff.ts';
import { ConnectionLost, LoginRefused, StanzaError } from './error.ts';
import { Keepalive } from './keepalive.ts';

const said: string[] = [];
let isDeaf = false;
let keepalive: Keepalive;

beforeEach(() => {
  vi.useFakeTimers();
  said.splice(0);
  isDeaf = false;
  keepalive = new Keepalive({
    idleMs: 1_000,
    answerMs: 300,
    ask: () => said.push('ask'),
    isDeaf: () => isDeaf,
    onDead: (why) => said.push(why),
  });
  keepalive.start();
});
afterEach(() => vi.useRealTimers());

test('a server that has been quiet is asked, and one that answers is left alone', () => {
  vi.advanceTimersByTime(900);
  keepalive.heard();
  vi.advanceTimersByTime(900);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(said).toEqual(['ask']);
  keepalive.heard();
  vi.advanceTimersByTime(900);
  expect(said).toEqual(['ask']);
});

test('one that does not answer is dead, and is not asked again', () => {
  vi.advanceTimersByTime(1_299);
  expect(said).toEqual(['ask']);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(['ask', 'silent']);
  vi.advanceTimersByTime(10_000);
  expect(said).toEqual(['ask', 'silent']);
});

test('one that speaks and takes nothing is deaf', () => {
  isDeaf = true;
  for (let count = 0; count < 20; count++) {
    vi.advanceTimersByTime(100);
    keepalive.heard();
  }
  expect(said).toEqual(['deaf']);
});

test('a doubt is looked into at once, and once', () => {
  keepalive.check();
  keepalive.check();
  expect(said).toEqual(['ask']);
  vi.advanceTimersByTime(300);
  expect(said).toEqual(['ask', 'silent']);
});

test('a timer that fires late ends nothing that has spoken meanwhile', () => {
  vi.advanceTimersByTime(1_000);
  keepalive.heard();
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(300);
  expect(said).toEqual(['ask', 'ask']);
});

test('after the stop there is silence', () => {
  keepalive.stop();
  vi.advanceTimersByTime(10_000);
  expect(said).toEqual([]);
});

test('waits grow to their limit, and are drawn', () => {
  const drawn = Array.from({ length: 100 }, () => waitMs(3, 60_000));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(2_000);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(4_000);
  expect(new Set(drawn).size).toBeGreaterThan(20);
  expect(waitMs(1, 60_000)).toBeLessThanOrEqual(1_000);
  expect(waitMs(1_000, 60_000)).toBeLessThanOrEqual(60_000);
  expect(waitMs(1_000, 60_000)).toBeGreaterThanOrEqual(30_000);
});

test.each([
  [new ConnectionLost('the network'), false, false],
  [new ConnectionLost('x', 'system-shutdown'), false, false],
  [new ConnectionLost('x', 'policy-violation'), false, true],
  [new ConnectionLost('x', 'conflict'), true, true],
  [new LoginRefused('not-authorized'), true, false],
  [new LoginRefused('temporary-auth-failure'), false, false],
  [new StanzaError('resource-constraint', 'wait'), false, false],
  [new StanzaError('conflict', 'cancel'), true, false],
  [new TypeError('an option'), true, false],
])('%s: final %s, the stream forgotten %s', (reason, final, forgotten) => {
  expect(isFinal(reason)).toBe(final);
  expect(isForgotten(reason)).toBe(forgotten);
});
