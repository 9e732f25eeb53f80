/**
 * ANON-46 to ANON-48, ANON-50 to ANON-53, ANON-55: the JID map, for those who may not.
 * Tries every way to write to it, and every way to read it.
 * Does not look at what administrators get (jidmap.test.ts).
 * Before: test/conformance/anon/jidmap.test.ts. After: test/conformance/anon/preferences.test.ts.
 */
import { expect, test } from 'vitest';
import {
  closeWorlds,
  expectIs,
  expectRefused,
  find,
  findAll,
  openWorld,
  plain,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

const NS = 'http://jabber.org/protocol/pubsub';
const JIDMAP = 'urn:xmpp:mix:nodes:jidmap';
const CORE = 'urn:xmpp:mix:core:1';

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly admin: Person;
  readonly one: Person;
  readonly two: Person;
  readonly outsider: Person;
  readonly channel: string;
  readonly id: string;
}

/** `one` and `two` take part; the owner follows the map. */
async function setUp(mode = 'jid-hidden'): Promise<Scene> {
  const world = await openWorld();
  const [owner, admin, one, two, outsider] = (await world.cast(
    'owner',
    'admin',
    'one',
    'two',
    'outsider',
  )) as [Person, Person, Person, Person, Person];
  const channel = await owner.create('coven', { Administrator: admin.bare, 'JID Visibility': mode });
  const id = await one.join(channel);
  await two.join(channel);
  await owner.subscribe(channel, 'jidmap');
  world.mark();
  return { world, owner, admin, one, two, outsider, channel, id };
}

const pubsub = (inner: string, ns = NS): string => `<pubsub xmlns='${ns}'>${inner}</pubsub>`;

test('ANON-46: nobody publishes to the map', async () => {
  const { world, owner, admin, one, channel, id } = await setUp();
  const before = plain(find(await admin.items(channel, 'jidmap'), 'pubsub'));
  world.mark();
  for (const person of [owner, admin, one])
    for (const item of [
      `<item id='${id}'><participant xmlns='urn:xmpp:mix:anon:0'><jid>${person.bare}</jid></participant></item>`,
      `<item id='99'><participant xmlns='urn:xmpp:mix:anon:0'><jid>${person.bare}</jid></participant></item>`,
      `<item/>`,
    ])
      expectRefused(await person.publish(channel, 'jidmap', item), 'not-allowed/cancel');
  world.expectSilence();
  expect(plain(find(await admin.items(channel, 'jidmap'), 'pubsub'))).toEqual(before);
});

test('ANON-47: nobody retracts from it, purges, deletes or configures it', async () => {
  const { world, owner, admin, one, channel, id } = await setUp();
  const before = plain(find(await admin.items(channel, 'jidmap'), 'pubsub'));
  world.mark();
  for (const person of [owner, admin, one]) {
    const retract = pubsub(`<retract node='${JIDMAP}'><item id='${id}'/></retract>`);
    expectRefused(await person.ask('set', channel, retract), 'not-allowed/cancel');
    for (const [verb, type] of [
      [`<purge node='${JIDMAP}'/>`, 'set'],
      [`<delete node='${JIDMAP}'/>`, 'set'],
      [`<configure node='${JIDMAP}'/>`, 'get'],
      [`<configure node='${JIDMAP}'><x xmlns='jabber:x:data' type='submit'/></configure>`, 'set'],
    ] as const) {
      const answer = await person.ask(type, channel, pubsub(verb, `${NS}#owner`));
      expectRefused(answer, 'feature-not-implemented/cancel', 'unsupported');
    }
  }
  world.expectSilence();
  expect(plain(find(await admin.items(channel, 'jidmap'), 'pubsub'))).toEqual(before);
});

test('ANON-48: only administrators subscribe', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { world, two, outsider, channel } = await setUp(mode);
    for (const person of [two, outsider])
      expectRefused(await person.subscribe(channel, 'jidmap'), 'not-allowed/cancel', 'closed-node');
    world.mark();
    await (await world.person('three')).join(channel);
    expect(two.heard('message', 'jidmap')).toEqual([]);
    expect(outsider.news).toEqual([]);
    expect(
      findAll(await two.ask('get', channel, pubsub('<subscriptions/>')), 'subscription').map(
        ({ attrs }) => attrs['node'],
      ),
    ).not.toContain(JIDMAP);
  }
});

test('ANON-50: only administrators retrieve, and the answer is the same whether the item is there', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { two, outsider, channel, id } = await setUp(mode);
    for (const person of [two, outsider]) {
      const answers = [
        await person.items(channel, 'jidmap'),
        await person.items(channel, 'jidmap', `<item id='${id}'/>`),
        await person.items(channel, 'jidmap', `<item id='nobody'/>`),
        await person.ask('get', channel, pubsub(`<items node='${JIDMAP}' max_items='1'/>`)),
      ];
      for (const answer of answers) expectRefused(answer, 'not-allowed/cancel', 'closed-node');
      const [first, ...others] = answers.map((answer) =>
        plain({ ...answer, attrs: { ...answer.attrs, id: '' } }),
      );
      for (const other of others) expect(other).toEqual(first);
    }
  }
});

test('ANON-51: a join leaves the map out for those who may not have it', async () => {
  const { world, outsider, admin, channel } = await setUp();
  const asked = `<join xmlns='${CORE}'><subscribe node='urn:xmpp:mix:nodes:messages'/><subscribe node='${JIDMAP}'/><nick>late</nick></join>`;
  const answer = await outsider.ask('set', channel, asked);
  const nodes = findAll(answer, 'subscribe').map(({ attrs }) => attrs['node']);
  expect(nodes).toEqual(['urn:xmpp:mix:nodes:messages']);
  await outsider.leave(channel);
  world.mark();
  const alone = `<join xmlns='${CORE}'><subscribe node='${JIDMAP}'/><nick>late</nick></join>`;
  const refused = await outsider.ask('set', channel, alone);
  expectIs(
    {
      ...refused,
      children: refused.children.filter(
        (child) => typeof child === 'object' && 'name' in child && child.name !== 'error',
      ),
    },
    `<iq type='error' id='${refused.attrs['id'] ?? ''}' from='${channel}' to='${outsider.full}'><join xmlns='${CORE}'><subscribe node='${JIDMAP}'/></join></iq>`,
  );
  expectRefused(refused, 'not-allowed/cancel', 'closed-node');
  world.expectSilence();
  expect(Object.keys(await admin.participants(channel))).toHaveLength(2);
  // An administrator has it by the same request.
  const given = await admin.ask('set', channel, asked.replace('late', 'admin'));
  expect(findAll(given, 'subscribe').map(({ attrs }) => attrs['node'])).toContain(JIDMAP);
});

test('ANON-52: so does a change of subscriptions', async () => {
  const { world, two, channel } = await setUp();
  await two.ask(
    'set',
    channel,
    `<update-subscription xmlns='${CORE}'><unsubscribe node='urn:xmpp:mix:nodes:info'/></update-subscription>`,
  );
  const alone = await two.ask(
    'set',
    channel,
    `<update-subscription xmlns='${CORE}'><subscribe node='${JIDMAP}'/></update-subscription>`,
  );
  expectRefused(alone, 'not-allowed/cancel', 'closed-node');
  const both = await two.ask(
    'set',
    channel,
    `<update-subscription xmlns='${CORE}'><subscribe node='${JIDMAP}'/><subscribe node='urn:xmpp:mix:nodes:info'/></update-subscription>`,
  );
  expectIs(
    find(both, 'update-subscription'),
    `<update-subscription xmlns='${CORE}' jid='${two.bare}'><subscribe node='urn:xmpp:mix:nodes:info'/></update-subscription>`,
  );
  world.mark();
  await (await world.person('three')).join(channel);
  expect(two.heard('message', 'jidmap')).toEqual([]);
});

test('ANON-53: discovery does not list it to those who may not subscribe', async () => {
  const { owner, admin, two, outsider, channel } = await setUp();
  const listed = async (person: Person): Promise<boolean> => {
    const answer = await person.ask(
      'get',
      channel,
      `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`,
    );
    expect(answer.attrs['type']).toBe('result');
    return findAll(answer, 'item').some(({ attrs }) => attrs['node'] === JIDMAP);
  };
  const found = [];
  for (const person of [owner, admin, two, outsider]) found.push(await listed(person));
  expect(found).toEqual([true, true, false, false]);
});

test('ANON-55: it is not archived', async () => {
  const { world, owner, admin, two, channel } = await setUp();
  world.mark();
  for (const person of [admin, owner, two]) {
    const answer = await person.ask('set', channel, `<query xmlns='urn:xmpp:mam:2' node='${JIDMAP}'/>`);
    expectRefused(answer, 'feature-not-implemented/cancel');
  }
  world.expectSilence();
});
