/**
 * The door of testing/: what a test of Vizard, or of something that talks to it, may use.
 * Owns the one call that plays a transcript on a stage, and the list of what is offered.
 * Does not look for transcripts (test/transcripts.test.ts).
 * Always: a transcript that passes has been searched for leaks.
 * Before: testing/script.ts. After: testing/runner.ts.
 */
import { LeakScanner } from './leak.ts';
import { openMemoryStage, type MemoryStageOptions } from './memory-stage.ts';
import { playScript } from './runner.ts';
import { parseScript, type Script } from './script.ts';
import type { Stage, Watcher } from './stage.ts';
import { openTcpStage } from './tcp-stage.ts';

export { FakeClock } from './clock.ts';
export { LeakScanner, type Leak } from './leak.ts';
export { match } from './match.ts';
export { MemoryStage, openMemoryStage, type MemoryStageOptions } from './memory-stage.ts';
export { Network } from './network.ts';
export { SeededRandom } from './random.ts';
export { playScript } from './runner.ts';
export { parseScript, ScriptError, type Script, type Step } from './script.ts';
export { nobodyWatches, type Player, type Powers, type Stage, type Watcher, type Wish } from './stage.ts';
export { openTcpStage } from './tcp-stage.ts';

/** How much was searched, for those who sum it up. */
export interface Played {
  readonly bytes: number;
  readonly stanzas: number;
}

/** Opens a stage that is watched, for a transcript. */
export type OpenStage = (watcher: Watcher, script: Script) => Promise<Stage>;

/** A stage in memory, with the domains as the transcript has them. */
export function inMemory(options: Omit<MemoryStageOptions, 'watcher'> = {}): OpenStage {
  return async (watcher, { domains }) => {
    const software = domains.map(
      ({ name, options: own }) => [name, new Map(own).get('software') ?? ''] as const,
    );
    return openMemoryStage({ ...options, watcher, software: Object.fromEntries(software) });
  };
}

/** A stage on real sockets, behind the embedded host; people have the host's domain there. */
export function overTcp(): OpenStage {
  return async (watcher) => openTcpStage(watcher);
}

/**
 * Plays the transcript `source` of `file` on a stage of its own.
 * @throws ScriptError where it does not go as it says, or an address leaks.
 */
export async function playTranscript(file: string, source: string, open: OpenStage): Promise<Played> {
  const script = parseScript(file, source);
  const scanner = new LeakScanner();
  const stage = await open(scanner, script);
  try {
    await playScript(script, stage, scanner);
  } catch (error) {
    // What is logged besides must not hide the step that failed.
    await stage.close().catch(() => undefined);
    throw error;
  }
  await stage.close();
  return { bytes: scanner.bytes, stanzas: scanner.stanzas };
}
