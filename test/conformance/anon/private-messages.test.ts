/**
 * ANON-02 to ANON-04, ANON-87 to ANON-93, ANON-100 to ANON-103: private messages that arrive.
 * Lets people write to encoded addresses, and compares what comes out word for word.
 * Does not look at what is refused (private-messages-refused.test.ts).
 * Before: test/conformance/anon/resources.test.ts. After: test/conformance/anon/private-messages-refused.test.ts.
 */
import { expect, test } from 'vitest';
import { closeWorlds, expectAre, expectIs, find, openWorld, type Person, type World } from './kit.ts';

closeWorlds();

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
  readonly oneId: string;
  readonly twoId: string;
  /** The addresses under which the two clients are seen. */
  readonly oneSeen: string;
  readonly twoSeen: string;
}

/** `one` and `two` take part, and their clients are there. */
async function setUp(options: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const world = await openWorld();
  const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven', options);
  const [oneId, twoId] = [await one.join(channel), await two.join(channel)];
  world.mark();
  await one.appear(channel);
  await two.appear(channel);
  const seen = one.heard('presence').map(({ attrs }) => attrs['from'] ?? '');
  const of = (id: string): string => seen.find((from) => from.startsWith(id)) ?? '';
  world.mark();
  return { world, owner, one, two, channel, oneId, twoId, oneSeen: of(oneId), twoSeen: of(twoId) };
}

test('ANON-02, ANON-03, ANON-04, ANON-87, ANON-90: in every mode a private message arrives once, from the encoded address', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { world, one, two, channel, twoId, oneSeen } = await setUp({ 'JID Visibility': mode });
    expect(await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>', 'pm-1')).toBeUndefined();
    expectAre(two.news, [
      `<message type='chat' id='pm-1' from='${oneSeen}' to='${two.bare}'><body>Psst</body></message>`,
    ]);
    world.expectSilence(two);
  }
});

test("ANON-88: one to a client's address goes to that client alone", async () => {
  const { world, one, two, channel, twoId, oneSeen } = await setUp();
  const other = await world.person('two', { resource: 'phone' });
  await other.appear(channel);
  const phone =
    one
      .heard('presence')
      .map(({ attrs }) => attrs['from'] ?? '')
      .find((from) => from.startsWith(twoId)) ?? '';
  world.mark();
  await one.say('chat', phone, '<body>Psst</body>', 'pm-1');
  expectAre(two.news, [
    `<message type='chat' id='pm-1' from='${oneSeen}' to='${other.full}'><body>Psst</body></message>`,
  ]);
  world.expectSilence(two);
});

test('ANON-89: one to a client that has left goes to the account, be it soon after or later', async () => {
  const { world, one, two, channel, twoSeen, oneSeen } = await setUp();
  await two.disappear(channel);
  for (const minutes of [0, 5, 30]) {
    await world.stage.powers.pass(minutes * 60_000);
    for (const type of ['chat', 'normal']) {
      world.mark();
      expect(await one.say(type, twoSeen, '<body>Psst</body>', 'pm-1')).toBeUndefined();
      const attr = type === 'chat' ? `type='chat'` : '';
      const [came] = two.news;
      expectIs(
        {
          ...came!,
          attrs: Object.fromEntries(
            Object.entries(came!.attrs).filter(([key, value]) => key !== 'type' || value !== 'normal'),
          ),
        },
        `<message ${attr} id='pm-1' from='${oneSeen}' to='${two.bare}'><body>Psst</body></message>`,
      );
      expect(two.news).toHaveLength(1);
    }
  }
});

test('ANON-90: the resource is the one of the presence of the client that writes', async () => {
  const { world, one, two, channel, oneId, twoId, oneSeen } = await setUp();
  const other = await world.person('one', { resource: 'phone' });
  await other.appear(channel);
  const phone = two.heard('presence').at(-1)?.attrs['from'] ?? '';
  world.mark();
  await one.say('chat', `${twoId}#${channel}`, '<body>a</body>');
  await other.say('chat', `${twoId}#${channel}`, '<body>b</body>');
  expect(two.news.map(({ attrs }) => attrs['from'])).toEqual([oneSeen, phone]);
  expect(phone.startsWith(`${oneId}#${channel}/`)).toBe(true);
  expect(phone).not.toBe(oneSeen);
});

test('ANON-91: a sender without presence has a resource too, and it can be answered', async () => {
  const { world, one, two, channel, oneId, twoId, oneSeen } = await setUp();
  await one.prefer(channel, { Presence: 'not share' });
  world.mark();
  await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>');
  const from = two.news[0]?.attrs['from'] ?? '';
  expect(from).toMatch(new RegExp(`^${oneId}#${channel}/[a-z0-9]{8,}$`));
  expect(from).not.toBe(oneSeen);
  world.mark();
  await two.say('chat', from, '<body>What?</body>', 'pm-2');
  expect(one.news.map(({ attrs }) => [attrs['to'], attrs['id']])).toEqual([[one.full, 'pm-2']]);
  // No presence goes out for it, now or when it ends.
  expect(two.heard('presence')).toEqual([]);
  await world.stage.powers.pass(60 * 60_000);
  world.expectSilence(one);
});

test('ANON-92: bodies, thread, id, type and language arrive as they were sent', async () => {
  const { one, two, channel, twoId, oneSeen } = await setUp();
  const content = `<subject>On brewing</subject><body xml:lang='en'>Double</body><body xml:lang='de'>Doppelt</body><thread parent='a'>t-1</thread><x
    xmlns='urn:test'><y z='1'>text</y></x><active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>`;
  await one.send(
    `<message type='chat' id='&lt;id&gt; 1' xml:lang='la' to='${twoId}#${channel}'>${content}</message>`,
  );
  expectAre(two.news, [
    `<message type='chat' id='&lt;id&gt; 1' xml:lang='la' from='${oneSeen}' to='${two.bare}'>${content}</message>`,
  ]);
  two.world.mark();
  await one.send(`<message to='${twoId}#${channel}'>${content}</message>`);
  expectAre(two.news, [`<message from='${oneSeen}' to='${two.bare}'>${content}</message>`]);
});

test('ANON-93: an answer to the address of a message reaches the client that wrote it', async () => {
  const { world, one, two, channel, twoId, twoSeen } = await setUp();
  await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>');
  const from = two.news[0]?.attrs['from'] ?? '';
  world.mark();
  await two.say('chat', from, '<body>What?</body>', 'pm-2');
  expectAre(one.news, [
    `<message type='chat' id='pm-2' from='${twoSeen}' to='${one.full}'><body>What?</body></message>`,
  ]);
  world.expectSilence(one);
});

test('ANON-100: an error from the other side comes back with encoded addresses and its condition only', async () => {
  const { world, one, two, channel, twoId } = await setUp();
  world.stage.powers.bounceFor(two.player);
  await one.send(`<message type='chat' id='pm-1' to='${twoId}#${channel}'><body>Psst</body></message>`);
  expectAre(one.news, [
    `<message type='error' id='pm-1' from='${twoId}#${channel}' to='${one.full}'><error type='cancel'><service-unavailable
      xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
  ]);
  world.expectSilence(one, two);
});

test('ANON-100: an error that answers nothing goes nowhere', async () => {
  const { world, one, two, channel, oneId, oneSeen, twoId } = await setUp();
  const error = `<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:${two.bare}</gone></error>`;
  for (const to of [oneSeen, `${oneId}#${channel}`])
    await two.send(`<message type='error' id='pm-1' to='${to}'>${error}</message>`);
  await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>', 'pm-1');
  world.mark();
  const outsider = await world.person('outsider');
  await outsider.send(`<message type='error' id='pm-1' to='${oneSeen}'>${error}</message>`);
  await two.send(`<message type='error' id='pm-9' to='${oneSeen}'>${error}</message>`);
  world.expectSilence();
});

test('ANON-101: a private message is cleaned as one to all is', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { one, two, channel, oneId, twoId, oneSeen } = await setUp({ 'JID Visibility': mode });
    const alias = oneSeen;
    await one.send(`<message type='chat' id='pm-1' to='${twoId}#${channel}'><body>Psst</body>
      <delay xmlns='urn:xmpp:delay' from='${one.full}' stamp='2026-01-01T00:00:00Z'/>
      <x xmlns='jabber:x:delay' from='${one.home}' stamp='20260101T00:00:00'/>
      <addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='${one.full}'/></addresses>
      <stanza-id xmlns='urn:xmpp:sid:0' id='1' by='${one.bare}'/>
      <stanza-id xmlns='urn:xmpp:sid:0' id='1' by='${channel}'/>
      <occupant-id xmlns='urn:xmpp:occupant-id:0' id='${oneId}'/>
      <nick xmlns='http://jabber.org/protocol/nick'>One</nick>
      <mix xmlns='urn:xmpp:mix:core:1'><nick>Two</nick><jid>${two.bare}</jid></mix>
      <x xmlns='http://jabber.org/protocol/muc#user'><item jid='${one.full}'/></x>
      <x xmlns='jabber:x:signed'>signature</x>
      <private xmlns='urn:xmpp:carbons:2'/>
      <origin-id xmlns='urn:xmpp:sid:0' id='origin'/>
      <card xmlns='urn:test' of='${one.bare}'><jid>${one.full}</jid></card></message>`);
    const [of, jid] = mode === 'jid-visible' ? [one.bare, one.full] : [alias, alias];
    // In JID Visible one may name oneself, if not by a client's address to others than the one written to.
    expectIs(
      two.news[0],
      `<message type='chat' id='pm-1' from='${oneSeen}' to='${two.bare}'><body>Psst</body><origin-id xmlns='urn:xmpp:sid:0' id='origin'/><card
        xmlns='urn:test' of='${of}'><jid>${jid}</jid></card></message>`,
    );
    if (mode === 'jid-visible') two.world.scanner.leaks.splice(0);
    expect(two.news).toHaveLength(1);
  }
});

test('ANON-102: Private Messages: block does not keep one from writing', async () => {
  const { one, two, channel, twoId, oneSeen } = await setUp();
  await one.prefer(channel, { 'Private Messages': 'block' });
  expect(await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>', 'pm-1')).toBeUndefined();
  expectAre(two.news, [
    `<message type='chat' id='pm-1' from='${oneSeen}' to='${two.bare}'><body>Psst</body></message>`,
  ]);
});

test('ANON-103: one may write to oneself', async () => {
  const { world, one, channel, oneId, oneSeen } = await setUp();
  await one.say('chat', `${oneId}#${channel}`, '<body>Remember</body>', 'pm-1');
  expectAre(one.news, [
    `<message type='chat' id='pm-1' from='${oneSeen}' to='${one.bare}'><body>Remember</body></message>`,
  ]);
  expect(find(one.news[0], 'mix')).toBeUndefined();
  world.expectSilence(one);
});
