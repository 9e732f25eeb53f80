/** What is on its way out: order, fairness and pace, and what it waits for. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { CHUNK, OutboxScene, withoutPings } from '../testing/outbox-kit.ts';
import { jid } from '../testing/rules-kit.ts';

let scene: OutboxScene;
beforeEach(() => {
  scene = new OutboxScene();
});

describe('order', () => {
  test('CORE-82: a channel’s notices go out in the order of their turns, to everybody before the next', async () => {
    scene.channel('a', 3);
    scene.add('a', 1, '1.0', '1.1');
    scene.add('a', 2, '2.0');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['1.0', '1.1', '2.0'].flatMap((id) => [id, id, id]));
  });

  test('CORE-03, GEN-49: every copy has the recipient’s bare address, once', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'x');
    await scene.settle();
    expect(scene.link.text).toContain('<message to="p0@even.example" from="a@mix.example" id="x">');
    expect(scene.link.text).toContain('<message to="p1@odd.example" from="a@mix.example" id="x">');
  });

  test('who subscribed later is not told of what was before', async () => {
    const state = scene.channel('a', 1);
    const late = jid('late@even.example');
    state.subscribers.messages.set(late, { jid: late, since: 2 });
    scene.add('a', 1, 'early');
    scene.add('a', 2, 'same turn');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['early', 'same turn', 'same turn']);
  });

  test('answers go before notices', async () => {
    scene.channel('a', 1);
    scene.add('a', 1, 'notice');
    scene.answer('answer');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['answer', 'notice']);
  });

  test('many answers keep their order', async () => {
    const ids = Array.from({ length: 5000 }, (_, at) => `answer-${at}`);
    for (const id of ids) scene.answer(id);
    await scene.settle();
    expect(scene.ids()).toEqual(ids);
    expect(scene.outbox.isEmpty).toBe(true);
  });
});

describe('fairness', () => {
  test('a channel of 10,000 keeps another’s message, or an answer, back by a chunk at most', async () => {
    scene.channel('big', 10_000);
    scene.channel('small', 1);
    scene.bodies = () => 'x'.repeat(400);
    scene.add('big', 1, 'big');
    await turnOfTheLoop();
    await turnOfTheLoop();
    const before = scene.link.text.length;
    expect(before).toBeGreaterThan(CHUNK);
    scene.add('small', 1, 'small');
    scene.answer('answer');
    await scene.settle();
    const written = scene.ids().filter((id) => id === 'big').length;
    expect(written).toBe(10_000);
    const place = (what: string): number => scene.link.text.indexOf(`id="${what}"`, before) - before;
    expect(place('answer')).toBeLessThan(200);
    expect(place('small')).toBeLessThan(CHUNK + 1000);
  });

  test('channels with something to say take turns', async () => {
    scene.bodies = () => 'x'.repeat(400);
    for (const name of ['a', 'b', 'c']) {
      scene.channel(name, 1000);
      scene.add(name, 1, name);
    }
    await scene.settle();
    const turns = withoutPings(scene.ids()).filter((id, at, ids) => ids[at - 1] !== id);
    expect(turns.slice(0, 9).join('')).toBe('abcabcabc');
  });

  test('one turn of the loop writes a bounded amount, in chunks of a bounded size', async () => {
    scene.channel('big', 20_000);
    scene.bodies = () => 'x'.repeat(400);
    scene.add('big', 1, 'big');
    await turnOfTheLoop();
    expect(scene.link.text.length).toBeGreaterThan(CHUNK);
    expect(scene.link.text.length).toBeLessThan(34 * CHUNK);
    expect(Math.max(...scene.link.writes)).toBeLessThan(CHUNK + 1000);
  });
});

describe('pace', () => {
  test('a link that is full is not written to until it drains, and nothing is lost', async () => {
    scene.channel('a', 1000);
    scene.bodies = () => 'x'.repeat(400);
    scene.link.room = CHUNK;
    scene.add('a', 1, 'x');
    await scene.settle();
    const written = scene.link.text.length;
    expect(written).toBeLessThan(2 * CHUNK + 1000);
    scene.add('a', 2, 'y');
    scene.answer('answer');
    scene.outbox.wake();
    await scene.settle();
    expect(scene.link.text.length).toBe(written);
    scene.link.room = Infinity;
    scene.outbox.onDrain();
    await scene.settle();
    const ids = withoutPings(scene.ids());
    expect([ids.length, ids.at(-1)]).toEqual([2001, 'y']);
  });

  test('it is full when too much is unwritten, and tells when half of it is gone', async () => {
    scene = new OutboxScene(10);
    scene.channel('a', 1);
    scene.link.up = false;
    for (let at = 1; at <= 10; at += 1) scene.add('a', at, 'x');
    expect(scene.outbox.isFull).toBe(false);
    scene.answer('one more');
    expect(scene.outbox.isFull).toBe(true);
    scene.link.up = true;
    scene.outbox.onUp();
    await scene.settle();
    expect([scene.outbox.isFull, scene.rooms]).toEqual([false, 1]);
  });

  test('memory does not grow with the subscribers: 100,000 copies are never there at once', async () => {
    scene.channel('huge', 100_000);
    scene.bodies = () => 'x'.repeat(1000);
    scene.link.room = 1;
    scene.add('huge', 1, 'x');
    const before = process.memoryUsage().heapUsed;
    await scene.settle();
    expect(scene.link.text.length).toBeLessThan(2 * CHUNK);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
    for (let chunks = 1; chunks < 50; chunks += 1) {
      scene.link.room = 1;
      scene.outbox.onDrain();
      await scene.settle(3);
    }
    expect(scene.link.text.length).toBeLessThan(51 * (CHUNK + 1500));
    expect(scene.link.text.length).toBeGreaterThan(49 * CHUNK);
  });
});

describe('a channel that is not in memory', () => {
  test('is asked for once, and delivered when it is there', async () => {
    scene.add('a', 1, 'x');
    scene.add('a', 2, 'y');
    await scene.settle();
    scene.outbox.wake();
    await scene.settle();
    expect(scene.loads.map(({ channel }) => channel)).toEqual(['a']);
    scene.channel('a', 1);
    scene.loads[0]!.then();
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['x', 'y']);
  });

  test('is asked for again when it could not be read', async () => {
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.loads[0]!.then();
    await scene.settle();
    expect(scene.loads).toHaveLength(2);
  });

  test('keeps no other channel back', async () => {
    scene.channel('b', 1);
    scene.add('a', 1, 'x');
    scene.add('b', 1, 'y');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['y']);
  });

  test('that was read again meanwhile is walked anew', async () => {
    scene.channel('a', 1000);
    scene.bodies = () => 'x'.repeat(400);
    scene.link.room = CHUNK;
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.channel('a', 2);
    scene.link.room = Infinity;
    scene.link.text = '';
    scene.outbox.onDrain();
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['x', 'x']);
  });
});

describe('a notice that cannot be rendered', () => {
  test('is logged and passed over; the others go out', async () => {
    scene.channel('a', 2);
    scene.bodies = (id) => {
      if (id === 'bad') throw new Error('bug');
      return id;
    };
    scene.add('a', 1, 'good', 'bad', 'better');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['good', 'good', 'better', 'better']);
    expect(scene.errors).toEqual(['could not deliver a notice']);
    await scene.pong();
    expect(scene.struck).toHaveLength(3);
  });
});
