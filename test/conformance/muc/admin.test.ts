/**
 * Row MUC-29 of the conformance map, and what owners and administrators do with a room.
 * Tests lists, bans, kicks and roles by muc#admin, the configuration form, invitations and the room's card.
 * Does not test what the options mean for MIX (test/conformance/admin/).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/changes.test.ts. After: test/conformance/muc/discovery.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements, text, type XmlElement } from '../../../src/xml/element.ts';
import {
  coven,
  find,
  form,
  node,
  play,
  publish,
  valuesIn,
  xml,
  type Person,
  type Scene,
} from '../admin/kit.ts';
import { brief, comesIn, hears, itemIn, MUC, refusalIn, sends, USER } from './kit.ts';

const ADMIN = `${MUC}#admin`;
const OWNER = `${MUC}#owner`;
const FORM = `${MUC}#roomconfig`;
const item = (attrs: string, inner = ''): string =>
  `<query xmlns='${ADMIN}'><item ${attrs}>${inner}</item></query>`;
const roomForm = (fields: Readonly<Record<string, string | readonly string[]>>): string =>
  `<query xmlns='${OWNER}'>${form(fields, FORM)}</query>`;

async function room(scene: Scene, fields: Readonly<Record<string, string>> = {}) {
  const people = await coven(scene, fields);
  const guest = await scene.enter('guest');
  const chief = await scene.enter('chief');
  await comesIn(scene, guest, people.channel, 'guest');
  await comesIn(scene, chief, people.channel, 'chief');
  await scene.configure(people.owner, people.channel, { Administrator: chief.bare });
  return { ...people, guest, chief };
}

function itemsIn(answer: XmlElement): Readonly<Record<string, string>>[] {
  return elements(find(answer, 'query')!).map(({ attrs }) => attrs);
}

test(
  'MUC-29: lists are for owners and administrators, and no wider than the nodes they stand for',
  play(async (scene) => {
    const { owner, chief, guest, one, stranger, channel } = await room(scene);
    await scene.result(owner, 'set', channel, publish(node('banned'), '', 'thane@glamis.example'));
    const lists = ['outcast', 'member', 'admin', 'owner'].map((name) => item(`affiliation='${name}'`));
    const roles = ['moderator', 'participant', 'visitor'].map((name) => item(`role='${name}'`));
    for (const query of [...lists, ...roles])
      for (const who of [guest, one, stranger])
        await scene.refused(who, 'get', channel, query, 'forbidden/auth');
    const [outcast = '', member = '', admins = '', owners = ''] = lists;
    for (const who of [owner, chief])
      expect(itemsIn(await scene.result(who, 'get', channel, outcast))).toEqual([
        { affiliation: 'outcast', jid: 'thane@glamis.example' },
      ]);
    expect(itemsIn(await scene.result(chief, 'get', channel, member))).toEqual([]);
    expect(itemsIn(await scene.result(owner, 'get', channel, admins))).toEqual([
      { affiliation: 'admin', jid: chief.bare },
    ]);
    // The configuration is the owners' own (D-31).
    await scene.refused(chief, 'get', channel, owners, 'forbidden/auth');
    const present = itemsIn(await scene.result(chief, 'get', channel, item(`role='participant'`)));
    expect(present).toEqual([
      { affiliation: 'member', role: 'participant', nick: 'Witch' },
      { affiliation: 'member', role: 'participant', nick: 'Hag' },
      { affiliation: 'none', role: 'participant', nick: 'guest' },
    ]);
  }),
);

describe('an administrator of a hidden room acts on whom it knows by nick', () => {
  const targets = {
    'a nick': () => `nick='guest'`,
    'CH/nick': (channel: string) => `jid='${channel}/guest'`,
    'an encoded address': (channel: string, guest: Person) => `jid='${guest.id}#${channel}'`,
    'an address': (_: string, guest: Person) => `jid='${guest.bare}'`,
    'a full address': (_: string, guest: Person) => `jid='${guest.full}'`,
  };
  test.each(Object.entries(targets))('%s', async (_, target) =>
    play(async (scene) => {
      const { chief, guest, channel } = await room(scene);
      const ban = item(`affiliation='outcast' ${target(channel, guest)}`, '<reason>Toads</reason>');
      const got = await hears(guest, async () => scene.result(chief, 'set', channel, ban));
      expect(got.map(brief)).toEqual(['presence unavailable guest 110,301']);
      expect(text(find(got[0]!, 'reason')!)).toBe('Toads');
      expect(refusalIn(await comesIn(scene, guest, channel, 'guest'))).toBe('forbidden/auth');
      await scene.result(chief, 'set', channel, item(`affiliation='none' jid='${guest.bare}'`));
      expect((await comesIn(scene, guest, channel, 'guest')).map(brief)).toContain('presence guest 110');
    })(),
  );
});

test(
  'who may do what to whom',
  play(async (scene) => {
    const { owner, chief, guest, channel } = await room(scene);
    await comesIn(scene, owner, channel, 'Mistress');
    const refused = async (who: Person, query: string, reason: string): Promise<void> =>
      scene.refused(who, 'set', channel, query, reason);
    await refused(guest, item(`nick='chief' role='none'`), 'forbidden/auth');
    await refused(chief, item(`nick='Mistress' role='none'`), 'not-allowed/cancel');
    await refused(chief, item(`nick='Mistress' affiliation='outcast'`), 'not-allowed/cancel');
    await refused(chief, item(`nick='chief' affiliation='outcast'`), 'conflict/cancel');
    await refused(chief, item(`nick='guest' affiliation='owner'`), 'forbidden/auth');
    await refused(chief, item(`nick='guest' role='visitor'`), 'not-allowed/cancel');
    await refused(chief, item(`nick='guest' role='moderator'`), 'not-allowed/cancel');
    await refused(chief, item(`nick='nobody' role='none'`), 'item-not-found/cancel');
    await refused(chief, item(`affiliation='outcast'`), 'bad-request/modify');
    await refused(chief, item(`nick='guest'`), 'bad-request/modify');
    await refused(chief, item(`nick='guest' affiliation='member'`), 'not-allowed/cancel');
    await refused(owner, item(`nick='Mistress' affiliation='none'`), 'not-acceptable/modify');
    await scene.result(chief, 'set', channel, item(`nick='guest' role='participant'`));
    // Nothing of a query that fails is done.
    const two = `<query xmlns='${ADMIN}'><item nick='guest' role='none'/><item nick='nobody' role='none'/></query>`;
    await refused(chief, two, 'item-not-found/cancel');
    expect(guest.player.received.at(-1)?.attrs['type']).not.toBe('unavailable');
  }),
);

test(
  'MUC-29: a query is carried out as a whole or not at all',
  play(async (scene) => {
    const { owner, guest, stranger, channel } = await room(scene);
    const items = (...all: readonly string[]): string =>
      `<query xmlns='${ADMIN}'>${all.map((attrs) => `<item ${attrs}/>`).join('')}</query>`;
    const ban = `affiliation='outcast' jid='${stranger.bare}'`;
    for (const [query, reason] of [
      [items(ban, `affiliation='owner' jid='${stranger.bare}'`), 'bad-request/modify'],
      [
        items(`affiliation='none' nick='guest'`, `affiliation='outcast' jid='${guest.bare}'`),
        'bad-request/modify',
      ],
      [items(ban, `role='none' nick='nobody'`), 'item-not-found/cancel'],
      [items(ban, `affiliation='outcast' jid='${owner.bare}'`), 'conflict/cancel'],
    ] as const)
      await scene.refused(owner, 'set', channel, query, reason);
    expect(await scene.ids(owner, channel, node('banned'))).toEqual([]);
  }),
);

test(
  'MUC-29: a list that does not fit into one stanza is had in pages',
  play(async (scene) => {
    const { owner, channel } = await room(scene);
    const domain = 'x'.repeat(60);
    const many = Array.from({ length: 900 }, (_, at) => `${at}@${domain}.${domain}.${domain}.example`);
    const banned = many.map((jid) => `<item affiliation='outcast' jid='${jid}'/>`).join('');
    await scene.result(owner, 'set', channel, `<query xmlns='${ADMIN}'>${banned}</query>`);
    const seen: string[] = [];
    for (let set = ''; seen.length < many.length;) {
      const asked = `<query xmlns='${ADMIN}'><item affiliation='outcast'/>${set}</query>`;
      const answer = await scene.result(owner, 'get', channel, asked);
      expect(xml(answer).length).toBeLessThan(200_000);
      const found = itemsIn(answer).flatMap(({ jid }) => jid ?? []);
      expect(found.length).toBeGreaterThan(0);
      seen.push(...found);
      set = `<set xmlns='http://jabber.org/protocol/rsm'><after>${found.at(-1)}</after></set>`;
    }
    expect(seen).toEqual(many);
  }),
);

test(
  'roles are given by owners, and shown to those whom it concerns',
  play(async (scene) => {
    const { owner, chief, guest, one, channel } = await room(scene);
    const got = await hears(guest, async () =>
      scene.result(owner, 'set', channel, item(`nick='guest' affiliation='admin'`)),
    );
    expect(got.map((each) => [brief(each), itemIn(each)['affiliation']])).toContainEqual([
      'presence guest 110',
      'admin',
    ]);
    const seen = chief.player.received.findLast(({ attrs }) => attrs['from'] === `${channel}/guest`);
    expect(itemIn(seen)).toMatchObject({ affiliation: 'admin', role: 'moderator' });
    expect((await scene.config(owner, channel)).get('Administrator')).toEqual([chief.bare, guest.bare]);
    await scene.result(owner, 'set', channel, item(`jid='${one.bare}' affiliation='owner'`));
    await scene.result(owner, 'set', channel, item(`jid='${guest.bare}' affiliation='none'`));
    expect((await scene.config(owner, channel)).get('Administrator')).toEqual([chief.bare]);
    expect((await scene.config(owner, channel)).get('Owner')).toEqual([owner.bare, one.bare]);
  }),
);

test(
  'members-only: who is a member comes in, and is one for as long as the list says',
  play(async (scene) => {
    const { owner, chief, channel } = await room(scene);
    const other = await scene.enter('other');
    await scene.result(owner, 'set', channel, roomForm({ 'muc#roomconfig_membersonly': '1' }));
    expect(refusalIn(await comesIn(scene, other, channel, 'other'))).toBe('registration-required/auth');
    await scene.result(chief, 'set', channel, item(`jid='${other.bare}' affiliation='member'`));
    const got = await comesIn(scene, other, channel, 'other');
    expect(itemIn(got.find((each) => brief(each) === 'presence other 110'))).toEqual({
      affiliation: 'member',
      role: 'participant',
    });
    expect(itemsIn(await scene.result(chief, 'get', channel, item(`affiliation='member'`)))).toEqual([
      { affiliation: 'member', jid: other.bare },
    ]);
    await scene.result(chief, 'set', channel, item(`jid='${other.bare}' affiliation='none'`));
    expect(itemsIn(await scene.result(chief, 'get', channel, item(`affiliation='member'`)))).toEqual([]);
  }),
);

test(
  'the form of a room shows and sets the options of the channel',
  play(async (scene) => {
    const { owner, chief, guest, channel } = await room(scene);
    for (const who of [guest, chief])
      await scene.refused(who, 'get', channel, `<query xmlns='${OWNER}'/>`, 'forbidden/auth');
    const shown = valuesIn(await scene.result(owner, 'get', channel, `<query xmlns='${OWNER}'/>`));
    expect(Object.fromEntries(shown)).toEqual({
      FORM_TYPE: [FORM],
      'muc#roomconfig_roomname': [],
      'muc#roomconfig_roomdesc': [],
      'muc#roomconfig_membersonly': ['0'],
      'muc#roomconfig_whois': ['moderators'],
      'muc#roomconfig_allowpm': ['anyone'],
      'muc#roomconfig_allowinvites': ['0'],
      'muc#roomconfig_roomowners': [owner.bare],
      'muc#roomconfig_roomadmins': [chief.bare],
    });
    // What clients send for a private group, with fields that a channel has no option for.
    const wanted = {
      'muc#roomconfig_roomname': 'A dark cave',
      'muc#roomconfig_roomdesc': 'In the middle, a boiling cauldron',
      'muc#roomconfig_persistentroom': '1',
      'muc#roomconfig_publicroom': '0',
      'muc#roomconfig_whois': 'anyone',
      'muc#roomconfig_membersonly': '1',
      'muc#roomconfig_allowinvites': '1',
      'muc#roomconfig_allowpm': 'none',
    };
    const got = await hears(guest, async () => scene.result(owner, 'set', channel, roomForm(wanted)));
    expect(got.map(brief)).toContain(`message ${channel} 104,172`);
    const config = await scene.config(owner, channel);
    expect(config.get('JID Visibility')).toEqual(['jid-mandatory-visible']);
    expect(config.get('Nodes Present')).toContain('allowed');
    expect(config.get('Private Messages')).toEqual(['false']);
    expect(config.get('Participation Addition by Invitation from Participant')).toEqual(['true']);
    const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    expect(xml(await scene.result(guest, 'get', channel, info))).toMatch(/A dark cave.*boiling cauldron/s);
    // A change of the mode is one for those only whom it concerns.
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-maybe-visible' });
    await scene.result(owner, 'set', channel, roomForm({ 'muc#roomconfig_whois': 'moderators' }));
    expect((await scene.config(owner, channel)).get('JID Visibility')).toEqual(['jid-optionally-visible']);
    for (const [name, value] of [
      ['muc#roomconfig_whois', 'nobody'],
      ['muc#roomconfig_allowpm', 'moderators'],
      ['muc#roomconfig_membersonly', 'perhaps'],
      ['muc#roomconfig_roomowners', ''],
    ] as const)
      await scene.refused(owner, 'set', channel, roomForm({ [name]: value }), 'not-acceptable/modify');
    // Whoever gives up the room may give it another name by the same form.
    const away = { 'muc#roomconfig_roomname': 'Mine no more', 'muc#roomconfig_roomowners': chief.bare };
    scene.news();
    await scene.result(owner, 'set', channel, roomForm(away));
    expect(scene.news()['guest']?.filter((stanza) => stanza.includes('code="104"'))).toHaveLength(1);
    expect(xml(await scene.result(guest, 'get', channel, info))).toContain('Mine no more');
    await scene.result(chief, 'set', channel, roomForm({ 'muc#roomconfig_roomowners': owner.bare }));
    const cancelled = `<query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='cancel'/></query>`;
    await scene.result(owner, 'set', channel, cancelled);
    const instant = `<query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='submit'/></query>`;
    await scene.result(owner, 'set', channel, instant);
  }),
);

test(
  'an occupant lets the room invite somebody, who is told by whom under the nick',
  play(async (scene) => {
    const { guest, one, stranger, channel, owner } = await room(scene);
    const invite = (to: string): string =>
      `<message to='${channel}'><x xmlns='${USER}'><invite to='${to}'><reason>Come</reason></invite></x></message>`;
    for (const [who, nick] of [
      [guest, 'guest'],
      [one, 'Witch'],
    ] as const) {
      const [got] = await hears(stranger, async () => sends(scene, who, invite(stranger.bare)));
      expect(got?.attrs).toEqual({ from: channel, to: stranger.bare });
      expect(find(got!, 'invite')?.attrs).toEqual({ from: `${channel}/${nick}` });
      expect(text(find(got!, 'reason')!)).toBe('Come');
      expect(find(got!, 'x', 'jabber:x:conference')?.attrs).toEqual({ jid: channel, reason: 'Come' });
    }
    expect(refusalIn(await sends(scene, stranger, invite(guest.bare)))).toBe('forbidden/auth');
    expect(refusalIn(await sends(scene, guest, invite(`${one.id}#${channel}`)))).toBe(
      'item-not-found/cancel',
    );
    expect(refusalIn(await sends(scene, guest, invite('@')))).toBe('jid-malformed/modify');
    // Where a list says who may come, so does whoever may invite (XEP-0406).
    await scene.configure(owner, channel, {
      'Nodes Present': ['participants', 'presence', 'information', 'allowed', 'banned'],
    });
    expect(refusalIn(await sends(scene, guest, invite(stranger.bare)))).toBe('not-allowed/cancel');
    await sends(scene, owner, invite(stranger.bare));
    expect((await comesIn(scene, stranger, channel, 'newcomer')).map(brief)).toContain(
      'presence newcomer 110',
    );
    // Declines are not passed on: they would carry an address.
    const decline = `<message to='${channel}'><x xmlns='${USER}'><decline to='${channel}/guest'/></x></message>`;
    expect(await hears(guest, async () => sends(scene, stranger, decline))).toEqual([]);
  }),
);

test(
  'GEN-19: nobody lets a room write to hundreds of strangers',
  play(async (scene) => {
    const { channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    const invited = (count: number): string =>
      Array.from({ length: count }, (_, at) => `<invite to='stranger${at}@elsewhere.example'/>`).join('');
    const ask = async (count: number) =>
      refusalIn(
        await sends(
          scene,
          guest,
          `<message to='${channel}'><x xmlns='${USER}'>${invited(count)}</x></message>`,
        ),
      );
    const told = [await ask(20), await ask(20), await ask(19), await ask(2), await ask(1), await ask(1)];
    const tooMany = 'resource-constraint/wait';
    expect(told).toEqual(['none/', 'none/', 'none/', tooMany, 'none/', tooMany]);
  }),
);

test(
  'MUC-33: whoever invites can choose: by MIX and by a room, to the same place',
  play(async (scene) => {
    const { owner, channel } = await coven(scene);
    const nodes = ['participants', 'presence', 'information', 'allowed', 'banned'];
    await scene.configure(owner, channel, { 'Nodes Present': nodes });
    const [byMix, byRoom] = [await scene.enter('bymix'), await scene.enter('byroom')];
    const asked = `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${byMix.bare}</invitee></invite>`;
    const invitation = xml(find(await scene.result(owner, 'get', channel, asked), 'invitation')!);
    const answer = await scene.join(byMix, channel, 'bymix', undefined, invitation);
    expect(answer.attrs['type']).toBe('result');
    await sends(
      scene,
      owner,
      `<message to='${channel}'><x xmlns='${USER}'><invite to='${byRoom.bare}'/></x></message>`,
    );
    expect((await comesIn(scene, byRoom, channel, 'byroom')).map(brief)).toContain('presence byroom 110');
  }),
);
