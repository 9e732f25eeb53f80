/**
 * GEN-20: the store cannot be written for a while.
 */
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/storage/memory.ts';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { Store } from '../../../src/storage/store.ts';
import {
  all,
  form,
  inside,
  NODES,
  openCoven,
  openWorld,
  publish,
  pubsub,
  SERVICE,
  stanzaOf,
  textsOf,
} from '../pubsub/kit.ts';

/** A store that refuses to write while `isReadOnly`. */
function fragile(inner: Store): { store: Store; disk: { isReadOnly: boolean } } {
  const disk = { isReadOnly: false };
  const check = async <Value>(write: () => Promise<Value>): Promise<Value> => {
    if (disk.isReadOnly) throw new Error('attempt to write a readonly database');
    return write();
  };
  const store: Store = {
    ...inner,
    commit: (commits, delivered) => check(() => inner.commit(commits, delivered)),
    registerNick: (registered) => check(() => inner.registerNick(registered)),
  };
  return { store, disk };
}

describe.each([
  ['in memory', memoryStore],
  ['on SQLite', () => openSqlite(':memory:')],
])('GEN-20: %s', (_, make) => {
  test('every write is refused, nothing has changed, and then all is well again', async () => {
    const { store, disk } = fragile(make());
    const { world, channel, owner, admin, newt, toad, stranger } = await openCoven([], {
      store,
      hasFailures: true,
    });
    const core = (inner: string): string => inner.replace(/^<([\w-]+)/, "<$1 xmlns='urn:xmpp:mix:core:1'");
    disk.isReadOnly = true;
    const writes = [
      [newt, channel, core('<setnick><nick>Eft</nick></setnick>')],
      [newt, channel, core('<leave/>')],
      [newt, channel, core(`<update-subscription><unsubscribe node='${NODES.info}'/></update-subscription>`)],
      [stranger, channel, core(`<join><nick>S</nick><subscribe node='${NODES.messages}'/></join>`)],
      [
        newt,
        channel,
        `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form('urn:xmpp:mix:anon:0', [['Private Messages', 'block']])}</user-preference>`,
      ],
      [owner, channel, publish(NODES.config, form('urn:xmpp:mix:admin:0', [['Private Messages', 'false']]))],
      [owner, channel, publish(NODES.info, form('urn:xmpp:mix:core:1', [['Name', 'x']]))],
      [admin, channel, publish(NODES.banned, '', newt.bare)],
      [admin, channel, publish('urn:xmpp:avatar:data', `<data xmlns='urn:xmpp:avatar:data'>AAAA</data>`)],
      [owner, channel, pubsub(`<subscribe node='${NODES.config}' jid='${owner.bare}'/>`)],
      [owner, SERVICE, core(`<create channel='other'/>`)],
      [owner, SERVICE, core(`<create/>`)],
      [owner, SERVICE, core(`<destroy channel='coven'/>`)],
    ] as const;
    for (const [who, to, payload] of writes)
      await world.refused(who, 'set', to, payload, 'internal-server-error');
    for (const [to, type] of [
      [channel, 'groupchat'],
      [`${newt.id}#${channel}`, 'chat'],
    ] as const)
      await world.refusedStanza(
        toad,
        stanzaOf(`<message id='m' type='${type}' to='${to}'><body>x</body></message>`),
        'internal-server-error',
      );
    // What needs no disk goes on.
    expect(inside(await world.result(newt, 'get', channel, `<ping xmlns='urn:xmpp:ping'/>`))).toBe('');
    const read = await world.result(newt, 'get', channel, pubsub(`<items node='${NODES.participants}'/>`));
    expect(textsOf(read, 'nick')).toEqual(['toad', 'newt']);

    disk.isReadOnly = false;
    await world.pass(10_000);
    await world.result(newt, 'set', channel, core('<setnick><nick>Eft</nick></setnick>'));
    const heard = await world.during(newt, () =>
      world.send(toad, `<message id='m' type='groupchat' to='${channel}'><body>y</body></message>`),
    );
    expect(heard.map((stanza) => textsOf(stanza, 'body'))).toEqual([['y']]);
    const mam = await world.query(newt, 'set', channel, `<query xmlns='urn:xmpp:mam:2'/>`);
    expect(mam.flatMap((stanza) => textsOf(stanza, 'body'))).toEqual(['y']);
    await world.create(owner, 'other');
  });
});

test('GEN-20: many at once are all told', async () => {
  const { store, disk } = fragile(memoryStore());
  const { world, channel, toad, newt } = await openCoven([], { store, hasFailures: true });
  disk.isReadOnly = true;
  const [before, heard] = [toad.received.length, newt.received.length];
  for (let at = 0; at < 50; at++)
    world.stage.send(
      toad,
      stanzaOf(`<message id='m${at}' type='groupchat' to='${channel}'><body>x</body></message>`),
    );
  await world.stage.settle();
  const ids = toad.received.slice(before).map(({ attrs }) => `${attrs['type']} ${attrs['id']}`);
  expect(ids.toSorted()).toEqual(Array.from({ length: 50 }, (_, at) => `error m${at}`).toSorted());
  expect(newt.received).toHaveLength(heard);
});

test('GEN-20: a store that cannot be read is said to be so', async () => {
  const inner = memoryStore();
  const disk = { isAway: false };
  const away = (): Promise<never> => Promise.reject(new Error('disk I/O error'));
  const store: Store = {
    ...inner,
    load: (name) => (disk.isAway ? away() : inner.load(name)),
    archive: (name, query) => (disk.isAway ? away() : inner.archive(name, query)),
    listChannels: (asker, page) => (disk.isAway ? away() : inner.listChannels(asker, page)),
  };
  const world = await openWorld({ store, hasFailures: true });
  const hag = await world.person('hag');
  const channel = await world.create(hag, 'coven');
  await world.join(hag, channel);
  disk.isAway = true;
  const asked = [
    [channel, `<query xmlns='urn:xmpp:mam:2'/>`, 'set'],
    [SERVICE, `<query xmlns='http://jabber.org/protocol/disco#items'/>`, 'get'],
    [`other@${SERVICE}`, `<ping xmlns='urn:xmpp:ping'/>`, 'get'],
  ] as const;
  for (const [to, payload, type] of asked) {
    const answer = await world.ask(hag, type, to, payload);
    expect(all(answer, 'internal-server-error')).toHaveLength(1);
  }
  disk.isAway = false;
  for (const [to, payload, type] of asked.slice(0, 2)) {
    const answers = await world.query(hag, type, to, payload);
    expect(answers.map(({ attrs }) => attrs['type'])).toEqual(['result']);
  }
});
