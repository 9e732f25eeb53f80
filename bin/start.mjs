/**
 * `npm start`: from a clone to a running service.
 * Builds where that is needed, then starts as `vizard start` would, with the arguments that were given.
 * Does not install anything: `npm install` has to have been there.
 * Always: one process, so that signals and the exit status are the service's own; it does not outlive npm.
 * Before: package.json. After: bin/build.mjs, bin/vizard.mjs.
 */
import { clearInterval, setInterval } from 'node:timers';
import { build } from './build.mjs';

const LOOK_MS = 250;

if (await build()) {
  if (process.env.npm_lifecycle_event !== undefined) endWithParent();
  process.argv.splice(2, 0, 'start');
  await import('./vizard.mjs');
} else {
  process.exitCode = 1;
}

/** COMPAT(npm): it passes SIGTERM on to the shell between us, which dies of it without a word to us. */
function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  timer.unref();
}
