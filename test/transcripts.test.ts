/**
 * Every transcript, on every stage.
 * Finds the `.scs` files beside the XEPs and plays each of them.
 * Does not know what they say.
 * Always: a transcript that a stage cannot play says why, and is counted.
 * Before: src/testing/index.ts. After: test/leak.test.ts.
 */
import { describe, test } from 'vitest';
import { openSqlite } from '../src/storage/sqlite/sqlite.ts';
import { inMemory, overTcp, parseScript, playTranscript, type OpenStage } from '../src/testing/index.ts';
import { readTree } from './tidy-tree.ts';

const root = new URL('..', import.meta.url).pathname;
const transcripts = readTree(root).filter(({ path }) => path.endsWith('.scs'));

const stages: readonly (readonly [string, string, () => OpenStage])[] = [
  ['in memory', 'memory', () => inMemory()],
  ['over TCP, behind the embedded host', 'tcp', () => overTcp()],
  ['in memory, on SQLite', 'memory', () => inMemory({ store: openSqlite(':memory:') })],
];

describe.each(stages)('%s', (name, kind, open) => {
  const left: string[] = [];
  for (const { path, text } of transcripts) {
    const { only } = parseScript(path, text);
    const isPlayed = only === undefined || only.stage === kind;
    if (!isPlayed) left.push(`  ${path}: ${only.because}`);
    test.skipIf(!isPlayed)(path, async () => {
      await playTranscript(path, text, open());
    });
  }
  if (left.length > 0)
    console.log(`NOT PLAYED ${name}: ${left.length} of ${transcripts.length}\n${left.join('\n')}`);
});
