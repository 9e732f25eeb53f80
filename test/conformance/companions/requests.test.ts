/**
 * Companion XEPs that are requests, or that are no business of a channel's.
 * Tests that what a channel does not offer is refused, and what leads to people only by harmless questions.
 * Does not test relayed answers.
 * Always: a refusal is no news to anybody.
 * Before: test/conformance/companions/kit.ts. After: src/channel/relay.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import { children, coven, find, items, play, PUBSUB, type Coven } from '../admin/kit.ts';
import { circumstances } from './kit.ts';

const UNAVAILABLE = 'service-unavailable/cancel';
const HIDING = ['jid-hidden', 'jid-maybe-visible'];

/** The address of a client of the second participant, as the first sees it. */
function clientOf({ one, two }: Coven): string {
  const seen = one.player.received.filter(({ name }) => name === 'presence');
  return seen.map(({ attrs }) => attrs['from'] ?? '').find((from) => from.startsWith(`${two.id}#`)) ?? '';
}

describe('what the channel and the service do not offer', () => {
  const requests: readonly (readonly [string, string, string])[] = [
    ['0441 archive preferences', 'get', `<prefs xmlns='urn:xmpp:mam:2'/>`],
    ['0441 archive preferences, set', 'set', `<prefs xmlns='urn:xmpp:mam:2' default='never'/>`],
    ['0357 push', 'set', `<enable xmlns='urn:xmpp:push:0' jid='push.example' node='x'/>`],
    ['0191 blocking', 'set', `<block xmlns='urn:xmpp:blocking'><item jid='toad@pond.example'/></block>`],
    ['0377 reporting', 'set', `<report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:spam'/>`],
    ['0437, 0502 activity', 'set', `<subscribe xmlns='urn:xmpp:rai:0'/>`],
    ['0256 last activity', 'get', `<query xmlns='jabber:iq:last'/>`],
    ['0166 jingle', 'set', `<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'/>`],
    ['0231 bits of binary', 'get', `<data xmlns='urn:xmpp:bob' cid='sha1+8f@bob.xmpp.org'/>`],
    ['0363 upload', 'get', `<request xmlns='urn:xmpp:http:upload:0' filename='a' size='1'/>`],
    ['0313 old archive', 'set', `<query xmlns='urn:xmpp:mam:1'/>`],
  ];
  test.each(requests)('%s', async (_, type, payload) =>
    play(async (scene) => {
      const { one, owner, channel } = await coven(scene);
      for (const asker of [one, owner])
        for (const to of [channel, scene.service]) await scene.refused(asker, type, to, payload, UNAVAILABLE);
    })(),
  );

  const nodes: readonly (readonly [string, string])[] = [
    ['0490 displayed synchronisation', 'urn:xmpp:mds:displayed:0'],
    ['0402 bookmarks', 'urn:xmpp:bookmarks:1'],
    ['0492, 0469 settings of bookmarks', 'urn:xmpp:notification-settings:0'],
    ['0107 mood', 'http://jabber.org/protocol/mood'],
    ['0108 activity', 'http://jabber.org/protocol/activity'],
    ['0118 tune', 'http://jabber.org/protocol/tune'],
    ['0384 devices', 'urn:xmpp:omemo:2:devices'],
    ['0292 vCard', 'urn:xmpp:vcard4'],
  ];
  test.each(nodes)('%s is no node of a channel, and nobody’s node is reached through it', async (_, node) =>
    play(async (scene) => {
      const people = await coven(scene);
      const { one, two, owner, channel } = people;
      const published = `<pubsub xmlns='${PUBSUB}'><publish node='${node}'><item id='1'><x xmlns='y'/></item></publish></pubsub>`;
      for (const asker of [one, owner]) {
        await scene.refused(asker, 'get', channel, items(node), 'item-not-found/cancel');
        await scene.refused(asker, 'set', channel, published, 'item-not-found/cancel');
      }
      for (const to of [`${two.id}#${channel}`, clientOf(people)]) {
        await scene.refused(one, 'get', to, items(node), UNAVAILABLE);
        await scene.refused(one, 'set', to, published, UNAVAILABLE);
      }
    })(),
  );
});

describe.each(HIDING)('through a channel that is %s', (mode) => {
  const closed: readonly (readonly [string, string, string])[] = [
    ['0231 bits of binary', 'get', `<data xmlns='urn:xmpp:bob' cid='sha1+8f@bob.xmpp.org'/>`],
    ['0256 last activity', 'get', `<query xmlns='jabber:iq:last'/>`],
    ['0166 jingle', 'set', `<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'/>`],
    ['0084 somebody’s picture', 'get', items('urn:xmpp:avatar:data')],
    ['0191 blocking', 'set', `<block xmlns='urn:xmpp:blocking'><item jid='toad@pond.example'/></block>`],
    ['0030 items', 'get', `<query xmlns='http://jabber.org/protocol/disco#items'/>`],
    ['unknown', 'get', `<cauldron xmlns='urn:example:cauldron'/>`],
  ];
  test.each(closed)('%s does not go to a participant', async (_, type, payload) =>
    play(async (scene) => {
      const people = await circumstances(scene, mode, 'default');
      const { one, two, channel } = people;
      for (const to of [`${two.id}#${channel}`, clientOf(people)])
        await scene.refused(one, type, to, payload, UNAVAILABLE);
    })(),
  );

  test(
    '0115, 0390: capabilities pass in presence, and are asked of a client, not of an account',
    play(async (scene) => {
      const people = await circumstances(scene, mode, 'default');
      const { one, two, channel } = people;
      const caps = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://x.example' ver='a'/>`;
      const hashes = `<c xmlns='urn:xmpp:caps'><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>a</hash></c>`;
      const more = `<idle xmlns='urn:xmpp:idle:1' since='2002-09-10T23:08:25Z'/><x xmlns='vcard-temp:x:update'/>`;
      await scene.show(two, `${caps}${hashes}${more}`);
      const presence = one.player.received.at(-1);
      expect(presence && elements(presence).map(({ ns }) => ns)).toEqual([
        'http://jabber.org/protocol/caps',
        'urn:xmpp:caps',
        'urn:xmpp:mix:presence:0',
      ]);
      const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
      await scene.refused(one, 'get', `${two.id}#${channel}`, info, UNAVAILABLE);
    }),
  );
});

test(
  '0153: the hash of an avatar passes where its owner lets the card be seen, and nowhere else',
  play(async (scene) => {
    const people = await coven(scene);
    const { one, two, channel } = people;
    const anon = 'urn:xmpp:mix:anon:0';
    const hash = `<x xmlns='vcard-temp:x:update'><photo>aaaa</photo></x>`;
    const prefers = (value: string): string =>
      `<user-preference xmlns='${anon}'><x xmlns='jabber:x:data' type='submit'>
        <field var='vCard'><value>${value}</value></field></x></user-preference>`;
    for (const [value, seen] of [
      ['allow', true],
      ['block', false],
    ] as const) {
      await scene.result(two, 'set', channel, prefers(value));
      await scene.show(two, hash);
      const presence = one.player.received.at(-1);
      expect(presence?.name).toBe('presence');
      expect((presence && find(presence, 'photo')) !== undefined).toBe(seen);
    }
  }),
);

test(
  '0410, 0199: the channel answers a ping, and passes one on to a client only',
  play(async (scene) => {
    const people = await coven(scene);
    const { one, two, stranger, channel } = people;
    const ping = `<ping xmlns='urn:xmpp:ping'/>`;
    for (const to of [channel, scene.service])
      for (const asker of [one, stranger])
        expect(children(await scene.result(asker, 'get', to, ping))).toBe('');
    await scene.refused(one, 'get', `${two.id}#${channel}`, ping, UNAVAILABLE);
  }),
);

test(
  '0500, 0486: nothing is said of a slow mode or a picture that there is not',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const answer = await scene.result(
      one,
      'get',
      channel,
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
    );
    expect(children(answer)).not.toMatch(/slow|avatarhash/);
  }),
);
