/** What channels do of their own accord, with the whole service around them. */
import { describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import { memoryStore } from '../storage/memory.ts';
import type { Store } from '../storage/store.ts';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { DOMAIN } from '../testing/rules-kit.ts';
import type { XmlElement } from '../xml/element.ts';

const COVEN = `coven@${DOMAIN}`;
const HECATE = 'hecate@shakespeare.example';
const WITCH = 'witch@shakespeare.example';
const CLIENT = `${HECATE}/one`;
const ADMIN_NS = 'urn:xmpp:mix:admin:0';

const presence = (from: string, type?: string, to = COVEN): string =>
  `<presence from='${from}' to='${to}'${type === undefined ? '' : ` type='${type}'`}/>`;

/** The service as it was, in a new process. */
async function again(store: Store, options: { channelsInMemoryMax?: number } = {}): Promise<Engine> {
  return Engine.start({ store, seed: 2, limits: options });
}

async function scene(store = memoryStore()): Promise<Engine> {
  const engine = await Engine.start({ store });
  await engine.create();
  await engine.join(HECATE);
  await engine.join(WITCH);
  for (const client of [CLIENT, `${HECATE}/two`, `${WITCH}/one`]) engine.send(presence(client));
  await engine.settle();
  engine.take();
  return engine;
}

const probes = (stanzas: readonly XmlElement[]): string[] =>
  stanzas
    .filter(({ name, attrs }) => name === 'presence' && attrs['type'] === 'probe')
    .map(({ attrs }) => `${attrs['from']} asks ${attrs['to']}`);

const gone = (stanzas: readonly XmlElement[], to: string): number =>
  stanzas.filter(({ attrs }) => attrs['type'] === 'unavailable' && attrs['to'] === to).length;

describe('at a start', () => {
  test('PRES-23, PRES-24, ANON-65: those who share their presence are asked, and again after a lost link', async () => {
    const store = memoryStore();
    const first = await scene(store);
    await first.join('shy@x.example');
    await first.ask(
      'shy@x.example',
      COVEN,
      'set',
      `<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mix:anon:0</value></field><field var='Presence'><value>not share</value></field></x></user-preference>`,
    );
    const engine = await again(store);
    expect(probes(engine.take())).toEqual([`${COVEN} asks ${HECATE}`, `${COVEN} asks ${WITCH}`]);
    engine.link.server.cut();
    engine.link.server.restore();
    await engine.settle();
    // What they said while the link was away is lost.
    expect(probes(engine.take())).toEqual([`${COVEN} asks ${HECATE}`, `${COVEN} asks ${WITCH}`]);
  });

  test('all servers of participants are asked what they are, whoever of them has clients there', async () => {
    const store = memoryStore();
    const first = await scene(store);
    await first.join('away@x.example');
    const engine = new Engine({ store, seed: 2 });
    const asked: string[] = [];
    engine.software = (domain) => void asked.push(domain);
    await engine.service.start();
    await engine.settle();
    expect(asked).toEqual(['shakespeare.example', 'x.example']);
  });

  test('PRES-25: a client that says nothing for a minute is gone; one that does stays, under the same name', async () => {
    const store = memoryStore();
    await scene(store);
    const engine = await again(store);
    engine.take();
    engine.send(presence(CLIENT));
    engine.send(presence(`${HECATE}/new`));
    await engine.settle();
    expect(gone(engine.take(), WITCH)).toBe(0);
    engine.clock.advance(60_000);
    await engine.settle();
    expect(gone(engine.take(), WITCH)).toBe(2);
    engine.send(presence(WITCH));
    await engine.settle();
    expect(engine.take(WITCH)).toHaveLength(2);
  });

  test.each(['ejabberd', 'Prosody'])(
    '%s answers no probes, so that its silent clients stay',
    async (software) => {
      const store = memoryStore();
      await scene(store);
      const engine = new Engine({ store, seed: 2 });
      engine.software = () => software;
      await engine.service.start();
      await engine.settle();
      engine.take();
      engine.clock.advance(60_000);
      await engine.settle();
      expect(gone(engine.take(), WITCH)).toBe(0);
    },
  );

  test('ghosts go even where there are more channels than memory keeps', async () => {
    const store = memoryStore();
    const first = await Engine.start({ store });
    for (let at = 0; at < 12; at += 1) {
      await first.create(`c${at}`);
      await first.join(HECATE, `c${at}`);
      first.send(presence(CLIENT, undefined, `c${at}@${DOMAIN}`));
      await first.settle();
    }
    const engine = await again(store, { channelsInMemoryMax: 3 });
    engine.send(presence(CLIENT, undefined, `c3@${DOMAIN}`));
    await engine.settle();
    engine.take();
    engine.clock.advance(60_000);
    await engine.settle();
    const from = engine.take(HECATE).map(({ attrs }) => /#(c\d+)@/.exec(attrs['from'] ?? '')?.[1]);
    expect(from.toSorted()).toEqual(['c0', 'c1', 'c10', 'c11', 'c2', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9']);
  });

  test('D-100: what was not confirmed before is delivered again, with the same ids, in order', async () => {
    const store = memoryStore();
    const first = await scene(store);
    first.isRouting = false;
    for (const body of ['1', '2', '3']) first.say(CLIENT, body);
    await first.settle();
    const before = first.take(WITCH).map(({ attrs }) => attrs['id']);
    expect(before).toHaveLength(3);
    const engine = await again(store);
    const after = engine.take(WITCH).flatMap(({ name, attrs }) => (name === 'message' ? [attrs['id']] : []));
    expect(after).toEqual(before);
    // Strikes wait a moment for a turn whose transaction they could share.
    engine.clock.advance(1000);
    await engine.settle();
    expect(await store.pending(undefined, 10)).toEqual([]);
    await expect(
      again(store).then((third) => third.take(WITCH).filter(({ name }) => name === 'message')),
    ).resolves.toEqual([]);
  });
});

describe('the end of a channel', () => {
  const form = (at: string): string =>
    `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>${ADMIN_NS}</value></field><field var='End of Life'><value>${at}</value></field></x>`;
  const info = (engine: Engine): Promise<string> =>
    engine.ask(HECATE, COVEN, 'get', `<query xmlns='http://jabber.org/protocol/disco#info'/>`).then(verdict);
  const endAt = (engine: Engine, ms: number): string => new Date(engine.clock.now() + ms).toISOString();
  const destroy = (engine: Engine): Promise<XmlElement> =>
    engine.ask(
      'owner@shakespeare.example',
      DOMAIN,
      'set',
      `<destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/>`,
    );

  test('CORE-99: comes when its time is over, and everybody is told', async () => {
    const engine = await Engine.start();
    await engine.create('coven', 'owner@shakespeare.example', form(endAt(engine, 2000)));
    await engine.join(HECATE);
    engine.take();
    engine.clock.advance(1999);
    expect(await info(engine)).toBe('result');
    engine.clock.advance(1);
    await engine.settle();
    expect(engine.take(HECATE)).toHaveLength(3);
    expect(await info(engine)).toBe('item-not-found/cancel');
    expect(await engine.store.load('coven' as ChannelName)).toBe(undefined);
  });

  test('CORE-99: comes after a restart too, and however far it is', async () => {
    const store = memoryStore();
    const first = await Engine.start({ store });
    await first.create('coven', 'owner@shakespeare.example', form(endAt(first, 40 * 86_400_000)));
    const engine = await again(store);
    engine.clock.advance(40 * 86_400_000 - 1);
    expect(await info(engine)).toBe('result');
    engine.clock.advance(1);
    await engine.settle();
    expect(await info(engine)).toBe('item-not-found/cancel');
  });

  test('is put off or called off with its option', async () => {
    const engine = await Engine.start();
    await engine.create('coven', 'owner@shakespeare.example', form(endAt(engine, 2000)));
    const set = (at: string): Promise<XmlElement> =>
      engine.ask(
        'owner@shakespeare.example',
        COVEN,
        'set',
        `<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:mix:nodes:config'><item>${form(at)}</item></publish></pubsub>`,
      );
    expect(verdict(await set(endAt(engine, 5000)))).toBe('result');
    engine.clock.advance(4000);
    expect(await info(engine)).toBe('result');
    expect(verdict(await set(''))).toBe('result');
    engine.clock.advance(10_000);
    expect(await info(engine)).toBe('result');
  });

  test('D-67: all rows go once everybody was told, and the name stays with its owner', async () => {
    const engine = await scene();
    engine.isRouting = false;
    expect(verdict(await destroy(engine))).toBe('result');
    expect((await engine.store.load('coven' as ChannelName))?.destroyed).toBe(true);
    expect(await info(engine)).toBe('item-not-found/cancel');
    engine.isRouting = true;
    engine.clock.advance(60_000);
    await engine.settle();
    expect(await engine.store.load('coven' as ChannelName)).toBe(undefined);
    expect(await engine.store.pending(undefined, 10)).toEqual([]);
    const create = (who: string): Promise<string> =>
      engine.ask(who, DOMAIN, 'set', `<create xmlns='urn:xmpp:mix:core:1' channel='coven'/>`).then(verdict);
    expect(await create(HECATE)).toBe('conflict/cancel');
    expect(await create('owner@shakespeare.example')).toBe('result');
    expect(engine.mistakes).toEqual([]);
  });

  test('a channel without subscribers is erased at once', async () => {
    const engine = await Engine.start();
    await engine.create();
    await destroy(engine);
    await engine.settle();
    expect(await engine.store.load('coven' as ChannelName)).toBe(undefined);
  });

  test('one that was told of, but not erased when the process ended, is erased when it is next met', async () => {
    const store = memoryStore();
    const engine = await Engine.start({ store });
    await engine.create();
    const { version } = (await store.load('coven' as ChannelName))!;
    const commit = { channel: 'coven' as ChannelName, expected: version, version: version + 1, notices: [] };
    await store.commit([{ ...commit, facts: [{ fact: 'destroyed' }] }], []);
    const after = await again(store);
    expect(await info(after)).toBe('item-not-found/cancel');
    await after.settle();
    expect(await store.load('coven' as ChannelName)).toBe(undefined);
    expect(after.mistakes).toEqual([]);
  });
});
