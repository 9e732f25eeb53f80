/**
 * PUBSUB-08 … 14, 25, 29, 33: who is told of a node.
 */
import { describe, expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { configure, form, inside, list, NODES, openCoven, publish, pubsub, type Coven } from './kit.ts';

const subscribe = (node: string, jid: string): string => pubsub(`<subscribe node='${node}' jid='${jid}'/>`);
const unsubscribe = (node: string, jid: string): string =>
  pubsub(`<unsubscribe node='${node}' jid='${jid}'/>`);
const subscribed = (node: string, jid: string): string =>
  `<pubsub xmlns="http://jabber.org/protocol/pubsub"><subscription node="${node}" jid="${jid}" subscription="subscribed"/></pubsub>`;
const INFO = 'urn:xmpp:mix:core:1';

async function rename({ world, channel, owner }: Coven, name: string): Promise<void> {
  await world.result(owner, 'set', channel, publish(NODES.info, form(INFO, [['Name', name]])));
}

describe('subscribing', () => {
  test('PUBSUB-08: an owner who takes no part subscribes to the configuration, and is told', async () => {
    const coven = await openCoven();
    const { world, channel, owner, toad } = coven;
    const answer = await world.result(owner, 'set', channel, subscribe(NODES.config, owner.bare));
    expect(inside(answer)).toBe(subscribed(NODES.config, owner.bare));
    // Once more, and from the full address: the same.
    const again = await world.result(owner, 'set', channel, subscribe(NODES.config, owner.full));
    expect(inside(again)).toBe(subscribed(NODES.config, owner.bare));
    const told = await world.during(owner, () => configure(coven, [['Private Messages', 'false']]));
    const events = told.filter(({ name }) => name === 'message');
    expect(events).toHaveLength(1);
    expect(events[0]?.attrs).toEqual({ from: channel, to: owner.bare, type: 'headline' });
    expect(serialize(events[0]!)).toContain(`<items node="${NODES.config}"><item id="`);
    expect(toad.received.some((stanza) => serialize(stanza).includes(NODES.config))).toBe(false);
  });

  test('PUBSUB-09: nobody is subscribed by somebody else', async () => {
    const { world, channel, owner, toad, newt } = await openCoven();
    for (const jid of ['other@elsewhere.example', toad.bare, toad.full, 'elsewhere.example'])
      await world.refused(newt, 'set', channel, subscribe(NODES.info, jid), 'bad-request', 'invalid-jid');
    await world.refused(
      owner,
      'set',
      channel,
      subscribe(NODES.config, toad.bare),
      'bad-request',
      'invalid-jid',
    );
    await world.refused(
      newt,
      'set',
      channel,
      pubsub(`<subscribe node='${NODES.info}'/>`),
      'bad-request',
      'jid-required',
    );
    await world.refused(newt, 'set', channel, subscribe(NODES.info, 'a@@b'), 'jid-malformed');
  });

  test('PUBSUB-10: a node that is closed to somebody is not subscribed to', async () => {
    const coven = await openCoven();
    const { world, channel, newt } = coven;
    await configure(coven, [['Nodes Present', 'participants', 'information', 'allowed', 'banned']]);
    for (const node of [NODES.jidmap, NODES.config, NODES.banned, NODES.allowed])
      await world.refused(newt, 'set', channel, subscribe(node, newt.bare), 'not-allowed', 'closed-node');
    await world.refused(
      coven.stranger,
      'set',
      channel,
      subscribe(NODES.info, coven.stranger.bare),
      'not-allowed',
      'closed-node',
    );
  });

  test('PUBSUB-10: nor by somebody who takes no part', async () => {
    const { world, channel, stranger } = await openCoven();
    for (const node of [NODES.messages, NODES.info, NODES.participants])
      await world.refused(
        stranger,
        'set',
        channel,
        subscribe(node, stranger.bare),
        'not-allowed',
        'closed-node',
      );
  });

  test('PUBSUB-11: whoever is banned does not subscribe to what is for those who are allowed', async () => {
    const coven = await openCoven([['Information Node Subscription', 'allowed']]);
    const { world, channel, newt, stranger } = coven;
    await world.result(stranger, 'set', channel, subscribe(NODES.info, stranger.bare));
    await list(coven, 'banned', newt.bare, 'stranger.example');
    for (const who of [newt, stranger])
      await world.refused(who, 'set', channel, subscribe(NODES.info, who.bare), 'forbidden');
    // Nor is it told any more.
    await world.quiet(() => world.send(coven.owner, `<presence to='${channel}' type='foo'/>`));
    const told = await world.during(stranger, () => rename(coven, 'Coven'));
    expect(told).toEqual([]);
  });

  test('PUBSUB-12: a node that there is not', async () => {
    const { world, channel, newt } = await openCoven();
    await world.refused(newt, 'set', channel, subscribe('urn:foo', newt.bare), 'item-not-found');
    await world.refused(
      newt,
      'set',
      channel,
      pubsub(`<subscribe jid='${newt.bare}'/>`),
      'bad-request',
      'nodeid-required',
    );
  });
});

describe('unsubscribing', () => {
  test('PUBSUB-13: ends a subscription once', async () => {
    const coven = await openCoven();
    const { world, channel, owner } = coven;
    await world.result(owner, 'set', channel, subscribe(NODES.config, owner.bare));
    const answer = await world.result(owner, 'set', channel, unsubscribe(NODES.config, owner.bare));
    expect(inside(answer)).toBe('');
    await world.refused(
      owner,
      'set',
      channel,
      unsubscribe(NODES.config, owner.bare),
      'unexpected-request',
      'not-subscribed',
    );
    const told = await world.during(owner, () => configure(coven, [['Private Messages', 'false']]));
    expect(told.map(({ name }) => name)).toEqual(['iq']);
  });

  test('PUBSUB-14: nobody is unsubscribed by somebody else', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    for (const jid of [newt.bare, newt.full, 'nobody@elsewhere.example'])
      await world.refused(toad, 'set', channel, unsubscribe(NODES.info, jid), 'forbidden');
    await world.refused(toad, 'set', channel, unsubscribe(NODES.info, 'a@@b'), 'jid-malformed');
    await world.refused(toad, 'set', channel, unsubscribe('urn:foo', toad.bare), 'item-not-found');
    const told = await world.during(newt, () => rename(coven, 'Still here'));
    expect(told).toHaveLength(1);
  });
});

describe('events', () => {
  test('PUBSUB-25: come from the channel, to the bare address, and start no loop of errors', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt, admin } = coven;
    const [event] = await world.during(newt, () => rename(coven, 'Renamed'));
    expect(event?.name).toBe('message');
    expect(event?.attrs).toEqual({ from: channel, to: newt.bare, type: 'headline' });
    expect(inside(event!)).toMatch(
      /^<event xmlns="http:\/\/jabber.org\/protocol\/pubsub#event"><items node="urn:xmpp:mix:nodes:info"><item id="[^"]+"><x xmlns="jabber:x:data" type="result">.*<\/item><\/items><\/event>$/,
    );
    await world.result(admin, 'set', channel, subscribe(NODES.banned, admin.bare));
    await list(coven, 'banned', 'somebody@elsewhere.example');
    const gone = await world.during(admin, () =>
      world.result(
        admin,
        'set',
        channel,
        pubsub(`<retract node='${NODES.banned}'><item id='somebody@elsewhere.example'/></retract>`),
      ),
    );
    const told = gone.find(({ name }) => name === 'message');
    expect(told?.attrs).toEqual({ from: channel, to: admin.bare, type: 'headline' });
    expect(inside(told!)).toBe(
      `<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="${NODES.banned}"><retract id="somebody@elsewhere.example"/></items></event>`,
    );
    // The servers of both bounce what they get: nobody hears of it.
    world.stage.powers.bounceFor(newt);
    world.stage.powers.bounceFor(toad);
    const before = [toad.received.length, newt.received.length];
    await rename(coven, 'Bounced');
    await world.stage.settle();
    expect([toad.received.length, newt.received.length]).toEqual(before);
  });

  test('PUBSUB-33: whoever unsubscribed or left is told no more', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    expect(await world.during(toad, () => rename(coven, 'One'))).toHaveLength(1);
    await world.result(toad, 'set', channel, unsubscribe(NODES.info, toad.bare));
    await world.leave(newt, channel);
    const later = async (): Promise<void> => {
      await rename(coven, 'Two');
      await world.pass(120_000);
      await world.stage.powers.dropLink();
    };
    const [atToad, atNewt] = [toad.received.length, newt.received.length];
    await later();
    // A presence is no event: toad is still subscribed to those, and is asked for its own after a lost link.
    const toToad = toad.received.slice(atToad);
    expect(toToad.filter(({ name }) => name !== 'presence')).toEqual([]);
    expect(newt.received.slice(atNewt)).toEqual([]);
  });
});

describe('lists', () => {
  test('PUBSUB-29: one sees one’s own subscriptions, and nobody else’s', async () => {
    const { world, channel, toad, newt, stranger } = await openCoven();
    const of = (jid: string) => (node: string) =>
      `<subscription node="${node}" jid="${jid}" subscription="subscribed"/>`;
    const mine = [NODES.messages, NODES.participants, NODES.presence, NODES.info].map(of(newt.bare)).join('');
    const answer = await world.result(newt, 'get', channel, pubsub('<subscriptions/>'));
    expect(inside(answer)).toBe(
      `<pubsub xmlns="http://jabber.org/protocol/pubsub"><subscriptions>${mine}</subscriptions></pubsub>`,
    );
    expect(serialize(answer)).not.toContain(toad.bare);
    const one = await world.result(newt, 'get', channel, pubsub(`<subscriptions node='${NODES.info}'/>`));
    expect(inside(one)).toBe(
      `<pubsub xmlns="http://jabber.org/protocol/pubsub"><subscriptions node="${NODES.info}">${of(newt.bare)(NODES.info)}</subscriptions></pubsub>`,
    );
    const none = await world.result(stranger, 'get', channel, pubsub('<subscriptions/>'));
    expect(inside(none)).toBe('<pubsub xmlns="http://jabber.org/protocol/pubsub"><subscriptions/></pubsub>');
  });

  test('PUBSUB-30: affiliations are not told', async () => {
    const { world, channel, newt } = await openCoven();
    for (const inner of ['<affiliations/>', `<affiliations node='${NODES.info}'/>`])
      await world.refused(
        newt,
        'get',
        channel,
        pubsub(inner),
        'feature-not-implemented',
        'unsupported retrieve-affiliations',
      );
  });
});
