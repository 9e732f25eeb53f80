/**
 * Rows MUC-22, MUC-24 and MUC-25 of the conformance map: what one says to one, and asks of one, by CH/nick.
 * Tests the ways between the two kinds of people, and who is refused what.
 * Does not test what is said to everybody (talk.test.ts).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/talk.test.ts. After: test/conformance/muc/archive.test.ts.
 */
import { expect, test } from 'vitest';
import { elements, isElement } from '../../../src/xml/element.ts';
import { parseFragment } from '../../../src/xml/document.ts';
import { children, find, like, play, xml, type Person, type Scene } from '../admin/kit.ts';
import { goes, hears, MUC, PING, prefers, refusalIn, room, sends, USER } from './kit.ts';

const chat = (to: string, inner: string): string =>
  `<message type='chat' id='pm' to='${to}'>${inner}</message>`;

test(
  'MUC-22: between occupants, and between an occupant and a participant, each in its form',
  play(async (scene) => {
    const { one, guest, other, channel } = await room(scene);
    const marks = (id: string) =>
      `<x xmlns='${USER}'/><occupant-id xmlns='urn:xmpp:occupant-id:0' id='${id}'/>`;
    const [toOther] = await hears(other, async () =>
      sends(scene, guest, chat(`${channel}/other`, `<body>psst</body><x xmlns='${USER}'/>`)),
    );
    expect(toOther?.attrs).toEqual({ type: 'chat', id: 'pm', from: `${channel}/guest`, to: other.full });
    expect(children(toOther!)).toBe(like(`<body xmlns='jabber:client'>psst</body>${marks(guest.id)}`));

    const [toOne] = await hears(one, async () =>
      sends(scene, guest, chat(`${channel}/Witch`, '<body>psst</body>')),
    );
    const from = toOne?.attrs['from'] ?? '';
    expect(from).toMatch(new RegExp(`^${guest.id}#${channel}/[a-z2-7]+$`));
    expect(toOne?.attrs).toEqual({ type: 'chat', id: 'pm', from, to: one.bare });
    expect(children(toOne!)).toBe(like(`<body xmlns='jabber:client'>psst</body>`));

    // The answer goes to the client that wrote, or to all of somebody who is there as an occupant alone.
    for (const to of [from, `${guest.id}#${channel}`]) {
      const [answer] = await hears(guest, async () => sends(scene, one, chat(to, '<body>yes?</body>')));
      expect(answer?.attrs).toEqual({ type: 'chat', id: 'pm', from: `${channel}/Witch`, to: guest.full });
      expect(children(answer!)).toBe(like(`<body xmlns='jabber:client'>yes?</body>${marks(one.id)}`));
    }
  }),
);

test(
  'MUC-22: refused for the reasons of D-57, and to those who are not in the room',
  play(async (scene) => {
    const { one, owner, guest, other, stranger, channel } = await room(scene);
    const refused = async (who: Person, nick: string): Promise<string> =>
      refusalIn(await sends(scene, who, chat(`${channel}/${nick}`, '<body>psst</body>')));
    expect(await refused(guest, 'nobody')).toBe('item-not-found/cancel');
    for (const who of [stranger, one, owner])
      expect(await refused(who, 'guest')).toBe('not-acceptable/modify');
    expect(
      refusalIn(await sends(scene, stranger, chat(`nowhere@${scene.service}/x`, '<body>x</body>'))),
    ).toBe('item-not-found/cancel');
    for (const who of [one, other])
      await scene.result(who, 'set', channel, prefers('Private Messages', 'block'));
    for (const nick of ['Witch', 'other'])
      expect(await refused(guest, nick)).toBe('service-unavailable/cancel');
    await scene.configure(owner, channel, { 'Private Messages': 'false' });
    expect(await refused(guest, 'Hag')).toBe('not-allowed/cancel');
  }),
);

test(
  'MUC-22: what comes back is told to the sender, by nick, and no more of it than why',
  play(async (scene) => {
    const { guest, other, one, channel } = await room(scene);
    scene.stage.powers.bounceFor(other.player);
    for (const [who, to, from] of [
      [guest, `${channel}/other`, `${channel}/other`],
      [one, `${other.id}#${channel}`, `${other.id}#${channel}`],
    ] as const) {
      const [error] = await sends(scene, who, chat(to, '<body>psst</body>'));
      expect(error?.attrs).toMatchObject({ type: 'error', id: 'pm', from });
      expect(elements(error!).map(({ name }) => name)).toEqual(['error']);
      expect(xml(error!)).not.toContain(other.bare);
    }
  }),
);

test(
  'MUC-24: a client is told whether it is in the room, and others are not asked for that',
  play(async (scene) => {
    const { one, guest, other, stranger, channel } = await room(scene);
    const twin = await scene.enter('guest', 'guest.example', 'second');
    scene.news();
    await scene.result(guest, 'get', `${channel}/guest`, PING);
    for (const who of [stranger, one, twin])
      await scene.refused(who, 'get', `${channel}/guest`, PING, 'not-acceptable/cancel');
    await scene.refused(guest, 'get', `${channel}/former`, PING, 'item-not-found/cancel');
    await scene.refused(stranger, 'get', `nowhere@${scene.service}/guest`, PING, 'item-not-found/cancel');
    expect(other.player.received.filter(({ name }) => name === 'iq')).toEqual([]);
    const about = await scene.result(
      guest,
      'get',
      channel,
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
    );
    expect(xml(about)).toContain(`${MUC}#self-ping-optimization`);
  }),
);

/** Sends a request, lets somebody's client answer what was passed on, and gives both. */
async function relayed(
  scene: Scene,
  asker: Person,
  to: string,
  asked: Person,
  payload: string,
  result: string,
) {
  const [question] = await hears(asked, async () =>
    sends(scene, asker, `<iq type='get' id='q' to='${to}'>${payload}</iq>`),
  );
  const { id = '', from = '' } = question?.attrs ?? {};
  const [answer] = await hears(asker, async () =>
    sends(scene, asked, `<iq type='result' id='${id}' to='${from}'>${result}</iq>`),
  );
  return { question, answer };
}

test(
  'harmless questions are passed on to the client that is shown, between all kinds of people',
  play(async (scene) => {
    const { one, guest, other, channel } = await room(scene);
    const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    const a = await relayed(scene, guest, `${channel}/other`, other, info, info);
    expect(a.question?.attrs['from']).toBe(`${channel}/guest`);
    expect(a.answer?.attrs).toMatchObject({
      type: 'result',
      id: 'q',
      from: `${channel}/other`,
      to: guest.full,
    });
    const b = await relayed(scene, guest, `${channel}/Witch`, one, PING, '');
    expect(b.question?.attrs['from']).toMatch(new RegExp(`^${guest.id}#${channel}/`));
    expect(b.answer?.attrs).toMatchObject({ type: 'result', id: 'q', from: `${channel}/Witch` });
    const shown = one.player.received.find(({ attrs }) => attrs['from']?.startsWith(`${guest.id}#`));
    const c = await relayed(scene, one, shown?.attrs['from'] ?? '', guest, info, info);
    expect(c.question?.attrs['from']).toBe(`${channel}/Witch`);
    expect(c.answer?.attrs).toMatchObject({ type: 'result', id: 'q', from: shown?.attrs['from'] });
    await scene.refused(
      guest,
      'get',
      `${channel}/other`,
      `<query xmlns='jabber:iq:last'/>`,
      'service-unavailable/cancel',
    );
    await scene.refused(guest, 'set', `${channel}/other`, info, 'service-unavailable/cancel');
  }),
);

test(
  'MUC-25: a card is given out by those who said so, without the address in it',
  play(async (scene) => {
    const { guest, other, channel } = await room(scene);
    const card = `<vCard xmlns='vcard-temp'/>`;
    const [own] = parseFragment(
      `<vCard xmlns='vcard-temp'><FN>Other</FN><JABBERID>${other.bare}</JABBERID></vCard>`,
    ).filter(isElement);
    scene.stage.powers.setCard(other.player, own!);
    await scene.refused(guest, 'get', `${channel}/other`, card, 'service-unavailable/cancel');
    await scene.result(other, 'set', channel, prefers('vCard', 'allow'));
    const answer = await scene.result(guest, 'get', `${channel}/other`, card);
    expect(find(answer, 'vCard')?.children).toHaveLength(1);
    expect(xml(answer)).toContain('Other');
  }),
);

test(
  'whoever goes before its question is answered is told in time that there was no answer',
  play(async (scene) => {
    const { guest, other, channel } = await room(scene);
    const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    const [question] = await hears(other, async () =>
      sends(scene, guest, `<iq type='get' id='q' to='${channel}/other'>${info}</iq>`),
    );
    await goes(scene, guest, channel, 'guest');
    const { id = '', from = '' } = question?.attrs ?? {};
    const late = await hears(guest, async () => {
      await sends(scene, other, `<iq type='result' id='${id}' to='${from}'>${info}</iq>`);
      await scene.stage.powers.pass(31_000);
    });
    expect(late.map(({ attrs }) => [attrs['id'], attrs['type']])).toEqual([['q', 'error']]);
    expect(refusalIn(late)).toBe('remote-server-timeout/wait');
  }),
);
