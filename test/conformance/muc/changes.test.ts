/**
 * Rows MUC-13, MUC-21 and MUC-30 to MUC-32 of the conformance map: how a stay ends, and what changes meanwhile.
 * Tests what occupants are told, in which order, and what participants are told of the same.
 * Does not test who may change things (admin.test.ts).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/enter.test.ts. After: test/conformance/muc/admin.test.ts.
 */
import { expect, test } from 'vitest';
import { text } from '../../../src/xml/element.ts';
import { find, node, play, publish, xml } from '../admin/kit.ts';
import { brief, codesIn, comesIn, goes, hears, itemIn, prefers, room, sends } from './kit.ts';

test(
  'MUC-13, MUC-31: who does not fit goes first and is told why, then it is said, and then addresses are shown',
  play(async (scene) => {
    const { owner, one, guest, other, channel } = await room(scene);
    await scene.result(other, 'set', channel, prefers('JID Visibility', 'never'));
    const before = other.player.received.length;
    const got = await hears(guest, async () =>
      scene.configure(owner, channel, { 'JID Visibility': 'jid-visible' }),
    );
    expect(xml(got[0]!)).not.toContain('reason');
    const told = got.map((each) => `${brief(each)} ${itemIn(each)['jid'] ?? '-'}`);
    expect(told).toEqual([
      'presence unavailable other -',
      `message ${channel} 104,172 -`,
      `presence Witch ${one.full}`,
      `presence Hag ${scene.people.get('hag')?.full ?? ''}`,
      `presence guest 110 ${guest.full}`,
    ]);
    expect(other.player.received.slice(before).map(brief)).toEqual(['presence unavailable other 110,322']);
    // And the way back.
    const back = await hears(guest, async () =>
      scene.configure(owner, channel, { 'JID Visibility': 'jid-hidden' }),
    );
    expect(back.map((each) => `${brief(each)} ${itemIn(each)['jid'] ?? '-'}`)).toEqual([
      `message ${channel} 104,173 -`,
      'presence Witch -',
      'presence Hag -',
      'presence guest 110 -',
    ]);
  }),
);

test(
  'MUC-13: a change that is none to occupants is told as a change of the configuration only',
  play(async (scene) => {
    const { owner, guest, channel } = await room(scene);
    for (const fields of [{ 'JID Visibility': 'jid-maybe-visible' }, { 'Private Messages': 'false' }]) {
      const got = await hears(guest, async () => scene.configure(owner, channel, fields));
      expect(got.map(brief)).toEqual([`message ${channel} 104`]);
    }
  }),
);

test(
  'MUC-21: a guest that goes is a participant no more, one of two clients may go alone',
  play(async (scene) => {
    const { one, guest, other, channel } = await room(scene);
    const twin = await scene.enter('guest', 'guest.example', 'second');
    await comesIn(scene, twin, channel, 'guest');
    scene.news();
    const seen = await hears(other, async () => goes(scene, twin, channel, 'guest'));
    expect(seen.map(brief)).toEqual(['presence guest']);
    expect(await scene.ids(one, channel, node('participants'))).toContain(guest.id);
    scene.news();
    const gone = await goes(scene, guest, channel, 'guest');
    expect(gone.map(brief)).toEqual(['presence unavailable guest 110']);
    expect((scene.news()['witch'] ?? []).join()).toContain(`<retract id="${guest.id}"/>`);
    expect(await scene.ids(one, channel, node('participants'))).not.toContain(guest.id);
  }),
);

test(
  'MUC-21: who leaves by MIX leaves with all clients',
  play(async (scene) => {
    const { two, guest, channel } = await room(scene);
    const [leaver] = [two];
    await comesIn(scene, leaver, channel, 'Hag');
    const seen = await hears(guest, async () => scene.stage.leave(leaver.player, channel));
    expect(seen.map(brief)).toEqual(['presence unavailable Hag']);
    expect(leaver.player.received.map(brief)).toContain('presence unavailable Hag 110');
  }),
);

test(
  'MUC-30: a ban puts out, and says so to all; a kick likewise, and is no ban',
  play(async (scene) => {
    const { one, owner, guest, other, channel } = await room(scene);
    const banned = await hears(guest, async () =>
      scene.result(owner, 'set', channel, publish(node('banned'), '', `${guest.id}#${channel}`)),
    );
    expect(banned.map(brief)).toEqual(['presence unavailable guest 110,301']);
    expect(itemIn(banned[0])).toEqual({ affiliation: 'outcast', role: 'none' });
    expect(other.player.received.map(brief)).toContain('presence unavailable guest 301');
    expect(
      (await sends(scene, guest, `<message type='groupchat' to='${channel}'><body>x</body></message>`)).map(
        brief,
      ),
    ).toEqual([`message error ${channel}`]);
    const kick = `<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='other' role='none'><reason>Enough</reason></item></query>`;
    const kicked = await hears(other, async () => scene.result(owner, 'set', channel, kick));
    expect(kicked.map(brief)).toEqual(['presence unavailable other 110,307']);
    expect(text(find(kicked[0]!, 'reason')!)).toBe('Enough');
    expect((await comesIn(scene, other, channel, 'other')).map(brief)).toContain('presence other 110');
    // A participant of MIX is banned before the occupants' eyes.
    const seen = await hears(other, async () =>
      scene.result(owner, 'set', channel, publish(node('banned'), '', one.bare)),
    );
    expect(seen.map(brief)).toEqual(['presence unavailable Witch 301']);
  }),
);

test(
  'MUC-32: the end of a room, from either side',
  play(async (scene) => {
    const { owner, guest, other, channel } = await room(scene);
    const got = await hears(guest, async () =>
      scene.result(
        owner,
        'set',
        channel,
        `<query xmlns='http://jabber.org/protocol/muc#owner'><destroy jid='heath@${scene.service}'><reason>Hover through the fog</reason></destroy></query>`,
      ),
    );
    expect(got.map(brief)).toEqual(['presence unavailable guest 110']);
    expect(find(got[0]!, 'destroy')?.attrs).toEqual({ jid: `heath@${scene.service}` });
    expect(text(find(got[0]!, 'reason')!)).toBe('Hover through the fog');
    expect(other.player.received.at(-1)?.attrs['from']).toBe(`${channel}/other`);
    expect((await comesIn(scene, other, channel, 'other')).map(brief)).toEqual(['presence error other']);
  }),
);

test(
  'MUC-32: destroyed by MIX it ends for occupants as well',
  play(async (scene) => {
    const { owner, guest, channel } = await room(scene);
    const got = await hears(guest, async () =>
      scene.result(owner, 'set', scene.service, `<destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/>`),
    );
    expect(got.map(brief)).toEqual(['presence unavailable guest 110']);
    expect(find(got[0]!, 'destroy')).toBeDefined();
    expect(channel).toContain('coven');
  }),
);

test(
  'another nick is one on both sides',
  play(async (scene) => {
    const { one, guest, other, channel } = await room(scene);
    scene.news();
    const seen = await hears(other, async () => sends(scene, guest, `<presence to='${channel}/Queen'/>`));
    expect(seen.map(brief)).toEqual(['presence unavailable guest 303', 'presence Queen']);
    expect(itemIn(seen[0])).toMatchObject({ nick: 'Queen' });
    expect((scene.news()['witch'] ?? []).join()).toContain('<nick>Queen</nick>');
    expect(guest.player.received.slice(-2).map(brief)).toEqual([
      'presence unavailable guest 110,303',
      'presence Queen 110',
    ]);
    const byMix = await hears(guest, async () =>
      scene.result(one, 'set', channel, `<setnick xmlns='urn:xmpp:mix:core:1'><nick>Crone</nick></setnick>`),
    );
    expect(byMix.map(brief)).toEqual(['presence unavailable Witch 303', 'presence Crone']);
    // One that is taken stays somebody else's.
    expect((await sends(scene, guest, `<presence to='${channel}/crone'/>`)).map(brief)).toEqual([
      'presence error crone',
    ]);
  }),
);

test(
  'presence goes both ways, as far as it is shared',
  play(async (scene) => {
    const { one, guest, other, owner, channel } = await room(scene);
    const away = await hears(guest, async () => scene.show(one, '<show>away</show><priority>3</priority>'));
    expect(
      away.map((each) => [brief(each), xml(each).includes('away'), xml(each).includes('priority')]),
    ).toEqual([['presence Witch', true, false]]);
    const gone = await hears(guest, async () => scene.stage.disconnect(one.player));
    expect(gone.map((each) => [brief(each), xml(each).includes('<show>xa</show>')])).toEqual([
      ['presence Witch', true],
    ]);
    const dnd = `<presence to='${channel}/other'><show>dnd</show></presence>`;
    const [seen] = await hears(guest, async () => sends(scene, other, dnd));
    expect(xml(seen!)).toContain('<show>dnd</show>');
    // A room without presences still has people in it.
    const none = await hears(guest, async () =>
      scene.configure(owner, channel, { 'Nodes Present': ['participants', 'information', 'banned'] }),
    );
    expect(none.filter(({ name }) => name === 'presence').map((each) => xml(each).includes('xa'))).toContain(
      true,
    );
    expect(
      await sends(scene, other, `<presence to='${channel}/other'><status>secret</status></presence>`),
    ).toEqual([]);
    expect(
      codesIn((await comesIn(scene, guest, channel, 'guest')).find((each) => codesIn(each).length > 0)!),
    ).toEqual(['110']);
  }),
);

test(
  'who may not see the list of participants sees nobody but itself',
  play(async (scene) => {
    const { owner, one, guest, channel } = await room(scene, { 'Participants Node Subscription': 'admins' });
    expect(guest.player.received.filter(({ name }) => name === 'presence').map(brief)).toEqual([
      'presence guest 110',
    ]);
    const info = `<query xmlns='http://jabber.org/protocol/disco#items'/>`;
    expect(find(await scene.result(guest, 'get', channel, info), 'query')?.children).toEqual([]);
    const heard = await hears(guest, async () => scene.say(one, channel, '<body>x</body>'));
    expect(heard.map(brief)).toEqual(['message Witch x']);
    const all = await comesIn(scene, owner, channel, 'Mistress');
    expect(all.map(brief)).toContain('presence guest');
  }),
);
