/**
 * GEN-21 … 27: addresses and nicks, prepared and compared.
 */
import { describe, expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import {
  all,
  configure,
  errorOf,
  escaped,
  form,
  list,
  NODES,
  openCoven,
  openWorld,
  publish,
  pubsub,
  SERVICE,
  stanzaOf,
  textsOf,
} from '../pubsub/kit.ts';

const BAD = [
  'a@@b.example',
  '@b.example',
  'a@',
  'a b@c.example',
  'a@b.example/',
  `${'x'.repeat(1_024)}@b.example`,
  'a"@b.example',
  "a'b@c.example",
  'a<b@c.example',
];
const PING = `<ping xmlns='urn:xmpp:ping'/>`;

test.each(BAD)('GEN-21: %s is no address, wherever it stands', async (bad) => {
  const coven = await openCoven();
  const { world, channel, owner, admin, newt } = coven;
  const inviting = `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${escaped(bad)}</invitee></invite>`;
  await configure(coven, [['Participation Addition by Invitation from Participant', 'true']]);
  await world.refused(newt, 'get', channel, inviting, 'jid-malformed');
  for (const role of ['Owner', 'Administrator']) {
    const roles = form(
      'urn:xmpp:mix:admin:0',
      [
        ['Owner', owner.bare],
        [role, owner.bare, bad],
      ].slice(role === 'Owner' ? 1 : 0),
    );
    await world.refused(owner, 'set', channel, publish(NODES.config, roles), 'jid-malformed');
  }
  await world.refused(admin, 'set', channel, publish(NODES.banned, '', bad), 'jid-malformed');
  await world.refused(
    admin,
    'set',
    channel,
    pubsub(`<retract node='${NODES.banned}'><item id='${escaped(bad)}'/></retract>`),
    'jid-malformed',
  );
  const mam = `<query xmlns='urn:xmpp:mam:2'>${form('urn:xmpp:mam:2', [['with', bad]])}</query>`;
  await world.refused(newt, 'set', channel, mam, 'jid-malformed');
  await world.refused(
    newt,
    'set',
    channel,
    pubsub(`<subscribe node='${NODES.info}' jid='${escaped(bad)}'/>`),
    'jid-malformed',
  );
});

test('GEN-21: a stanza that is sent to what is no address', async () => {
  const { world, newt } = await openCoven();
  for (const local of ['a b', 'a"b', "a'b", 'x'.repeat(1_024), 'a<b', 'a&b']) {
    const to = escaped(`${local}@${SERVICE}`);
    await world.refused(newt, 'get', `${local}@${SERVICE}`, PING, 'jid-malformed');
    await world.refusedStanza(
      newt,
      stanzaOf(`<message id='m' to='${to}' type='groupchat'><body>x</body></message>`),
      'jid-malformed',
    );
    await world.quiet(() => world.send(newt, `<iq type='result' id='r' to='${to}'/>`));
  }
});

describe('GEN-22: addresses are compared as they are when prepared', () => {
  test.each([`COVEN@${SERVICE}`, 'coven@MIX.EXAMPLE', 'ｃｏｖｅｎ@mix.example', 'Coven@Mix.Example.'])(
    '%s is the channel',
    async (to) => {
      const { world, channel, newt } = await openCoven();
      const got = await world.during(newt, () =>
        world.send(newt, `<iq type='get' id='p' to='${to}'>${PING}</iq>`),
      );
      expect(got.map(({ attrs }) => attrs)).toEqual([
        { type: 'result', id: 'p', from: channel, to: newt.full },
      ]);
      const clash = `<create xmlns='urn:xmpp:mix:core:1' channel='${to.split('@')[0]}'/>`;
      await world.refused(newt, 'set', SERVICE, clash, 'conflict');
    },
  );

  test('a ban of Lear@ is one of lear@', async () => {
    const coven = await openCoven();
    const { world, channel, newt, toad } = coven;
    await list(
      coven,
      'banned',
      newt.bare.replace('newt', 'NEWT'),
      `${toad.bare.replace(/@.*/, '')}@TOAD.example`,
    );
    for (const who of [newt, toad])
      await world.refusedStanza(
        who,
        stanzaOf(`<message id='m' type='groupchat' to='${channel}'><body>x</body></message>`),
        'forbidden',
      );
    const read = await world.result(coven.admin, 'get', channel, pubsub(`<items node='${NODES.banned}'/>`));
    expect(all(read, 'item').map(({ attrs }) => attrs['id'])).toEqual([newt.bare, toad.bare]);
    await list(coven, 'banned', newt.bare);
    const again = await world.result(coven.admin, 'get', channel, pubsub(`<items node='${NODES.banned}'/>`));
    expect(all(again, 'item')).toHaveLength(2);
  });
});

describe('names of channels', () => {
  const create = (name: string): string => `<create xmlns='urn:xmpp:mix:core:1' channel='${escaped(name)}'/>`;

  test.each([997, 1_000, 1_023])(
    'GEN-23: with %d bytes, no participant would have an address',
    async (bytes) => {
      const world = await openWorld();
      const hag = await world.person('hag');
      await world.refused(hag, 'set', SERVICE, create('x'.repeat(bytes)), 'not-acceptable');
      await world.refused(
        hag,
        'set',
        SERVICE,
        create('é'.repeat(Math.ceil(bytes / 2))),
        bytes === 1_023 ? 'jid-malformed' : 'not-acceptable',
      );
    },
  );

  test('GEN-23: the longest one works, with all its addresses', async () => {
    const world = await openWorld();
    const [hag, toad] = [await world.person('hag'), await world.person('toad')];
    const channel = await world.create(hag, 'x'.repeat(996));
    await world.join(hag, channel);
    await world.join(toad, channel);
    const heard = await world.during(hag, () =>
      world.send(toad, `<message type='chat' id='p' to='${hag.id}#${channel}'><body>x</body></message>`),
    );
    expect(heard.map(({ attrs }) => attrs['id'])).toEqual(['p']);
  });

  test.each(['a b', 'a@b', 'a/b', 'a&b', 'a"b', "a'b", 'a:b', 'a<b', 'a>b', ' '])(
    'GEN-24: %s is no local part',
    async (name) => {
      const world = await openWorld();
      const hag = await world.person('hag');
      await world.refused(hag, 'set', SERVICE, create(name), 'jid-malformed');
    },
  );
});

test('GEN-25: a participant’s id is in lower case, and found in upper case', async () => {
  const { world, channel, newt, toad } = await openCoven();
  for (const { id } of [newt, toad]) expect(id).toBe(id.toLowerCase());
  const heard = await world.during(toad, () =>
    world.send(
      newt,
      `<message type='chat' id='p' to='${toad.id.toUpperCase()}#${channel}'><body>x</body></message>`,
    ),
  );
  expect(heard.map(({ attrs }) => attrs['id'])).toEqual(['p']);
});

test('GEN-26: a domain is the same in both of its spellings', async () => {
  const coven = await openCoven();
  const { world, channel } = coven;
  await list(coven, 'banned', 'xn--hxen-lpa.example', 'somebody@xn--krte-lpa.example');
  const who = await world.person('hag', 'hëxen.example');
  const join = { name: 'join', ns: 'urn:xmpp:mix:core:1', attrs: {}, children: [] };
  const answer = await world.stage.join(who, channel, join);
  expect(errorOf(answer)).toEqual(['forbidden', 'auth', '']);
  const read = await world.result(coven.admin, 'get', channel, pubsub(`<items node='${NODES.banned}'/>`));
  expect(all(read, 'item').map(({ attrs }) => attrs['id'])).toEqual([
    'hëxen.example',
    'somebody@kërte.example',
  ]);
});

describe('GEN-27: nicks are compared as RFC 8266 says', () => {
  const setNick = (nick: string): string =>
    `<setnick xmlns='urn:xmpp:mix:core:1'><nick>${escaped(nick)}</nick></setnick>`;

  test.each([
    'Third Witch',
    'third witch',
    'THIRD WITCH',
    'Third\u00a0Witch',
    ' Third Witch ',
    'Third  Witch',
    'Ｔｈｉｒｄ Witch',
    'Third\u3000Witch',
    'Third \u2003 Witch',
    'ｔｈｉｒｄ　ｗｉｔｃｈ',
  ])('%j is taken when Third Witch is', async (nick) => {
    const { world, channel, newt, toad } = await openCoven();
    await world.result(toad, 'set', channel, setNick('Third Witch'));
    await world.refused(newt, 'set', channel, setNick(nick), 'conflict');
  });

  test('what is not the same is free, and is kept as it is enforced', async () => {
    const { world, channel, newt, toad } = await openCoven();
    await world.result(toad, 'set', channel, setNick('Third Witch'));
    for (const [asked, kept] of [
      ['ThirdWitch', 'ThirdWitch'],
      ['Thïrd Witch', 'Thïrd Witch'],
      [' Ｆｏｕｒｔｈ\u00a0 Witch ', 'Fourth Witch'],
    ] as const) {
      const answer = await world.result(newt, 'set', channel, setNick(asked));
      expect(textsOf(answer, 'nick')).toEqual([kept]);
    }
    const mine = await world.result(toad, 'set', channel, setNick('THIRD WITCH'));
    expect(elements(mine).flatMap((each) => textsOf(each, 'nick'))).toEqual(['THIRD WITCH']);
  });

  test('nothing at all is no nick', async () => {
    const { world, channel, newt } = await openCoven();
    for (const nick of [' ', '\u00a0', '\u3000 \u2003'])
      await world.refused(newt, 'set', channel, setNick(nick), 'not-acceptable');
  });

  test('GEN-17: nor is one with control characters, which never go out', async () => {
    const { world, channel, newt } = await openCoven();
    const names = [
      '\u0000',
      'a\u0000b',
      '\u0001',
      'a\u001bb',
      'a\tb',
      'a\nb',
      '\u007f',
      'a\u0085b',
      '\ufffe',
      'a\uffff',
      '\ud800',
      'a\u200eb',
      'a\u202eb',
    ];
    for (const nick of names)
      await world.refusedStanza(
        newt,
        {
          name: 'iq',
          ns: 'jabber:client',
          attrs: { type: 'set', id: 'n', to: channel },
          children: [
            {
              name: 'setnick',
              ns: 'urn:xmpp:mix:core:1',
              attrs: {},
              children: [{ name: 'nick', ns: 'urn:xmpp:mix:core:1', attrs: {}, children: [nick] }],
            },
          ],
        },
        'not-acceptable',
      );
  });
});
