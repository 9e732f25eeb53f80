/**
 * GEN-01 … 08, 10 … 12, 14, 15: one answer to each request, and none to what asks for none.
 */
import { describe, expect, test } from 'vitest';
import { errorOf, openCoven, pubsub, SERVICE, stanzaOf, type Coven } from '../pubsub/kit.ts';

const PING = `<ping xmlns='urn:xmpp:ping'/>`;
const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const FOREIGN = `<q xmlns='urn:none'/>`;

const places = ({ channel, toad }: Coven): readonly string[] => [SERVICE, channel, `${toad.id}#${channel}`];

test('GEN-01, GEN-12: every request has one answer, with its id, from where it was sent to, also in a crowd', async () => {
  const coven = await openCoven();
  const { world, channel, newt, toad } = coven;
  const payloads = [
    INFO,
    `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`,
    PING,
    FOREIGN,
    `<query xmlns='jabber:iq:version'/>`,
    `<query xmlns='urn:xmpp:mam:2'/>`,
    `<metadata xmlns='urn:xmpp:mam:2'/>`,
    pubsub(`<items node='urn:xmpp:mix:nodes:participants'/>`),
    pubsub(`<subscriptions/>`),
    `<user-preference xmlns='urn:xmpp:mix:anon:0'/>`,
    `<setnick xmlns='urn:xmpp:mix:core:1'><nick>Newt</nick></setnick>`,
    `<update-subscription xmlns='urn:xmpp:mix:core:1'/>`,
    `<join xmlns='urn:xmpp:mix:core:1'/>`,
    `<create xmlns='urn:xmpp:mix:core:1' channel='a#b'/>`,
    `<destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/>`,
    `<invite xmlns='urn:xmpp:mix:misc:0'/>`,
    `<register xmlns='urn:xmpp:mix:misc:0'/>`,
    `<vCard xmlns='vcard-temp'/>`,
  ];
  const asked = new Map<string, string>();
  const got = await world.during(newt, async () => {
    for (const to of [...places(coven), `nowhere@${SERVICE}`])
      for (const type of ['get', 'set'])
        for (const payload of payloads) {
          const id = `r${asked.size}`;
          asked.set(id, to);
          world.stage.send(newt, stanzaOf(`<iq type='${type}' id='${id}' to='${to}'>${payload}</iq>`));
        }
    await world.pass(60_000);
  });
  const answers = got.filter(({ name, attrs }) => name === 'iq' && /result|error/.test(attrs['type'] ?? ''));
  expect(answers).toHaveLength(asked.size);
  for (const { attrs } of answers) {
    expect(attrs['from']).toBe(asked.get(attrs['id'] ?? ''));
    expect(attrs['to']).toBe(newt.full);
    asked.delete(attrs['id'] ?? '');
  }
  expect([...asked]).toEqual([]);
  expect(channel).toBe(`coven@${SERVICE}`);
  expect(toad.isOnline).toBe(true);
});

describe('what is not answered', () => {
  test('GEN-02, GEN-11: results and errors that answer nothing', async () => {
    const coven = await openCoven();
    const { world, channel, newt, stranger, toad } = coven;
    const error = `<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    const to = [
      ...places(coven),
      `${channel}/${toad.id}`,
      `nobody#${channel}`,
      `nowhere@${SERVICE}`,
      `a@@${SERVICE}`,
    ];
    await world.quiet(async () => {
      for (const who of [newt, stranger])
        for (const where of to) {
          for (const stanza of [
            `<iq type='result' id='x1' to='${where}'/>`,
            `<iq type='result' id='x2' to='${where}'>${INFO}</iq>`,
            `<iq type='result' to='${where}'/>`,
            `<iq type='error' id='x3' to='${where}'>${error}</iq>`,
            `<iq type='error' id='x4' to='${where}'>${PING}${error}</iq>`,
            `<message type='error' id='x5' to='${where}'><body>x</body>${error}</message>`,
            `<message type='error' to='${where}'/>`,
            `<presence type='error' id='x6' to='${where}'>${error}</presence>`,
          ])
            await world.send(who, stanza);
        }
    });
  });

  test('GEN-15: presence of a type that there is not', async () => {
    const coven = await openCoven();
    const { world, channel, newt, toad, stranger } = coven;
    await world.quiet(async () => {
      for (const who of [newt, stranger])
        for (const to of places(coven))
          await world.send(who, `<presence type='foo' to='${to}'><show>dnd</show></presence>`);
    });
    const seen = await world.during(toad, () =>
      world.send(newt, `<presence to='${channel}'><show>away</show></presence>`),
    );
    expect(seen.map(({ name, attrs }) => [name, attrs['type']])).toEqual([['presence', undefined]]);
  });
});

describe('what is refused whoever asks', () => {
  test('GEN-03: a request has exactly one payload', async () => {
    const coven = await openCoven();
    for (const who of [coven.newt, coven.stranger])
      for (const to of places(coven)) {
        await coven.world.refused(who, 'get', to, '', 'bad-request');
        await coven.world.refused(who, 'set', to, 'text', 'bad-request');
        await coven.world.refused(who, 'set', to, PING + PING, 'bad-request');
        await coven.world.refused(who, 'get', to, INFO + PING, 'bad-request');
      }
  });

  test('GEN-04: a request without an id', async () => {
    const coven = await openCoven();
    for (const to of places(coven))
      await coven.world.refusedStanza(
        coven.newt,
        stanzaOf(`<iq type='get' to='${to}'>${PING}</iq>`),
        'bad-request',
      );
  });

  test('GEN-05: a request of a type that there is not', async () => {
    const coven = await openCoven();
    for (const to of places(coven)) {
      for (const type of ['foo', 'GET', ''])
        await coven.world.refused(coven.newt, type, to, PING, 'bad-request');
      await coven.world.refusedStanza(
        coven.newt,
        stanzaOf(`<iq id='1' to='${to}'>${PING}</iq>`),
        'bad-request',
      );
    }
  });

  test('GEN-06: a payload of a namespace that is unknown', async () => {
    const coven = await openCoven();
    for (const to of places(coven))
      for (const type of ['get', 'set'])
        await coven.world.refused(coven.newt, type, to, FOREIGN, 'service-unavailable');
  });

  test.each([
    'urn:xmpp:mix:core:1',
    'urn:xmpp:mix:anon:0',
    'urn:xmpp:mix:misc:0',
    'urn:xmpp:mix:admin:0',
    'urn:xmpp:mix:presence:0',
    'urn:xmpp:mam:2',
    'http://jabber.org/protocol/disco#info',
    'urn:xmpp:ping',
  ])('GEN-07: an element that %s does not have', async (ns) => {
    const { world, channel, newt } = await openCoven();
    for (const type of ['get', 'set'])
      await world.refused(newt, type, channel, `<frobnicate xmlns='${ns}'/>`, 'feature-not-implemented');
  });

  test('GEN-07: a verb that pubsub does not have', async () => {
    const { world, channel, newt } = await openCoven();
    await world.refused(newt, 'set', channel, pubsub('<frobnicate/>'), 'feature-not-implemented');
    await world.refused(
      newt,
      'set',
      SERVICE,
      `<frobnicate xmlns='urn:xmpp:mix:core:1'/>`,
      'feature-not-implemented',
    );
  });

  test('GEN-08: a request by an iq of the wrong type', async () => {
    const coven = await openCoven();
    const { world, channel, newt } = coven;
    for (const to of [SERVICE, channel])
      for (const payload of [
        INFO,
        PING,
        `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`,
      ])
        await world.refused(newt, 'set', to, payload, 'bad-request');
    for (const name of ['join', 'leave', 'setnick', 'update-subscription'])
      await world.refused(newt, 'get', channel, `<${name} xmlns='urn:xmpp:mix:core:1'/>`, 'bad-request');
    for (const name of ['create', 'destroy'])
      await world.refused(
        newt,
        'get',
        SERVICE,
        `<${name} xmlns='urn:xmpp:mix:core:1' channel='x'/>`,
        'bad-request',
      );
    await world.refused(newt, 'set', channel, `<metadata xmlns='urn:xmpp:mam:2'/>`, 'bad-request');
    await world.refused(newt, 'set', SERVICE, `<query xmlns='jabber:iq:version'/>`, 'bad-request');
    await world.refused(
      newt,
      'set',
      channel,
      pubsub(`<items node='urn:xmpp:mix:nodes:info'/>`),
      'bad-request',
    );
    await world.refused(
      newt,
      'get',
      channel,
      pubsub(`<subscribe node='urn:xmpp:mix:nodes:info' jid='${newt.bare}'/>`),
      'bad-request',
    );
  });

  test('GEN-14: a message of an unknown type is one of type normal, which a channel does not take', async () => {
    const { world, channel, newt, toad } = await openCoven();
    for (const type of [`type='foo'`, `type='normal'`, ''])
      await world.refusedStanza(
        newt,
        stanzaOf(`<message id='m' ${type} to='${channel}'><body>x</body></message>`),
        'bad-request',
      );
    // To a participant it is a private message like any other.
    const heard = await world.during(toad, () =>
      world.send(newt, `<message id='p' type='foo' to='${toad.id}#${channel}'><body>x</body></message>`),
    );
    expect(heard.map(({ attrs }) => [attrs['type'], attrs['id']])).toEqual([[undefined, 'p']]);
  });

  test('GEN-10: an error has one condition, of the type that goes with it', async () => {
    // Every world checks this of every error; here one of each kind.
    const { world, channel, stranger, newt } = await openCoven();
    const kinds = [
      await world.ask(stranger, 'get', `nowhere@${SERVICE}`, INFO),
      await world.ask(newt, 'set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'><nick> </nick></setnick>`),
      await world.ask(
        newt,
        'set',
        channel,
        `<setnick xmlns='urn:xmpp:mix:core:1'><nick>toad</nick></setnick>`,
      ),
      await world.ask(
        stranger,
        'set',
        channel,
        `<setnick xmlns='urn:xmpp:mix:core:1'><nick>me</nick></setnick>`,
      ),
      await world.ask(newt, 'get', channel, pubsub(`<items node='urn:xmpp:mix:nodes:jidmap'/>`)),
    ];
    expect(kinds.map((each) => errorOf(each))).toEqual([
      ['item-not-found', 'cancel', ''],
      ['not-acceptable', 'modify', ''],
      ['conflict', 'cancel', ''],
      ['forbidden', 'auth', ''],
      ['not-allowed', 'cancel', 'closed-node'],
    ]);
  });
});
