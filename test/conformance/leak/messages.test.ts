/**
 * LEAK-01 to LEAK-03, LEAK-19, LEAK-20, LEAK-22 to LEAK-24, LEAK-35: what messages and those about messages give away.
 * Lets a hidden participant send what a careless client would, and looks at every copy.
 * Does not look at private ones (relay.test.ts).
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/presence.test.ts.
 */
import { describe, expect, test } from 'vitest';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  closeWorlds,
  expectIs,
  expectRefused,
  find,
  findAll,
  hide,
  HIDING,
  joinXml,
  whoIn,
  type Person,
} from './kit.ts';

closeWorlds();

/** The copy of that message which came to `reader` last. */
function copyFor(reader: Person): XmlElement {
  const copy = reader.heard('message').findLast(({ attrs }) => attrs['type'] === 'groupchat');
  if (copy === undefined) throw new Error('no copy came');
  return copy;
}

describe.each(HIDING)('in %s', (mode) => {
  test('LEAK-01: a join tells the others id and nick only', async () => {
    const { world, two, outsider, channel } = await hide(mode, {
      'Participants Node Subscription': 'anyone',
    });
    const three = await world.person('three');
    await outsider.subscribe(channel, 'participants');
    world.mark();
    const answer = await three.ask('set', channel, joinXml({ nick: 'three' }));
    const id = find(answer, 'join')?.attrs['id'] ?? '';
    expect(find(answer, 'join')?.attrs).toEqual({ id, jid: `${id}#${channel}` });
    for (const reader of [two, outsider]) {
      expect(reader.news).toHaveLength(1);
      expect(whoIn(find(reader.news[0], 'participant'))).toEqual({ nick: 'three' });
      expect(find(reader.news[0], 'item')?.attrs).toEqual({ id });
    }
    world.expectUnknown(three, two, outsider);
  });

  test('LEAK-02, LEAK-03: a message tells id, nick and body only, live and from the archive', async () => {
    const { world, owner, admin, one, two, outsider, channel, oneId } = await hide(mode, {
      'Messages Node Subscription': 'anyone',
    });
    await outsider.subscribe(channel, 'messages');
    const error = await one.say(
      'groupchat',
      channel,
      `<body>Double</body><nick xmlns='http://jabber.org/protocol/nick'>Real Name</nick>
       <delay xmlns='urn:xmpp:delay' from='${one.full}' stamp='2026-01-01T00:00:00Z'/>
       <addresses xmlns='http://jabber.org/protocol/address'><address type='replyto' jid='${one.full}'/></addresses>
       <stanza-id xmlns='urn:xmpp:sid:0' by='${one.bare}' id='1'/><stanza-id xmlns='urn:xmpp:sid:0' by='${one.home}' id='2'/>
       <x xmlns='urn:test' a='${one.bare}' b='${one.full}' c='xmpp:${one.bare}?message'>${one.full}<y>xmpp:${one.bare}</y></x>
       <mix xmlns='urn:xmpp:mix:core:1'><jid>${one.bare}</jid></mix>`,
    );
    expect(error).toBeUndefined();
    const id = copyFor(two).attrs['id'] ?? '';
    const alias = `${channel}/${oneId}`;
    const content = `<body>Double</body><x xmlns='urn:test' a='${alias}' b='${alias}' c='${alias}'>${alias}<y>${alias}</y></x><mix
      xmlns='urn:xmpp:mix:core:1'><nick>one</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${id}'/>`;
    for (const reader of [one, two, outsider])
      expectIs(
        copyFor(reader),
        `<message type='groupchat' id='${id}' from='${alias}' to='${reader.bare}'>${content}</message>`,
      );
    for (const reader of [two, outsider, admin, owner]) {
      const { messages } = await reader.history(channel);
      expect(messages).toHaveLength(1);
      expectIs(messages[0], `<message type='groupchat' id='${id}' from='${alias}'>${content}</message>`);
    }
    world.expectUnknown(one, two, outsider, admin);
  });

  test("LEAK-22: what messages say of messages names people by the channel's addresses or not at all", async () => {
    const { world, one, two, channel, oneId } = await hide(mode);
    const first = (await one.post(channel, '<body>Double</body>')).attrs['id'] ?? '';
    await one.say('groupchat', channel, '<body>Trouble</body>', `${one.resource}-1`);
    const own = copyFor(two).attrs['id'] ?? '';
    const alias = `${channel}/${oneId}`;
    const cases: readonly (readonly [string, string])[] = [
      [
        `<reply xmlns='urn:xmpp:reply:0' id='${first}' to='${one.full}'/>`,
        `<reply xmlns='urn:xmpp:reply:0' id='${first}' to='${alias}'/>`,
      ],
      [
        `<reply xmlns='urn:xmpp:reply:0' id='nosuch' to='${one.bare}'/>`,
        `<reply xmlns='urn:xmpp:reply:0' id='nosuch'/>`,
      ],
      [
        `<reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='1' uri='xmpp:${one.bare}'/>`,
        '',
      ],
      [
        `<reference xmlns='urn:xmpp:reference:0' type='data' uri='xmpp:${one.bare}'/>`,
        `<reference xmlns='urn:xmpp:reference:0' type='data' uri='${alias}'/>`,
      ],
      [
        `<reactions xmlns='urn:xmpp:reactions:0' id='${first}'><reaction>${one.bare}</reaction></reactions>`,
        `<reactions xmlns='urn:xmpp:reactions:0' id='${first}'><reaction>${alias}</reaction></reactions>`,
      ],
      [
        `<replace xmlns='urn:xmpp:message-correct:0' id='${one.resource}-1'/>`,
        `<replace xmlns='urn:xmpp:message-correct:0' id='${own}'/>`,
      ],
      [`<replace xmlns='urn:xmpp:message-correct:0' id='${one.resource}-9'/>`, ''],
    ];
    for (const [sent, came] of cases) {
      world.mark();
      await one.post(channel, `<body>x</body>${sent}`);
      const id = copyFor(two).attrs['id'] ?? '';
      expectIs(
        copyFor(two),
        `<message type='groupchat' id='${id}' from='${alias}' to='${two.bare}'><body>x</body>${came}<mix
          xmlns='urn:xmpp:mix:core:1'><nick>one</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${id}'/></message>`,
      );
    }
    await two.history(channel);
    world.expectUnknown(one, two);
  });

  test('LEAK-23: calls, carbons and the origin of stickers do not pass; forwarded stanzas are refused', async () => {
    const { world, one, two, channel } = await hide(mode);
    for (const content of [
      `<propose xmlns='urn:xmpp:jingle-message:0' id='a'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`,
      `<invite xmlns='urn:xmpp:call-invites:0'><jingle sid='a' jid='${one.full}'/></invite>`,
      `<muji xmlns='http://telepathy.freedesktop.org/muji'/>`,
      `<private xmlns='urn:xmpp:carbons:2'/>`,
      `<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${one.full}'/></forwarded></received>`,
      `<jinglepub xmlns='urn:xmpp:jinglepub:1' from='${one.full}' id='a'/>`,
    ]) {
      world.mark();
      await one.post(channel, `<body>x</body>${content}`);
      const names = copyFor(two).children.flatMap((child) =>
        typeof child === 'object' && 'name' in child ? [child.name] : [],
      );
      expect(names).toEqual(['body', 'mix', 'stanza-id']);
    }
    await one.post(
      channel,
      `<body>:)</body><sticker xmlns='urn:xmpp:stickers:0' pack='p' jid='${one.bare}' node='urn:xmpp:stickers:0'/><file-sharing
        xmlns='urn:xmpp:sfs:0'><sources><jinglepub xmlns='urn:xmpp:jinglepub:1' from='${one.full}' id='a'/><url-data
        xmlns='http://jabber.org/protocol/url-data' target='https://files.example/a'/></sources></file-sharing>`,
    );
    expect(find(copyFor(two), 'sticker')?.attrs).toEqual({ pack: 'p', node: 'urn:xmpp:stickers:0' });
    expect(findAll(copyFor(two), 'jinglepub')).toEqual([]);
    expect(find(copyFor(two), 'url-data')?.attrs['target']).toBe('https://files.example/a');
    world.mark();
    const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${one.full}' to='${two.bare}'><body>x</body></message></forwarded>`;
    expectRefused(await one.say('groupchat', channel, `<body>x</body>${forwarded}`), 'not-acceptable/modify');
    world.expectSilence();
    await two.history(channel);
    world.expectUnknown(one, two);
  });

  test('LEAK-24: encrypted messages, whose headers name devices, are refused, to all and in private', async () => {
    const { world, one, two, channel, twoId } = await hide(mode);
    const legacy = `<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='31415'><key rid='27182'>a</key><iv>b</iv></header><payload>c</payload></encrypted>`;
    for (const payload of [
      legacy,
      `<encrypted xmlns='urn:xmpp:omemo:2'><header sid='31415'><keys jid='${one.bare}'><key rid='1'>a</key></keys></header><payload>c</payload></encrypted>`,
      `<encrypted xmlns='urn:xmpp:omemo:1'><header sid='31415'/></encrypted>`,
      `<openpgp xmlns='urn:xmpp:openpgp:0'>a</openpgp>`,
      `<x xmlns='jabber:x:encrypted'>a</x>`,
      `<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>${legacy}`,
    ]) {
      expectRefused(
        await one.say('groupchat', channel, `<body>secret</body>${payload}`),
        'not-acceptable/modify',
      );
      expectRefused(
        await one.say('chat', `${twoId}#${channel}`, `<body>secret</body>${payload}`),
        'not-acceptable/modify',
      );
    }
    world.expectSilence();
    expect((await two.history(channel)).messages).toEqual([]);
  });
});

test("LEAK-19: a retraction and its tombstone name who retracted by the channel's addresses", async () => {
  for (const kind of ['misc', 'retract'] as const) {
    const { world, owner, one, two, channel, oneId } = await hide('jid-hidden', {
      'User Message Retraction': 'true',
      'Administrator Message Retraction Rights': 'admins',
    });
    const post = async (): Promise<string> =>
      (await one.post(channel, '<body>Double</body>')).attrs['id'] ?? '';
    const retract = (id: string): string =>
      kind === 'misc'
        ? `<retract xmlns='urn:xmpp:mix:misc:0' id='${id}'/>`
        : `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/><body>retracted</body>`;
    const byAuthor = await post();
    expect(await one.say('groupchat', channel, retract(byAuthor))).toBeUndefined();
    expect(copyFor(two).attrs['from']).toBe(`${channel}/${oneId}`);
    // An owner who takes part, too.
    const ownerId = await owner.join(channel);
    const byOwner = await post();
    expect(await owner.say('groupchat', channel, retract(byOwner))).toBeUndefined();
    const { messages } = await two.history(channel);
    const tombstone = (id: string): XmlElement | undefined =>
      messages.find(({ attrs }) => attrs['id'] === id);
    expect(find(tombstone(byAuthor), 'retracted', 'urn:xmpp:mix:misc:0')?.attrs['by']).toBe(
      `${channel}/${oneId}`,
    );
    expect(find(tombstone(byOwner), 'retracted', 'urn:xmpp:mix:misc:0')?.attrs['by']).toBe(
      `${channel}/${ownerId}`,
    );
    for (const id of [byAuthor, byOwner]) expect(tombstone(id)?.attrs['from']).toBe(`${channel}/${oneId}`);
    world.expectUnknown(one, two);
    world.expectUnknown(owner, two);
  }
});

test('LEAK-20: a moderation names the moderator by id, or the channel where the administrator takes no part', async () => {
  const { world, owner, admin, one, two, channel } = await hide('jid-hidden', {
    'Administrator Message Retraction Rights': 'admins',
  });
  const moderate = async (by: Person, expected: string): Promise<string> => {
    const id = (await one.post(channel, '<body>Double</body>')).attrs['id'] ?? '';
    const request = `<moderate xmlns='urn:xmpp:message-moderate:1' id='${id}'><retract xmlns='urn:xmpp:message-retract:1'/><reason>off topic</reason></moderate>`;
    expect((await by.ask('set', channel, request)).attrs['type']).toBe('result');
    const copy = copyFor(two);
    expect(find(copy, 'moderated')?.attrs['by']).toBe(expected);
    expect(find(copy, 'reason')?.children).toEqual(['off topic']);
    const { messages } = await two.history(channel);
    const tombstone = messages.find(({ attrs }) => attrs['id'] === id);
    for (const retracted of findAll(tombstone!, 'retracted').filter(({ attrs }) => attrs['by'] !== undefined))
      expect(retracted.attrs['by']).toBe(expected);
    return id;
  };
  await moderate(admin, channel);
  await moderate(owner, channel);
  const adminId = await admin.join(channel);
  await moderate(admin, `${channel}/${adminId}`);
  const ids = findAll(copyFor(two), 'occupant-id').map(({ attrs }) => attrs['id']);
  expect(ids).toEqual([adminId]);
  for (const person of [owner, admin, one]) world.expectUnknown(person, two);
});

test('LEAK-35: neither the id that the sender gave a message nor its resource is seen by the others', async () => {
  const { world, admin, one, two, channel } = await hide();
  const secret = `${one.resource}-message-1`;
  expect(await one.say('groupchat', channel, '<body>Double</body>', secret)).toBeUndefined();
  expect(copyFor(two).attrs['id']).not.toContain(one.resource);
  for (const reader of [two, admin]) await reader.history(channel);
  world.expectUnknown(one, two, admin);
  expect(world.bytes).not.toContain(secret);
});
