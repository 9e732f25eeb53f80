/**
 * MAM-13 … 21: pages of the archive, in memory and on SQLite.
 */
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/storage/memory.ts';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { Store } from '../../../src/storage/store.ts';
import { inside, openCoven, type Coven } from '../pubsub/kit.ts';
import { MAM, numbers, post, query, say, search, type Found } from './kit.ts';

const stores: readonly (readonly [string, () => Store])[] = [
  ['in memory', memoryStore],
  ['on SQLite', () => openSqlite(':memory:')],
];

describe.each(stores)('%s', (_, store) => {
  const open = async (): Promise<Coven> => openCoven([], { store: store() });
  const paged = (coven: Coven, set: string): Promise<Found> => search(coven, coven.newt, query([], set));

  test('MAM-13, MAM-17, MAM-18, MAM-19: forwards and backwards, page by page', async () => {
    const coven = await open();
    const ids = await say(coven, coven.toad, ...numbers(12));
    const forwards: Found[] = [];
    for (
      let after = '';
      forwards.at(-1)?.complete !== 'true';
      after = `<after>${forwards.at(-1)?.last}</after>`
    )
      forwards.push(await paged(coven, `<max>5</max>${after}`));
    expect(forwards.flatMap((each) => each.ids)).toEqual(ids);
    expect(forwards.map(({ complete, index, count }) => [complete, index, count])).toEqual([
      [undefined, '0', '12'],
      [undefined, '5', '12'],
      ['true', '10', '12'],
    ]);
    const backwards: Found[] = [];
    for (let before = ''; backwards.at(-1)?.complete !== 'true'; before = backwards.at(-1)?.first ?? '')
      backwards.push(await paged(coven, `<max>5</max><before>${before}</before>`));
    expect(backwards.toReversed().flatMap((each) => each.ids)).toEqual(ids);
    expect(backwards.map(({ complete, index }) => [complete, index])).toEqual([
      [undefined, '7'],
      [undefined, '2'],
      ['true', '0'],
    ]);
    for (const page of [...forwards, ...backwards])
      expect([page.first, page.last]).toEqual([page.ids[0], page.ids.at(-1)]);
    expect((await paged(coven, '<max>5</max><before/>')).ids).toEqual(ids.slice(7));
  });

  test('MAM-13: there is no page after or before a message that is unknown', async () => {
    const coven = await open();
    const { world, channel, newt } = coven;
    await say(coven, coven.toad, 'one');
    for (const set of [
      '<after>nothing</after>',
      '<before>nothing</before>',
      '<max>0</max><after>nothing</after>',
    ])
      await world.refused(newt, 'set', channel, query([], set), 'item-not-found');
  });

  test('MAM-14: after one and before another at once is refused', async () => {
    const coven = await open();
    const ids = await say(coven, coven.toad, ...numbers(3));
    const { world, channel, newt } = coven;
    for (const before of [`<before>${ids[2]}</before>`, '<before/>'])
      await world.refused(
        newt,
        'set',
        channel,
        query([], `<after>${ids[0]}</after>${before}`),
        'bad-request',
      );
  });

  test('MAM-15: a page of none counts', async () => {
    const coven = await open();
    const { world, channel, newt } = coven;
    expect((await paged(coven, '<max>0</max>')).fin).toBe(
      `<fin xmlns="${MAM}" complete="true"><set xmlns="http://jabber.org/protocol/rsm"><count>0</count></set></fin>`,
    );
    await say(coven, coven.toad, ...numbers(3));
    const found = await paged(coven, '<max>0</max>');
    expect(found.ids).toEqual([]);
    expect(found.fin).toBe(
      `<fin xmlns="${MAM}"><set xmlns="http://jabber.org/protocol/rsm"><count>3</count></set></fin>`,
    );
    for (const max of ['-1', 'NaN', '', '1e3', '1.5'])
      await world.refused(newt, 'set', channel, query([], `<max>${max}</max>`), 'bad-request');
  });

  test('MAM-17, MAM-18: complete is said exactly when nothing was cut off', async () => {
    const coven = await open();
    const ids = await say(coven, coven.toad, ...numbers(4));
    const complete = async (set: string): Promise<string | undefined> => (await paged(coven, set)).complete;
    expect(await complete('<max>4</max>')).toBe('true');
    expect(await complete('<max>5</max>')).toBe('true');
    expect(await complete('<max>3</max>')).toBeUndefined();
    expect(await complete(`<max>2</max><after>${ids[1]}</after>`)).toBe('true');
    expect(await complete(`<max>1</max><after>${ids[1]}</after>`)).toBeUndefined();
    expect(await complete('<max>4</max><before/>')).toBe('true');
    expect(await complete('<max>3</max><before/>')).toBeUndefined();
    const empty = await paged(coven, `<max>4</max><after>${ids[3]}</after>`);
    expect([empty.complete, empty.ids, empty.first, empty.last, empty.index]).toEqual([
      'true',
      [],
      undefined,
      undefined,
      undefined,
    ]);
    expect(empty.count).toBe('4');
  });

  test('MAM-19: what is counted is what the query selects', async () => {
    const coven = await open();
    const { toad, newt, channel } = coven;
    const mine = await say(coven, toad, 'a', 'b');
    await say(coven, newt, 'c', 'd', 'e');
    mine.push(...(await say(coven, toad, 'f')));
    const of = query([['with', `${channel}/${toad.id}`]], `<max>1</max><after>${mine[1]}</after>`);
    const found = await search(coven, newt, of);
    expect([found.ids, found.count, found.index]).toEqual([[mine[2]], '3', '2']);
  });

  test('MAM-20: a flipped page is the same page in reverse', async () => {
    const coven = await open();
    await say(coven, coven.toad, ...numbers(6));
    for (const set of ['<max>4</max>', '<max>4</max><before/>', '<max>9</max>']) {
      const plain = await paged(coven, set);
      const flipped = await search(coven, coven.newt, query([], set, { inner: '<flip-page/>' }));
      expect(flipped.ids).toEqual(plain.ids.toReversed());
      expect(flipped.fin).toBe(plain.fin);
    }
  });

  test('MAM-21: the ends of the archive', async () => {
    const coven = await open();
    const { world, channel, newt } = coven;
    const metadata = async (): Promise<string> =>
      inside(await world.result(newt, 'get', channel, `<metadata xmlns='${MAM}'/>`));
    expect(await metadata()).toBe(`<metadata xmlns="${MAM}"/>`);
    const ids = await say(coven, coven.toad, ...numbers(3));
    const { results } = await search(coven, newt, query());
    const end = (name: string, at: number): string =>
      `<${name} id="${ids[at]}" timestamp="${results[at]!.stamp}"/>`;
    expect(await metadata()).toBe(`<metadata xmlns="${MAM}">${end('start', 0)}${end('end', 2)}</metadata>`);
    await world.refused(newt, 'set', channel, `<metadata xmlns='${MAM}'/>`, 'bad-request');
  });

  test('MAM-29: two hundred messages are two hundred ids that say nothing of their order', async () => {
    const coven = await open();
    const { toad, newt } = coven;
    for (let at = 0; at < 200; at++) await post(coven, at % 2 === 0 ? toad : newt, `<body>${at}</body>`);
    const { ids, bodies, complete } = await search(coven, newt, query());
    expect(complete).toBe('true');
    expect(bodies).toEqual(numbers(200, ''));
    expect(new Set(ids).size).toBe(200);
    expect(ids.toSorted()).not.toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{20,}$/);
    const starts = new Set(ids.map((id) => id.slice(0, 3)));
    expect(starts.size).toBeGreaterThan(150);
  });
});

test('MAM-16: a page is never longer than the service allows', async () => {
  const coven = await openCoven([], { limits: { pageItemsMax: 5 } });
  const ids = await say(coven, coven.toad, ...numbers(8));
  for (const set of [undefined, '<max>100</max>']) {
    const found = await search(coven, coven.newt, query([], set));
    expect([found.ids, found.complete, found.count]).toEqual([ids.slice(0, 5), undefined, '8']);
  }
});
