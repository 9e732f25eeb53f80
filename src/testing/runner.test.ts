/**
 * Transcripts that do not go as they say, and how that is told.
 * Plays small ones in memory.
 * Does not test the service.
 * Always: a step that can fail is shown failing, with its line.
 * Before: testing/runner.ts.
 */
import { describe, expect, test } from 'vitest';
import { inMemory, parseScript, playTranscript } from './index.ts';

const HEAD = `[Client] Hecate
  jid: hecate@a.example/pot
[Client] Hag   jid: hag@b.example
[Channel] coven
---
`;
const JOINED = `Hecate joins coven as "Hecate"
Hag joins coven as "Hag"
`;

async function play(steps: string): Promise<unknown> {
  return playTranscript('play.scs', HEAD + steps, inMemory());
}

/** Steps, and what is told of the one that fails. */
const failing: readonly (readonly [string, string, RegExp])[] = [
  [
    'a stanza that does not come',
    `${JOINED}Hag receives:\n  <message type="groupchat"/>`,
    /^play\.scs:8: Hag did not receive\n.*<message/,
  ],
  [
    'one that says something else',
    `${JOINED}Hecate posts to coven: "a"\nHag receives:\n  <message type="groupchat"><body>b</body></message>`,
    /:9: [^]*is "a", not "b"/,
  ],
  [
    'one that came before',
    `${JOINED}Hecate posts to coven: "a"\nHag posts to coven: "b"\nHag receives:\n  <message type="groupchat"><body>a</body></message>`,
    /:10: [^]*is "b", not "a"/,
  ],
  [
    'two that come in another order',
    `Hag joins coven as "Hag"\nHag receives:\n  <presence/>\n  <message/>`,
    /:7: [^]*came before/,
  ],
  [
    'one that comes all the same',
    `${JOINED}Hecate posts to coven: "a"\nHag receives nothing`,
    /:9: Hag received\n.*<body>a/,
  ],
  [
    'a word that must never come, and came',
    `${JOINED}Hecate posts to coven: "newt"\nHag never receives: newt`,
    /:9: Hag received newt/,
  ],
  [
    'a word that must never come, and comes later',
    `${JOINED}Hag never receives: newt\nHecate posts to coven: "newt"`,
    /:8: Hag received newt/,
  ],
  [
    'a join that is refused',
    `${JOINED}Hecate joins nowhere@mix.example as "a"`,
    /:8: [^]*the join was refused/,
  ],
  ['an answer that is an error', 'Hag leaves nowhere@mix.example\nHag is answered', /:7: [^]*it was refused/],
  ['an error that is an answer', 'Hag leaves coven\nHag is refused: forbidden', /:7: [^]*it was not refused/],
  ['another error', 'Hag posts to coven: "a"\nHag is refused: conflict', /:7: [^]*not of type cancel/],
  [
    'another error of the same type',
    'Hag leaves nowhere@mix.example\nHag is refused: conflict',
    /:7: [^]*the condition is item-not-found/,
  ],
  [
    'another answer',
    'Hag leaves coven\nHag is answered:\n  <leave xmlns="urn:b"/>',
    /:7: [^]*expected <leave/,
  ],
  ['no answer at all', 'Hag posts to coven: "a"\nHecate is answered', /:7: [^]*asked for nothing/],
  ['a name without a value', 'Hag posts to coven: "${toad}"', /:6: there is no value for \$\{toad\}/],
  ['a step that nobody knows', 'Hag dances', /:6: [^]*nobody knows/],
  ['a step of nobody', 'Toad joins coven as "Toad"', /:6: [^]*name of a client/],
];

describe('a step fails with its line', () => {
  test.each(failing)('%s', async (_, steps, told) => {
    await expect(play(steps)).rejects.toThrow(told);
  });
});

test('a comment within the stanzas moves no line', async () => {
  await expect(play('Hag sends:\n  # nothing\n\n  <presence/>\nHag dances')).rejects.toThrow(
    /play\.scs:10: /,
  );
});

describe('a transcript that cannot be read is told with its line', () => {
  test.each([
    ['[Client] Hag\n  jid: a@b\n', /:1: has no line ---/],
    ['Client Hag\n---\n', /:1: is not a line of a head/],
    ['  jid: a@b\n---\n', /:1: is indented/],
    ['[Client] Hag\n  a@b\n---\n', /:1: is no option/],
    ['[Only] memory\n---\n', /:1: says on which stage, but not why/],
    ['[Client] Hag\n  jid: a@b\n---\nHag sends:\n  <a>\n', /:4: has XML below it that cannot be read/],
  ])('%j', (source, told) => {
    expect(() => parseScript('play.scs', source)).toThrow(told);
  });

  test.each([
    ['[Client] Hag\n---\n', /:1: Hag has no jid/],
    ['[Client] Hag\n  jid: b.example\n---\n', /:1: b\.example is no account/],
    ['[Channel] coven\n  owner: Hag\n---\n', /:1: the owner Hag is no client/],
    ['[Channel] coven\n  jid-visibility: perhaps\n---\n', /:1: coven was not made/],
  ])('%j', async (source, told) => {
    await expect(playTranscript('play.scs', source, inMemory())).rejects.toThrow(told);
  });
});

test('the rows that its comments name are known', () => {
  expect(parseScript('play.scs', `# ANON-01, CORE-2\n${HEAD}# ANON-01: again\n`).rows).toEqual([
    'ANON-01',
    'CORE-2',
  ]);
});

test('the same play gives the same bytes', async () => {
  expect(await play(JOINED)).toEqual(await play(JOINED));
});
