/**
 * LEAK-32, LEAK-34: names that are made for a person, and the texts of errors.
 * Compares what two channels make of one person, and provokes every error with other people's addresses in the question.
 * Does not compare answers about different people (oracle.test.ts).
 * Before: test/conformance/leak/oracle.test.ts. After: src/testing/leak.ts.
 */
import { expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { appearAs, closeWorlds, DOMAIN, expectRefused, find, form, hide, joinXml, textOf } from './kit.ts';

closeWorlds();

const MAM = 'urn:xmpp:mam:2';
const CORE = 'urn:xmpp:mix:core:1';
const PUBSUB = 'http://jabber.org/protocol/pubsub';

test('LEAK-32: in two channels nothing that is made for a person is the same', async () => {
  const { world, owner, one, two, channel, oneId } = await hide('jid-hidden', { 'Mandatory Nicks': 'false' });
  const other = await owner.create('forest', { 'Mandatory Nicks': 'false' });
  await two.join(other);
  await one.leave(channel);
  const join = `<join xmlns='${CORE}'><subscribe node='urn:xmpp:mix:nodes:messages'/></join>`;
  const made: string[][] = [];
  for (const each of [channel, other]) {
    const joined = await one.ask('set', each, join);
    const id = find(joined, 'join')?.attrs['id'] ?? '';
    const from = await appearAs(one, two, each);
    const message = await one.post(each, '<body>Double</body>');
    await one.disappear(each);
    const again = await appearAs(one, two, each);
    made.push([
      id,
      textOf(find(joined, 'join'), 'nick') ?? '',
      from.split('/')[1] ?? '',
      again.split('/')[1] ?? '',
      message.attrs['id'] ?? '',
    ]);
  }
  expect(made[0]?.[0]).toBe(oneId);
  const all = made.flat();
  expect(all.every((name) => name.length > 8)).toBe(true);
  // Not even their beginnings and ends.
  for (const cut of [(name: string) => name.slice(0, 6), (name: string) => name.slice(-6)])
    expect(new Set(all.map(cut)).size).toBe(all.length);
  world.expectUnknown(one, two);
});

test('LEAK-34: no error quotes an address, whatever it is about', async () => {
  const { world, owner, one, two, outsider, channel, oneId } = await hide();
  const seen = await appearAs(one, two, channel);
  await one.prefer(channel, { 'Private Messages': 'block' });
  await owner.publish(channel, 'banned', `<item id='banished@elsewhere.example'/>`);
  world.mark();
  const { bare: jid, full } = one;
  const iqs: readonly (readonly ['get' | 'set', string, string])[] = [
    ['set', channel, joinXml({ nick: 'one' })],
    ['set', channel, joinXml({ nick: ' ' })],
    ['set', channel, joinXml({ nick: 'x', preferences: { 'JID Visibility': 'always' } })],
    ['set', channel, joinXml({ nick: 'x', nodes: ['jidmap', 'config'] })],
    ['set', channel, `<setnick xmlns='${CORE}'><nick>one</nick></setnick>`],
    [
      'set',
      channel,
      `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form(CORE, { a: jid })}</user-preference>`,
    ],
    [
      'set',
      channel,
      `<pubsub xmlns='${PUBSUB}'><publish node='urn:xmpp:mix:nodes:banned'><item id='${jid}'/></publish></pubsub>`,
    ],
    [
      'set',
      channel,
      `<pubsub xmlns='${PUBSUB}'><publish node='urn:xmpp:mix:nodes:jidmap'><item id='${jid}'/></publish></pubsub>`,
    ],
    [
      'set',
      channel,
      `<pubsub xmlns='${PUBSUB}'><subscribe node='urn:xmpp:mix:nodes:messages' jid='${jid}'/></pubsub>`,
    ],
    ['set', channel, `<pubsub xmlns='${PUBSUB}'><create node='${jid}'/></pubsub>`],
    ['get', channel, `<pubsub xmlns='${PUBSUB}'><items node='${jid}'/></pubsub>`],
    [
      'get',
      channel,
      `<pubsub xmlns='${PUBSUB}#owner'><affiliations node='urn:xmpp:mix:nodes:messages'/></pubsub>`,
    ],
    ['set', channel, `<query xmlns='${MAM}'>${form(MAM, { with: 'a@@b', start: jid })}</query>`],
    ['set', channel, `<query xmlns='${MAM}'>${form(MAM, { [jid]: jid })}</query>`],
    ['set', channel, `<query xmlns='${MAM}'>${form(MAM, { 'after-id': jid })}</query>`],
    [
      'set',
      channel,
      `<moderate xmlns='urn:xmpp:message-moderate:1' id='${jid}'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>`,
    ],
    ['set', channel, `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${jid}</invitee></invite>`],
    ['get', channel, `<query xmlns='http://jabber.org/protocol/disco#info' node='${jid}'/>`],
    ['get', channel, `<vCard xmlns='vcard-temp'><JABBERID>${jid}</JABBERID></vCard>`],
    ['set', DOMAIN, `<create xmlns='${CORE}' channel='coven'/>`],
    ['set', DOMAIN, `<create xmlns='${CORE}' channel='${jid}'/>`],
    ['set', DOMAIN, `<destroy xmlns='${CORE}' channel='coven'/>`],
    ['set', DOMAIN, `<register xmlns='urn:xmpp:mix:misc:0'><nick> </nick></register>`],
    ['get', `${oneId}#${channel}`, `<vCard xmlns='vcard-temp'/>`],
    ['set', seen, `<query xmlns='jabber:iq:roster'><item jid='${full}'/></query>`],
    ['get', `${oneId}#${channel}/nosuch`, `<ping xmlns='urn:xmpp:ping'/>`],
    ['get', `nosuch@${DOMAIN}`, `<ping xmlns='urn:xmpp:ping'/>`],
  ];
  let errors = 0;
  for (const asker of [two, outsider]) {
    for (const [type, to, payload] of iqs) {
      const answer = await asker.ask(type, to, payload);
      if (answer.attrs['type'] !== 'error') continue;
      errors += 1;
      const error = find(answer, 'error')!;
      expect(serialize(error)).not.toMatch(/@|%40/);
      for (const word of [one.local, one.home, one.resource, owner.local, owner.home, 'banished'])
        expect(serialize(answer)).not.toContain(word);
    }
    for (const [type, to] of [
      ['chat', channel],
      ['chat', seen],
      ['groupchat', seen],
      ['headline', seen],
      ['chat', `9#${channel}`],
      ['chat', DOMAIN],
    ] as const) {
      const error = await asker.say(type, to, `<body>x</body><x xmlns='urn:test' jid='${jid}'/>`);
      expect(error?.attrs['type']).toBe('error');
      errors += 1;
      expect(serialize(error!)).not.toContain(one.local);
    }
  }
  expectRefused(await two.configure(channel, { Owner: jid }), 'forbidden/auth');
  expect(errors).toBeGreaterThan(50);
  world.expectUnknown(one, two, outsider);
});
