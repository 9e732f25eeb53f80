/**
 * ANON-13, ANON-14, ANON-16 to ANON-18: what a change of mode does to people.
 * Changes the mode of a channel in use, and looks at everything that goes out, in its order.
 * Does not look at the archive (test/conformance/leak/mode-change.test.ts).
 * Before: test/conformance/anon/modes.test.ts. After: test/conformance/anon/architecture.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  closeWorlds,
  eventXml,
  expectAre,
  expectRefused,
  fieldsOf,
  find,
  openWorld,
  participantXml,
  presenceXml,
  whoByItem,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

const CASES = [
  ['ANON-13', 'never', 'jid-hidden', 'jid-visible'],
  ['ANON-13', 'never', 'jid-maybe-visible', 'jid-visible'],
  ['ANON-14', 'always', 'jid-maybe-visible', 'jid-hidden'],
  ['ANON-14', 'always', 'jid-visible', 'jid-hidden'],
] as const;

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
  readonly id: string;
  readonly twoId: string;
}

/** `one` has that preference and a client that is there; `two` follows; the owner follows the map. */
async function setUp(wish: string, mode: string): Promise<Scene> {
  const world = await openWorld();
  const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven', { 'JID Visibility': mode });
  await owner.subscribe(channel, 'jidmap');
  const twoId = await two.join(channel);
  const id = await one.join(channel, { preferences: { 'JID Visibility': wish } });
  await one.appear(channel);
  await two.appear(channel);
  world.mark();
  return { world, owner, one, two, channel, id, twoId };
}

describe.each(CASES)('%s: %j, from %s to %s', (_, wish, from, to) => {
  test('removes the participant before anything of the new mode is said', async () => {
    const { owner, two, channel, id } = await setUp(wish, from);
    await owner.configure(channel, { 'JID Visibility': to });
    const order = two.news.map((stanza) => {
      if (stanza.name === 'presence') return `presence ${stanza.attrs['type'] ?? 'available'}`;
      if (find(stanza, 'retract')?.attrs['id'] === id) return 'retract';
      return fieldsOf(stanza)['JID Visibility'] === undefined ? 'item' : 'info';
    });
    // Her own presence and item are those of somebody who stays: shown or hidden anew, unless nothing changes.
    const changes = from === 'jid-maybe-visible' && to === 'jid-hidden' ? [] : ['item', 'presence available'];
    expect(order).toEqual(['presence unavailable', 'retract', ...changes, 'info']);
    expect(Object.keys(await two.participants(channel))).not.toContain(id);
  });

  test('ANON-16: is a full leave', async () => {
    const { world, owner, one, channel, id } = await setUp(wish, from);
    await owner.configure(channel, { 'JID Visibility': to });
    expect(whoByItem(await owner.items(channel, 'jidmap'))).not.toHaveProperty(id);
    const map = owner.heard('message', 'jidmap');
    expectAre(map, [eventXml(channel, owner, 'jidmap', `<retract id='${id}'/>`)]);
    world.mark();
    expectRefused(await one.say('groupchat', channel, '<body>And I?</body>'), 'forbidden/auth');
    expectRefused((await one.history(channel)).answer, 'forbidden/auth');
    const own = await one.ask(
      'get',
      channel,
      `<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscriptions/></pubsub>`,
    );
    expect(find(own, 'subscription')).toBeUndefined();
    world.expectSilence();
  });

  test('ANON-17: tells the removed one', async () => {
    const { owner, one, channel, id } = await setUp(wish, from);
    await owner.configure(channel, { 'JID Visibility': to });
    const told = one.heard('message');
    expectAre(told, [eventXml(channel, one, 'participants', `<retract id='${id}'/>`)]);
    expect(one.heard('presence').map(({ attrs }) => attrs['type'])).toEqual(['unavailable']);
  });

  test('ANON-17: also who subscribes to nothing', async () => {
    const { world, owner, channel } = await setUp(wish, from);
    const three = await world.person('three');
    const id = await three.join(channel, { nodes: [], preferences: { 'JID Visibility': wish } });
    world.mark();
    await owner.configure(channel, { 'JID Visibility': to });
    expectAre(three.news, [eventXml(channel, three, 'participants', `<retract id='${id}'/>`)]);
  });
});

test('ANON-14: whoever stays is shown or hidden anew: one event, one presence, under the same address', async () => {
  const { world, owner, two, one, channel, twoId, id } = await setUp('default', 'jid-hidden');
  await owner.configure(channel, { 'JID Visibility': 'jid-visible' });
  const [own = '', others = ''] = [twoId, id].map((each) => {
    const presence = two.heard('presence').find(({ attrs }) => attrs['from']?.startsWith(each) === true);
    return presence?.attrs['from'] ?? '';
  });
  expectAre(two.heard('message', 'participants'), [
    eventXml(channel, two, 'participants', participantXml(twoId, 'two', two.bare)),
    eventXml(channel, two, 'participants', participantXml(id, 'one', one.bare)),
  ]);
  expectAre(two.heard('presence'), [
    presenceXml(own, two, { nick: 'two', jid: two.full }),
    presenceXml(others, two, { nick: 'one', jid: one.full }),
  ]);
  world.mark();
  await owner.configure(channel, { 'JID Visibility': 'jid-hidden' });
  expectAre(two.heard('message', 'participants'), [
    eventXml(channel, two, 'participants', participantXml(twoId, 'two')),
    eventXml(channel, two, 'participants', participantXml(id, 'one')),
  ]);
  expectAre(two.heard('presence'), [
    presenceXml(own, two, { nick: 'two' }),
    presenceXml(others, two, { nick: 'one' }),
  ]);
});

test('ANON-18: only an owner changes the mode', async () => {
  const { world, owner, one, two, channel } = await setUp('default', 'jid-hidden');
  const admin = await world.person('admin');
  await owner.configure(channel, { Administrator: admin.bare });
  const before = fieldsOf(await owner.items(channel, 'config'));
  world.mark();
  for (const person of [admin, one]) {
    expectRefused(await person.configure(channel, { 'JID Visibility': 'jid-visible' }), 'forbidden/auth');
    const info = `<item><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mix:core:1</value></field><field
      var='JID Visibility'><value>jid-visible</value></field></x></item>`;
    expectRefused(await person.publish(channel, 'info', info), 'forbidden/auth');
  }
  world.expectSilence();
  expect(fieldsOf(await owner.items(channel, 'config'))).toEqual(before);
  expect(Object.values(await two.participants(channel)).map(({ jid }) => jid)).toEqual([
    undefined,
    undefined,
  ]);
});
