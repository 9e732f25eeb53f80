/**
 * ANON-31 to ANON-38: the resource that stands for a client.
 * Brings clients in and out, and looks at the addresses under which the others see them.
 * Does not relay more than a question or two (test/conformance/anon/private-messages.test.ts).
 * Before: test/conformance/anon/architecture.test.ts. After: test/conformance/anon/jidmap.test.ts.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { closeWorlds, expectIs, expectRefused, openWorld, type Person, type World } from './kit.ts';

closeWorlds();

interface Scene {
  readonly world: World;
  readonly owner: Person;
  /** Two clients of one account. */
  readonly a: Person;
  readonly b: Person;
  readonly two: Person;
  readonly channel: string;
  readonly id: string;
}

async function setUp(mode = 'jid-hidden'): Promise<Scene> {
  const world = await openWorld();
  const [owner, two] = (await world.cast('owner', 'two')) as [Person, Person];
  const a = await world.person('one', { resource: 'laptop' });
  const b = await world.person('one', { resource: 'phone' });
  const channel = await owner.create('coven', { 'JID Visibility': mode });
  await two.join(channel);
  const id = await a.join(channel);
  world.mark();
  return { world, owner, a, b, two, channel, id };
}

/** Shows the client, and gives the address under which `two` sees it. */
async function seen(client: Person, two: Person, channel: string, content = ''): Promise<string> {
  const before = two.news.length;
  await client.appear(channel, content);
  const [presence, second] = two.news.slice(before);
  expect([presence?.name, presence?.attrs['type'], second]).toEqual(['presence', undefined, undefined]);
  return presence?.attrs['from'] ?? '';
}

const resourceIn = (address: string): string => address.slice(address.indexOf('/') + 1);

test('ANON-31: the resource cannot be derived: it differs by channel and client, and is no hash', async () => {
  const { owner, a, b, two, channel } = await setUp();
  const other = await owner.create('forest');
  await two.join(other);
  await a.join(other);
  const found = [
    await seen(a, two, channel),
    await seen(b, two, channel),
    await seen(a, two, other),
    await seen(b, two, other),
  ].map(resourceIn);
  expect(new Set(found).size).toBe(4);
  for (const client of [a, b])
    for (const text of [client.resource, client.full, client.bare, client.local])
      for (const name of ['md5', 'sha1', 'sha256', 'sha512'])
        for (const salt of ['', channel, other, 'coven', 'mix.example']) {
          const digest = createHash(name)
            .update(salt + text)
            .digest();
          const forms = [digest.toString('hex'), digest.toString('base64url').toLowerCase()];
          for (const resource of found)
            expect(forms.some((form) => form.startsWith(resource.slice(0, 8)))).toBe(false);
        }
});

test('ANON-31: the same address joins anew under other resources in another life of the service', async () => {
  const resources = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const world = await openWorld({ seed });
    const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
    const channel = await owner.create('coven');
    await two.join(channel);
    await one.join(channel);
    world.mark();
    resources.add(resourceIn(await seen(one, two, channel)));
  }
  expect(resources.size).toBe(3);
});

test('ANON-32, ANON-33: a presence comes from the encoded address with its resource, the same while the client is there', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { a, two, channel, id } = await setUp(mode);
    const first = await seen(a, two, channel);
    expect(first).toMatch(new RegExp(`^${id}#${channel}/[a-z0-9]{8,}$`));
    expect(await seen(a, two, channel, '<show>dnd</show>')).toBe(first);
    expect(await seen(a, two, channel, '<status>busy</status>')).toBe(first);
    expect(await seen(a, two, channel)).toBe(first);
    const before = two.news.length;
    await a.disappear(channel);
    expect(two.news.slice(before).map(({ attrs }) => [attrs['type'], attrs['from']])).toEqual([
      ['unavailable', first],
    ]);
  }
});

test('ANON-33: nor does a change of nick, preference or mode change it', async () => {
  const { owner, a, two, channel } = await setUp('jid-maybe-visible');
  const first = await seen(a, two, channel);
  two.world.mark();
  await a.ask('set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'><nick>other</nick></setnick>`);
  await a.prefer(channel, { 'JID Visibility': 'always' });
  await owner.configure(channel, { 'JID Visibility': 'jid-visible' });
  const from = two.heard('presence').map(({ attrs }) => [attrs['type'], attrs['from']]);
  expect(from).toEqual([
    [undefined, first],
    [undefined, first],
  ]);
});

test('ANON-34: a new session has an address that no other client has', async () => {
  const { a, b, two, channel } = await setUp();
  const first = await seen(a, two, channel);
  const others = await seen(b, two, channel);
  await a.disappear(channel);
  const second = await seen(a, two, channel);
  expect(second.split('/')[0]).toBe(first.split('/')[0]);
  expect(second).not.toBe(others);
});

test('ANON-35: two clients of one account have two resources under one bare address', async () => {
  const { a, b, two, channel, id } = await setUp();
  const [one, other] = [await seen(a, two, channel), await seen(b, two, channel)];
  expect(one).not.toBe(other);
  for (const address of [one, other]) expect(address.split('/')[0]).toBe(`${id}#${channel}`);
});

test('ANON-36: a question to the address reaches that client alone, and its answer comes back from there', async () => {
  const { world, a, b, two, channel } = await setUp();
  await seen(a, two, channel);
  const target = await seen(b, two, channel);
  await two.appear(channel);
  world.mark();
  await two.send(
    `<iq type='get' id='what' to='${target}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
  );
  const [asked, second] = a.news;
  const { id = '', from = '' } = asked?.attrs ?? {};
  expectIs(
    asked,
    `<iq type='get' id='${id}' from='${from}' to='${b.full}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
  );
  expect(second).toBeUndefined();
  expect(id).not.toBe('what');
  const features = `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:ping'/></query>`;
  await b.send(`<iq type='result' id='${id}' to='${from}'>${features}</iq>`);
  expect(two.news).toHaveLength(1);
  expectIs(two.news[0], `<iq type='result' id='what' from='${target}' to='${two.full}'>${features}</iq>`);
});

test('ANON-37: no node shows an administrator or participant the resource of a client', async () => {
  const { world, owner, a, b, two, channel } = await setUp();
  await seen(a, two, channel);
  await seen(b, two, channel);
  const admin = await world.person('admin');
  await owner.configure(channel, { Administrator: admin.bare, 'Configuration Node Access': 'admins' });
  for (const reader of [owner, admin, two])
    for (const node of [
      'jidmap',
      'config',
      'participants',
      'presence',
      'info',
      'allowed',
      'banned',
      'messages',
    ]) {
      const answer = serialize(await reader.items(channel, node));
      for (const { resource, full } of [a, b]) {
        expect(answer).not.toContain(resource);
        expect(answer).not.toContain(full);
      }
    }
  expectRefused(await admin.items(channel, 'presence'), 'not-allowed/cancel');
});

test('ANON-38: a question to a resource that nobody has is refused, and reaches nobody', async () => {
  const { world, a, two, channel, id } = await setUp();
  await seen(a, two, channel);
  world.mark();
  for (const resource of ['nosuch', 'a'.repeat(16)]) {
    const question = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    expectRefused(
      await two.ask('get', `${id}#${channel}/${resource}`, question),
      'service-unavailable/cancel',
    );
  }
  world.expectSilence();
});
