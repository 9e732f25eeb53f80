/** What is on its way out: order, fairness, pace, confirmation, and what a lost link does. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { ChannelState } from '../channel/state.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Notice, NoticePlace } from '../storage/facts.ts';
import { FakeClock } from '../testing/clock.ts';
import { jid } from '../testing/rules-kit.ts';
import type { LinkEvents, Transport, WireText } from '../transport/transport.ts';
import { el } from '../xml/element.ts';
import type { Domains, Quirks } from './domains.ts';
import { Outbox } from './outbox.ts';

const CHUNK = 32 * 1024;
const DOMAIN = 'mix.example';

class Link implements Transport {
  up = true;
  text = '';
  writes: number[] = [];
  /** How many characters it takes before it is full. */
  room = Infinity;
  start(_events: LinkEvents): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  pause(): void {
    throw new Error('nobody asked');
  }
  resume(): void {
    throw new Error('nobody asked');
  }
  write(text: WireText): boolean {
    this.writes.push(text.length);
    this.text += text;
    this.room -= text.length;
    return this.room > 0;
  }
}

class Scene {
  readonly clock = new FakeClock();
  readonly link = new Link();
  readonly states = new Map<string, ChannelState>();
  readonly struck: string[] = [];
  readonly delivered: string[] = [];
  readonly errors: string[] = [];
  readonly loads: { readonly channel: string; readonly then: () => void }[] = [];
  readonly known = new Map<string, Quirks>();
  rooms = 0;
  bodies = (notice: string): string => notice;
  readonly outbox: Outbox;

  constructor(entriesMax = 1000) {
    const domains = {
      quirksOf: (who: RealJid) =>
        [...this.known].find(([domain]) => who.isAt(domain))?.[1] ??
        (this.known.size === 0 ? { hasBareMix: false } : undefined),
    } as unknown as Domains;
    const write =
      (to: string[]) =>
      (_: object, text: string): void =>
        void to.push(text);
    const log = { debug: write([]), info: write([]), warn: write(this.errors), error: write(this.errors) };
    this.outbox = new Outbox({
      transport: this.link,
      tools: {
        renderers: {
          private: ({ xml }, { name }, { hasBareMix }) =>
            el('message', 'jabber:client', { from: `${name}@${DOMAIN}`, id: xml }, [
              el('body', 'jabber:client', {}, [this.bodies(xml)]),
              hasBareMix ? el('mix', 'x') : undefined,
            ]),
        },
        domains,
        domain: DOMAIN,
      },
      clock: this.clock,
      log,
      stateOf: (channel) => this.states.get(channel),
      load: (channel, then) => void this.loads.push({ channel, then }),
      strike: (places) =>
        void this.struck.push(...places.map(({ channel, version }) => `${channel} ${version}`)),
      onDelivered: (channel) => void this.delivered.push(channel),
      entriesMax,
      onRoom: () => void (this.rooms += 1),
      pingMs: 60_000,
    });
  }

  /** A channel with so many subscribers of its messages, in two domains by turns. */
  channel(name: string, size: number, since = 0): ChannelState {
    const state = new ChannelState(name as ChannelName, []);
    for (let at = 0; at < size; at += 1) {
      const who = jid(`p${at}@${at % 2 === 0 ? 'even' : 'odd'}.example`);
      state.subscribers.messages.set(who, { jid: who, since });
    }
    this.states.set(name, state);
    return state;
  }

  add(channel: string, version: number, ...ids: string[]): void {
    const notices = ids.map((xml): Notice => ({ kind: 'private', xml, audience: { node: 'messages' } }));
    this.outbox.add(channel as ChannelName, version, notices);
  }

  answer(id: string): void {
    this.outbox.send({
      to: jid('asker@x.example/y'),
      stanza: el('iq', 'jabber:client', { type: 'result', id }),
    });
  }

  async settle(turns = 200): Promise<void> {
    for (let at = 0; at < turns; at += 1) await turnOfTheLoop();
  }

  /** What was written, in short: the ids of messages and answers, in order. */
  ids(): string[] {
    return [...this.link.text.matchAll(/<(?:message|iq) [^>]*\bid="([^"]*)"/g)].map(([, id = '']) => id);
  }

  ping(): string {
    return this.ids().findLast((id) => id.startsWith('barrier-')) ?? 'none';
  }

  async pong(): Promise<void> {
    this.outbox.onPing(this.ping());
    await this.settle(5);
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

const withoutPings = (ids: readonly string[]): string[] => ids.filter((id) => !id.startsWith('barrier-'));

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
    scene = new Scene(10);
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
      return { pull: () => '', isFinished: true, isBlocked: false };
    });
    await scene.settle();
    scene.outbox.onDown();
    scene.outbox.onUp();
    await scene.settle();
    expect(opened).toBe(1);
    expect(scene.outbox.isDelivering('a' as ChannelName)).toBe(false);
  });
});

describe('servers that are not known yet', () => {
  const plain: Quirks = { hasBareMix: false };

  test('keep back their own people only, until they have answered', async () => {
    scene.known.set('even.example', plain);
    scene.channel('a', 4);
    scene.add('a', 1, 'x');
    await scene.settle();
    const people = (): string[] =>
      [...scene.link.text.matchAll(/<message to="([^@]*)/g)].map(([, who = '']) => who);
    expect(people()).toEqual(['p0', 'p2']);
    await scene.pong();
    expect(scene.struck).toEqual([]);
    scene.known.set('odd.example', { hasBareMix: true });
    scene.outbox.wake();
    await scene.settle();
    expect(people()).toEqual(['p0', 'p2', 'p1', 'p3']);
    expect(scene.link.text.match(/<mix xmlns="x"\/>/g)).toHaveLength(2);
    await scene.pong();
    expect(scene.struck).toEqual(['a 1']);
  });

  test('keep the next notice of the channel back, and no other channel', async () => {
    scene.known.set('even.example', plain);
    scene.channel('a', 2);
    scene.channel('b', 1);
    scene.add('a', 1, 'a1');
    scene.add('a', 2, 'a2');
    scene.add('b', 1, 'b1');
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['a1', 'b1']);
    scene.known.set('odd.example', plain);
    scene.outbox.wake();
    await scene.settle();
    expect(withoutPings(scene.ids())).toEqual(['a1', 'b1', 'a1', 'a2', 'a2']);
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

test('restored notices are struck by their old places', async () => {
  scene.channel('a', 1);
  const place: NoticePlace = { channel: 'a' as ChannelName, version: 41, index: 3 };
  scene.outbox.restore(place, { kind: 'private', xml: 'old', audience: { node: 'messages' } });
  await scene.settle();
  await scene.pong();
  expect(scene.struck).toEqual(['a 41']);
});
