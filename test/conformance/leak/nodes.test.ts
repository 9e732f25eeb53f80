/**
 * LEAK-13 to LEAK-18, LEAK-21: what the nodes of a channel and their side channels give away.
 * Opens what an owner can open, and reads it with the eyes of participants and outsiders.
 * Does not look at messages and presences (messages.test.ts, presence.test.ts).
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/mode-change.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import {
  closeWorlds,
  DOMAIN,
  expectRefused,
  fieldsOf,
  find,
  findAll,
  form,
  hide,
  HIDING,
  joinXml,
  textOf,
  whoIn,
  type Person,
} from './kit.ts';

closeWorlds();

const JIDMAP = 'urn:xmpp:mix:nodes:jidmap';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const LISTS = ['Allowed Node Subscription', 'Banned Node Subscription', 'Configuration Node Access'] as const;
const WITH_ALLOWED = [
  'participants',
  'presence',
  'information',
  'allowed',
  'banned',
  'jidmap-visible',
  'avatar',
];
const ALL_NODES = ['messages', 'participants', 'presence', 'info', 'config', 'jidmap', 'allowed', 'banned'];

describe.each([...HIDING, 'jid-visible'])('in %s', (mode) => {
  test('LEAK-13: no way leads into the map', async () => {
    const { world, one, two, outsider, channel, oneId } = await hide(mode);
    const routes: readonly ((asker: Person) => Promise<ReturnType<typeof find>>)[] = [
      (asker) => asker.items(channel, 'jidmap'),
      (asker) => asker.items(channel, 'jidmap', `<item id='${oneId}'/>`),
      (asker) => asker.subscribe(channel, 'jidmap'),
      (asker) => asker.ask('set', channel, joinXml({ nick: 'again', nodes: ['jidmap'] })),
    ];
    for (const asker of [two, outsider])
      for (const route of routes) expectRefused(await route(asker), 'not-allowed/cancel', 'closed-node');
    const update = `<update-subscription xmlns='urn:xmpp:mix:core:1'><subscribe node='${JIDMAP}'/></update-subscription>`;
    expectRefused(await two.ask('set', channel, update), 'not-allowed/cancel', 'closed-node');
    expectRefused(await outsider.ask('set', channel, update), 'forbidden/auth');
    for (const asker of [two, outsider])
      expect(
        (await asker.ask('set', channel, `<query xmlns='urn:xmpp:mam:2' node='${JIDMAP}'/>`)).attrs['type'],
      ).toBe('error');
    world.mark();
    await one.leave(channel);
    await one.join(channel);
    expect(two.heard('message', 'jidmap')).toEqual([]);
    expect(outsider.news).toEqual([]);
    if (mode !== 'jid-visible') world.expectUnknown(one, two, outsider);
    else world.expectUnknown(one, outsider);
  });
});

describe.each(HIDING)('in %s', (mode) => {
  test('LEAK-14: the lists of addresses cannot be opened, alone or together with others', async () => {
    const { world, owner, one, two, outsider, channel } = await hide(mode);
    await owner.publish(channel, 'banned', `<item id='banished@elsewhere.example'/>`);
    const before = fieldsOf(await owner.items(channel, 'config'));
    world.mark();
    for (const option of LISTS)
      for (const group of ['participants', 'allowed'])
        expectRefused(
          await owner.configure(channel, { [option]: group, 'Mandatory Nicks': 'false' }),
          'not-acceptable/modify',
        );
    world.expectSilence();
    expect(fieldsOf(await owner.items(channel, 'config'))).toEqual(before);
    const [widest, open] = ['anyone', 'participants'];
    const opened = await owner.configure(channel, {
      'Messages Node Subscription': widest,
      'Participants Node Subscription': widest,
      'Presence Node Subscription': widest,
      'Information Node Subscription': widest,
      'Information Node Update Rights': open,
      'Avatar Nodes Update Rights': open,
    });
    expect(opened.attrs['type']).toBe('result');
    for (const asker of [two, outsider])
      for (const node of ALL_NODES) {
        const answer = await asker.items(channel, node);
        if (['config', 'jidmap', 'banned'].includes(node))
          expectRefused(answer, 'not-allowed/cancel', 'closed-node');
        await asker.subscribe(channel, node);
      }
    await owner.configure(channel, { 'Nodes Present': WITH_ALLOWED });
    await owner.publish(channel, 'allowed', `<item id='banished@elsewhere.example'/>`);
    expectRefused(await two.items(channel, 'allowed'), 'not-allowed/cancel', 'closed-node');
    expect((await outsider.items(channel, 'allowed')).attrs['type']).toBe('error');
    expect(JSON.stringify([two.news, outsider.news])).not.toContain('banished');
    for (const person of [one, owner]) world.expectUnknown(person, two, outsider);
  });

  test('LEAK-15: the configuration and who changed it last are not for participants, now or from before', async () => {
    const { world, owner, two, outsider, channel } = await hide('jid-visible');
    const open = await owner.configure(channel, { 'Configuration Node Access': 'participants' });
    expect(open.attrs['type']).toBe('result');
    expect((await two.subscribe(channel, 'config')).attrs['type']).toBe('result');
    // In JID Visible the owner may show it. From here on it is closed, with the mode.
    await owner.configure(channel, { 'JID Visibility': mode });
    for (const reader of [two, outsider]) world.logs.get(reader.bare)?.splice(0);
    world.mark();
    await owner.configure(channel, { 'Mandatory Nicks': 'false' });
    expect(two.heard('message', 'config')).toEqual([]);
    for (const reader of [two, outsider]) {
      expectRefused(await reader.items(channel, 'config'), 'not-allowed/cancel', 'closed-node');
      expectRefused(await reader.subscribe(channel, 'config'), 'not-allowed/cancel', 'closed-node');
      expect(
        (await reader.ask('set', channel, `<query xmlns='urn:xmpp:mam:2' node='urn:xmpp:mix:nodes:config'/>`))
          .attrs['type'],
      ).toBe('error');
    }
    expect(fieldsOf(await owner.items(channel, 'config'))['Configuration Node Access']).toBe('admins');
    world.expectUnknown(owner, two, outsider);
  });

  test('LEAK-16: the creator of a channel is not its contact unless the creator says so', async () => {
    const { world, one, two, outsider } = await hide(mode);
    const channel = await one.create('glade', { 'JID Visibility': mode });
    await two.join(channel);
    for (const reader of [two, outsider]) {
      for (const to of [DOMAIN, channel]) {
        const about = await reader.ask('get', to, `<query xmlns='http://jabber.org/protocol/disco#info'/>`);
        expect(fieldsOf(about)['Contact'] ?? '').toBe('');
        await reader.ask(
          'get',
          to,
          `<query xmlns='http://jabber.org/protocol/disco#items' ${to === DOMAIN ? '' : `node='mix'`}/>`,
        );
      }
    }
    expect(fieldsOf(await two.items(channel, 'info'))['Contact'] ?? '').toBe('');
    world.expectUnknown(one, two, outsider);
  });

  test('LEAK-17: no item says who published it', async () => {
    const { world, one, two, channel } = await hide(mode, {
      'Information Node Update Rights': 'participants',
      'Avatar Nodes Update Rights': 'participants',
    });
    for (const node of ['urn:xmpp:avatar:data', 'urn:xmpp:avatar:metadata'])
      await two.subscribe(channel, node);
    world.mark();
    const info = `<item publisher='${one.full}'>${form('urn:xmpp:mix:core:1', { Name: 'Coven' })}</item>`;
    expect((await one.publish(channel, 'info', info)).attrs['type']).toBe('result');
    const data = `<item id='356a192b7913b04c54574d18c28d46e6395428ab'><data xmlns='urn:xmpp:avatar:data'>MQ==</data></item>`;
    expect((await one.publish(channel, 'urn:xmpp:avatar:data', data)).attrs['type']).toBe('result');
    const metadata = `<item id='356a192b7913b04c54574d18c28d46e6395428ab'><metadata xmlns='urn:xmpp:avatar:metadata'><info
      id='356a192b7913b04c54574d18c28d46e6395428ab' bytes='1' type='image/png'/></metadata></item>`;
    expect((await one.publish(channel, 'urn:xmpp:avatar:metadata', metadata)).attrs['type']).toBe('result');
    expect(two.heard('message').length).toBe(3);
    const answers = [];
    for (const node of ['info', 'participants', 'urn:xmpp:avatar:data', 'urn:xmpp:avatar:metadata'])
      answers.push(await two.items(channel, node));
    for (const stanza of [...two.news, ...answers]) expect(serialize(stanza)).not.toContain('publisher');
    world.expectUnknown(one, two);
  });

  test('LEAK-18: nobody lists the subscriptions and affiliations of others', async () => {
    const { world, owner, admin, one, two, channel } = await hide(mode);
    await owner.subscribe(channel, 'messages');
    world.mark();
    for (const asker of [owner, admin, two])
      for (const node of ['messages', 'participants', 'jidmap']) {
        const full = `node='urn:xmpp:mix:nodes:${node}'`;
        for (const verb of ['subscriptions', 'affiliations']) {
          const answer = await asker.ask(
            'get',
            channel,
            `<pubsub xmlns='${PUBSUB}#owner'><${verb} ${full}/></pubsub>`,
          );
          expectRefused(answer, 'feature-not-implemented/cancel', 'unsupported');
        }
        const own = await asker.ask(
          'get',
          channel,
          `<pubsub xmlns='${PUBSUB}'><subscriptions ${full}/></pubsub>`,
        );
        for (const subscription of findAll(own, 'subscription'))
          expect(subscription.attrs['jid']).toBe(asker.bare);
      }
    const all = await two.ask('get', channel, `<pubsub xmlns='${PUBSUB}'><subscriptions/></pubsub>`);
    expect(new Set(findAll(all, 'subscription').map(({ attrs }) => attrs['jid']))).toEqual(
      new Set([two.bare]),
    );
    expectRefused(
      await two.ask('get', channel, `<pubsub xmlns='${PUBSUB}'><affiliations/></pubsub>`),
      'feature-not-implemented/cancel',
      'unsupported',
    );
    world.expectSilence();
    world.expectUnknown(one, two);
  });

  test('LEAK-21: an invitation and its use name the inviter by the encoded address, and the newcomer not at all', async () => {
    const { world, owner, one, two, channel, oneId } = await hide(mode, {
      'Participation Addition by Invitation from Participant': 'true',
    });
    // From here on the channel is closed to those who are not on its list.
    await owner.configure(channel, { 'Nodes Present': WITH_ALLOWED });
    const cat = await world.person('cat');
    const answer = await one.ask(
      'set',
      channel,
      `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${cat.bare}</invitee></invite>`,
    );
    expect(textOf(answer, 'inviter')).toBe(`${oneId}#${channel}`);
    expect(textOf(answer, 'invitee')).toBe(cat.bare);
    const invitation = find(answer, 'invitation') ?? find(answer, 'invite');
    expect(serialize(invitation!)).not.toContain(one.local);
    const token = textOf(answer, 'token') ?? '';
    expect(token).toMatch(/^\S{16,}$/);
    world.mark();
    const join = joinXml({ nick: 'cat' }).replace(
      '</join>',
      `<invitation xmlns='urn:xmpp:mix:misc:0'><inviter>${oneId}#${channel}</inviter><invitee>${cat.bare}</invitee><channel>${channel}</channel><token>${token}</token></invitation></join>`,
    );
    const joined = await cat.ask('set', channel, join);
    expect(joined.attrs['type'], serialize(joined)).toBe('result');
    expect(two.news.map((stanza) => whoIn(find(stanza, 'participant')))).toEqual([{ nick: 'cat' }]);
    expectRefused(await two.items(channel, 'allowed'), 'not-allowed/cancel', 'closed-node');
    world.expectUnknown(cat, two);
    world.expectUnknown(one, two, cat);
  });
});
