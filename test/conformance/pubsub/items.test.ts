/**
 * PUBSUB-01 … 07: reading a node.
 */
import { describe, expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import { all, configure, inside, list, NODES, openCoven, openWorld, pubsub, textsOf } from './kit.ts';

const items = (node: string, inner = '', attrs = ''): string =>
  pubsub(`<items node='${node}'${attrs}>${inner}</items>`);
const rsm = (inner: string): string => `<set xmlns='http://jabber.org/protocol/rsm'>${inner}</set>`;
const page = (node: string, set: string): string => pubsub(`<items node='${node}'/>${rsm(set)}`);

test('PUBSUB-01: a participant reads info, participants and the metadata of the avatar', async () => {
  const { world, channel, admin, toad, newt } = await openCoven();
  const info = await world.result(newt, 'get', channel, items(NODES.info));
  expect(all(info, 'items').map(({ attrs }) => attrs)).toEqual([{ node: NODES.info }]);
  expect(all(info, 'item')).toHaveLength(1);
  expect(textsOf(info, 'value')[0]).toBe('urn:xmpp:mix:core:1');

  const participants = await world.result(newt, 'get', channel, items(NODES.participants));
  const who = (id: string, nick: string): string =>
    `<item id="${id}"><participant xmlns="urn:xmpp:mix:core:1"><nick>${nick}</nick></participant></item>`;
  expect(inside(participants)).toBe(
    `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${NODES.participants}">` +
      `${who(toad.id, 'toad')}${who(newt.id, 'newt')}</items></pubsub>`,
  );

  const metadata = items(NODES['avatar-metadata']);
  expect(all(await world.result(newt, 'get', channel, metadata), 'item')).toEqual([]);
  const published = pubsub(
    `<publish node='urn:xmpp:avatar:metadata'><item id='abc'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='abc' bytes='3' type='image/png'/></metadata></item></publish>`,
  );
  await world.result(admin, 'set', channel, published);
  const got = await world.result(newt, 'get', channel, metadata);
  expect(inside(got)).toBe(
    '<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:avatar:metadata">' +
      '<item id="abc"><metadata xmlns="urn:xmpp:avatar:metadata"><info id="abc" bytes="3" type="image/png"/></metadata></item></items></pubsub>',
  );
});

test('PUBSUB-02: a node that there is not has no items', async () => {
  const { world, channel, newt } = await openCoven();
  await world.refused(newt, 'get', channel, items('urn:foo'), 'item-not-found');
  await world.refused(newt, 'get', channel, items('urn:xmpp:mix:nodes:jidmap-visible'), 'item-not-found');
});

test('PUBSUB-03: what is for administrators is closed to participants', async () => {
  const coven = await openCoven();
  const { world, channel, newt } = coven;
  await configure(coven, [['Nodes Present', 'participants', 'information', 'allowed', 'banned']]);
  for (const node of [NODES.config, NODES.allowed, NODES.banned, NODES.jidmap])
    await world.refused(newt, 'get', channel, items(node), 'not-allowed', 'closed-node');
});

test('PUBSUB-04: whoever is banned reads nothing', async () => {
  const coven = await openCoven();
  const { world, channel, newt } = coven;
  await list(coven, 'banned', newt.bare);
  await world.refused(newt, 'get', channel, items(NODES.info), 'forbidden');
});

test('PUBSUB-05: an item that there is not is left out', async () => {
  const { world, channel, newt, toad } = await openCoven();
  const none = await world.result(newt, 'get', channel, items(NODES.participants, `<item id='nobody'/>`));
  expect(inside(none)).toBe(
    `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${NODES.participants}"/></pubsub>`,
  );
  const some = `<item id='nobody'/><item id='${toad.id}'/>`;
  const one = await world.result(newt, 'get', channel, items(NODES.participants, some));
  expect(all(one, 'item').map(({ attrs }) => attrs['id'])).toEqual([toad.id]);
});

test('PUBSUB-06: max_items gives so many of the latest, and must be a number from 1 on', async () => {
  const coven = await openCoven();
  const { world, channel, admin } = coven;
  await list(coven, 'banned', 'one@x.example', 'two@x.example', 'three.example');
  const got = await world.result(admin, 'get', channel, items(NODES.banned, '', ` max_items='2'`));
  expect(all(got, 'item').map(({ attrs }) => attrs['id'])).toEqual(['two@x.example', 'three.example']);
  for (const bad of ['0', 'x', '-1', '1.5', ' '])
    await world.refused(admin, 'get', channel, items(NODES.banned, '', ` max_items='${bad}'`), 'bad-request');
});

describe('PUBSUB-07: a large node comes in pages', () => {
  test('500 participants, forwards and backwards', async () => {
    const { world, channel, owner, toad, newt } = await openCoven([], { limits: { stanzasBurst: 2_000 } });
    const crowd = await world.person('crowd');
    const ids = [toad.id, newt.id];
    for (let at = 2; at < 500; at++) {
      const account = world.stage.network.account(`p${at}@crowd.example`);
      const id = await new Promise<string>((resolve) =>
        account.join(
          channel,
          { name: 'join', ns: 'urn:xmpp:mix:core:1', attrs: {}, children: [nick(`p ${at}`)] },
          (answer) => resolve(elements(answer)[0]?.attrs['id'] ?? ''),
        ),
      );
      ids.push(id);
    }
    await world.join(crowd, channel);
    await world.leave(crowd, channel);
    const idsOf = async (set: string): Promise<[string[], string]> => {
      const answer = await world.result(newt, 'get', channel, page(NODES.participants, set));
      const [about] = all(answer, 'set');
      const [first] = about === undefined ? [] : all(about, 'first');
      const summary = `${about === undefined ? '' : textsOf(about, 'count').join()} ${first?.attrs['index'] ?? '-'}`;
      const found = all(answer, 'item').map(({ attrs }) => attrs['id'] ?? '');
      if (about !== undefined && found.length > 0)
        expect([...textsOf(about, 'first'), ...textsOf(about, 'last')]).toEqual([found[0], found.at(-1)]);
      return [found, summary];
    };
    const forwards: string[] = [];
    for (let after = ''; forwards.length < 500; after = `<after>${forwards.at(-1)}</after>`) {
      const [found, summary] = await idsOf(`<max>100</max>${after}`);
      expect([found.length, summary]).toEqual([100, `500 ${forwards.length}`]);
      forwards.push(...found);
    }
    expect(forwards).toEqual(ids);
    expect(await idsOf(`<max>100</max><after>${ids.at(-1)}</after>`)).toEqual([[], '500 -']);
    expect(await idsOf('<max>3</max><before/>')).toEqual([ids.slice(-3), '500 497']);
    expect(await idsOf(`<max>3</max><before>${ids[10]}</before>`)).toEqual([ids.slice(7, 10), '500 7']);
    expect(await idsOf('<max>0</max>')).toEqual([[], '500 -']);
    // Whoever asks for no page gets the first, and is told that there is more.
    const whole = await world.result(owner, 'get', channel, items(NODES.participants));
    expect(all(whole, 'item').map(({ attrs }) => attrs['id'])).toEqual(ids.slice(0, 250));
    expect(textsOf(whole, 'count')).toEqual(['500']);
  });

  test('there is no page after an item that is unknown', async () => {
    const { world, channel, newt } = await openCoven();
    for (const set of ['<after>nobody</after>', '<before>nobody</before>'])
      await world.refused(newt, 'get', channel, page(NODES.participants, set), 'item-not-found');
    for (const set of ['<max>-1</max>', '<max>x</max>', '<max/>', '<index>x</index>'])
      await world.refused(newt, 'get', channel, page(NODES.participants, set), 'bad-request');
  });
});

function nick(text: string): { name: string; ns: string; attrs: Record<string, string>; children: string[] } {
  return { name: 'nick', ns: 'urn:xmpp:mix:core:1', attrs: {}, children: [text] };
}

test('PUBSUB-02: a channel that there is not has no nodes', async () => {
  const world = await openWorld();
  const hag = await world.person('hag');
  await world.refused(hag, 'get', 'nowhere@mix.example', items(NODES.info), 'item-not-found');
});
