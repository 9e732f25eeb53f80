/**
 * ANON-01, ANON-105, ANON-106: made-up names say nothing of whom they stand for.
 * Computes what somebody who knows an address would guess, and compares.
 * Does not search every operation for addresses (test/conformance/leak/ does that).
 * Before: test/conformance/anon/resources.test.ts. After: test/conformance/leak/messages.test.ts.
 */
import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { closeWorlds, find, openWorld, textOf, type Person } from './kit.ts';

closeWorlds();

const HASHES = ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256'];
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('');
}

/** What somebody who knows account, client and channel would try. */
function guesses(parts: readonly string[]): string[] {
  const texts = parts.flatMap((one) => [
    one,
    ...parts.flatMap((other) => ['', '/', ':', ',', '|'].map((by) => one + by + other)),
  ]);
  return texts
    .flatMap((text) =>
      HASHES.flatMap((name) => [
        createHash(name).update(text).digest(),
        ...parts.map((key) => createHmac(name, key).update(text).digest()),
      ]),
    )
    .flatMap((digest) => [
      digest.toString('hex'),
      digest.toString('base64url').toLowerCase(),
      base32(digest),
    ]);
}

test('ANON-105: participant ids and resources cannot be computed from addresses', async () => {
  const world = await openWorld();
  const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven');
  await two.join(channel);
  const id = await one.join(channel);
  await one.appear(channel);
  const resource = two.heard('presence').at(-1)?.attrs['from']?.split('/')[1] ?? '';
  const parts = [
    one.bare,
    one.full,
    one.local,
    one.home,
    one.resource,
    channel,
    'coven',
    'mix.example',
    'one',
  ];
  const heads = new Set(guesses(parts).map((guess) => guess.slice(0, 10)));
  expect(heads.size).toBeGreaterThan(1_000);
  for (const name of [id, resource]) {
    expect(name.length).toBeGreaterThanOrEqual(16);
    expect(heads).not.toContain(name.slice(0, 10));
    for (let at = 0; at + 10 <= name.length; at += 1) expect(heads).not.toContain(name.slice(at, at + 10));
  }
});

test('ANON-105: another life of the service gives the same address another id', async () => {
  const ids = new Set<string>();
  for (const seed of ['a', 'b', 'c']) {
    const world = await openWorld({ seed });
    const [owner, one] = (await world.cast('owner', 'one')) as [Person, Person];
    const channel = await owner.create('coven');
    ids.add(await one.join(channel));
  }
  expect(ids.size).toBe(3);
});

test('ANON-106: an assigned nick shares nothing with the name of the account', async () => {
  const world = await openWorld();
  const [owner] = (await world.cast('owner')) as [Person];
  const channel = await owner.create('coven', { 'Mandatory Nicks': 'false' });
  for (const local of [
    'hecate',
    'guest',
    'tester',
    'forest',
    'u1',
    'a1b2c3',
    'anonymous',
    'nickname',
    'participant',
    'user',
  ]) {
    const person = await world.person(local);
    const answer = await person.ask(
      'set',
      channel,
      `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/></join>`,
    );
    const renamed = await person.ask(
      'set',
      channel,
      `<setnick xmlns='urn:xmpp:mix:core:1'><nick/></setnick>`,
    );
    for (const nick of [textOf(find(answer, 'join'), 'nick'), textOf(renamed, 'nick')]) {
      expect(nick?.length).toBeGreaterThan(4);
      for (let at = 0; at + 3 <= person.local.length; at += 1)
        expect(nick).not.toContain(person.local.slice(at, at + 3));
    }
  }
});

test('ANON-01: what hidden people do gives no participant and no outsider any part of their addresses', async () => {
  const world = await openWorld();
  const [owner, one, two, outsider] = (await world.cast('owner', 'one', 'two', 'outsider')) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const channel = await owner.create('coven', {
    'Participants Node Subscription': 'anyone',
    'Messages Node Subscription': 'anyone',
  });
  const twoId = await two.join(channel);
  for (const node of ['participants', 'messages']) await outsider.subscribe(channel, node);
  const id = await one.join(channel, { preferences: { 'JID Visibility': 'prefer', vCard: 'allow' } });
  await one.appear(channel, `<show>away</show><priority>7</priority>`);
  await one.post(
    channel,
    `<body>Double</body><delay xmlns='urn:xmpp:delay' from='${one.full}' stamp='2026-01-01T00:00:00Z'/>`,
  );
  await one.say('chat', `${twoId}#${channel}`, '<body>Psst</body>');
  await two.say('chat', `${id}#${channel}`, '<body>What?</body>');
  await one.ask('set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'><nick>other</nick></setnick>`);
  await two.history(channel);
  await outsider.history(channel);
  await two.participants(channel);
  await outsider.participants(channel);
  await one.disappear(channel);
  await one.leave(channel);
  for (const reader of [two, outsider]) {
    const text = JSON.stringify(reader.news);
    expect(reader.news.length).toBeGreaterThan(2);
    for (const part of [one.local, one.resource, one.home, one.bare]) expect(text).not.toContain(part);
  }
});
