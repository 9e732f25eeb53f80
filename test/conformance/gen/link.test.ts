/**
 * GEN-09, 13, 16, 49, 50, 52: what passes a channel, and what a lost link or server does to it.
 */
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import {
  all,
  configure,
  inside,
  list,
  NODES,
  openCoven,
  pubsub,
  SERVICE,
  stanzaOf,
  textsOf,
} from '../pubsub/kit.ts';

const groupchat = (to: string, inner: string, id = 'm'): string =>
  `<message type='groupchat' id='${id}' to='${to}'>${inner}</message>`;

test('GEN-09: what nobody knows passes a channel untouched', async () => {
  const { world, channel, newt, toad } = await openCoven();
  const invented = '<x xmlns="urn:invented" a="1"><y b="&lt;&quot;">text</y><z xmlns="urn:other"/></x>';
  const [copy] = await world.during(newt, () =>
    world.send(toad, groupchat(channel, `<body>x</body>${invented}`)),
  );
  expect(elements(copy!).find(({ ns }) => ns === 'urn:invented')).toEqual(
    elements(stanzaOf(groupchat('a', invented)))[0],
  );
  const [bare] = await world.during(newt, () => world.send(toad, groupchat(channel, invented)));
  expect(all(bare!, 'x').map(({ ns }) => ns)).toEqual(['urn:invented']);
  const [single] = await world.during(newt, () =>
    world.send(toad, `<message type='chat' to='${newt.id}#${channel}'><body>x</body>${invented}</message>`),
  );
  expect(inside(single!)).toBe(`<body>x</body>${invented}`);
});

test('GEN-13: an error repeats nothing of what it answers', async () => {
  const { world, channel, newt, toad, stranger } = await openCoven();
  const naming = `<x xmlns='urn:x' jid='${toad.bare}'><body xmlns='jabber:client'>of ${stranger.full}</body></x>`;
  const errors: XmlElement[] = [];
  for (const to of [SERVICE, channel, `${toad.id}#${channel}`]) {
    errors.push(await world.refused(newt, 'set', to, naming, 'service-unavailable'));
    errors.push(await world.refused(newt, 'set', to, naming + naming, 'bad-request'));
  }
  errors.push(
    await world.refusedStanza(
      newt,
      stanzaOf(`<message id='c' type='chat' to='${channel}'>${naming}</message>`),
      'bad-request',
    ),
  );
  errors.push(
    await world.refusedStanza(
      stranger,
      stanzaOf(`<message id='p' type='chat' to='${toad.id}#${channel}'>${naming}</message>`),
      'forbidden',
    ),
  );
  for (const error of errors) {
    expect(elements(error).map(({ name }) => name)).toEqual(['error']);
    expect(serialize({ ...error, attrs: {} })).not.toMatch(/urn:x"|toad|stranger|newt/);
  }
});

test('GEN-16: the language of texts is kept', async () => {
  const { world, channel, newt, toad } = await openCoven();
  const bodies =
    '<body xml:lang="en">Hello</body><body xml:lang="de">Hallo</body><subject xml:lang="de">Gruß</subject>';
  const [copy] = await world.during(newt, () => world.send(toad, groupchat(channel, bodies)));
  expect(inside(copy!).startsWith(bodies)).toBe(true);
  const whole = groupchat(channel, '<body>Bonjour</body><body xml:lang="de">Tag</body>').replace(
    '<message',
    "<message xml:lang='fr'",
  );
  const [other] = await world.during(newt, () => world.send(toad, whole));
  const languages = all(other!, 'body').map((body) => body.attrs['xml:lang'] ?? other!.attrs['xml:lang']);
  expect(languages).toEqual(['fr', 'de']);
  const got = await world.query(newt, 'set', channel, `<query xmlns='urn:xmpp:mam:2'/>`);
  const archived = got.flatMap((stanza) => all(stanza, 'body')).map(({ attrs }) => attrs['xml:lang']);
  expect(archived).toEqual(['en', 'de', 'fr', 'de']);
  const [single] = await world.during(newt, () =>
    world.send(toad, `<message type='chat' to='${newt.id}#${channel}'>${bodies}</message>`),
  );
  expect(inside(single!)).toBe(bodies);
  const [presence] = await world.during(newt, () =>
    world.send(
      toad,
      `<presence to='${channel}' xml:lang='de'><status>weg</status><status xml:lang='en'>gone</status></presence>`,
    ),
  );
  expect(
    all(presence!, 'status').map(({ attrs }) => attrs['xml:lang'] ?? presence!.attrs['xml:lang']),
  ).toEqual(['de', 'en']);
});

test('GEN-49: all that goes out has a receiver, and a sender of the domain', async () => {
  // Every world checks this of every stanza; this one sees to it that there is one of each kind.
  const coven = await openCoven();
  const { world, channel, owner, newt, toad } = coven;
  const before = world.scanner.stanzas;
  await world.send(toad, '<presence><show>away</show></presence>');
  await world.send(toad, groupchat(channel, '<body>x</body>'));
  await world.send(toad, `<message type='chat' to='${newt.id}#${channel}'><body>x</body></message>`);
  await world.query(newt, 'set', channel, `<query xmlns='urn:xmpp:mam:2'/>`);
  await world.ask(newt, 'get', 'a@@mix.example', `<ping xmlns='urn:xmpp:ping'/>`);
  await world.ask(newt, 'get', `${toad.id}#${channel}`, `<vCard xmlns='vcard-temp'/>`);
  await configure(coven, [['JID Visibility', 'jid-mandatory-visible']]);
  await list(coven, 'banned', newt.bare);
  await world.stage.powers.restart();
  await world.result(owner, 'set', SERVICE, `<destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/>`);
  expect(world.scanner.stanzas - before).toBeGreaterThan(20);
  expect(world.wrong).toEqual([]);
});

describe('GEN-50: the link is lost in the middle of it', () => {
  test.each(['dropLink', 'restart'] as const)(
    '%s: nothing is lost, nobody joins twice, and a message keeps its id',
    async (loss) => {
      const { world, channel, newt, toad } = await openCoven([], { store: openSqlite(':memory:') });
      const heard = newt.received.length;
      for (let round = 0; round < 5; round++) {
        for (let at = 0; at < 10; at++)
          world.stage.send(
            toad,
            stanzaOf(groupchat(channel, `<body>${round}.${at}</body>`, `m${round}.${at}`)),
          );
        if (round % 2 === 0) await world.stage.settle();
        else await new Promise((resolve) => setImmediate(resolve));
        await world.stage.powers[loss]();
        await world.pass(5_000);
      }
      const mam = await world.query(newt, 'set', channel, `<query xmlns='urn:xmpp:mam:2'/>`);
      const archived = mam
        .slice(0, -1)
        .map((stanza) => [textsOf(stanza, 'body')[0], all(stanza, 'result')[0]?.attrs['id']]);
      const copies = newt.received
        .slice(heard)
        .filter(
          (stanza) =>
            stanza.name === 'message' &&
            all(stanza, 'result').length === 0 &&
            all(stanza, 'body').length === 1,
        )
        .map((stanza) => [textsOf(stanza, 'body')[0], stanza.attrs['id']]);
      // At least once: what was under way may come again, under the same id.
      expect([...new Map(copies as [string, string][])]).toEqual(archived);
      expect(new Set(copies.map(([, id]) => id)).size).toBe(archived.length);
      // What the service had read when the link went is there; the whole of the quiet rounds in any case.
      expect(archived.filter(([body]) => /^[024]\./.test(body ?? ''))).toHaveLength(30);
      expect(new Set(archived.map(([body]) => body)).size).toBe(archived.length);
      const list = await world.result(newt, 'get', channel, pubsub(`<items node='${NODES.participants}'/>`));
      expect(all(list, 'item').map(({ attrs }) => attrs['id'])).toEqual([toad.id, newt.id]);
    },
  );
});

describe('GEN-52: a server that cannot be reached takes nobody out', () => {
  test.each([
    ['remote-server-not-found', 'cancel'],
    ['remote-server-timeout', 'wait'],
    ['item-not-found', 'cancel'],
    ['gone', 'modify'],
  ])('%s', async (condition, type) => {
    const { world, channel, newt, toad } = await openCoven();
    const bounce = (to: string, name = 'message'): string =>
      `<${name} type='error' id='b' to='${to}'><error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></${name}>`;
    const [copy] = await world.during(toad, () => world.send(toad, groupchat(channel, '<body>x</body>')));
    await world.quiet(async () => {
      for (const from of [channel, copy!.attrs['from']!, `${toad.id}#${channel}`]) {
        await world.send(newt, bounce(from));
        await world.send(newt, bounce(from, 'presence'));
        await world.send(newt, bounce(from, 'iq'));
      }
    });
    const listed = await world.result(toad, 'get', channel, pubsub(`<items node='${NODES.participants}'/>`));
    expect(all(listed, 'item').map(({ attrs }) => attrs['id'])).toEqual([toad.id, newt.id]);
    const heard = await world.during(newt, () => world.send(toad, groupchat(channel, '<body>y</body>')));
    expect(heard.map((stanza) => textsOf(stanza, 'body'))).toEqual([['y']]);
  });
});
