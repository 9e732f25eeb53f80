/** One channel, one line: order, loading, bounds, and what a failed commit does. */
import { NO_RESERVED_NICKS } from '../channel/reserved-nicks.ts';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { create } from '../channel/create.ts';
import { join } from '../channel/join.ts';
import { post } from '../channel/post.ts';
import type { ChannelState } from '../channel/state.ts';
import type { Turn } from '../channel/turn.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import { Refusal, refuse } from '../refusal.ts';
import { memoryStore } from '../storage/memory.ts';
import type { Commit, Store } from '../storage/store.ts';
import { FakeClock } from '../testing/clock.ts';
import { SeededRandom } from '../testing/random.ts';
import { jid, snapshot } from '../testing/rules-kit.ts';
import { Committer } from './committer.ts';
import { Lines } from './lines.ts';

const COVEN = 'coven' as ChannelName;
const OWNER = jid('owner@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example');

/** Lines over a store whose commits fail or wait when the test says so. */
class Scene {
  readonly clock = new FakeClock();
  readonly memory = memoryStore();
  readonly ended: string[] = [];
  readonly released: Commit[] = [];
  readonly loaded: ChannelState[] = [];
  readonly delivering = new Set<ChannelName>();
  loads = 0;
  commits = 0;
  isBroken = false;
  isUnreadable = false;
  readonly committer: Committer;
  readonly lines: Lines;

  constructor({ lineLengthMax = 100, channelsInMemoryMax = 10 } = {}) {
    const store: Store = {
      ...this.memory,
      commit: async (commits, delivered) => {
        this.commits += 1;
        await turnOfTheLoop();
        if (this.isBroken) throw new Error('disk');
        await this.memory.commit(commits, delivered);
      },
      load: async (name) => {
        this.loads += 1;
        await turnOfTheLoop();
        if (this.isUnreadable) throw new Error('disk');
        return this.memory.load(name);
      },
    };
    this.committer = new Committer(store, 1000, this.clock);
    this.lines = new Lines({
      store,
      committer: this.committer,
      clock: this.clock,
      random: new SeededRandom(1),
      domain: 'mix.example',
      operators: [],
      reserved: NO_RESERVED_NICKS,
      staysHidden: false,
      lineLengthMax,
      channelsInMemoryMax,
      release: (commit) => void this.released.push(commit),
      onLoaded: (state) => void this.loaded.push(state),
      isDelivering: (name) => this.delivering.has(name),
    });
  }

  enter(what: string, decide: (turn: Turn) => void, channel = COVEN): void {
    this.lines.enter(channel, {
      decide,
      done: () => void this.ended.push(what),
      failed: (error) => {
        const why = error instanceof Refusal ? error.condition : (error as Error).message;
        this.ended.push(`${what}: ${why}`);
      },
    });
  }

  async settle(): Promise<void> {
    for (let at = 0; at < 20; at += 1) await turnOfTheLoop();
  }

  async create(channel = COVEN): Promise<this> {
    this.enter('create', (turn) => create(turn, OWNER, true, {}), channel);
    this.enter(
      'join',
      (turn) => void join(turn, HECATE, { nodes: ['messages'], nick: 'h', preferences: {} }),
      channel,
    );
    await this.settle();
    this.ended.length = 0;
    return this;
  }

  say(what: string, channel = COVEN): void {
    this.enter(
      what,
      (turn) => void post(turn, HECATE, { payload: what, originalId: undefined, isKept: true }),
      channel,
    );
  }
}

describe('order', () => {
  test('CORE-82: turns are decided one after another, and released in that order, questions in their place', async () => {
    const scene = await new Scene().create();
    for (let at = 0; at < 50; at += 1) {
      scene.say(`say ${at}`);
      scene.enter(`ask ${at}`, () => undefined);
    }
    expect(scene.ended).toEqual([]);
    await scene.settle();
    expect(scene.ended).toEqual(Array.from({ length: 50 }, (_, at) => [`say ${at}`, `ask ${at}`]).flat());
    const messages = scene.released.flatMap(({ notices }) => notices);
    expect(messages.map((notice) => notice.kind === 'message' && notice.message.position)).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 3),
    );
  });

  test('a turn is decided on the one before, which is not on the disk yet', async () => {
    const scene = await new Scene().create();
    const versions: number[] = [];
    for (let at = 0; at < 3; at += 1) {
      scene.say('say');
      versions.push(scene.lines.peek(COVEN)!.version);
    }
    expect(versions).toEqual([3, 4, 5]);
    await scene.settle();
    expect(scene.released.slice(-3).map(({ expected, version }) => [expected, version])).toEqual([
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });

  test('D-100: a question is answered when all that it could see is durable, and at once where all is', async () => {
    const scene = await new Scene().create();
    scene.enter('at once', () => undefined);
    expect(scene.ended).toEqual(['at once']);
    scene.say('say');
    scene.enter('after', () => undefined);
    expect(scene.ended).toEqual(['at once']);
    await scene.settle();
    expect(scene.ended).toEqual(['at once', 'say', 'after']);
  });

  test('a refusal is told at once and changes nothing', async () => {
    const scene = await new Scene().create();
    const before = snapshot(scene.lines.peek(COVEN)!);
    scene.enter('refused', () => {
      throw refuse('forbidden', 'no');
    });
    expect(scene.ended).toEqual(['refused: forbidden']);
    expect(snapshot(scene.lines.peek(COVEN)!)).toEqual(before);
    await scene.settle();
    expect(scene.loads).toBe(1);
  });
});

describe('loading', () => {
  test('those who come while a channel is read wait in order, and it is read once', async () => {
    const first = await new Scene().create();
    const scene = new Scene();
    await scene.memory.commit(first.released, []);
    for (const what of ['1', '2', '3']) scene.say(what);
    scene.enter('ask', () => undefined);
    expect(scene.lines.peek(COVEN)).toBe(undefined);
    await scene.settle();
    expect(scene.ended).toEqual(['1', '2', '3', 'ask']);
    expect(scene.loads).toBe(1);
    expect(scene.loaded).toHaveLength(1);
  });

  test('what is read is what was committed', async () => {
    const scene = await new Scene().create();
    scene.say('1');
    await scene.settle();
    const before = snapshot(scene.lines.peek(COVEN)!);
    const again = new Scene();
    await again.memory.commit(scene.released, []);
    again.enter('ask', () => undefined);
    await again.settle();
    expect(snapshot(again.lines.peek(COVEN)!)).toEqual(before);
  });

  test('MAM-07: the archive’s times do not go back over a restart with a clock that did', async () => {
    const scene = await new Scene().create();
    scene.clock.advance(3_600_000);
    scene.say('late');
    await scene.settle();
    const again = new Scene();
    await again.memory.commit(scene.released, []);
    again.say('early');
    await again.settle();
    const { first, last } = (await again.memory.archiveEnds(COVEN))!;
    expect(last.payload).toBe('early');
    expect(last.at).toBeGreaterThanOrEqual(first.at);
  });

  test('a store that cannot read fails those who wait, and is asked again by the next', async () => {
    const scene = await new Scene().create();
    const again = new Scene();
    await again.memory.commit(scene.released, []);
    again.isUnreadable = true;
    again.say('1');
    again.say('2');
    await again.settle();
    expect(again.ended).toEqual(['1: disk', '2: disk']);
    again.isUnreadable = false;
    again.say('3');
    await again.settle();
    expect(again.ended.at(-1)).toBe('3');
  });

  test('names that nobody uses are forgotten', async () => {
    const scene = new Scene();
    for (let at = 0; at < 100; at += 1) scene.enter('ask', () => undefined, `x${at}` as ChannelName);
    await scene.settle();
    expect(scene.lines.peek('x1' as ChannelName)).toBe(undefined);
    expect(scene.ended).toHaveLength(100);
  });
});

describe('bounds', () => {
  test('GEN-19: a line that is too long takes nobody more, whether it is loading, writing or asking', async () => {
    const scene = new Scene({ lineLengthMax: 5 });
    for (let at = 0; at < 8; at += 1) scene.enter(`${at}`, () => undefined);
    expect(scene.ended).toEqual(['5', '6', '7'].map((what) => `${what}: resource-constraint`));
    await scene.settle();
    await scene.create();
    for (let at = 0; at < 3; at += 1) scene.say(`say ${at}`);
    for (let at = 0; at < 3; at += 1) scene.enter(`ask ${at}`, () => undefined);
    expect(scene.ended).toEqual(['ask 2: resource-constraint']);
    await scene.settle();
    scene.say('room again');
    await scene.settle();
    expect(scene.ended.at(-1)).toBe('room again');
    expect(scene.ended).toHaveLength(7);
  });

  test('the channel that was not used for longest makes room, unless something hangs on it', async () => {
    const scene = new Scene({ channelsInMemoryMax: 3 });
    const names = ['a', 'b', 'c', 'd'].map((name) => name as ChannelName);
    const [a, b, c, d] = names;
    for (const name of [a!, b!, c!]) await scene.create(name);
    scene.delivering.add(a!);
    scene.enter('ask', () => undefined, b);
    await scene.create(d);
    expect(names.filter((name) => scene.lines.peek(name) !== undefined)).toEqual([a, b, d]);
  });

  test('a channel that comes while all others are busy is not let go of itself', async () => {
    const scene = new Scene({ channelsInMemoryMax: 1 });
    const busy = 'busy' as ChannelName;
    scene.delivering.add(busy);
    await scene.create(busy);
    await scene.create();
    scene.say('1');
    scene.say('2');
    await scene.settle();
    expect(scene.ended).toEqual(['1', '2']);
  });
});

describe('a failed commit', () => {
  test('GEN-20: fails what was decided and all that was decided on it; the state is read again', async () => {
    const scene = await new Scene().create();
    const before = snapshot(scene.lines.peek(COVEN)!);
    scene.isBroken = true;
    for (const what of ['1', '2']) scene.say(what);
    scene.enter('ask', () => undefined);
    await scene.settle();
    expect(scene.ended).toEqual(['1: disk', '2: disk', 'ask: disk']);
    scene.isBroken = false;
    scene.enter('look', () => undefined);
    await scene.settle();
    expect(snapshot(scene.lines.peek(COVEN)!)).toEqual(before);
    scene.say('3');
    await scene.settle();
    expect(scene.ended.slice(3)).toEqual(['look', '3']);
    expect((await scene.memory.archiveEnds(COVEN))!.first.payload).toBe('3');
  });

  test('those who come meanwhile wait until nothing decided on the old state is under way', async () => {
    const scene = await new Scene().create();
    scene.isBroken = true;
    scene.say('1');
    await turnOfTheLoop();
    scene.say('2');
    await turnOfTheLoop();
    scene.isBroken = false;
    await turnOfTheLoop();
    scene.say('3');
    await scene.settle();
    expect(scene.ended.filter((what) => what.endsWith('disk'))).toEqual(['1: disk', '2: disk']);
    expect(scene.ended.at(-1)).toBe('3');
    expect(scene.lines.peek(COVEN)!.version).toBe(3);
  });
});

describe('a turn that breaks its promise', () => {
  const poison = (scene: Scene): void =>
    scene.enter('poison', (turn) => {
      turn.record({
        fact: 'described',
        info: { name: 'x', description: undefined, contact: [] },
        infoId: 'x',
      });
      throw refuse('conflict', 'too late');
    });

  test('leaves no trace, and hurts neither those before nor those behind it', async () => {
    const scene = await new Scene().create();
    scene.say('before');
    poison(scene);
    scene.say('behind');
    await scene.settle();
    expect(scene.ended).toEqual(['poison: conflict', 'before', 'behind']);
    expect(scene.lines.peek(COVEN)!.info.name).toBe(undefined);
  });

  test('nor those who waited with it for the channel to be read', async () => {
    const first = await new Scene().create();
    const scene = new Scene();
    await scene.memory.commit(first.released, []);
    scene.say('before');
    poison(scene);
    scene.say('behind');
    await scene.settle();
    expect(scene.ended).toEqual(['poison: conflict', 'before', 'behind']);
  });
});

test('an erased channel is gone from memory, and its name is as new', async () => {
  const scene = await new Scene().create();
  scene.enter('end', (turn) => {
    turn.record({ fact: 'destroyed' });
    turn.record({ fact: 'erased' });
  });
  await scene.settle();
  expect(scene.lines.peek(COVEN)).toBe(undefined);
  await scene.create();
  expect(scene.lines.peek(COVEN)!.version).toBe(2);
});
