/** The parts together: pace, stop, and what a loss of the link does to a whole service. */
import { describe, expect, test, vi } from 'vitest';
import { memoryStore } from '../storage/memory.ts';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { DOMAIN } from '../testing/rules-kit.ts';
import { childText } from '../xml/element.ts';

const COVEN = `coven@${DOMAIN}`;
const HECATE = 'hecate@shakespeare.example';
const PING = `<ping xmlns='urn:xmpp:ping'/>`;

function bodies(engine: Engine): string[] {
  return engine.take(HECATE).flatMap((stanza) => childText(stanza, 'body') ?? []);
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at}`);

describe('pace', () => {
  test('a server that does not read is not asked for more, and nothing that it sent is lost', async () => {
    const engine = await Engine.start({ limits: { outboxEntriesMax: 10 } });
    await engine.create();
    await engine.join(HECATE);
    engine.take();
    const paused = vi.spyOn(engine.link.service, 'pause');
    engine.link.server.slow(true);
    // Its id repeats it, and both together have to stay below the largest stanza.
    const long = 'x'.repeat(120_000);
    engine.say(`${HECATE}/c`, long);
    await engine.settle();
    for (const body of numbers(200)) engine.say(`${HECATE}/c`, body);
    await engine.settle();
    expect(paused).toHaveBeenCalledTimes(1);
    engine.link.server.slow(false);
    await engine.settle();
    expect(bodies(engine)).toEqual([long, ...numbers(200)]);
  });

  test('a store that is slow is not given more than it can take', async () => {
    const store = memoryStore();
    let release: (() => void) | undefined;
    let isSlow = false;
    const engine = await Engine.start({
      limits: { outboxEntriesMax: 10, stanzasBurst: 1000 },
      store: {
        ...store,
        commit: async (commits, delivered) => {
          if (isSlow) await new Promise<void>((resolve) => (release = resolve));
          await store.commit(commits, delivered);
        },
      },
    });
    await engine.create();
    await engine.join(HECATE);
    engine.take();
    const paused = vi.spyOn(engine.link.service, 'pause');
    const resumed = vi.spyOn(engine.link.service, 'resume');
    isSlow = true;
    for (const body of numbers(500)) {
      engine.say(`${HECATE}/c`, body);
      if (Number(body) % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await engine.settle();
    expect([paused.mock.calls.length, resumed.mock.calls.length]).toEqual([1, 0]);
    isSlow = false;
    release?.();
    await engine.settle();
    expect(bodies(engine)).toEqual(numbers(500));
    expect(resumed.mock.calls.length).toBe(paused.mock.calls.length);
  });
});

describe('a stop', () => {
  test('D-100: writes what is decided, delivers it, strikes it, and ends', async () => {
    const engine = await Engine.start();
    await engine.create();
    await engine.join(HECATE);
    engine.take();
    for (const body of numbers(50)) engine.say(`${HECATE}/c`, body);
    for (let at = 0; at < 3; at += 1) await new Promise((resolve) => setImmediate(resolve));
    const stop = { isOver: false };
    const stopping = engine.service.stop(10_000).then(() => {
      stop.isOver = true;
    });
    for (let at = 0; at < 100 && !stop.isOver; at += 1) {
      await engine.settle();
      engine.clock.advance(20);
    }
    await stopping;
    expect(engine.clock.now() - 1_767_225_600_000).toBeLessThan(1000);
    expect(bodies(engine)).toEqual(numbers(50));
    expect(await engine.store.pending(undefined, 1)).toEqual([]);
    expect(engine.mistakes).toEqual([]);
  });

  test('ends in time though the server confirms nothing; what is not confirmed is kept', async () => {
    const engine = await Engine.start();
    await engine.create();
    await engine.join(HECATE);
    engine.isRouting = false;
    engine.say(`${HECATE}/c`, 'x');
    await engine.settle();
    const stop = { isOver: false };
    void engine.service.stop(10_000).then(() => {
      stop.isOver = true;
    });
    for (let ms = 0; ms < 10_000 && !stop.isOver; ms += 20) {
      engine.clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await engine.settle();
    expect(stop.isOver).toBe(true);
    expect(await engine.store.pending(undefined, 10)).toHaveLength(1);
  });
});

test('GEN-50: over a lost link no message is lost, doubled ones have the same ids, and nobody joins twice', async () => {
  const engine = await Engine.start({ limits: { stanzasBurst: 1000 } });
  await engine.create();
  const id = await engine.join(HECATE);
  engine.take();
  const seen = new Map<string, string>();
  const order: string[] = [];
  const look = (): void => {
    for (const stanza of engine.take(HECATE)) {
      const text = childText(stanza, 'body');
      if (text === undefined) continue;
      if (!seen.has(text)) order.push(text);
      expect(seen.get(text) ?? stanza.attrs['id']).toBe(stanza.attrs['id']);
      seen.set(text, stanza.attrs['id']!);
    }
  };
  for (const body of numbers(300)) {
    engine.say(`${HECATE}/c`, body);
    if (Number(body) % 37 === 36) {
      await engine.settle();
      // Cut while the next messages are on their way out.
      engine.isRouting = false;
      engine.say(`${HECATE}/c`, `${body} again`);
      await engine.settle();
      engine.link.server.cut();
      await engine.settle();
      engine.link.server.restore();
      engine.isRouting = true;
      await engine.settle();
      look();
    }
  }
  await engine.settle();
  look();
  expect(order.filter((text) => !text.includes('again'))).toEqual(numbers(300));
  expect(order.filter((text) => text.includes('again'))).toHaveLength(8);
  expect(await engine.join(HECATE)).toBe(id);
  expect(verdict(await engine.ask(HECATE, COVEN, 'get', PING))).toBe('result');
});
