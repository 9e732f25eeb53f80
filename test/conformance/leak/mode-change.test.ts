/**
 * LEAK-26 to LEAK-30: what a change of mode or preference, a ban and an end give away.
 * Changes a channel in use, forgets what was received before, and looks at everything after.
 * Does not look at who is removed and told (test/conformance/anon/mode-change.test.ts).
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/oracle.test.ts.
 */
import { expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import {
  appearAs,
  closeWorlds,
  DOMAIN,
  eventXml,
  expectAre,
  expectRefused,
  find,
  hide,
  HIDING,
  presenceXml,
  whoIn,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

/** What was received up to here was rightly received. */
function forget(world: World, ...readers: readonly Person[]): void {
  world.mark();
  for (const { bare } of readers) world.logs.get(bare)?.splice(0);
}

/** Everything that a participant or outsider may read, once. */
async function readAll(reader: Person, channel: string): Promise<void> {
  for (const node of ['participants', 'info', 'messages', 'presence', 'config', 'jidmap', 'banned'])
    await reader.items(channel, node);
  await reader.history(channel);
  await reader.send(`<presence type='probe' to='${channel}'/>`);
}

const CARELESS = (who: Person): string =>
  `<body>Double</body><card xmlns='urn:test' of='${who.bare}'>xmpp:${who.bare}</card><reply
    xmlns='urn:xmpp:reply:0' id='1' to='${who.bare}'/><propose xmlns='urn:xmpp:jingle-message:0' id='a'/>`;

test('LEAK-26: once an open channel hides, nothing shows what it has shown, live or from before', async () => {
  for (const mode of HIDING) {
    const { world, owner, one, two, outsider, channel } = await hide('jid-visible', {
      'Messages Node Subscription': 'anyone',
    });
    const from = await appearAs(
      one,
      two,
      channel,
      `<status>stirring</status><x xmlns='urn:test' jid='${one.bare}'/>`,
    );
    await one.send(`<message type='groupchat' to='${channel}'>${CARELESS(one)}</message>`);
    expect(serialize(two.heard('message').at(-1)!)).toContain(one.bare);
    forget(world, two, outsider);
    await owner.configure(channel, { 'JID Visibility': mode });
    expectAre(two.heard('presence'), [
      presenceXml(from, two, { nick: 'one', content: '<status>stirring</status>' }),
    ]);
    for (const reader of [two, outsider]) await readAll(reader, channel);
    const { messages } = await two.history(channel, { FORM_TYPE: 'urn:xmpp:mam:2', with: one.bare });
    expect(messages).toEqual([]);
    await one.appear(channel, `<x xmlns='urn:test' jid='${one.bare}'/>`);
    await one.send(`<message type='groupchat' to='${channel}'>${CARELESS(one)}</message>`);
    const late = await world.person('late');
    await late.join(channel);
    await readAll(late, channel);
    await one.disappear(channel);
    await one.leave(channel);
    const [question, ...rest] = world.logs.get(two.bare) ?? [];
    expect(question).toBeDefined();
    expect(rest.join('')).not.toContain(one.local);
    world.expectUnknown(one, two, outsider, late);
  }
});

test('LEAK-27: once a hiding channel opens, its past stays hidden, and who never wants to be seen is gone before', async () => {
  for (const mode of HIDING) {
    const { world, owner, one, two, channel, oneId } = await hide(mode);
    const never = await world.person('never');
    const neverId = await never.join(channel, { preferences: { 'JID Visibility': 'never' } });
    await appearAs(never, two, channel);
    for (const person of [one, never])
      await person.send(`<message type='groupchat' to='${channel}'>${CARELESS(person)}</message>`);
    const old = two
      .heard('message')
      .filter(({ attrs }) => attrs['type'] === 'groupchat')
      .map(({ attrs }) => attrs['id']);
    world.mark();
    await owner.configure(channel, { 'JID Visibility': 'jid-visible' });
    const [first, second] = two.news;
    expect(first?.attrs['type']).toBe('unavailable');
    expect(find(second, 'retract')?.attrs['id']).toBe(neverId);
    const { messages } = await two.history(channel);
    expect(messages.map(({ attrs }) => attrs['id'])).toEqual(old);
    for (const message of messages) {
      expect(find(message, 'jid')).toBeUndefined();
      for (const person of [one, never]) expect(serialize(message)).not.toContain(person.local);
    }
    // Nor can its past be searched by address.
    for (const person of [one, never]) {
      const found = await two.history(channel, { FORM_TYPE: 'urn:xmpp:mam:2', with: person.bare });
      expect(found.messages).toEqual([]);
    }
    // What is said from now on is shown, in the archive as well.
    const open = await one.post(channel, '<body>In the open</body>');
    expect(whoIn(find(open, 'mix')).jid).toBe(one.bare);
    const shown = (await two.history(channel)).messages.filter(
      (message) => find(message, 'jid') !== undefined,
    );
    expect(shown.map(({ attrs }) => [attrs['id'], attrs['from']])).toEqual([
      [open.attrs['id'], `${channel}/${oneId}`],
    ]);
    world.expectUnknown(never, two);
  }
});

test('LEAK-28: once somebody stops to be shown, nothing shows the address, live or from before', async () => {
  const { world, one, two, channel } = await hide('jid-maybe-visible');
  for (const wish of ['never', 'default', 'prefer not']) {
    await one.prefer(channel, { 'JID Visibility': 'always' });
    await one.appear(channel, `<x xmlns='urn:test' jid='${one.bare}'/>`);
    await one.send(`<message type='groupchat' to='${channel}'>${CARELESS(one)}</message>`);
    expect(serialize(two.heard('message').at(-1)!)).toContain(one.bare);
    forget(world, two);
    await one.prefer(channel, { 'JID Visibility': wish });
    await readAll(two, channel);
    await one.appear(channel, '<show>away</show>');
    await one.send(`<message type='groupchat' to='${channel}'>${CARELESS(one)}</message>`);
    const late = await world.person(`late${wish.length}`);
    await late.join(channel);
    await readAll(late, channel);
    await one.disappear(channel);
    world.expectUnknown(one, two, late);
    await late.leave(channel);
  }
});

test('LEAK-29: a ban tells the others that an id has gone, and no more', async () => {
  for (const mode of HIDING)
    for (const by of ['bare', 'home', 'encoded'] as const) {
      const { world, owner, one, two, outsider, channel, oneId } = await hide(mode, {
        'Participants Node Subscription': 'anyone',
      });
      await outsider.subscribe(channel, 'participants');
      const from = await appearAs(one, two, channel);
      world.mark();
      const item = { bare: one.bare, home: one.home, encoded: `${oneId}#${channel}` }[by];
      expect((await owner.publish(channel, 'banned', `<item id='${item}'/>`)).attrs['type']).toBe('result');
      expectAre(two.news, [
        presenceXml(from, two, { nick: 'one', type: 'unavailable' }),
        eventXml(channel, two, 'participants', `<retract id='${oneId}'/>`),
      ]);
      expectAre(outsider.news, [eventXml(channel, outsider, 'participants', `<retract id='${oneId}'/>`)]);
      expectAre(one.news, [
        presenceXml(from, one, { nick: 'one', type: 'unavailable' }),
        eventXml(channel, one, 'participants', `<retract id='${oneId}'/>`),
      ]);
      world.mark();
      expectRefused(await one.say('groupchat', channel, '<body>Why?</body>'), 'forbidden/auth');
      expectRefused(
        await two.say('chat', `${oneId}#${channel}`, '<body>Why?</body>'),
        'item-not-found/cancel',
      );
      expectRefused(await two.ask('get', from, `<ping xmlns='urn:xmpp:ping'/>`), 'item-not-found/cancel');
      expectRefused(await two.items(channel, 'banned'), 'not-allowed/cancel', 'closed-node');
      world.expectSilence();
      world.expectUnknown(one, two, outsider);
      world.expectUnknown(owner, two, one, outsider);
    }
});

test('LEAK-30: the end of a channel tells that everybody goes, and names nobody', async () => {
  for (const mode of HIDING) {
    const { world, owner, one, two, channel } = await hide(mode, { 'JID Visibility': mode });
    const [first, own] = [await appearAs(one, two, channel), await appearAs(two, two, channel)];
    world.mark();
    const answer = await owner.ask('set', DOMAIN, `<destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/>`);
    expect(answer.attrs['type']).toBe('result');
    const byAddress = (list: readonly { attrs: Readonly<Record<string, string>> }[]): string[] =>
      list.map(({ attrs }) => `${attrs['type'] ?? ''} ${attrs['from'] ?? ''}`).sort();
    expect(byAddress(two.heard('presence'))).toEqual([`unavailable ${first}`, `unavailable ${own}`].sort());
    const gone = two.heard('message').map((message) => find(message, 'delete')?.attrs['node']);
    expect(gone.toSorted()).toEqual(
      ['info', 'messages', 'participants'].map((node) => `urn:xmpp:mix:nodes:${node}`),
    );
    for (const stanza of two.news) expect(find(stanza, 'jid')).toBeUndefined();
    expectRefused(await two.items(channel, 'participants'), 'item-not-found/cancel');
    expectRefused((await two.history(channel)).answer, 'item-not-found/cancel');
    for (const person of [one, owner]) world.expectUnknown(person, two);
  }
});
