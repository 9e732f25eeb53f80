/**
 * Every public function has an example that works.
 * Runs each against the service behind the host, and compares what it prints with what it says that it prints.
 * Does not find them (examples.ts).
 * Always: each example has a world of its own; `console.log(…); // this` is a promise.
 * Before: test/examples.ts. After: src/testing/client-stage.ts.
 */
import { format } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as door from '../src/node/index.ts';
import { ClientStage } from '../src/testing/client-stage.ts';
import { CONTEXT, findExamples, toJavaScript, typeErrors, type Example } from './examples.ts';

const found = findExamples();
const WAIT_MS = 5_000;
/** The code of an example says `console.log(…); // what is printed`. */
const PRINTING = /console\.log\((.*)\);(?: \/\/ (.*))?$/gm;

interface Prints {
  readonly expected: (string | undefined)[];
  readonly printed: string[][];
}

let stage: ClientStage;
let count = 0;
beforeAll(async () => {
  stage = await ClientStage.open({ registration: 'invite' });
});
afterAll(async () => stage.close());

test('every public function has an example', () => {
  expect(found.without).toEqual([]);
});

test('every example has the right types', () => {
  expect(typeErrors(found)).toEqual([]);
});

describe('the example of', () => {
  test.each(found.examples.map((example) => [whereOf(example), example] as const))(
    '%s does what it says',
    async (_, example) => {
      const { printed, expected } = await play(example);
      expect(printed).toEqual(expected);
    },
  );
});

test('an example that is wrong is found', async () => {
  const wrong = (code: string): Example => ({ name: 'x', file: 'a.ts', line: 7, code });
  const { printed, expected } = await play(wrong('console.log(1, "a"); // 1 b\nconsole.log(2);'));
  expect(printed).toEqual([['1 a'], undefined]);
  expect(expected).toEqual([['1 b'], undefined]);
  await expect(play(wrong('throw new Error("no");'))).rejects.toThrow('no');
  expect(typeErrors({ ...found, examples: [wrong('const a = 1;\nconst b: string = a;')] })).toEqual([
    expect.stringMatching(/^a\.ts:8: .*not assignable/),
  ]);
});

function whereOf({ name, file, line }: Example): string {
  return `${name} (${file}:${line})`;
}

/** Runs it. Returns, for each promise that it makes, what was printed and what should be. */
async function play(example: Example): Promise<{ printed: unknown[]; expected: unknown[] }> {
  const prints: Prints = { expected: [], printed: [] };
  const context = await contextOf(example);
  const run = compile(example, prints);
  const print = (at: number, ...values: unknown[]) => prints.printed[at]?.push(format(...values));
  await run({ ...door, ...context, print });
  await settled(prints);
  const promised = <Value>(value: Value, at: number) =>
    prints.expected[at] === undefined ? undefined : value;
  return { printed: prints.printed.map(promised), expected: prints.expected.map((text) => text && [text]) };
}

/** The example as a function of everything that it may use. */
function compile({ code }: Example, { expected, printed }: Prints): (names: object) => Promise<void> {
  const numbered = code.replace(PRINTING, (_, values: string, text: string | undefined) => {
    expected.push(text);
    printed.push([]);
    return `print(${expected.length - 1}, ${values});`;
  });
  const names = [...found.names, ...Object.keys(CONTEXT), 'print'];
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...code: string[]
  ) => (names: object) => Promise<void>;
  return new AsyncFunction('names', `const { ${names.join(', ')} } = names; {${toJavaScript(numbered)}}`);
}

/** What is promised may be printed by a listener, after the example itself has ended. */
async function settled({ expected, printed }: Prints): Promise<void> {
  const until = Date.now() + WAIT_MS;
  const isMissing = () => expected.some((text, at) => text !== undefined && printed[at]?.length === 0);
  while (isMissing() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Of what an example may use, that which it does. */
async function contextOf({ code }: Example): Promise<object> {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const { service } = stage;
  const endpoint = `tcp://${stage.host.tcpAddress}`;
  const context: Record<string, unknown> = { service, endpoint };
  if (uses('link')) context['link'] = stage.host.createInvite();
  if (/'hag66@localhost'/.test(code) && !stage.host.accounts.exists('hag66'))
    await stage.host.accounts.add('hag66', 'correct horse');
  if (!uses('client') && !uses('channel')) return context;
  const { client } = await stage.enter(`witch${++count}`);
  if (!uses('channel')) return { ...context, client };
  const channel = await door.createChannel(client, service, { config: { mode: 'jid-hidden' } });
  await door.join(client, channel, { nick: 'First witch' });
  return { ...context, client, channel };
}
