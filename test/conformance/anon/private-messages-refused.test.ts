/**
 * ANON-94 to ANON-99, ANON-104: private messages that are refused, and where the others never show up.
 * Writes to people who are not there, in ways that are not allowed, and looks at errors and silence.
 * Does not look at what arrives (private-messages.test.ts).
 * Before: test/conformance/anon/private-messages.test.ts. After: test/conformance/anon/security.test.ts.
 */
import { expect, test } from 'vitest';
import type { XmlElement } from '../../../src/xml/element.ts';
import { closeWorlds, expectRefused, find, openWorld, plain, type Person, type World } from './kit.ts';

closeWorlds();

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly admin: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
  readonly oneId: string;
  readonly twoId: string;
}

async function setUp(options: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const world = await openWorld();
  const [owner, admin, one, two] = (await world.cast('owner', 'admin', 'one', 'two')) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const channel = await owner.create('coven', { Administrator: admin.bare, ...options });
  const [oneId, twoId] = [await one.join(channel), await two.join(channel)];
  world.mark();
  return { world, owner, admin, one, two, channel, oneId, twoId };
}

const PSST = '<body>Psst</body>';

test('ANON-94: the channel archives none of it', async () => {
  const { owner, admin, one, two, channel, oneId, twoId } = await setUp();
  await one.say('chat', `${twoId}#${channel}`, `${PSST}<store xmlns='urn:xmpp:hints'/>`);
  await two.say('normal', `${oneId}#${channel}`, PSST);
  await one.post(channel, '<body>Aloud</body>');
  for (const reader of [one, two, admin, owner]) {
    const { messages, answer } = await reader.history(channel);
    expect(messages.map((message) => find(message, 'body')?.children)).toEqual([['Aloud']]);
    expect(find(answer, 'count')?.children).toEqual(['1']);
  }
  for (const jid of [`${twoId}#${channel}`, `${oneId}#${channel}`, `${channel}/${twoId}`]) {
    const { messages } = await two.history(channel, { FORM_TYPE: 'urn:xmpp:mam:2', with: jid });
    expect(messages.filter((message) => find(message, 'body')?.children[0] === 'Psst')).toEqual([]);
  }
});

test('ANON-95: nobody else receives any of it, whatever they follow', async () => {
  const { world, owner, admin, one, channel, twoId } = await setUp();
  const three = await world.person('three');
  const nodes = [
    'messages',
    'participants',
    'presence',
    'info',
    'config',
    'jidmap',
    'allowed',
    'banned',
    'urn:xmpp:avatar:data',
    'urn:xmpp:avatar:metadata',
  ];
  await three.join(channel, { nodes });
  for (const person of [admin, owner]) await person.join(channel, { nodes });
  world.mark();
  for (let count = 0; count < 10; count += 1)
    await one.say(count % 2 === 0 ? 'chat' : 'normal', `${twoId}#${channel}`, PSST);
  for (const person of [three, admin, owner, one]) expect(person.news).toEqual([]);
});

test('ANON-96: only participants write', async () => {
  const { world, owner, admin, one, channel, twoId } = await setUp();
  const outsider = await world.person('outsider');
  await one.leave(channel);
  world.mark();
  for (const person of [outsider, owner, admin, one])
    for (const type of ['chat', 'normal'])
      expectRefused(await person.say(type, `${twoId}#${channel}`, PSST), 'forbidden/auth');
  world.expectSilence();
});

test('ANON-97: unknown, departed and banned recipients are refused alike, to the byte', async () => {
  const { world, owner, one, two, channel, twoId } = await setUp();
  const three = await world.person('three');
  const threeId = await three.join(channel);
  await three.appear(channel);
  const seen = one.heard('presence').at(-1)?.attrs['from'] ?? '';
  await two.leave(channel);
  await owner.publish(channel, 'banned', `<item id='${three.bare}'/>`);
  world.mark();
  const errors: (XmlElement | undefined)[] = [];
  for (const id of ['999', twoId, threeId])
    for (const to of [`${id}#${channel}`, id === threeId ? seen : `${id}#${channel}/nosuch`])
      for (const type of ['chat', 'normal']) errors.push(await one.say(type, to, PSST));
  for (const error of errors) expectRefused(error, 'item-not-found/cancel');
  const [first, ...others] = errors.map((error) =>
    plain({ ...error!, attrs: { ...error!.attrs, id: '', from: '' } }),
  );
  for (const other of others) expect(other).toEqual(first);
  world.expectSilence();
});

test('ANON-98: where the channel has none, none is switched', async () => {
  for (const option of ['Private Messages', 'No Private Messages']) {
    const { world, owner, one, channel, oneId, twoId } = await setUp();
    await owner.configure(channel, { [option]: option === 'Private Messages' ? 'false' : 'true' });
    world.mark();
    for (const to of [`${twoId}#${channel}`, `${oneId}#${channel}`, `${twoId}#${channel}/nosuch`])
      expectRefused(await one.say('chat', to, PSST), 'not-allowed/cancel');
    world.expectSilence();
    await owner.configure(channel, { 'Private Messages': 'true' });
    expect(await one.say('chat', `${twoId}#${channel}`, PSST)).toBeUndefined();
  }
});

test('ANON-99: a message of type groupchat to a participant is refused', async () => {
  const { world, one, two, channel, twoId } = await setUp();
  await two.appear(channel);
  const seen = one.heard('presence').at(-1)?.attrs['from'] ?? '';
  world.mark();
  for (const to of [`${twoId}#${channel}`, seen])
    expectRefused(await one.say('groupchat', to, PSST), 'bad-request/modify');
  expectRefused(await one.say('headline', `${twoId}#${channel}`, PSST), 'service-unavailable/cancel');
  world.expectSilence();
});

test('ANON-104: every refusal comes from the address that was written to', async () => {
  const { world, owner, one, two, channel, twoId } = await setUp();
  const outsider = await world.person('outsider');
  await two.appear(channel);
  const seen = one.heard('presence').at(-1)?.attrs['from'] ?? '';
  const refusedAt = async (person: Person, type: string, to: string): Promise<void> => {
    world.mark();
    await person.send(`<message type='${type}' id='x' to='${to}'>${PSST}</message>`);
    expect(person.news.map(({ attrs }) => attrs)).toEqual([
      { type: 'error', id: 'x', from: to, to: person.full },
    ]);
    world.expectSilence(person);
  };
  for (const to of [`${twoId}#${channel}`, seen]) {
    await refusedAt(outsider, 'chat', to);
    await refusedAt(one, 'groupchat', to);
    await refusedAt(one, 'headline', to);
  }
  await refusedAt(one, 'chat', `999#${channel}`);
  await refusedAt(one, 'chat', `999#${channel}/a`);
  await refusedAt(one, 'chat', '999#nochannel@mix.example');
  await two.prefer(channel, { 'Private Messages': 'block' });
  await refusedAt(one, 'chat', seen);
  await owner.configure(channel, { 'Private Messages': 'false' });
  await refusedAt(one, 'chat', `${twoId}#${channel}`);
});
