/** What counts as delivered, and what a lost link does. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import type { NoticePlace } from '../storage/facts.ts';
import { CHUNK, OutboxScene, withoutPings } from '../testing/outbox-kit.ts';

let scene: OutboxScene;
beforeEach(() => {
  scene = new OutboxScene();
});

describe('confirmation', () => {
  test('a ping strikes what was written before it, and no more', async () => {
    scene.channel('a', 2);
    scene.channel('b', 1);
    scene.add('a', 1, 'a1');
    scene.add('b', 7, 'b7');
    await scene.settle();
    expect(scene.ids().at(-1)).toBe('barrier-1');
    scene.add('a', 2, 'a2');
    await scene.settle();
    expect(scene.struck).toEqual([]);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'b 7']);
    expect(scene.delivered).toEqual(['b']);
    expect(scene.ping()).toBe('barrier-2');
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'b 7', 'a 2']);
    expect(scene.outbox.isEmpty).toBe(true);
  });

  test('nothing is struck for a notice that is half written', async () => {
    scene.channel('a', 1000);
    scene.bodies = () => 'x'.repeat(400);
    scene.add('a', 1, 'first');
    scene.add('a', 2, 'second');
    scene.link.room = 20 * CHUNK;
    await scene.settle();
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
    scene.link.room = Infinity;
    scene.outbox.onDrain();
    await scene.settle();
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2']);
  });

  test('foreign and old pings strike nothing', async () => {
    scene.channel('a', 1);
    scene.add('a', 1, 'x');
    await scene.settle();
    for (const id of [undefined, '', 'barrier-0', 'barrier-2', 'x']) scene.outbox.onPing(id);
    expect(scene.struck).toEqual([]);
    await scene.pong();
    scene.outbox.onPing('barrier-1');
    expect(scene.struck).toEqual(['a 1']);
  });

  test('a ping that is not answered is sent again, and the operator is told', async () => {
    scene.channel('a', 1);
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.clock.advance(60_000);
    await scene.settle();
    expect(scene.ping()).toBe('barrier-2');
    expect(scene.errors).toHaveLength(1);
    scene.outbox.onPing('barrier-1');
    expect(scene.struck).toEqual([]);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
  });

  test('a full link stays full when a ping is written to it', async () => {
    scene.channel('a', 200);
    scene.bodies = () => 'x'.repeat(400);
    scene.link.room = CHUNK;
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.link.room = 10;
    scene.clock.advance(60_000);
    const written = scene.link.writes.length;
    await scene.settle();
    expect(scene.link.writes.length).toBe(written);
  });

  test('what reaches nobody counts as delivered', async () => {
    scene.channel('a', 0);
    scene.add('a', 1, 'x');
    await scene.settle();
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
  });
});

describe('a lost link', () => {
  test('everything that was not confirmed is written again, with the same ids, in order', async () => {
    scene.channel('a', 2);
    scene.add('a', 1, 'confirmed');
    await scene.settle();
    await scene.pong();
    scene.add('a', 2, 'written');
    await scene.settle();
    scene.link.up = false;
    scene.outbox.onDown();
    scene.add('a', 3, 'new');
    await scene.settle();
    scene.link.text = '';
    scene.link.up = true;
    scene.outbox.onUp();
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['written', 'written', 'new', 'new']);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1', 'a 2', 'a 3']);
  });

  test('one that was half written begins again', async () => {
    scene.channel('a', 1000);
    scene.bodies = () => 'x'.repeat(400);
    scene.link.room = CHUNK;
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.outbox.onDown();
    scene.link.text = '';
    scene.link.room = Infinity;
    scene.outbox.onUp();
    await scene.settle();
    expect(withoutPings(scene.ids())).toHaveLength(1000);
  });

  test('the answer to a ping of before confirms nothing after it', async () => {
    scene.channel('a', 1);
    scene.add('a', 1, 'x');
    await scene.settle();
    scene.outbox.onDown();
    scene.outbox.onPing('barrier-1');
    expect(scene.struck).toEqual([]);
  });

  test('what need not survive is not sent again', async () => {
    scene.channel('a', 1);
    let opened = 0;
    scene.outbox.addJob('a' as ChannelName, () => {
      opened += 1;
      return { pull: () => '', isFinished: true, unknown: [] };
    });
    await scene.settle();
    scene.outbox.onDown();
    scene.outbox.onUp();
    await scene.settle();
    expect(opened).toBe(1);
    expect(scene.outbox.isDelivering('a' as ChannelName)).toBe(false);
  });
});

test('restored notices are struck by their old places', async () => {
  scene.channel('a', 1);
  const place: NoticePlace = { channel: 'a' as ChannelName, version: 41, index: 3 };
  scene.outbox.restore(place, { kind: 'private', xml: 'old', audience: { node: 'messages' } });
  await scene.settle();
  await scene.pong();
  expect(scene.struck).toEqual(['a 41']);
});
