/**
 * Rows MUC-07 to MUC-12, MUC-15 and MUC-27 of the conformance map: coming in, and what one is shown then.
 * Tests who is let in, under which nick, in which order the room tells what, and who sees which address.
 * Does not test what is said (talk.test.ts) nor how one goes (leave.test.ts).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/kit.ts. After: test/conformance/muc/leave.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements, text } from '../../../src/xml/element.ts';
import { coven, find, node, play, publish, retract, xml } from '../admin/kit.ts';
import { brief, codesIn, comesIn, goes, itemIn, MUC, refusalIn, says, sends, USER } from './kit.ts';

test(
  'MUC-07: the banned and those who are not on the list stay out',
  play(async (scene) => {
    const { owner, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const other = await scene.enter('other');
    await scene.result(owner, 'set', channel, publish(node('banned'), '', guest.bare));
    expect(refusalIn(await comesIn(scene, guest, channel, 'guest'))).toBe('forbidden/auth');
    await scene.result(owner, 'set', channel, retract(node('banned'), guest.bare));
    expect((await comesIn(scene, guest, channel, 'guest')).map(brief)).toContain('presence guest 110');
    await goes(scene, guest, channel, 'guest');

    const nodes = ['participants', 'presence', 'information', 'allowed', 'banned'];
    await scene.configure(owner, channel, { 'Nodes Present': nodes });
    await scene.result(owner, 'set', channel, publish(node('allowed'), '', guest.bare));
    expect(refusalIn(await comesIn(scene, other, channel, 'other'))).toBe('registration-required/auth');
    expect((await comesIn(scene, guest, channel, 'guest')).map(brief)).toContain('presence guest 110');
    // An error is a presence from the address that was asked for.
    const [error] = await comesIn(scene, other, channel, 'other');
    expect([error?.name, error?.attrs]).toEqual([
      'presence',
      { type: 'error', from: `${channel}/other`, to: other.full },
    ]);
  }),
);

test(
  'MUC-07: a room that does not exist is made for those who may make one, and for nobody else',
  play(async (scene) => {
    const guest = await scene.enter('guest');
    const room = `new@${scene.service}`;
    const got = await comesIn(scene, guest, room, 'guest');
    expect(got.map(brief)).toEqual(['presence guest 110,201', `message ${room}`]);
    expect(itemIn(got[0])).toEqual({ affiliation: 'owner', role: 'moderator' });
    const mode = await scene.config(guest, room);
    expect(mode.get('JID Visibility')).toEqual(['jid-hidden']);
    // Destroyed, its name is kept for its owner (D-67).
    const other = await scene.enter('other');
    await scene.result(guest, 'set', scene.service, `<destroy xmlns='urn:xmpp:mix:core:1' channel='new'/>`);
    expect(refusalIn(await comesIn(scene, other, room, 'other'))).toBe('item-not-found/cancel');
    expect((await comesIn(scene, guest, room, 'guest')).map(brief)).toContain('presence guest 110,201');
  }),
);

test(
  'MUC-07: where only administrators create, an unknown room is not found',
  play(
    async (scene) => {
      const guest = await scene.enter('guest');
      expect(refusalIn(await comesIn(scene, guest, `new@${scene.service}`, 'guest'))).toBe(
        'item-not-found/cancel',
      );
    },
    { create: 'admins' },
  ),
);

test(
  'MUC-08: a nick of a participant, an occupant or the registry is taken',
  play(async (scene) => {
    const { one, stranger, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const other = await scene.enter('other');
    const taken = async (nick: string): Promise<string> =>
      refusalIn(await comesIn(scene, other, channel, nick));
    await scene.result(
      one,
      'set',
      channel,
      `<setnick xmlns='urn:xmpp:mix:core:1'><nick>First</nick></setnick>`,
    );
    await comesIn(scene, guest, channel, 'Second');
    await scene.result(
      stranger,
      'set',
      scene.service,
      `<register xmlns='urn:xmpp:mix:misc:0'><nick>Third</nick></register>`,
    );
    for (const nick of ['First', 'FIRST', 'Second', 'Third', one.id])
      expect(await taken(nick), nick).toMatch(/^(conflict\/cancel|not-acceptable\/modify)$/);
    expect(await taken('second')).toBe('conflict/cancel');
    // And the other way round.
    await scene.refused(
      one,
      'set',
      channel,
      `<setnick xmlns='urn:xmpp:mix:core:1'><nick>sEcond</nick></setnick>`,
      'conflict/cancel',
    );
    expect((await comesIn(scene, other, channel, 'Fourth')).map(brief)).toContain('presence Fourth 110');
  }),
);

test(
  'MUC-08: a registered nick is for its holder, who can ask for it here as well (§7.10, §7.12)',
  play(async (scene) => {
    const { channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const other = await scene.enter('other');
    const form = `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>${MUC}#register</value></field><field var='muc#register_roomnick'><value>Queen</value></field></x>`;
    const ask = `<query xmlns='jabber:iq:register'>${form}</query>`;
    const shown = await scene.result(guest, 'get', channel, `<query xmlns='jabber:iq:register'/>`);
    expect(find(shown, 'registered')).toBeUndefined();
    await scene.result(guest, 'set', channel, ask);
    await scene.refused(other, 'set', channel, ask, 'conflict/cancel');
    const known = await scene.result(guest, 'get', channel, `<query xmlns='jabber:iq:register'/>`);
    expect([find(known, 'registered')?.name, text(find(known, 'username')!)]).toEqual([
      'registered',
      'Queen',
    ]);
    const reserved = async (who: typeof guest): Promise<string[]> => {
      const info = `<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/>`;
      const query = find(await scene.result(who, 'get', channel, info), 'query')!;
      return elements(query).map(({ attrs }) => attrs['name'] ?? '');
    };
    expect([await reserved(guest), await reserved(other)]).toEqual([['Queen'], []]);
    expect(refusalIn(await comesIn(scene, other, channel, 'queen'))).toBe('conflict/cancel');
    expect((await comesIn(scene, guest, channel, 'Queen')).map(brief)).toContain('presence Queen 110');
  }),
);

test(
  'MUC-09: nobody comes in without a nick, nor under one that is none',
  play(async (scene) => {
    const { channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const bare = await sends(scene, guest, `<presence to='${channel}'><x xmlns='${MUC}'/></presence>`);
    expect(refusalIn(bare)).toBe('jid-malformed/modify');
    // slixmpp knows by the first child alone that this is about its entry; what it wished for is not repeated.
    expect(elements(bare[0]!).map(xml)).toEqual([`<x xmlns="${MUC}"/>`, expect.stringContaining('<error')]);
    expect(refusalIn(await comesIn(scene, guest, channel, 'x'.repeat(101)))).toBe('not-acceptable/modify');
    // A presence that is no entry, from somebody who is not in: the same, whether there is such a room or not.
    for (const room of [channel, `nowhere@${scene.service}`])
      expect(refusalIn(await sends(scene, guest, `<presence to='${room}/guest'/>`))).toBe(
        'item-not-found/cancel',
      );
  }),
);

test(
  'MUC-10: those who are there, oneself, history, subject, and only then what is new',
  play(async (scene) => {
    const { one, two, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await scene.say(one, channel, '<body>first</body>');
    await scene.say(two, channel, '<body>second</body>');
    const got = await comesIn(scene, guest, channel, 'guest', '');
    expect(got.map(brief)).toEqual([
      'presence Witch',
      'presence Hag',
      'presence guest 110',
      'message Witch first',
      'message Hag second',
      `message ${channel}`,
    ]);
    const [, , , first, , subject] = got;
    expect(find(first!, 'delay')?.attrs['from']).toBe(channel);
    expect(find(first!, 'occupant-id')?.attrs['id']).toBe(one.id);
    expect(find(first!, 'stanza-id')?.attrs).toEqual({ by: channel, id: first?.attrs['id'] });
    expect(elements(subject!).map(xml)).toEqual(['<subject/>']);
  }),
);

describe('MUC-10: as much history as is wanted', () => {
  const wishes: readonly (readonly [string, readonly string[]])[] = [
    [`<history maxstanzas='0'/>`, []],
    [`<history maxchars='0'/>`, []],
    [`<history maxstanzas='2'/>`, ['4', '5']],
    [`<history seconds='100'/>`, ['4', '5']],
    [`<history seconds='100' maxstanzas='1'/>`, ['5']],
    [`<history maxchars='800'/>`, ['4', '5']],
    [`<history since='1970-01-01T00:00:00Z'/>`, ['1', '2', '3', '4', '5']],
    [`<history since='2999-01-01T00:00:00Z'/>`, []],
    [`<history maxstanzas='many'/>`, ['1', '2', '3', '4', '5']],
    ['', ['1', '2', '3', '4', '5']],
  ];
  test.each(wishes)('%s', async (wish, expected) =>
    play(async (scene) => {
      const { one, channel } = await coven(scene);
      const guest = await scene.enter('guest');
      for (const body of ['1', '2', '3', '4', '5']) {
        if (body === '4') await scene.stage.powers.pass(1_000_000);
        await scene.say(one, channel, `<body>${body}</body>`);
      }
      const got = await comesIn(scene, guest, channel, 'guest', wish);
      expect(got.flatMap((stanza) => find(stanza, 'body') ?? []).map(text)).toEqual(expected);
    })(),
  );
});

test(
  'MUC-10: who comes in again without having gone is told everything anew, and nobody else hears of it twice',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const first = await comesIn(scene, guest, channel, 'guest');
    scene.news();
    expect((await comesIn(scene, guest, channel, 'guest')).map(brief)).toEqual(first.map(brief));
    const heard = scene.news()['witch'] ?? [];
    expect(heard.filter((each) => each.includes('participants'))).toEqual([]);
    expect(one.player.received.filter((each) => codesIn(each).length > 0)).toEqual([]);
  }),
);

test(
  'MUC-11: where addresses are shown it is said before and after, and they are',
  play(async (scene) => {
    const { one, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    const guest = await scene.enter('guest');
    const about = await scene.result(
      guest,
      'get',
      channel,
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
    );
    expect(xml(about)).toContain('muc_nonanonymous');
    expect(xml(about)).not.toContain('muc_semianonymous');
    const got = await comesIn(scene, guest, channel, 'guest');
    expect(got.map((each) => [brief(each), itemIn(each)['jid']])).toEqual([
      ['presence Witch', one.full],
      ['presence Hag', scene.people.get('hag')?.full],
      ['presence guest 100,110', guest.full],
      [`message ${channel}`, undefined],
    ]);
  }),
);

describe.each(['jid-hidden', 'jid-maybe-visible'])('MUC-12, MUC-27: in %s', (mode) => {
  test(
    'nobody is shown an address, whatever anybody prefers, not even those who keep order',
    play(async (scene) => {
      const { owner, one, channel } = await coven(scene, { 'JID Visibility': mode });
      const guest = await scene.enter('guest');
      const other = await scene.enter('other');
      if (mode === 'jid-maybe-visible')
        await scene.result(
          one,
          'set',
          channel,
          `<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='submit'><field var='JID Visibility'><value>always</value></field></x></user-preference>`,
        );
      await scene.show(one, '<status>here</status>');
      const hash = `<x xmlns='vcard-temp:x:update'><photo>8f1b</photo></x><show>away</show>`;
      const seen = [
        ...(await comesIn(scene, owner, channel, 'Mistress')),
        ...(await comesIn(scene, guest, channel, 'guest', undefined, hash)),
        ...(await comesIn(scene, other, channel, 'other')),
        ...owner.player.received,
      ];
      for (const stanza of seen) {
        expect(codesIn(stanza)).not.toContain('100');
        expect(itemIn(stanza)['jid']).toBeUndefined();
        expect(xml(stanza)).not.toContain('vcard-temp:x:update');
      }
      const about = await scene.result(
        guest,
        'get',
        channel,
        `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
      );
      expect(xml(about)).toContain('muc_semianonymous');
      // D-34: an owner is marked for itself and for those who may look it up, and for nobody else.
      const ownerSeen = (who: typeof guest) =>
        who.player.received.filter(({ attrs }) => attrs['from'] === `${channel}/Mistress`).map(itemIn);
      expect(ownerSeen(owner)[0]).toMatchObject({ affiliation: 'owner', role: 'moderator' });
      for (const item of [...ownerSeen(guest), ...ownerSeen(other)])
        expect(item).toEqual({ affiliation: 'none', role: 'participant' });
    }),
  );

  test(
    'MUC-27: the hash of an avatar passes when its owner lets the card be seen',
    play(async (scene) => {
      const { channel } = await coven(scene, { 'JID Visibility': mode });
      const guest = await scene.enter('guest');
      const other = await scene.enter('other');
      await comesIn(scene, other, channel, 'other');
      await comesIn(scene, guest, channel, 'guest');
      await scene.result(
        guest,
        'set',
        channel,
        `<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='submit'><field var='vCard'><value>allow</value></field></x></user-preference>`,
      );
      const hash = `<x xmlns='vcard-temp:x:update'><photo>8f1b</photo></x>`;
      await sends(scene, guest, `<presence to='${channel}/guest'>${hash}<priority>5</priority></presence>`);
      const last = other.player.received.at(-1)!;
      expect(xml(last)).toContain('8f1b');
      expect(xml(last)).not.toContain('priority');
    }),
  );
});

test(
  'MUC-15: one id, over going and coming back, another client, and joining by MIX',
  play(async (scene) => {
    const { two, channel } = await coven(scene);
    const guest = await scene.enter('guest', 'guest.example', 'one');
    const phone = await scene.enter('guest', 'guest.example', 'two');
    await comesIn(scene, guest, channel, 'guest');
    const { id } = guest;
    await goes(scene, guest, channel, 'guest');
    await comesIn(scene, guest, channel, 'otherwise');
    expect(guest.id).toBe(id);
    // Several clients share a nick, with nobody but themselves: the second one is told under which.
    const got = await comesIn(scene, phone, channel, 'phone');
    expect(got.map(brief)).toContain('presence otherwise 110,210');
    expect(phone.id).toBe(id);
    await scene.join(guest, channel, undefined);
    expect(guest.id).toBe(id);
    expect(
      find(
        await scene.result(
          two,
          'get',
          channel,
          `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node('participants')}'/></pubsub>`,
        ),
        'items',
      )?.children,
    ).toHaveLength(3);
    // D-84: joined by MIX it stays when its clients go.
    await goes(scene, guest, channel, 'otherwise');
    await goes(scene, phone, channel, 'otherwise');
    expect(await scene.ids(two, channel, node('participants'))).toContain(id);
    expect((await says(scene, two, channel, '<body>x</body>')).length).toBeGreaterThan(0);
  }),
);

test(
  'MUC-12: what a client puts into its presence for the room to say does not pass',
  play(async (scene) => {
    const { one, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    const guest = await scene.enter('guest');
    const other = await scene.enter('other');
    await comesIn(scene, other, channel, 'other');
    const forged = `<x xmlns='${USER}'><item affiliation='owner' role='moderator' jid='forged@x.example'/><status code='301'/></x><occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/><mix xmlns='urn:xmpp:mix:presence:0'><nick>forged</nick></mix><show>dnd</show>`;
    await comesIn(scene, guest, channel, 'guest', undefined, forged);
    for (const who of [other, one]) {
      const last = who.player.received.findLast(({ name }) => name === 'presence')!;
      expect(xml(last)).toContain('dnd');
      expect(xml(last)).not.toContain('forged');
    }
  }),
);
