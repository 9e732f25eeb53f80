/**
 * MAM-01 … 09, 12, 22 … 25, 39 … 41: asking the archive.
 */
import { describe, expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import { all, form, inside, openCoven, SERVICE, stanzaOf, textsOf } from '../pubsub/kit.ts';
import { foundIn, MAM, numbers, query, say, search } from './kit.ts';

test('MAM-01: the channel has the features, the service has not', async () => {
  const { world, channel, newt } = await openCoven();
  const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
  const vars = async (to: string): Promise<(string | undefined)[]> =>
    all(await world.result(newt, 'get', to, info), 'feature').map(({ attrs }) => attrs['var']);
  expect(await vars(channel)).toEqual(expect.arrayContaining([MAM, `${MAM}#extended`]));
  expect((await vars(SERVICE)).filter((name) => name?.startsWith(MAM))).toEqual([]);
});

test('MAM-02, MAM-05, MAM-06, MAM-08, MAM-32: results first, then the answer with its page', async () => {
  const coven = await openCoven();
  const { newt, toad, channel, world } = coven;
  const at = world.stage.clock.now();
  const [id] = await say(coven, toad, 'one');
  const found = await search(coven, newt, query());
  expect(found.ids).toEqual([id]);
  expect(found.results[0]?.stamp).toBe(new Date(at).toISOString());
  expect(found.results[0]?.message.attrs).toEqual({ from: `${channel}/${toad.id}`, type: 'groupchat', id });
  expect(elements(found.results[0]!.message).map(({ name, ns }) => `${ns} ${name}`)).toEqual([
    'jabber:client body',
    'urn:xmpp:mix:core:1 mix',
    'urn:xmpp:sid:0 stanza-id',
  ]);
  expect(found.fin).toBe(
    `<fin xmlns="${MAM}" complete="true"><set xmlns="http://jabber.org/protocol/rsm"><first index="0">${id}</first><last>${id}</last><count>1</count></set></fin>`,
  );
});

test('MAM-03: the form has the six fields, and asks for none', async () => {
  const { world, channel, newt } = await openCoven();
  const answer = await world.result(newt, 'get', channel, `<query xmlns='${MAM}'/>`);
  const [asked] = elements(answer);
  expect([asked?.name, asked?.ns, asked?.children.length]).toEqual(['query', MAM, 1]);
  const [x] = elements(asked!);
  expect([x?.name, x?.ns, x?.attrs['type']]).toEqual(['x', 'jabber:x:data', 'form']);
  const fields = all(answer, 'field').map(({ attrs }) => [attrs['var'], attrs['type']]);
  expect(fields).toEqual([
    ['FORM_TYPE', 'hidden'],
    ['with', 'jid-single'],
    ['start', 'text-single'],
    ['end', 'text-single'],
    ['before-id', 'text-single'],
    ['after-id', 'text-single'],
    ['ids', 'list-multi'],
  ]);
  expect(textsOf(answer, 'value')).toEqual([MAM]);
  expect(all(answer, 'required')).toEqual([]);
  const validate = all(all(answer, 'field').at(-1)!, 'validate');
  expect(validate.map(({ ns }) => ns)).toEqual(['http://jabber.org/protocol/xdata-validate']);
  expect(elements(validate[0]!).map(({ name }) => name)).toEqual(['open']);
});

test('MAM-04: each result says which query found it', async () => {
  const coven = await openCoven();
  await say(coven, coven.toad, 'one', 'two');
  for (const id of ['a', 'b']) {
    const found = await search(coven, coven.newt, query([], undefined, { attrs: ` queryid='${id}'` }));
    expect(found.results.map(({ queryId }) => queryId)).toEqual([id, id]);
  }
  expect((await search(coven, coven.newt, query())).results.map(({ queryId }) => queryId)).toEqual([
    undefined,
    undefined,
  ]);
});

test('MAM-07: in the order of time, within a page and from page to page', async () => {
  const coven = await openCoven();
  await say(coven, coven.toad, ...numbers(20));
  const one = await search(coven, coven.newt, query([], '<max>10</max>'));
  const two = await search(coven, coven.newt, query([], `<max>10</max><after>${one.last}</after>`));
  const both = [...one.results, ...two.results];
  expect(both.map(({ message }) => textsOf(message, 'body')[0])).toEqual(numbers(20));
  expect(both.map(({ stamp }) => stamp).toSorted()).toEqual(both.map(({ stamp }) => stamp));
});

describe('MAM-09: from and to a moment', () => {
  test('the moment itself is within', async () => {
    const coven = await openCoven();
    await say(coven, coven.toad, 'one', 'two', 'three');
    const whole = await search(coven, coven.newt, query());
    const stamp = whole.results[1]!.stamp;
    const bodies = async (...filters: string[][]): Promise<readonly string[]> =>
      (await search(coven, coven.newt, query(filters))).bodies;
    expect(await bodies(['start', stamp], ['end', stamp])).toEqual(['two']);
    expect(await bodies(['start', stamp])).toEqual(['two', 'three']);
    expect(await bodies(['end', stamp])).toEqual(['one', 'two']);
    expect(await bodies(['start', stamp.replace('Z', '+00:00')], ['end', stamp])).toEqual(['two']);
    expect(await bodies(['start', '2040-01-01T00:00:00Z'])).toEqual([]);
    expect(await bodies(['start', ''])).toEqual(['one', 'two', 'three']);
  });

  test.each(['yesterday', '2026-01-01', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00', '1767225600'])(
    '%s is no moment',
    async (bad) => {
      const { world, channel, newt } = await openCoven();
      for (const end of ['start', 'end'])
        await world.refused(newt, 'set', channel, query([[end, bad]]), 'bad-request');
    },
  );
});

test('MAM-12: after one message, before one, or some by their ids', async () => {
  const coven = await openCoven();
  const { world, channel, newt } = coven;
  const ids = await say(coven, coven.toad, ...numbers(6));
  const bodies = async (...filters: string[][]): Promise<readonly string[]> =>
    (await search(coven, newt, query(filters))).bodies;
  expect(await bodies(['after-id', ids[1]!])).toEqual(['m2', 'm3', 'm4', 'm5']);
  expect(await bodies(['before-id', ids[2]!])).toEqual(['m0', 'm1']);
  expect(await bodies(['after-id', ids[1]!], ['before-id', ids[4]!])).toEqual(['m2', 'm3']);
  expect(await bodies(['ids', ids[4]!, ids[0]!, ids[2]!])).toEqual(['m0', 'm2', 'm4']);
  for (const filter of ['after-id', 'before-id', 'ids'])
    await world.refused(newt, 'set', channel, query([[filter, 'nothing']]), 'item-not-found');
  await world.refused(newt, 'set', channel, query([['ids', ids[0]!, 'nothing']]), 'item-not-found');
});

describe('what is asked in a wrong way', () => {
  test('MAM-22, MAM-24: by a field that the archive does not have', async () => {
    const { world, channel, newt } = await openCoven();
    for (const field of [
      ['foo', 'x'],
      ['include-groupchat', 'true'],
      ['withtext', 'x'],
    ])
      await world.refused(newt, 'set', channel, query([field]), 'feature-not-implemented');
  });

  test('MAM-23: with another FORM_TYPE, or none', async () => {
    const { world, channel, newt } = await openCoven();
    const asked = (x: string): string => `<query xmlns='${MAM}'>${x}</query>`;
    for (const x of [
      form('foo', [['with', 'a@b']]),
      form(undefined, [['with', 'a@b']]),
      form(MAM, [], 'result'),
      form('foo', []),
    ])
      await world.refused(newt, 'set', channel, asked(x), 'bad-request');
  });

  test('MAM-25: only the messages node has an archive', async () => {
    const coven = await openCoven();
    const { world, channel, newt } = coven;
    await say(coven, coven.toad, 'one');
    const at = (node: string): string => query([], undefined, { attrs: ` node='${node}'` });
    expect((await search(coven, newt, query())).bodies).toEqual(['one']);
    expect((await search(coven, newt, at('urn:xmpp:mix:nodes:messages'))).bodies).toEqual(['one']);
    await world.refused(newt, 'set', channel, at('urn:xmpp:mix:nodes:config'), 'feature-not-implemented');
    await world.refused(
      newt,
      'set',
      channel,
      at('urn:xmpp:mix:nodes:participants'),
      'feature-not-implemented',
    );
    await world.refused(newt, 'set', channel, at('urn:foo'), 'item-not-found');
    await world.refused(newt, 'get', channel, at('urn:foo'), 'item-not-found');
  });

  test('MAM-40, MAM-41: of the service, or of a participant', async () => {
    const { world, channel, newt, toad } = await openCoven();
    for (const to of [SERVICE, `${toad.id}#${channel}`])
      for (const [type, payload] of [
        ['set', query()],
        ['get', `<query xmlns='${MAM}'/>`],
        ['get', `<metadata xmlns='${MAM}'/>`],
      ] as const)
        await world.refused(newt, type, to, payload, 'service-unavailable');
  });
});

test('MAM-39: two queries at once keep their results apart', async () => {
  const coven = await openCoven();
  const { world, channel, newt } = coven;
  const ids = await say(coven, coven.toad, ...numbers(10));
  const got = await world.during(newt, () => {
    for (const [id, set] of [
      ['a', '<max>6</max>'],
      ['b', '<max>4</max><before/>'],
    ] as const)
      world.stage.send(
        newt,
        stanzaOf(
          `<iq type='set' id='${id}' to='${channel}'>${query([], set, { attrs: ` queryid='${id}'` })}</iq>`,
        ),
      );
    return world.stage.settle();
  });
  const answers = got.filter(({ name }) => name === 'iq');
  expect(answers.map(({ attrs }) => [attrs['id'], attrs['type']]).toSorted()).toEqual([
    ['a', 'result'],
    ['b', 'result'],
  ]);
  for (const [id, expected] of [
    ['a', ids.slice(0, 6)],
    ['b', ids.slice(6)],
  ] as const) {
    const mine = got.filter((stanza) => all(stanza, 'result')[0]?.attrs['queryid'] === id);
    const answer = answers.find(({ attrs }) => attrs['id'] === id)!;
    const found = foundIn(mine, answer, channel, newt);
    expect(found.ids).toEqual(expected);
    expect(got.indexOf(answer)).toBeGreaterThan(got.indexOf(mine.at(-1)!));
  }
  expect(inside(got[0]!)).toContain('queryid=');
});
