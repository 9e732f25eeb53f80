/** The group commit: what is written together, and what fails with what. */
import { FakeClock } from '../testing/clock.ts';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import type { NoticePlace } from '../storage/facts.ts';
import type { Commit, Store } from '../storage/store.ts';
import { Committer, type Pending } from './committer.ts';

interface Call {
  readonly turns: string[];
  readonly struck: number[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

let calls: Call[] = [];
let ended: string[] = [];
/** Decides what the store does; `undefined`: it waits for the test. */
let behaviour: ((call: Call) => void) | undefined;

const name = ({ channel, version }: Commit): string => `${channel}${version}`;

const store = {
  commit: (commits: readonly Commit[], delivered: readonly NoticePlace[]) =>
    new Promise<void>((resolve, reject) => {
      const struck = delivered.map(({ version }) => version);
      const call: Call = { turns: commits.map(name), struck, resolve, reject };
      calls.push(call);
      behaviour?.(call);
    }),
} as Store;

function turn(channel: string, version: number, then: () => void = () => undefined): Pending {
  const commit = { channel: channel as ChannelName, expected: version - 1, version, facts: [], notices: [] };
  const end = (how: string) => (): void => {
    ended.push(`${channel}${version} ${how}`);
    then();
  };
  return { commit, done: end('done'), failed: end('failed') };
}

const clock = new FakeClock();
const place = (version: number): NoticePlace => ({ channel: 'a' as ChannelName, version, index: 0 });

function committer(turnsMax = 1000): Committer {
  return new Committer(store, turnsMax, clock);
}

beforeEach(() => {
  calls = [];
  ended = [];
  behaviour = ({ resolve }) => resolve();
});

describe('a group', () => {
  test('is all that one turn of the event loop decided, in one transaction', async () => {
    const subject = committer();
    for (let at = 1; at <= 500; at += 1) subject.add(turn(at % 2 === 0 ? 'a' : 'b', at));
    expect(subject.size).toBe(500);
    await subject.settle();
    expect(calls.map(({ turns }) => turns.length)).toEqual([500]);
    expect(ended).toHaveLength(500);
    expect(ended.slice(0, 3)).toEqual(['b1 done', 'a2 done', 'b3 done']);
  });

  test('is bounded', async () => {
    const subject = committer(200);
    for (let at = 1; at <= 500; at += 1) subject.add(turn('a', at));
    await subject.settle();
    expect(calls.map(({ turns }) => turns.length)).toEqual([200, 200, 100]);
    expect(ended.map((line) => Number(/\d+/.exec(line)))).toEqual(
      Array.from({ length: 500 }, (_, at) => at + 1),
    );
  });

  test('D-100: nothing of it is released before the store has it', async () => {
    behaviour = undefined;
    const subject = committer();
    subject.add(turn('a', 1));
    await turnOfTheLoop();
    subject.add(turn('a', 2));
    await turnOfTheLoop();
    expect([calls.length, ended]).toEqual([1, []]);
    calls[0]!.resolve();
    await turnOfTheLoop();
    await turnOfTheLoop();
    expect(ended).toEqual(['a1 done']);
    expect(calls.map(({ turns }) => turns)).toEqual([['a1'], ['a2']]);
  });

  test('that releases new turns has them in the next one', async () => {
    const subject = committer();
    subject.add(turn('a', 1, () => subject.add(turn('a', 2))));
    await subject.settle();
    expect(calls.map(({ turns }) => turns)).toEqual([['a1'], ['a2']]);
  });
});

describe('a store that refuses', () => {
  const refusing =
    (...bad: string[]) =>
    ({ turns, resolve, reject }: Call): void => {
      if (turns.some((one) => bad.includes(one))) reject(new Error('disk'));
      else resolve();
    };

  test('GEN-20: fails the turns of the channel that it refuses, and no other channel’s', async () => {
    behaviour = refusing('b2');
    const subject = committer();
    for (const pending of [turn('a', 1), turn('b', 1), turn('b', 2), turn('c', 1)]) subject.add(pending);
    await subject.settle();
    expect(ended.toSorted()).toEqual(['a1 done', 'b1 failed', 'b2 failed', 'c1 done']);
    expect(ended.indexOf('b1 failed')).toBeLessThan(ended.indexOf('b2 failed'));
  });

  test('fails with them what was decided on top meanwhile, in order, and nothing of others', async () => {
    behaviour = undefined;
    const subject = committer();
    subject.add(turn('a', 1));
    await turnOfTheLoop();
    for (const pending of [turn('a', 2), turn('b', 1), turn('a', 3)]) subject.add(pending);
    behaviour = ({ resolve }) => resolve();
    calls[0]!.reject(new Error('disk'));
    await subject.settle();
    expect(ended).toEqual(['a1 failed', 'a2 failed', 'a3 failed', 'b1 done']);
    expect(calls.map(({ turns }) => turns)).toEqual([['a1'], ['b1']]);
  });

  test('is asked again with the next turn, and what it refused is not written later', async () => {
    behaviour = refusing('a1');
    const subject = committer();
    subject.add(turn('a', 1));
    await subject.settle();
    subject.add(turn('a', 1));
    behaviour = ({ resolve }) => resolve();
    await subject.settle();
    expect(ended).toEqual(['a1 failed', 'a1 done']);
  });

  test('for everybody fails everybody', async () => {
    behaviour = ({ reject }) => reject(new Error('disk'));
    const subject = committer();
    for (const pending of [turn('a', 1), turn('b', 1)]) subject.add(pending);
    await subject.settle();
    expect(ended).toEqual(['a1 failed', 'b1 failed']);
  });
});

describe('strikes', () => {
  test('go with the turns at hand', async () => {
    const subject = committer();
    subject.strike([place(1), place(2)]);
    subject.add(turn('a', 3));
    await subject.settle();
    expect(calls).toMatchObject([{ turns: ['a3'], struck: [1, 2] }]);
  });

  test('go alone where there are no turns', async () => {
    const subject = committer();
    subject.strike([place(1)]);
    await subject.settle();
    expect(calls).toMatchObject([{ turns: [], struck: [1] }]);
  });

  test('that come while something is written are written after it, and awaited', async () => {
    behaviour = undefined;
    const subject = committer();
    subject.add(turn('a', 1));
    await turnOfTheLoop();
    subject.strike([place(1)]);
    behaviour = ({ resolve }) => resolve();
    calls[0]!.resolve();
    await subject.settle();
    expect(calls.map(({ struck }) => struck)).toEqual([[], [1]]);
  });

  test('that the store refused go with the next turn, before newer ones, and not on their own', async () => {
    behaviour = ({ reject }) => reject(new Error('disk'));
    const subject = committer();
    subject.strike([place(1)]);
    await subject.settle();
    await turnOfTheLoop();
    expect(calls).toHaveLength(1);
    behaviour = ({ resolve }) => resolve();
    subject.strike([place(2)]);
    await subject.settle();
    expect(calls.map(({ struck }) => struck)).toEqual([[1], [1, 2]]);
  });

  test('go with the first transaction that succeeds where one channel spoilt the group', async () => {
    behaviour = ({ turns, resolve, reject }) => {
      if (turns.includes('a1')) reject(new Error('stale'));
      else resolve();
    };
    const subject = committer();
    subject.strike([place(1)]);
    for (const pending of [turn('a', 1), turn('b', 1)]) subject.add(pending);
    await subject.settle();
    expect(calls.map(({ turns, struck }) => [turns, struck])).toEqual([
      [['a1', 'b1'], [1]],
      [['a1'], [1]],
      [['b1'], [1]],
    ]);
  });
});

test('onWritten is called after every transaction, with what waits still', async () => {
  const sizes: number[] = [];
  const subject = new Committer(store, 1, clock, () => sizes.push(subject.size));
  for (let at = 1; at <= 3; at += 1) subject.add(turn('a', at));
  await subject.settle();
  await turnOfTheLoop();
  expect(sizes).toEqual([2, 1, 0]);
});
