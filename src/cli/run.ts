/**
 * One run of the service, from its start to a signal.
 * Owns the signals, the time that a stop may take, and what happens to errors that nobody caught.
 * Does not start anything itself (component.ts, stand-alone.ts).
 * Always: the first signal ends the run cleanly, within 10 s; the second at once.
 * Before: cli/start.ts. After: cli/component.ts, cli/stand-alone.ts.
 */
import type { Log } from '../transport/log.ts';

export interface Running {
  /** Resolves when it serves. Rejects when it cannot; it is to be stopped then, too. */
  readonly ready: Promise<void>;
  /** Ends everything within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** COMPAT(npm): on Ctrl-C, `npm start` passes on a signal that the terminal has sent to us as well. */
const SAME_SIGNAL_MS = 300;
const STOP_MS = 8_000;
/** Whatever still runs then is cut off. */
const FORCE_MS = 9_500;

/** Runs until a signal comes; the result is the exit status. Rejects with what `ready` rejects with. */
export async function untilSignal(open: () => Promise<Running>, log: Log): Promise<number> {
  const signal = listen(log);
  catchAll(log);
  const running = await open();
  try {
    await Promise.race([signal, running.ready]);
    await signal;
  } finally {
    await running.stop(STOP_MS);
  }
  log.info({}, 'stopped');
  return 0;
}

/** Resolves at the first signal; the second one ends the process. */
function listen(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (name: string): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        log.info({ signal: name }, 'stopping');
        setTimeout(() => {
          log.error({}, 'stopping takes too long: ending at once');
          process.exit(1);
        }, FORCE_MS).unref();
        resolve();
      } else if (now - first > SAME_SIGNAL_MS) {
        log.warn({ signal: name }, 'a second signal: ending at once');
        process.exit(1);
      }
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
}

/** After such an error nobody knows what state the program is in; what was accepted is on the disk. */
function catchAll(log: Log): void {
  const end = (error: unknown): void => {
    log.error({ err: error }, 'an error that nobody caught: ending');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
