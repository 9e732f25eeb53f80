/**
 * How long to wait before the next try.
 * Owns the one formula: exponential, with jitter over the whole range above the lower bound.
 * Does not wait (component.ts).
 * Always: between `reconnectMinMs` and `reconnectMaxMs`.
 * Before: transport/refused.ts. After: transport/component.ts.
 */

export interface Backoff {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
}

/** `failures` counts the tries that failed in a row; `random` is at least 0 and below 1. */
export function reconnectDelayMs(failures: number, random: number, bounds: Backoff): number {
  const { reconnectMinMs, reconnectMaxMs } = bounds;
  // The floor keeps a server that starts up from being asked in a tight loop, the jitter keeps many of us apart.
  const ceilingMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(failures, 30));
  return Math.round(reconnectMinMs + random * Math.max(0, ceilingMs - reconnectMinMs));
}
