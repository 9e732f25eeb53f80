/**
 * Companion XEPs that are taken out or refused: rows EXT-13 to EXT-16 of the conformance map as well.
 * One entry for each line of the decisions' table that says so.
 * Does not test files (files.test.ts) nor presence.
 * Always: what claims to be the channel's is taken out of everybody's messages.
 * Before: test/conformance/companions/kit.ts. After: src/xep/0369-core/hygiene.ts.
 */
import { expect, test } from 'vitest';
import { coven, play } from '../admin/kit.ts';
import { circumstances, content, meets, REJECTED, STRIPPED, type Companion } from './kit.ts';

const inner = `<forwarded xmlns='urn:xmpp:forward:0'>
  <message xmlns='jabber:client' from='toad@pond.example/a' to='frog@pond.example/b'><body>x</body></message>
</forwarded>`;

/** D-88, D-74: only where everybody is shown. */
const rejected: readonly (readonly [string, string])[] = [
  [
    'EXT-13, 0384 OMEMO, legacy',
    `<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><key rid='2'>a</key></header></encrypted>`,
  ],
  [
    'EXT-13, 0384 OMEMO',
    `<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'><keys jid='toad@pond.example'/></header></encrypted>`,
  ],
  ['EXT-13, 0384 OMEMO 1', `<encrypted xmlns='urn:xmpp:omemo:1'/>`],
  ['EXT-13, 0373, 0374 OpenPGP', `<openpgp xmlns='urn:xmpp:openpgp:0'>aaaa</openpgp>`],
  ['0027 old OpenPGP', `<x xmlns='jabber:x:encrypted'>aaaa</x>`],
  ['0380 explicit encryption', `<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>`],
  [
    '0420 stanza content encryption',
    `<envelope xmlns='urn:xmpp:sce:1'><from jid='toad@pond.example'/></envelope>`,
  ],
  ['EXT-14, 0297 forwarded', inner],
];

meets(
  rejected.map(([name, payload]): Companion => ({
    name,
    payload,
    hidden: REJECTED,
    maybe: REJECTED,
    shown: 'pass',
  })),
);

const always: readonly (readonly [string, string])[] = [
  ['EXT-09, 0359 stanza-id', `<stanza-id xmlns='urn:xmpp:sid:0' by='toad@pond.example' id='1'/>`],
  ['EXT-16, 0421 occupant-id', `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='1'/>`],
  ['EXT-14, 0280 carbons', `<received xmlns='urn:xmpp:carbons:2'>${inner}</received>`],
  ['0280 carbons: private', `<private xmlns='urn:xmpp:carbons:2'/>`],
  ['EXT-16, 0203 delay', `<delay xmlns='urn:xmpp:delay' from='pond.example' stamp='2002-09-10T23:08:25Z'/>`],
  ['0091 old delay', `<x xmlns='jabber:x:delay' from='toad@pond.example' stamp='20020910T23:08:25'/>`],
  [
    'EXT-16, 0033 addresses',
    `<addresses xmlns='http://jabber.org/protocol/address'><address type='to' jid='toad@pond.example'/></addresses>`,
  ],
  ['EXT-16, 0172 nick', `<nick xmlns='http://jabber.org/protocol/nick'>Toad</nick>`],
  ['0027 signature', `<x xmlns='jabber:x:signed'>aaaa</x>`],
  [
    '0045 mediated invitation',
    `<x xmlns='http://jabber.org/protocol/muc#user'><invite from='toad@pond.example'/></x>`,
  ],
  ['0317 hats', `<hats xmlns='urn:xmpp:hats:0'><hat uri='urn:x' title='Queen'/></hats>`],
  [
    '0107, 0108, 0118, 0084 events of somebody’s nodes',
    `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mix:nodes:participants'>
      <retract id='OTHER_ID'/></items></event>`,
  ],
  ['0313 pages of an archive', `<result xmlns='urn:xmpp:mam:2' id='1'>${inner}</result>`],
  ['EXT-04, 0425 moderated', `<moderated xmlns='urn:xmpp:message-moderate:1' by='CHANNEL'/>`],
  ['0424 tombstone', `<retracted xmlns='urn:xmpp:message-retract:1' stamp='2002-09-10T23:08:25Z'/>`],
  ['0407 tombstone', `<retracted xmlns='urn:xmpp:mix:misc:0' by='CHANNEL' time='2002-09-10T23:08:25Z'/>`],
  ['D-39 mix', `<mix xmlns='urn:xmpp:mix:presence:0'><jid>toad@pond.example</jid></mix>`],
];

meets(always.map(([name, payload]): Companion => ({ name, payload, hidden: STRIPPED })));

const whenHidden: readonly (readonly [string, string])[] = [
  ['0319 idle', `<idle xmlns='urn:xmpp:idle:1' since='2002-09-10T23:08:25Z'/>`],
  ['0256 last activity', `<query xmlns='jabber:iq:last' seconds='7'/>`],
  ['0153 avatar hash', `<x xmlns='vcard-temp:x:update'><photo>aaaa</photo></x>`],
  ['EXT-15, 0353 jingle messages', `<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>`],
  [
    'EXT-15, 0482 call invitations',
    `<invite xmlns='urn:xmpp:call-invites:0'><jingle sid='1' jid='toad@pond.example/a'/></invite>`,
  ],
  ['EXT-15, 0166 jingle', `<jingle xmlns='urn:xmpp:jingle:1' initiator='toad@pond.example/a' sid='1'/>`],
  ['0272 muji', `<muji xmlns='urn:xmpp:jingle:muji:0'/>`],
  ['0272 muji, before', `<muji xmlns='http://telepathy.freedesktop.org/muji'/>`],
];

meets(whenHidden.map(([name, payload]): Companion => ({ name, payload, hidden: STRIPPED, shown: 'pass' })));

/** Strip the request to all, pass it to one with its id. */
meets(
  ['request', 'received'].map((what): Companion => ({
    name: `0184 receipts: ${what}`,
    payload: `<${what} xmlns='urn:xmpp:receipts'/>`,
    hidden: STRIPPED,
    toOne: 'pass',
  })),
);

test(
  'EXT-16: all at once, one message without any of them',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const payload = always.map(([, xml]) => xml).join('');
    const got = await scene.say(one, channel, `<body>Hail!</body>${payload}`);
    expect(content(got['hag']?.[0])).toBe('<body>Hail!</body>');
  }),
);

test.each([
  ['EXT-15: a call', `<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>`, 'service-unavailable/cancel'],
  [
    'EXT-14: a carbon copy',
    `<received xmlns='urn:xmpp:carbons:2'>${inner}</received>`,
    'not-acceptable/modify',
  ],
  ['0184: a receipt', `<received xmlns='urn:xmpp:receipts' id='1'/>`, 'not-acceptable/modify'],
])('%s of which nothing is left is refused, not passed on as an empty message', async (_, payload, reason) =>
  play(async (scene) => {
    const { one, two, channel } = await circumstances(scene, 'jid-hidden', 'default');
    await scene.unsaid(one, channel, `${payload}<store xmlns='urn:xmpp:hints'/>`, reason);
    if (!payload.includes('receipts'))
      await scene.unsaid(one, `${two.id}#${channel}`, payload, reason, 'chat');
    expect(await scene.archive(two, channel)).toEqual([]);
  })(),
);

test(
  'EXT-15: jingle to somebody’s client is not passed on where addresses are hidden, and is where both are shown',
  play(async (scene) => {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'/>`;
    const { one, two, owner, channel } = await circumstances(scene, 'jid-hidden', 'default');
    const seen = one.player.received.filter(({ name }) => name === 'presence');
    const client = seen.map(({ attrs }) => attrs['from'] ?? '').find((from) => from.startsWith(two.id)) ?? '';
    expect(client).toMatch(/#.*\//);
    await scene.refused(one, 'set', client, jingle, 'service-unavailable/cancel');
    await scene.refused(one, 'set', `${two.id}#${channel}`, jingle, 'service-unavailable/cancel');
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-visible' });
    scene.news();
    const [iq] = [
      { name: 'iq', ns: 'jabber:client', attrs: { type: 'set', id: 'call', to: client }, children: [] },
    ];
    scene.stage.send(one.player, {
      ...iq,
      children: [{ name: 'jingle', ns: 'urn:xmpp:jingle:1', attrs: { sid: '1' }, children: [] }],
    });
    await scene.stage.settle();
    expect(scene.news()['hag']?.[0]).toContain('urn:xmpp:jingle:1');
  }),
);
