/**
 * `npm start`: from a clone to a running service.
 * Builds where that is needed, then starts as `vizard start` would, with the arguments that were given.
 * Does not install anything: `npm install` has to have been there.
 * Always: one process, so that signals and the exit status are the service's own.
 * Before: package.json. After: bin/build.mjs, bin/vizard.mjs.
 */
import { build } from './build.mjs';

if (await build()) {
  process.argv.splice(2, 0, 'start');
  await import('./vizard.mjs');
} else {
  process.exitCode = 1;
}
