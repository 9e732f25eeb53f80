/**
 * The real clock and the real randomness.
 * Owns the only places of the program where time and chance come in; everything else is handed them.
 * Does not simulate (testing/).
 * Always: `after` waits as long as it is told, up to 24 days, and never calls back at once.
 * Before: cli/start.ts. After: service/service.ts, host/host.ts.
 */
import { randomBytes } from 'node:crypto';
import type { ServiceOptions } from '../service/service.ts';

/** Node's timers go no further, and fire at once when they should. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: ServiceOptions['clock'] = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
};

export const systemRandom: ServiceOptions['random'] = {
  bytes: (count) => randomBytes(count),
};

/** At least 0, below 1. */
export function systemFraction(): number {
  return randomBytes(4).readUInt32LE() / 2 ** 32;
}
