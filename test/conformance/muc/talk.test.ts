/**
 * Rows MUC-14, MUC-16 to MUC-18, MUC-23 and MUC-28 of the conformance map: what is said to everybody.
 * Tests each message on both sides: in a room's form for occupants, in MIX form for participants, under one id.
 * Does not test private messages (private.test.ts) nor the archive (archive.test.ts).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/enter.test.ts. After: test/conformance/muc/private.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements, text, type XmlElement } from '../../../src/xml/element.ts';
import { children, coven, find, like, play, xml, type Person, type Scene } from '../admin/kit.ts';
import { brief, comesIn, hears, refusalIn, room, says, sends, USER } from './kit.ts';

function inChildren(stanza: XmlElement | undefined): string {
  return stanza === undefined ? 'nothing' : children(stanza);
}

test(
  'MUC-14, MUC-17, MUC-18: what an occupant says, for each kind of people',
  play(async (scene) => {
    const { one, guest, other, channel } = await room(scene);
    const forged = `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/><stanza-id xmlns='urn:xmpp:sid:0' id='f' by='${channel}'/><x xmlns='${USER}'><item jid='f@f.example'/></x><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>`;
    const [toOther] = await hears(other, async () =>
      says(scene, guest, channel, `<body>Hail</body><origin-id xmlns='urn:xmpp:sid:0' id='o'/>${forged}`),
    );
    const [toOne] = one.player.received.slice(-1);
    const [echo] = guest.player.received.slice(-1);
    const id = toOther?.attrs['id'] ?? '';
    const said = `<body xmlns='jabber:client'>Hail</body><origin-id xmlns='urn:xmpp:sid:0' id='o'/>`;
    const ids = `<stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${id}'/>`;
    const who = `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${guest.id}'/>`;
    expect(toOther?.attrs).toEqual({ type: 'groupchat', from: `${channel}/guest`, id, to: other.full });
    expect(inChildren(toOther)).toBe(like(said + ids + who));
    expect(echo?.attrs).toEqual({ type: 'groupchat', from: `${channel}/guest`, id: 'own', to: guest.full });
    expect(inChildren(echo)).toBe(like(said + ids + who));
    expect(toOne?.attrs).toMatchObject({ from: `${channel}/${guest.id}`, id });
    expect(inChildren(toOne)).toBe(
      like(`${said}<mix xmlns='urn:xmpp:mix:core:1'><nick>guest</nick></mix>${ids}`),
    );
  }),
);

test.each(['jid-hidden', 'jid-maybe-visible', 'jid-visible'])(
  'MUC-16: what a participant says, for occupants, in %s',
  async (mode) =>
    play(async (scene) => {
      const { one, guest, channel } = await room(scene, { 'JID Visibility': mode });
      const [got] = await hears(guest, async () => scene.say(one, channel, '<body>Hail</body>'));
      expect(got?.attrs['from']).toBe(`${channel}/Witch`);
      expect(elements(got!).map(({ name }) => name)).toEqual(['body', 'stanza-id', 'occupant-id']);
    })(),
);

test(
  'MUC-16: somebody without a nick is called by the id, which nobody else may take',
  play(async (scene) => {
    const { one, channel } = await coven(scene, {
      'JID Visibility': 'jid-visible',
      'Mandatory Nicks': 'false',
    });
    const guest = await scene.enter('guest');
    const third = await scene.enter('third');
    await scene.join(third, channel, undefined);
    const got = await comesIn(scene, guest, channel, 'guest');
    expect(got.map(brief)).toContain(`presence ${third.id}`);
    expect(refusalIn(await comesIn(scene, one, channel, third.id))).toBe('conflict/cancel');
    const [said] = await hears(guest, async () => scene.say(third, channel, '<body>x</body>'));
    expect(said?.attrs['from']).toBe(`${channel}/${third.id}`);
    // It gets a nick, and is seen to change it.
    const seen = await hears(guest, async () =>
      scene.result(
        third,
        'set',
        channel,
        `<setnick xmlns='urn:xmpp:mix:core:1'><nick>Third</nick></setnick>`,
      ),
    );
    expect(seen.map(brief)).toEqual([`presence unavailable ${third.id} 303`, 'presence Third']);
  }),
);

describe('messages about messages, from one side to the other', () => {
  const first = async (scene: Scene, by: Person, channel: string): Promise<string> => {
    const [echo] = await says(scene, by, channel, '<body>Hial</body>', 'typo');
    return find(echo!, 'stanza-id')?.attrs['id'] ?? '';
  };

  test(
    'a correction names the message by the id that each knows it by',
    play(async (scene) => {
      const { one, guest, other, channel } = await room(scene);
      const id = await first(scene, guest, channel);
      const replace = `<replace xmlns='urn:xmpp:message-correct:0' id='typo'/>`;
      const [toOther] = await hears(other, async () =>
        says(scene, guest, channel, `<body>Hail</body>${replace}`, 'right'),
      );
      for (const got of [toOther, one.player.received.at(-1)])
        expect(find(got!, 'replace')?.attrs['id']).toBe(id);
    }),
  );

  test(
    'a reply names the author by CH/nick to occupants, by CH/id to participants, and never as it was written',
    play(async (scene) => {
      const { one, guest, other, channel } = await room(scene);
      const id = await first(scene, guest, channel);
      const reply = `<reply xmlns='urn:xmpp:reply:0' id='${id}' to='${guest.bare}'/>`;
      const [toGuest] = await hears(guest, async () =>
        says(scene, other, channel, `<body>Hm</body>${reply}`),
      );
      expect(find(toGuest!, 'reply')?.attrs).toEqual({ id, to: `${channel}/guest` });
      expect(find(one.player.received.at(-1)!, 'reply')?.attrs).toEqual({ id, to: `${channel}/${guest.id}` });
    }),
  );

  test(
    'a mention is by CH/nick to occupants, by CH/id to participants, and goes with the person',
    play(async (scene) => {
      const { one, two, guest, other, channel } = await room(scene);
      const mention = (uri: string): string =>
        `<body>You!</body><reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='3' uri='${uri}'/>`;
      const uriIn = (stanza: XmlElement | undefined) => find(stanza!, 'reference')?.attrs['uri'];
      await comesIn(scene, guest, channel, 'guest');
      for (const [by, whom, nick] of [
        [other, `${channel}/GUEST`, 'guest'],
        [other, `${channel}/${guest.id}`, 'guest'],
        [other, `${channel}/Witch`, 'Witch'],
        [two, `${guest.id}%23${channel}`, 'guest'],
        [two, `${channel}/${one.id}`, 'Witch'],
      ] as const) {
        await says(scene, by, channel, mention(`xmpp:${whom}`));
        expect(uriIn(guest.player.received.at(-1))).toBe(`xmpp:${channel}/${nick}`);
        expect(uriIn(one.player.received.at(-1))).toMatch(nick === 'guest' ? guest.id : one.id);
      }
      // Of somebody who has gone, or who never was there, nothing is said.
      await says(scene, other, channel, mention(`xmpp:${channel}/nobody`));
      expect(uriIn(guest.player.received.at(-1))).toBeUndefined();
      await says(scene, other, channel, mention(`xmpp:${channel}`));
      expect(uriIn(guest.player.received.at(-1))).toBe(`xmpp:${channel}`);
    }),
  );

  test(
    'reactions, markers and chat states pass',
    play(async (scene) => {
      const { one, guest, other, channel } = await room(scene);
      const id = await first(scene, guest, channel);
      const reaction = `<reactions xmlns='urn:xmpp:reactions:0' id='${id}'><reaction>x</reaction></reactions>`;
      const state = `<composing xmlns='http://jabber.org/protocol/chatstates'/>`;
      const marker = `<displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/>`;
      for (const inner of [reaction, state, marker])
        for (const [by, to] of [
          [other, guest],
          [guest, one],
        ] as const) {
          const [got] = await hears(to, async () => says(scene, by, channel, inner));
          expect(got === undefined ? '' : xml(got)).toContain(like(inner).slice(1, 20));
        }
      const [live] = await hears(guest, async () => says(scene, other, channel, state));
      expect(elements(live!).map(({ name }) => name)).toEqual(['composing', 'occupant-id']);
    }),
  );

  test(
    'a retraction by MIX is one in the words of rooms, and a moderation is by an occupant',
    play(async (scene) => {
      const { one, owner, guest, channel } = await room(scene, { 'User Message Retraction': 'true' });
      const [mine] = (await scene.say(one, channel, '<body>oops</body>'))['witch'] ?? [];
      const gone = mine?.attrs['id'] ?? '';
      const [seen] = await hears(guest, async () =>
        scene.say(one, channel, `<retract xmlns='urn:xmpp:mix:misc:0' id='${gone}'/>`),
      );
      expect(elements(seen!).map(xml)).toContain(
        like(`<retract xmlns='urn:xmpp:message-retract:1' id='${gone}'/>`),
      );
      expect(xml(seen!)).not.toContain('urn:xmpp:mix');
      // An occupant takes back what it said, and an administrator what others did.
      const [own, theirs] = [await first(scene, guest, channel), await first(scene, guest, channel)];
      const back = `<retract xmlns='urn:xmpp:message-retract:1' id='${own}'/>`;
      expect(xml((await says(scene, guest, channel, back))[0]!)).toContain(like(back));
      await comesIn(scene, owner, channel, 'Mistress');
      const moderate = `<moderate xmlns='urn:xmpp:message-moderate:1' id='${theirs}'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>`;
      const [told] = await hears(guest, async () => scene.result(owner, 'set', channel, moderate));
      expect(told?.attrs['from']).toBe(channel);
      expect(find(told!, 'moderated')?.attrs['by']).toBe(`${channel}/Mistress`);
    }),
  );
});

test(
  'MUC-23: what is for everybody is not sent to one',
  play(async (scene) => {
    const { guest, channel } = await room(scene);
    const groupchat = `<message type='groupchat' to='${channel}/other'><body>x</body></message>`;
    expect(refusalIn(await sends(scene, guest, groupchat))).toBe('bad-request/modify');
    const headline = `<message type='headline' to='${channel}/other'><body>x</body></message>`;
    expect(refusalIn(await sends(scene, guest, headline))).toBe('service-unavailable/cancel');
  }),
);

test(
  'MUC-28: nobody changes the subject, and no message looks as if somebody had',
  play(async (scene) => {
    const { one, owner, guest, channel, stranger } = await room(scene);
    const before = guest.player.received.length;
    await comesIn(scene, owner, channel, 'Mistress');
    for (const who of [guest, owner, one, stranger])
      expect(refusalIn(await says(scene, who, channel, '<subject>New</subject>'))).toBe('forbidden/auth');
    const heard = guest.player.received.slice(before).filter(({ attrs }) => attrs['type'] === 'groupchat');
    expect(heard).toEqual([]);
    // With a body it is a message like any other.
    const [got] = await hears(guest, async () =>
      scene.say(one, channel, '<subject>New</subject><body>x</body>'),
    );
    expect(text(find(got!, 'subject')!)).toBe('New');
  }),
);

test(
  'MUC-17: who is not in the room, and takes no part, says nothing to it',
  play(async (scene) => {
    const { stranger, guest, channel } = await room(scene);
    expect(refusalIn(await says(scene, stranger, channel, '<body>x</body>'))).toBe('forbidden/auth');
    await sends(scene, guest, `<presence type='unavailable' to='${channel}/guest'/>`);
    expect(refusalIn(await says(scene, guest, channel, '<body>x</body>'))).toBe('forbidden/auth');
  }),
);
