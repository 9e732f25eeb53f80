/** Whose server is not known yet waits alone, and gets everything in its order when it is. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import { CHUNK, OutboxScene, withoutPings } from '../testing/outbox-kit.ts';
import { SeededRandom } from '../testing/random.ts';
import { jid } from '../testing/rules-kit.ts';
import type { Quirks } from './domains.ts';

const PLAIN: Quirks = { hasBareMix: false, bouncesBare: false, ignoresProbes: false };

let scene: OutboxScene;
beforeEach(() => {
  scene = new OutboxScene();
  scene.known.set('even.example', PLAIN);
});

async function know(domain: string, quirks = PLAIN): Promise<void> {
  scene.known.set(domain, quirks);
  scene.outbox.wake();
  await scene.settle();
}

/** Who was sent what, in order. */
function copies(text = scene.link.text): (readonly [who: string, id: string])[] {
  const found = text.matchAll(/<message to="([^@]*)@[^>]*\bid="([^"]*)"/g);
  return [...found].map(([, who = '', id = '']) => [who, id]);
}

function of(who: string): string[] {
  return copies().flatMap(([to, id]) => (to === who ? [id] : []));
}

describe('a server that is not known yet', () => {
  test('CORE-82: keeps back its own people only, and they get all of it in order', async () => {
    scene.channel('a', 4);
    scene.add('a', 1, 'one');
    scene.add('a', 2, 'two', 'three');
    await scene.settle();
    const others = ['one', 'two', 'three'].flatMap((id) => [
      ['p0', id],
      ['p2', id],
    ]);
    expect(copies()).toEqual(others);
    await know('odd.example', { ...PLAIN, hasBareMix: true });
    expect(copies().slice(0, others.length)).toEqual(others);
    for (const who of ['p1', 'p3']) expect(of(who)).toEqual(['one', 'two', 'three']);
    expect(scene.link.text.match(/<mix xmlns="x"\/>/g)).toHaveLength(6);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2', 'a 2']);
    expect(scene.outbox.isEmpty).toBe(true);
  });

  test('lets nothing be struck off that its people have not got, nor what is behind it', async () => {
    const state = scene.channel('a', 1);
    scene.add('a', 1, 'before');
    scene.add('a', 2, 'held');
    scene.add('a', 3, 'after');
    state.subscribers.messages.set(jid('new@odd.example'), { jid: jid('new@odd.example'), since: 2 });
    await scene.settle();
    expect(of('p0')).toEqual(['before', 'held', 'after']);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
    const pings = scene.ping();
    await scene.settle();
    expect(scene.ping()).toBe(pings);
    expect(scene.outbox.isDelivering('a' as ChannelName)).toBe(true);
    await know('odd.example');
    expect(of('new')).toEqual(['held', 'after']);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2', 'a 3']);
  });

  test('waits for no other that is not known', async () => {
    const state = scene.channel('a', 2);
    const third = jid('third@third.example');
    state.subscribers.messages.set(third, { jid: third, since: 0 });
    scene.add('a', 1, 'one');
    await scene.settle();
    await know('third.example');
    scene.add('a', 2, 'two');
    await scene.settle();
    expect(copies().slice(1)).toEqual([
      ['third', 'one'],
      ['p0', 'two'],
      ['third', 'two'],
    ]);
    await scene.pong();
    expect(scene.struck).toEqual([]);
    await know('odd.example');
    expect(of('p1')).toEqual(['one', 'two']);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2']);
  });

  test('is waited for in the middle of a notice as well', async () => {
    scene.bodies = () => 'x'.repeat(400);
    scene.channel('a', 200);
    scene.add('a', 1, 'one');
    await scene.settle();
    scene.link.room = CHUNK;
    scene.add('a', 2, 'two');
    await scene.settle();
    expect(copies().length).toBeLessThan(200);
    scene.link.room = Infinity;
    scene.known.set('odd.example', PLAIN);
    scene.outbox.onDrain();
    await scene.settle();
    for (let at = 0; at < 200; at += 1) expect(of(`p${at}`)).toEqual(['one', 'two']);
  });

  test('that was forgotten before all was written is waited for again', async () => {
    scene.bodies = () => 'x'.repeat(400);
    scene.channel('a', 200);
    for (const version of [1, 2]) scene.add('a', version, String(version));
    await scene.settle();
    scene.link.room = CHUNK;
    await know('odd.example');
    scene.known.delete('odd.example');
    scene.link.room = Infinity;
    scene.outbox.onDrain();
    await scene.settle();
    expect(copies().length).toBeLessThan(400);
    await know('odd.example');
    for (let at = 0; at < 200; at += 1) expect(of(`p${at}`)).toEqual(['1', '2']);
  });
});

describe('what had to wait', () => {
  test('does not reach who has left meanwhile, or came back later', async () => {
    const { subscribers } = scene.channel('a', 6);
    scene.add('a', 1, 'one');
    await scene.settle();
    const [left, back] = ['p1', 'p3'].map((name) => jid(`${name}@odd.example`));
    subscribers.messages.delete(left!);
    subscribers.messages.delete(back!);
    subscribers.messages.set(back!, { jid: back!, since: 2 });
    await know('odd.example');
    expect([of('p1'), of('p3'), of('p5')]).toEqual([[], [], ['one']]);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
  });

  test('is made when it goes out', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'one');
    await scene.settle();
    scene.bodies = () => 'by the rules of today';
    await know('odd.example');
    expect(scene.link.text.match(/today/g)).toHaveLength(1);
  });

  test('goes to those who waited alone, when the channel was read again', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'one');
    scene.add('a', 2, 'two');
    await scene.settle();
    scene.channel('a', 2);
    await know('odd.example');
    expect([of('p0'), of('p1')]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  test('is written again to everybody after a lost link', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'one');
    scene.add('a', 2, 'two');
    await scene.settle();
    scene.link.up = false;
    scene.outbox.onDown();
    scene.link.text = '';
    scene.link.up = true;
    scene.outbox.onUp();
    await scene.settle();
    await know('odd.example');
    expect([of('p0'), of('p1')]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2']);
  });

  test('is passed over when it cannot be rendered', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'bad');
    scene.add('a', 2, 'good');
    await scene.settle();
    scene.bodies = (id) => {
      if (id === 'bad') throw new Error('bug');
      return id;
    };
    await know('odd.example');
    expect(of('p1')).toEqual(['good']);
    expect(scene.errors).toEqual(['could not deliver a notice']);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2']);
  });

  test('is bounded: beyond that its channel waits, and no other', async () => {
    scene = new OutboxScene(1000, 3);
    scene.known.set('even.example', PLAIN);
    scene.channel('a', 4);
    scene.channel('b', 1);
    for (let version = 1; version <= 5; version += 1) scene.add('a', version, String(version));
    scene.add('b', 1, 'b');
    await scene.settle();
    // Two wait for each notice, so the second goes over the bound.
    expect(withoutPings(scene.ids())).toEqual(['1', '1', '2', '2', 'b']);
    await know('odd.example');
    for (const who of ['p1', 'p2', 'p3']) expect(of(who).join('')).toBe('12345');
  });
});

describe('in any weather', () => {
  const domains = ['even.example', 'odd.example'];

  /** Random servers that are known and forgotten, a link that is full, cut and back, channels that are read again. */
  async function play(seed: number): Promise<void> {
    scene = new OutboxScene();
    scene.known.set('nobody.example', PLAIN);
    scene.bodies = () => 'x'.repeat(3_000);
    const random = new SeededRandom(`weather ${seed}`);
    const people = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
    const said: string[] = [];
    /** What each has got, first copies only. */
    const got = new Map<string, string[]>(people.map((who) => [who, []]));
    const harvest = (): void => {
      for (const [who, id] of copies()) if (got.get(who)?.includes(id) === false) got.get(who)?.push(id);
      scene.link.text = scene.link.text.replaceAll('<message', '<seen');
    };
    const acts: (() => void)[] = [
      () => {
        said.push(String(said.length + 1));
        scene.add('a', said.length, said.at(-1) ?? '');
      },
      () => scene.known.set(domains[random.below(2)]!, PLAIN),
      () => scene.known.delete(domains[random.below(2)]!),
      () => void (scene.link.room = CHUNK * random.below(2)),
      () => void (scene.link.room = Infinity),
      () => scene.outbox.onDrain(),
      () => scene.outbox.wake(),
      () => scene.outbox.onPing(scene.ping()),
      () => {
        if (random.below(8) === 0) scene.channel('a', people.length);
        if (random.below(8) === 0) scene.outbox.onDown();
      },
    ];
    scene.channel('a', people.length);
    for (let step = 0; step < 300; step += 1) {
      acts[random.below(acts.length)]!();
      if (random.below(2) === 0) await turnOfTheLoop();
      harvest();
      const arrived = Math.min(...[...got.values()].map(({ length }) => length));
      expect(scene.struck.length).toBeLessThanOrEqual(arrived);
    }
    for (const domain of domains) scene.known.set(domain, PLAIN);
    scene.link.room = Infinity;
    scene.outbox.onDrain();
    await scene.settle(50);
    harvest();
    for (const who of people) expect(got.get(who)).toEqual(said);
    await scene.pong();
    await scene.pong();
    expect(scene.struck).toEqual(said.map((id) => `a ${id}`));
    expect(scene.outbox.isEmpty).toBe(true);
  }

  test('everybody gets everything in order, and nothing is struck off before', async () => {
    for (let seed = 1; seed <= 20; seed += 1) await play(seed);
  });
});
