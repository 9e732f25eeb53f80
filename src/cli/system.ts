/**
 * The real clock and the real randomness.
 * Owns the only two places of the program where time and chance come in; everything else is handed them.
 * Does not simulate (testing/).
 * Always: `after` waits at least so long, however long that is.
 * Before: cli/start.ts. After: service/service.ts, host/host.ts.
 */
import { randomBytes } from 'node:crypto';
import type { Random } from '../channel/turn.ts';
import type { Clock } from '../xep/extension.ts';

/** Node's timers go no further, and fire at once when they should. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
};

/** At least 0, below 1: for what need not be hard to guess, such as how long to wait before the next try. */
export function systemFraction(): number {
  return Math.random();
}
