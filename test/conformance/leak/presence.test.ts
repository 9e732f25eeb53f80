/**
 * LEAK-05 to LEAK-07, LEAK-25: what presences and nicks give away.
 * Plays the whole life of a client's presence, with all that clients put into it.
 * Does not look at requests to clients (relay.test.ts).
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/relay.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { appearAs, closeWorlds, DOMAIN, expectAre, find, hide, HIDING, presenceXml, textOf } from './kit.ts';

closeWorlds();

describe.each(HIDING)('in %s', (mode) => {
  test('LEAK-05: a presence tells address, nick and status only, from its beginning to its end', async () => {
    const { world, owner, one, two, channel, oneId } = await hide(mode, {
      'Presence Node Subscription': 'anyone',
    });
    const other = await world.person('one', { resource: 'phone' });
    const first = await appearAs(one, two, channel);
    const second = await appearAs(other, two, channel);
    expectAre(two.news, [
      presenceXml(first, two, { nick: 'one' }),
      presenceXml(second, two, { nick: 'one' }),
    ]);
    world.mark();
    await one.appear(channel, `<show>dnd</show><status>busy</status><priority>5</priority>`);
    await other.send(`<presence type='unavailable' to='${channel}'><status>bye</status></presence>`);
    expectAre(two.news, [
      presenceXml(first, two, { nick: 'one', content: '<show>dnd</show><status>busy</status>' }),
      presenceXml(second, two, { nick: 'one', type: 'unavailable', content: '<status>bye</status>' }),
    ]);
    const late = await world.person('late');
    await late.join(channel);
    expectAre(late.heard('presence'), [
      presenceXml(first, late, { nick: 'one', content: '<show>dnd</show><status>busy</status>' }),
    ]);
    world.mark();
    await one.leave(channel);
    expectAre(two.heard('presence'), [presenceXml(first, two, { nick: 'one', type: 'unavailable' })]);
    expect(await one.join(channel)).toBe(oneId);
    const third = await appearAs(one, two, channel);
    world.mark();
    await owner.publish(channel, 'banned', `<item id='${one.bare}'/>`);
    expectAre(two.heard('presence'), [presenceXml(third, two, { nick: 'one', type: 'unavailable' })]);
    world.expectUnknown(one, two, late);
    world.expectUnknown(other, two, late);
  });

  test('LEAK-25: hashes, signatures, lists of features and times do not pass', async () => {
    const { world, one, two, channel } = await hide(mode);
    const from = await appearAs(
      one,
      two,
      channel,
      `<show from='${one.full}'>away</show><status>busy</status><priority>5</priority>
       <x xmlns='vcard-temp:x:update'><photo>da39a3ee5e6b4b0d3255bfef95601890afd80709</photo></x>
       <x xmlns='jabber:x:signed'>signature</x>
       <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='q07IKJEyjvHSyhy//CH0CxmKi8w=' ext='voice-v1 own-bundle'/>
       <idle xmlns='urn:xmpp:idle:1' since='2026-01-01T00:00:00Z'/>
       <delay xmlns='urn:xmpp:delay' from='${one.full}' stamp='2026-01-01T00:00:00Z'/>
       <nick xmlns='http://jabber.org/protocol/nick'>Real Name</nick>
       <mix xmlns='urn:xmpp:mix:presence:0'><nick>two</nick><jid>${two.full}</jid></mix>
       <x xmlns='http://jabber.org/protocol/muc'/>
       <x xmlns='urn:test' jid='${one.full}'/>`,
    );
    expectAre(two.news, [
      presenceXml(from, two, {
        nick: 'one',
        content: `<show>away</show><status>busy</status><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/>`,
      }),
    ]);
    world.expectUnknown(one, two);
  });

  test("LEAK-25: the avatar's hash passes only where its owner lets the vCard be seen", async () => {
    const { world, one, two, channel } = await hide(mode);
    const hash = `<x xmlns='vcard-temp:x:update'><photo>da39a3ee5e6b4b0d3255bfef95601890afd80709</photo></x>`;
    await one.prefer(channel, { vCard: 'allow' });
    const from = await appearAs(one, two, channel, hash);
    expectAre(two.news, [presenceXml(from, two, { nick: 'one', content: hash })]);
    await one.prefer(channel, { vCard: 'block' });
    const late = await world.person('late');
    await late.join(channel);
    expectAre(late.heard('presence'), [presenceXml(from, late, { nick: 'one' })]);
  });
});

test("LEAK-06: an error that a subscriber's server sends for a presence reaches nobody", async () => {
  const { world, one, two, channel, oneId } = await hide();
  const from = await appearAs(one, two, channel);
  const three = await world.person('three');
  await three.join(channel);
  world.mark();
  const error = `<error type='cancel' by='${two.home}'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text
    xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${two.bare} is not here</text></error>`;
  for (const to of [from, channel, `${oneId}#${channel}`])
    await two.send(`<presence type='error' to='${to}'>${error}</presence>`);
  world.expectSilence();
  world.expectUnknown(two, one, three);
});

test('LEAK-07: nicks that are chosen, given or registered say nothing of an address', async () => {
  const { world, owner, one, two, channel } = await hide('jid-hidden', { 'Mandatory Nicks': 'false' });
  const other = await owner.create('forest', { 'JID Visibility': 'jid-visible' });
  const hidden = await owner.create('glade', { 'JID Visibility': 'jid-hidden', 'Mandatory Nicks': 'false' });
  await two.join(hidden);
  const setNick = async (nick: string): Promise<string | undefined> =>
    textOf(await one.ask('set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'>${nick}</setnick>`), 'nick');
  expect(await setNick('<nick>chosen</nick>')).toBe('chosen');
  const registered = await one.ask(
    'set',
    DOMAIN,
    `<register xmlns='urn:xmpp:mix:misc:0'><nick>Mandrake</nick></register>`,
  );
  expect(textOf(registered, 'nick')).toBe('Mandrake');
  // The registered nick would link one channel with another: it is not used unasked where one hides (D-24).
  const given = await setNick('<nick/>');
  expect(given).not.toBe('Mandrake');
  const join = `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/></join>`;
  const unasked = textOf(find(await one.ask('set', hidden, join), 'join'), 'nick');
  expect(unasked).not.toBe('Mandrake');
  expect(unasked).not.toBe(given);
  expect(await setNick('<nick>Mandrake</nick>')).toBe('Mandrake');
  const open = textOf(find(await one.ask('set', other, join), 'join'), 'nick');
  expect(open).toBe('Mandrake');
  for (const channelOfTwo of [channel, hidden]) await two.participants(channelOfTwo);
  world.expectUnknown(one, two);
});
