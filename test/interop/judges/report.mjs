/**
 * What the judges print: one line for each thing that was looked at, as report.py does.
 * Owns the count of what did not hold; its lines begin with `ok - ` and `not ok - `, which lab.mjs counts.
 * Does not decide anything about the protocol (the acts do).
 * Always: a failure shows what was received; one act's failure does not hide the next.
 * Before: nothing. After: the acts, judges.mjs.
 */
import { inspect } from 'node:util';

export const report = { failed: 0 };

export function check(holds, sentence, received) {
  console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}`);
  if (holds) return true;
  report.failed++;
  const shown = typeof received === 'string' ? received : inspect(received, { depth: 6, breakLength: 140 });
  console.log(`    received: ${shown.slice(0, 4_000).replaceAll('\n', '\n    ')}`);
  return false;
}

/** Checks that a request is refused with that condition and type. */
export async function checkRefused(promise, wanted, sentence) {
  const outcome = await promise.then(
    (answer) => answer ?? 'no refusal',
    (error) => error,
  );
  return check(outcome?.message === wanted, `${sentence}: ${wanted}`, outcome?.message ?? outcome);
}

/** Plays an act to its end; an error ends this act only. */
export async function play(act, ...cast) {
  try {
    await act(...cast);
    return true;
  } catch (error) {
    check(false, `"${act.name}" came to its end: ${error.message}`, error.received ?? error.stack ?? error);
    return false;
  }
}
