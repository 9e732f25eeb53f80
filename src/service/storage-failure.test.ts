/** GEN-20: a store that fails for a while, in every way in which one can. */
import { describe, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import { memoryStore } from '../storage/memory.ts';
import { openSqlite } from '../storage/sqlite/sqlite.ts';
import type { Store } from '../storage/store.ts';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { DOMAIN, plain } from '../testing/rules-kit.ts';

const COVEN = `coven@${DOMAIN}`;
const OWNER = 'owner@shakespeare.example';
const HECATE = 'hecate@shakespeare.example';
const WITCH = 'witch@shakespeare.example';
const CORE = 'urn:xmpp:mix:core:1';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const form = (ns: string, name: string, value: string): string =>
  `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>${ns}</value></field><field var='${name}'><value>${value}</value></field></x>`;

/** Every request that writes. */
const WRITES: readonly (readonly [string, string, string])[] = [
  [OWNER, DOMAIN, `<create xmlns='${CORE}' channel='other'/>`],
  ['new@x.example', COVEN, `<join xmlns='${CORE}'><nick>new</nick></join>`],
  [HECATE, COVEN, `<setnick xmlns='${CORE}'><nick>H</nick></setnick>`],
  [
    HECATE,
    COVEN,
    `<update-subscription xmlns='${CORE}'><unsubscribe node='urn:xmpp:mix:nodes:info'/></update-subscription>`,
  ],
  [
    HECATE,
    COVEN,
    `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form('urn:xmpp:mix:anon:0', 'vCard', 'allow')}</user-preference>`,
  ],
  [
    OWNER,
    COVEN,
    `<pubsub xmlns='${PUBSUB}'><publish node='urn:xmpp:mix:nodes:config'><item>${form('urn:xmpp:mix:admin:0', 'Private Messages', 'false')}</item></publish></pubsub>`,
  ],
  [
    OWNER,
    COVEN,
    `<pubsub xmlns='${PUBSUB}'><publish node='urn:xmpp:mix:nodes:banned'><item id='${WITCH}'/></publish></pubsub>`,
  ],
  [
    OWNER,
    COVEN,
    `<pubsub xmlns='${PUBSUB}'><subscribe node='urn:xmpp:mix:nodes:jidmap' jid='${OWNER}'/></pubsub>`,
  ],
  [WITCH, COVEN, `<leave xmlns='${CORE}'/>`],
  [OWNER, DOMAIN, `<destroy xmlns='${CORE}' channel='coven'/>`],
];

interface Faults {
  commit: boolean;
  load: boolean;
}

function failing(store: Store): { store: Store; faults: Faults } {
  const faults = { commit: false, load: false };
  const disk = (): Promise<never> => Promise.reject(new Error('the disk is read-only'));
  return {
    faults,
    store: {
      ...store,
      commit: (commits, delivered) => (faults.commit ? disk() : store.commit(commits, delivered)),
      load: (channel) => (faults.load ? disk() : store.load(channel)),
    },
  };
}

const record = async (store: Store): Promise<unknown> => plain(await store.load('coven' as ChannelName));

describe.each([
  ['memory', memoryStore],
  ['SQLite', () => openSqlite(':memory:')],
])('with %s', (_, open) => {
  async function scene() {
    const { store, faults } = failing(open());
    const engine = await Engine.start({ store });
    await engine.create();
    for (const who of [HECATE, WITCH]) await engine.join(who);
    engine.take();
    return { engine, store, faults };
  }

  test('every write request is answered with internal-server-error, nothing changes, and then all of them work', async () => {
    const { engine, store, faults } = await scene();
    const before = await record(store);
    faults.commit = true;
    for (const [from, to, payload] of WRITES)
      expect([payload, verdict(await engine.ask(from, to, 'set', payload))]).toEqual([
        payload,
        'internal-server-error/cancel',
      ]);
    expect(await record(store)).toEqual(before);
    expect(engine.take().map(verdict)).toEqual([]);
    faults.commit = false;
    for (const [from, to, payload] of WRITES)
      expect([payload, verdict(await engine.ask(from, to, 'set', payload))]).toEqual([payload, 'result']);
  });

  test('reading goes on, from what is on the disk', async () => {
    const { engine, faults } = await scene();
    faults.commit = true;
    await engine.ask(HECATE, COVEN, 'set', WRITES[2]![2]);
    expect(verdict(await engine.ask(HECATE, COVEN, 'get', INFO))).toBe('result');
    const items = `<pubsub xmlns='${PUBSUB}'><items node='urn:xmpp:mix:nodes:participants'/></pubsub>`;
    expect(JSON.stringify(await engine.ask(HECATE, COVEN, 'get', items))).toContain('nick of hecate');
  });

  test('messages come back with an error, are not delivered then or later, and the next one is', async () => {
    const { engine, faults } = await scene();
    faults.commit = true;
    for (const body of ['1', '2', '3']) engine.say(`${HECATE}/c`, body);
    await engine.settle();
    expect(engine.take().map((stanza) => [stanza.attrs['id'], verdict(stanza)])).toEqual(
      ['1', '2', '3'].map((body) => [`said-${body}`, 'internal-server-error/cancel']),
    );
    faults.commit = false;
    engine.say(`${HECATE}/c`, '4');
    await engine.settle();
    expect(engine.take().map(({ children }) => JSON.stringify(children))).toEqual([
      expect.stringContaining('"4"'),
      expect.stringContaining('"4"'),
    ]);
  });

  test('a channel that cannot be read is answered for too, and found when it can', async () => {
    const { engine, faults } = await scene();
    faults.commit = true;
    faults.load = true;
    await engine.ask(HECATE, COVEN, 'set', WRITES[2]![2]);
    expect(verdict(await engine.ask(HECATE, COVEN, 'get', INFO))).toBe('internal-server-error/cancel');
    faults.load = false;
    expect(verdict(await engine.ask(HECATE, COVEN, 'get', INFO))).toBe('result');
  });

  test('what was delivered meanwhile is struck off when the store is back', async () => {
    const { engine, store, faults } = await scene();
    engine.isRouting = false;
    engine.say(`${HECATE}/c`, '1');
    await engine.settle();
    expect(await store.pending(undefined, 10)).toHaveLength(1);
    faults.commit = true;
    engine.isRouting = true;
    engine.clock.advance(60_000);
    await engine.settle();
    engine.clock.advance(1000);
    await engine.settle();
    expect(await store.pending(undefined, 10)).toHaveLength(1);
    faults.commit = false;
    engine.say(`${HECATE}/c`, '2');
    await engine.settle();
    engine.clock.advance(1000);
    await engine.settle();
    expect(await store.pending(undefined, 10)).toEqual([]);
  });

  test('a channel whose notices wait is read again as soon as it can be', async () => {
    const { engine, faults } = await scene();
    engine.link.server.slow(true);
    engine.say(`${HECATE}/c`, 'x'.repeat(200_000));
    engine.say(`${HECATE}/c`, 'y');
    await engine.settle();
    faults.commit = true;
    faults.load = true;
    engine.request(HECATE, COVEN, 'set', WRITES[2]![2]);
    await engine.settle();
    engine.link.server.slow(false);
    await engine.settle();
    engine.clock.advance(5000);
    faults.load = false;
    engine.clock.advance(1000);
    await engine.settle();
    expect(
      engine
        .take()
        .filter(({ attrs, children }) => attrs['to'] === WITCH && JSON.stringify(children).includes('"y"')),
    ).toHaveLength(1);
  });
});
