/**
 * Row LEAK-31 of the conformance map: nothing leaks through the door of rooms.
 * Lets people of both kinds hide, and watches them as a visitor and as one who keeps order, over changes of the mode.
 * Does not know what is a leak: every byte is searched by the scanner of the scene, with its own idea of it.
 * Always: each place where a room could name somebody is looked at.
 * Before: test/conformance/muc/kit.ts. After: src/testing/insight.ts.
 */
import { describe, expect, test } from 'vitest';
import { coven, form, play, xml, type Person, type Scene } from '../admin/kit.ts';
import { comesIn, goes, itemIn, MUC, PING, says, sends, USER } from './kit.ts';

const MAM = `<query xmlns='urn:xmpp:mam:2'/>`;
const ADMIN = `${MUC}#admin`;
const list = (attrs: string): string => `<query xmlns='${ADMIN}'><item ${attrs}/></query>`;

/** What a client of somebody may put into what it sends, and its own address in all of it. */
function telling({ bare, full }: Person): string {
  return [
    `<card xmlns='urn:example:card' of='${full}'>xmpp:${bare}</card>`,
    `<x xmlns='${USER}'><item jid='${full}'/></x>`,
    `<delay xmlns='urn:xmpp:delay' from='${bare}' stamp='2020-01-01T00:00:00Z'/>`,
    `<stanza-id xmlns='urn:xmpp:sid:0' by='${bare}' id='x'/>`,
    `<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:${bare}'/>`,
  ].join('');
}

const wants = (visibility: string): string =>
  `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form({ 'JID Visibility': visibility }, 'urn:xmpp:mix:anon:0')}</user-preference>`;

async function people(scene: Scene, mode: string) {
  const base = await coven(scene, { 'JID Visibility': mode, 'User Message Retraction': 'true' });
  const { owner, one, channel } = base;
  const victim = await scene.enter('victim', 'hiding.example', 'mask');
  const visitor = await scene.enter('visitor');
  const chief = await scene.enter('chief');
  await comesIn(scene, visitor, channel, 'visitor');
  await comesIn(scene, chief, channel, 'chief');
  await scene.configure(owner, channel, { Administrator: chief.bare });
  return { ...base, one, victim, visitor, chief };
}

/** Everything that a room says of somebody, and everything that can be asked about it. */
async function lookAround(scene: Scene, who: Person, channel: string, about: Person): Promise<void> {
  const ask = async (type: string, to: string, payload: string): Promise<unknown> =>
    scene.ask(who, type, to, payload);
  await ask('set', channel, MAM);
  for (const to of [
    `${channel}/victim`,
    `${channel}/Witch`,
    `${channel}/${about.bare}`,
    `${channel}/${about.id}`,
  ])
    for (const payload of [
      PING,
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
      `<query xmlns='http://jabber.org/protocol/disco#items'/>`,
      `<vCard xmlns='vcard-temp'/>`,
      `<query xmlns='jabber:iq:version'/>`,
      `<query xmlns='jabber:iq:last'/>`,
    ])
      // Some are passed on, and nobody answers here.
      await sends(scene, who, `<iq type='get' id='q' to='${to}'>${payload}</iq>`);
  for (const attrs of ['owner', 'admin', 'member', 'outcast'].map((name) => `affiliation='${name}'`))
    await ask('get', channel, list(attrs));
  for (const attrs of ['moderator', 'participant', 'visitor'].map((name) => `role='${name}'`))
    await ask('get', channel, list(attrs));
  await ask('get', channel, `<query xmlns='http://jabber.org/protocol/disco#items'/>`);
  await ask('get', channel, `<query xmlns='http://jabber.org/protocol/disco#info'/>`);
  await ask('get', channel, `<query xmlns='${MUC}#owner'/>`);
  await comesIn(scene, who, channel, who === about ? 'victim' : 'again', '');
}

describe.each(['jid-hidden', 'jid-maybe-visible'])('LEAK-31: in %s', (mode) => {
  test(
    'presences, messages, history, archive, lists and questions name nobody, to visitors and to those who keep order',
    play(async (scene) => {
      const { one, victim, visitor, chief, channel } = await people(scene, mode);
      // In a JID Maybe Visible channel participants see who wants it; a room shows nobody.
      if (mode === 'jid-maybe-visible') await scene.result(one, 'set', channel, wants('always'));
      await comesIn(scene, victim, channel, 'victim', undefined, `<status>x</status>${telling(victim)}`);
      await scene.show(one, `<status>x</status>${mode === 'jid-hidden' ? telling(one) : ''}`);
      await says(scene, victim, channel, `<body>first</body>${telling(victim)}`);
      const card = `<card xmlns='urn:example:card'>${one.bare}</card>`;
      await scene.say(one, channel, `<body>second</body>${card}`);
      const chat = `<message type='chat' to='${channel}/visitor'><body>third</body>${telling(victim)}</message>`;
      await sends(scene, victim, chat);
      await sends(
        scene,
        one,
        `<message type='chat' to='${visitor.id}#${channel}'><body>x</body>${telling(one)}</message>`,
      );
      await sends(scene, victim, `<presence to='${channel}/masked'/>`);
      await sends(scene, victim, `<presence to='${channel}/victim'/>`);
      for (const who of [visitor, chief]) await lookAround(scene, who, channel, victim);
      await sends(
        scene,
        victim,
        `<message to='${channel}'><x xmlns='${USER}'><invite to='${visitor.bare}'/></x></message>`,
      );
      await goes(scene, victim, channel, 'victim');
      for (const who of [visitor, chief])
        for (const stanza of who.player.received) {
          expect(itemIn(stanza)['jid'] ?? chief.bare).toBe(chief.bare);
          expect(xml({ ...stanza, attrs: {} })).not.toContain(victim.bare);
        }
    }),
  );

  test(
    'nor over changes of the mode, for those who do not want to be shown, and those who have left before',
    play(async (scene) => {
      const { owner, one, victim, visitor, chief, channel } = await people(scene, mode);
      await comesIn(scene, victim, channel, 'victim');
      await scene.result(victim, 'set', channel, wants('never'));
      await says(scene, victim, channel, `<body>hidden</body>${telling(victim)}`);
      await scene.configure(owner, channel, { 'JID Visibility': 'jid-visible' });
      for (const who of [visitor, chief]) await lookAround(scene, who, channel, victim);
      await scene.say(one, channel, `<body>open</body><card xmlns='urn:example:card'>${one.bare}</card>`);
      await scene.configure(owner, channel, { 'JID Visibility': mode });
      await comesIn(scene, victim, channel, 'victim');
      for (const who of [visitor, chief]) await lookAround(scene, who, channel, victim);
      for (const who of [visitor, chief])
        for (const stanza of who.player.received)
          expect(xml({ ...stanza, attrs: {} })).not.toContain(victim.bare);
    }),
  );
});

test(
  'LEAK-31: where everybody sees everybody, who sits in the room from outside the domain of rooms is not shown one',
  play(async (scene) => {
    const { one, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    const visitor = await scene.enter('visitor');
    const outsider = await scene.enter('outsider');
    const got = await comesIn(scene, visitor, channel, 'visitor', '');
    expect(got.map((stanza) => itemIn(stanza)['jid'])).toContain(one.full);
    for (const to of [`${channel}/Witch`, channel])
      for (const payload of [
        PING,
        `<query xmlns='http://jabber.org/protocol/disco#items'/>`,
        list(`role='participant'`),
      ])
        expect(xml(await scene.ask(outsider, 'get', to, payload))).not.toContain(one.bare);
  }),
);

test(
  'LEAK-31, D-34: who is made an administrator, or is none any more, is told to those who may know, and is no news for the others',
  play(async (scene) => {
    const { owner, admin, one, two, channel } = await coven(scene, { 'JID Visibility': 'jid-hidden' });
    const guest = await scene.enter('guest');
    const chief = await scene.enter('chief');
    await comesIn(scene, guest, channel, 'guest');
    await comesIn(scene, admin, channel, 'admin');
    await comesIn(scene, chief, channel, 'chief');
    for (const administrators of [[admin, one, chief], [admin], [admin, two]]) {
      scene.news();
      const change = { Administrator: administrators.map(({ bare }) => bare) };
      await scene.configure(owner, channel, change);
      const { guest: toGuest = [], graymalkin: toAdmin = [] } = scene.news();
      expect(toGuest).toEqual([]);
      expect(toAdmin.some((stanza) => stanza.startsWith('<presence'))).toBe(true);
    }
  }),
);

test(
  'LEAK-31, ANON-66: whoever does not share its presence is not seen to come into the room, nor to leave it',
  play(async (scene) => {
    const { one, two, channel } = await coven(scene, { 'JID Visibility': 'jid-hidden' });
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    const shy = `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form({ Presence: 'not share' }, 'urn:xmpp:mix:anon:0')}</user-preference>`;
    await scene.result(one, 'set', channel, shy);
    scene.news();
    await comesIn(scene, one, channel, 'Witch', undefined, '<status>x</status>');
    await sends(scene, one, `<presence to='${channel}/Witch'><show>dnd</show></presence>`);
    await goes(scene, one, channel, 'Witch');
    expect(Object.keys(scene.news())).toEqual(['witch']);
    expect(two.player.received.length).toBeGreaterThan(0);
  }),
);
