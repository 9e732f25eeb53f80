/**
 * MAM-38: an archive that loses its oldest messages, in memory and on SQLite.
 */
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../../src/service/limits.ts';
import { memoryStore } from '../../../src/storage/memory.ts';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { Store } from '../../../src/storage/store.ts';
import { inside, openCoven, textsOf, type Coven } from '../pubsub/kit.ts';
import { MAM, numbers, post, query, say, search } from './kit.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Longer than it takes until the service looks through its archives again. */
const A_WHILE_MS = 2 * 60_000;
const MISC = 'urn:xmpp:mix:misc:0';

const stores: readonly (readonly [string, () => Store])[] = [
  ['in memory', memoryStore],
  ['on SQLite', () => openSqlite(':memory:')],
];

describe.each(stores)('%s', (_, store) => {
  const open = async (limits: Partial<Limits>): Promise<Coven> =>
    openCoven([['User Message Retraction', 'true']], { store: store(), limits });
  /** Nobody is told of what goes. */
  const wait = async ({ world }: Coven, ms = A_WHILE_MS): Promise<void> =>
    world.quiet(async () => {
      await world.pass(ms);
      await world.pass(A_WHILE_MS);
    });

  test('MAM-38: those that are left are the newest, all of them, as they were', async () => {
    const coven = await open({ archiveMessagesMax: 5 });
    const ids = await say(coven, coven.toad, ...numbers(12));
    const before = await search(coven, coven.newt, query());
    expect(before.ids).toEqual(ids);
    await wait(coven);
    const after = await search(coven, coven.newt, query());
    expect(after.results).toEqual(before.results.slice(7));
    expect([after.complete, after.count, after.index]).toEqual(['true', '5', '0']);
    const page = await search(coven, coven.newt, query([], `<max>2</max><before>${ids[11]}</before>`));
    expect([page.ids, page.count, page.index, page.complete]).toEqual([
      ids.slice(9, 11),
      '5',
      '2',
      undefined,
    ]);
    ids.push(...(await say(coven, coven.newt, 'x', 'y')));
    await wait(coven);
    expect((await search(coven, coven.toad, query())).ids).toEqual(ids.slice(9));
  });

  test('MAM-38: there is nothing after, before or between messages that are gone', async () => {
    const coven = await open({ archiveMessagesMax: 3 });
    const { world, channel, newt } = coven;
    const ids = await say(coven, coven.toad, ...numbers(6));
    await wait(coven);
    const [gone = '', , last = '', first = ''] = ids.slice(0, 4);
    for (const id of [gone, last])
      for (const payload of [
        query([], `<after>${id}</after>`),
        query([], `<before>${id}</before>`),
        query([['after-id', id]]),
        query([['before-id', id]]),
        query([['ids', ids[5] ?? '', id]]),
      ])
        await world.refused(newt, 'set', channel, payload, 'item-not-found');
    expect((await search(coven, newt, query([], `<after>${first}</after>`))).ids).toEqual(ids.slice(4));
    expect((await search(coven, newt, query([['before-id', first]]))).ids).toEqual([]);
  });

  test('MAM-38, MAM-21: the archive begins where it now begins', async () => {
    const coven = await open({ archiveMessagesMax: 3 });
    const { world, channel, newt } = coven;
    const ids = await say(coven, coven.toad, ...numbers(6));
    const { results } = await search(coven, newt, query());
    await wait(coven);
    const end = (name: string, at: number): string =>
      `<${name} id="${ids[at]}" timestamp="${results[at]!.stamp}"/>`;
    expect(inside(await world.result(newt, 'get', channel, `<metadata xmlns='${MAM}'/>`))).toBe(
      `<metadata xmlns="${MAM}">${end('start', 3)}${end('end', 5)}</metadata>`,
    );
    const early = query([['end', results[4]!.stamp]]);
    expect((await search(coven, newt, early)).ids).toEqual(ids.slice(3, 5));
  });

  test('MAM-38: what is too old goes, up to the last, and what comes then is new', async () => {
    const coven = await open({ archiveDays: 2 });
    const { world, channel, newt } = coven;
    const ids = await say(coven, coven.toad, 'a', 'b');
    await wait(coven, DAY_MS);
    ids.push(...(await say(coven, coven.toad, 'c')));
    expect((await search(coven, newt, query())).ids).toEqual(ids);
    await wait(coven, DAY_MS);
    expect((await search(coven, newt, query())).ids).toEqual(ids.slice(2));
    await wait(coven, DAY_MS);
    expect((await search(coven, newt, query())).fin).toBe(
      `<fin xmlns="${MAM}" complete="true"><set xmlns="http://jabber.org/protocol/rsm"><count>0</count></set></fin>`,
    );
    expect(inside(await world.result(newt, 'get', channel, `<metadata xmlns='${MAM}'/>`))).toBe(
      `<metadata xmlns="${MAM}"/>`,
    );
    const next = await say(coven, coven.toad, 'd');
    const found = await search(coven, newt, query());
    expect([found.ids, found.bodies, found.count]).toEqual([next, ['d'], '1']);
    expect(ids).not.toContain(next[0]);
  });

  test('MAM-38, MAM-37: a tombstone is a message, and what is gone cannot be taken back', async () => {
    const coven = await open({ archiveMessagesMax: 4 });
    const { world, toad, newt } = coven;
    const ids = await say(coven, toad, ...numbers(3));
    const retract = (id = ''): string => `<retract xmlns='${MISC}' id='${id}'/>`;
    const [reflected] = await post(coven, toad, retract(ids[1]));
    await world.pass(1_000);
    await wait(coven);
    ids.push(reflected?.attrs['id'] ?? '');
    expect((await search(coven, newt, query())).ids).toEqual(ids);
    ids.push(...(await say(coven, newt, 'x')));
    await wait(coven);
    expect((await search(coven, newt, query())).ids).toEqual(ids.slice(1));
    const [refusal] = await post(coven, toad, retract(ids[0]));
    expect([refusal?.attrs['type'], inside(refusal!)]).toEqual([
      'error',
      expect.stringContaining('item-not-found'),
    ]);
    ids.push(...(await say(coven, newt, 'y')));
    await wait(coven);
    const found = await search(coven, newt, query());
    expect(found.ids).toEqual(ids.slice(2));
    expect(found.bodies).toEqual(['m2', '', 'x', 'y']);
  });

  test('MAM-38: what a participant has not got yet is kept for it, whatever the limits', async () => {
    const coven = await open({ archiveMessagesMax: 1, archiveDays: 1 });
    const { world, toad, newt } = coven;
    await world.stage.powers.slowLink(true);
    expect(await say(coven, toad, ...numbers(3))).toEqual(['', '', '']);
    await wait(coven, 2 * DAY_MS);
    await world.stage.powers.restart();
    const heard = newt.received.flatMap((stanza) => textsOf(stanza, 'body'));
    expect(heard).toEqual(numbers(3));
    await wait(coven);
    expect((await search(coven, newt, query())).ids).toEqual([]);
  });
});

test('MAM-38: without limits, everything is kept for ever', async () => {
  const coven = await openCoven([], { limits: { archiveMessagesMax: 0, archiveDays: 0 } });
  const ids = await say(coven, coven.toad, ...numbers(12));
  for (let year = 0; year < 10; year += 1) await coven.world.pass(365 * DAY_MS);
  expect((await search(coven, coven.newt, query())).ids).toEqual(ids);
});
