/**
 * PUBSUB-15 … 24, 28: writing to a node.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { all, form, inside, list, NODES, openCoven, publish, pubsub, textsOf } from './kit.ts';

const INFO = 'urn:xmpp:mix:core:1';
const CONFIG = 'urn:xmpp:mix:admin:0';
const items = (node: string): string => pubsub(`<items node='${node}'/>`);
const retract = (node: string, id: string): string =>
  pubsub(`<retract node='${node}'><item id='${id}'/></retract>`);
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe('who may not', () => {
  test('PUBSUB-15: participants and strangers publish to nothing', async () => {
    const { world, channel, toad, stranger } = await openCoven();
    const attempts = [
      publish(NODES.info, form(INFO, [['Name', 'Mine']])),
      publish(NODES.config, form(CONFIG, [['Owner', toad.bare]])),
      publish(NODES.banned, '', 'somebody@elsewhere.example'),
      publish('urn:xmpp:avatar:data', `<data xmlns='urn:xmpp:avatar:data'>AAAA</data>`),
      // Whoever may not is told that first, whatever else is wrong.
      publish(NODES.info, form('x', [])),
      publish(NODES.config, ''),
      publish('urn:xmpp:avatar:data', `<data xmlns='urn:xmpp:avatar:data'>${'A'.repeat(1_048_576)}</data>`),
    ];
    for (const who of [toad, stranger])
      for (const attempt of attempts) await world.refused(who, 'set', channel, attempt, 'forbidden');
  });

  test('PUBSUB-15: nor to the list of those who are allowed', async () => {
    const { world, channel, owner, toad } = await openCoven();
    const present = form(CONFIG, [['Nodes Present', 'participants', 'information', 'allowed']]);
    await world.result(owner, 'set', channel, publish(NODES.config, present));
    await world.refused(
      toad,
      'set',
      channel,
      publish(NODES.allowed, '', 'friend@elsewhere.example'),
      'forbidden',
    );
    await world.refused(
      toad,
      'set',
      channel,
      retract(NODES.allowed, 'friend@elsewhere.example'),
      'forbidden',
    );
  });

  test('PUBSUB-16: nobody publishes to what the channel keeps itself', async () => {
    const { world, channel, owner, admin, toad } = await openCoven();
    for (const who of [owner, admin, toad])
      for (const node of [NODES.participants, NODES.jidmap, NODES.presence, NODES.messages]) {
        const item = `<participant xmlns='urn:xmpp:mix:core:1'><nick>Nobody</nick></participant>`;
        await world.refused(who, 'set', channel, publish(node, item, toad.id), 'not-allowed');
      }
  });

  test('PUBSUB-17: no node is made by publishing to it', async () => {
    const { world, channel, owner } = await openCoven();
    await world.refused(owner, 'set', channel, publish('urn:foo', `<a xmlns='urn:a'/>`), 'item-not-found');
    await world.refused(owner, 'get', channel, items('urn:foo'), 'item-not-found');
  });
});

describe('what may not be', () => {
  test('PUBSUB-18: information and configuration are their forms, and nothing else', async () => {
    const { world, channel, owner } = await openCoven();
    const bad = [
      'some text',
      '',
      `<a xmlns='urn:a'/>`,
      form('x', [['Name', 'x']]),
      form(INFO, []) + form(INFO, []),
      form(INFO, [['Name', 'x']], 'result'),
    ];
    for (const payload of bad)
      await world.refused(
        owner,
        'set',
        channel,
        publish(NODES.info, payload),
        'bad-request',
        'invalid-payload',
      );
    for (const payload of ['some text', '', `<a xmlns='urn:a'/>`, form('x', [['Owner', owner.bare]])])
      await world.refused(
        owner,
        'set',
        channel,
        publish(NODES.config, payload),
        'bad-request',
        'invalid-payload',
      );
  });

  test('PUBSUB-19: a picture of a megabyte is too big, and said to be', async () => {
    const { world, channel, admin, owner, toad } = await openCoven();
    const picture = (bytes: number): string =>
      `<data xmlns='urn:xmpp:avatar:data'>${Buffer.alloc(bytes, 7).toString('base64')}</data>`;
    const large = publish('urn:xmpp:avatar:data', picture(1_048_576));
    await world.refused(admin, 'set', channel, large, 'not-acceptable', 'payload-too-big');
    const long = publish(NODES.info, form(INFO, [['Description', 'x'.repeat(300_000)]]));
    await world.refused(owner, 'set', channel, long, 'not-acceptable', 'payload-too-big');
    // One that fits is taken, and can be had again as a whole.
    const id = createHash('sha1').update(Buffer.alloc(190_000, 7)).digest('hex');
    await world.result(admin, 'set', channel, publish('urn:xmpp:avatar:data', picture(190_000), id));
    const got = await world.result(toad, 'get', channel, items('urn:xmpp:avatar:data'));
    expect(all(got, 'item').map(({ attrs }) => attrs['id'])).toEqual([id]);
    expect(textsOf(got, 'data')[0]).toHaveLength(253_336);
  });

  test('PUBSUB-20: something must be published', async () => {
    const { world, channel, owner } = await openCoven();
    const nothing = pubsub(`<publish node='${NODES.info}'/>`);
    await world.refused(owner, 'set', channel, nothing, 'bad-request', 'item-required');
    const nowhere = pubsub('<publish><item/></publish>');
    await world.refused(owner, 'set', channel, nowhere, 'bad-request', 'nodeid-required');
  });

  test('PUBSUB-21: options that nodes do not have refuse what is published with them', async () => {
    const { world, channel, owner, admin } = await openCoven();
    const options = `<publish-options>${form('http://jabber.org/protocol/pubsub#publish-options', [['pubsub#access_model', 'open']])}</publish-options>`;
    const item = `<item>${form(INFO, [['Name', 'x']])}</item>`;
    const asked = pubsub(`<publish node='${NODES.info}'>${item}</publish>${options}`);
    await world.refused(owner, 'set', channel, asked, 'conflict', 'precondition-not-met');
    const picture = `<item><data xmlns='urn:xmpp:avatar:data'>AAAA</data></item>`;
    const avatar = pubsub(`<publish node='urn:xmpp:avatar:data'>${picture}</publish>${options}`);
    await world.refused(admin, 'set', channel, avatar, 'conflict', 'precondition-not-met');
  });
});

describe('what is written', () => {
  test.each([
    ['info', NODES.info, form(INFO, [['Name', 'Coven']])],
    ['config', NODES.config, form(CONFIG, [['Private Messages', 'false']])],
  ])('PUBSUB-22: the id of the %s item is the channel’s, a date and time', async (_, node, payload) => {
    const { world, channel, owner } = await openCoven();
    const answer = await world.result(owner, 'set', channel, publish(node, payload, 'mine'));
    const [item] = all(answer, 'item');
    expect(item?.attrs['id']).toMatch(DATE_TIME);
    expect(inside(answer)).toBe(
      `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="${node}"><item id="${item?.attrs['id']}"/></publish></pubsub>`,
    );
    const read = await world.result(owner, 'get', channel, items(node));
    expect(all(read, 'item').map(({ attrs }) => attrs)).toEqual([{ id: item?.attrs['id'] }]);
    // The next one is later, though no time has passed.
    const next = await world.result(owner, 'set', channel, publish(node, payload, 'mine'));
    expect(all(next, 'item')[0]!.attrs['id']! > item!.attrs['id']!).toBe(true);
  });

  test('PUBSUB-23: no item says who published it, in events neither', async () => {
    const { world, channel, owner, admin, toad } = await openCoven([['JID Visibility', 'jid-hidden']]);
    await world.result(owner, 'set', channel, publish(NODES.info, form(INFO, [['Name', 'Coven']])));
    const metadata = `<metadata xmlns='urn:xmpp:avatar:metadata'><info id='abc' bytes='3' type='image/png'/></metadata>`;
    await world.result(admin, 'set', channel, publish('urn:xmpp:avatar:metadata', metadata, 'abc'));
    const late = await world.person('late');
    await world.join(late, channel);
    for (const node of [NODES.info, NODES.participants, 'urn:xmpp:avatar:metadata'])
      expect(all(await world.result(toad, 'get', channel, items(node)), 'item').length).toBeGreaterThan(0);
    const seen = toad.received.map((stanza) => serialize(stanza));
    expect(seen.some((text) => text.includes('pubsub#event'))).toBe(true);
    expect(seen.filter((text) => text.includes('publisher') || text.includes(owner.bare))).toEqual([]);
  });

  test('PUBSUB-24: an entry is taken back by those who may, by its name', async () => {
    const coven = await openCoven();
    const { world, channel, admin, owner, newt } = coven;
    await list(coven, 'banned', 'one@x.example', 'two@x.example');
    const [one, two] = ['one@x.example', 'two@x.example'].map((id) => retract(NODES.banned, id));
    const answer = await world.result(admin, 'set', channel, one!);
    expect(inside(answer)).toBe('');
    await world.refused(admin, 'set', channel, one!, 'item-not-found');
    await world.refused(newt, 'set', channel, two!, 'forbidden');
    await world.refused(newt, 'set', channel, one!, 'forbidden');
    const unnamed = pubsub(`<retract node='${NODES.banned}'><item/></retract>`);
    await world.refused(admin, 'set', channel, unnamed, 'bad-request', 'item-required');
    const empty = pubsub(`<retract node='${NODES.banned}'/>`);
    await world.refused(admin, 'set', channel, empty, 'bad-request', 'item-required');
    const nowhere = pubsub(`<retract><item id='two@x.example'/></retract>`);
    await world.refused(admin, 'set', channel, nowhere, 'bad-request', 'nodeid-required');
    await world.refused(admin, 'set', channel, retract('urn:foo', 'a'), 'item-not-found');
    const left = await world.result(owner, 'get', channel, items(NODES.banned));
    expect(all(left, 'item').map(({ attrs }) => attrs['id'])).toEqual(['two@x.example']);
  });

  test('PUBSUB-28: nobody is removed by what is done to the participants node', async () => {
    const { world, channel, owner, toad, newt } = await openCoven();
    await world.refused(owner, 'set', channel, retract(NODES.participants, toad.id), 'not-allowed');
    for (const [verb, feature] of [
      ['purge', 'purge-nodes'],
      ['delete', 'delete-nodes'],
    ] as const) {
      const asked = pubsub(`<${verb} node='${NODES.participants}'/>`, true);
      await world.refused(owner, 'set', channel, asked, 'feature-not-implemented', `unsupported ${feature}`);
    }
    const heard = await world.during(newt, () =>
      world.send(toad, `<message type='groupchat' to='${channel}'><body>Still here</body></message>`),
    );
    expect(heard.map((stanza) => textsOf(stanza, 'body'))).toEqual([['Still here']]);
  });
});
