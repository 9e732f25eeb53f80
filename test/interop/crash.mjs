/**
 * The end that nobody plans: Vizard is killed while messages are in flight, and started again on what it had written.
 * Owns the kill and the second start, on the cue of crash.py.
 * Does not look at the messages (crash.py does).
 * Always: SIGKILL, so that nothing can be tidied up; the same database and configuration afterwards.
 * Before: lab.mjs. After: run.mjs.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** `attach` starts Vizard on the lab. Gives the counts of crash.py. */
export async function crash(lab, { attach, c2s, domain, password }) {
  let vizard = attach();
  let revived = Promise.resolve();
  async function revive() {
    await vizard.stop('SIGKILL');
    await sleep(500);
    vizard = attach();
  }
  const args = ['--port', String(c2s), '--service', domain, '--password', password];
  const count = await lab.play('crash.py', args, {
    onLine: (line) => {
      if (line === '# cue: kill') revived = revived.then(revive);
    },
  });
  await revived;
  return count;
}
