/**
 * XEP-0407 MIX-MISC 0.1.2 §6: rows MISC-22 to MISC-32 of the conformance map.
 * Tests who may invite, what an invitation says, and whom it lets in.
 * Does not test the messages with which people pass invitations on: the channel is not asked.
 * Always: why an invitation is not good, and whether the invitee takes part already, shows in no answer.
 * Before: test/conformance/admin/kit.ts. After: src/channel/invite.ts.
 */
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import { parseFragment } from '../../../src/xml/document.ts';
import { text, type XmlElement } from '../../../src/xml/element.ts';
import {
  children,
  CORE,
  coven,
  find,
  form,
  items,
  like,
  MISC,
  node,
  play,
  publish,
  reasonIn,
  type Coven,
  type Person,
  type Scene,
} from '../admin/kit.ts';

const BY_PARTICIPANTS = 'Participation Addition by Invitation from Participant';
const ALL = ['participants', 'presence', 'information', 'allowed', 'banned', 'avatar'];
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const ask = (invitee: string): string => `<invite xmlns='${MISC}'><invitee>${invitee}</invitee></invite>`;

/** A channel with an empty allowed list, whose participants may invite. */
async function guarded(scene: Scene, fields: Record<string, string> = {}): Promise<Coven> {
  const found = await coven(scene, { [BY_PARTICIPANTS]: 'true', ...fields });
  await scene.configure(found.owner, found.channel, { 'Nodes Present': ALL });
  return found;
}

async function invited(scene: Scene, inviter: Person, { channel }: Coven, invitee: Person): Promise<string> {
  const answer = await scene.result(inviter, 'set', channel, ask(invitee.bare));
  const token = find(answer, 'token');
  return token === undefined ? '' : text(token);
}

/** As its inviter would pass it on; of this only the token counts. */
const invitation = (token: string, ns = MISC): string =>
  `<invitation xmlns='${ns}'><inviter>x@y.example</inviter><invitee>z@y.example</invitee>
    <channel>other@y.example</channel><token>${token}</token></invitation>`;

async function redeem(
  scene: Scene,
  person: Person,
  channel: string,
  token: string,
  ns = CORE,
): Promise<XmlElement> {
  const nick = `<nick>${person.bare.slice(0, 3)}</nick>`;
  const [join] = parseFragment(
    `<join xmlns='${ns}'><subscribe node='${node('messages')}'/>${nick}${invitation(token, ns)}</join>`,
  );
  if (join === undefined) throw new Error('unreachable');
  return scene.stage.join(person.player, channel, join);
}

describe('asking', () => {
  test.each([
    ['jid-hidden', false],
    ['jid-visible', true],
  ])('MISC-22, MISC-30: an invitation in a channel that is %s', async (mode, isShown) =>
    play(async (scene) => {
      const people = await guarded(scene, { 'JID Visibility': mode });
      const { channel, one, admin } = people;
      const cat = await scene.enter('cat');
      for (const type of ['get', 'set']) {
        const answer = await scene.result(one, type, channel, ask(cat.bare));
        const token = find(answer, 'token');
        const inviter = isShown ? one.bare : `${one.id}#${channel}`;
        expect(children(answer)).toBe(
          like(`<invite xmlns='${MISC}'><invitation><inviter>${inviter}</inviter><invitee>${cat.bare}</invitee>
            <channel>${channel}</channel><token>${token === undefined ? '' : text(token)}</token></invitation></invite>`),
        );
      }
      const byAdmin = await scene.result(admin, 'get', channel, ask(`${cat.bare}/kitchen`));
      expect(children(byAdmin)).toContain(`<inviter>${channel}</inviter><invitee>${cat.bare}</invitee>`);
    })(),
  );

  test(
    'MISC-22, MISC-29: who may not, and what is no address',
    play(async (scene) => {
      const { channel, owner, one, stranger } = await coven(scene);
      await scene.refused(one, 'get', channel, ask('cat@moon.example'), 'not-allowed/cancel');
      await scene.refused(stranger, 'get', channel, ask('cat@moon.example'), 'forbidden/auth');
      await scene.configure(owner, channel, { [BY_PARTICIPANTS]: 'true' });
      await scene.refused(stranger, 'get', channel, ask('cat@moon.example'), 'forbidden/auth');
      for (const bad of ['@@', '', 'a b@moon.example', 'cat@'])
        await scene.refused(one, 'get', channel, ask(bad), 'jid-malformed/modify');
      await scene.refused(one, 'get', channel, `<invite xmlns='${MISC}'/>`, 'bad-request/modify');
    }),
  );

  test(
    'MISC-23: tokens are long, random and never the same',
    play(async (scene) => {
      const people = await guarded(scene);
      const cat = await scene.enter('cat');
      const tokens = [];
      for (let count = 0; count < 5; count += 1) tokens.push(await invited(scene, people.one, people, cat));
      expect(new Set(tokens).size).toBe(5);
      for (const token of tokens) expect(token).toMatch(/^[a-z2-7]{26}$/);
    }),
  );

  test(
    'MISC-31: whether the invitee takes part makes no difference',
    play(async (scene) => {
      const people = await guarded(scene);
      const { channel, one, two, stranger } = people;
      const shape = async (invitee: string): Promise<string> => {
        const answer = await scene.result(one, 'get', channel, ask(invitee));
        const token = find(answer, 'token');
        return children(answer)
          .replace(token === undefined ? '' : text(token), 'TOKEN')
          .replace(invitee, 'INVITEE');
      };
      expect(await shape(two.bare)).toBe(await shape(stranger.bare));
      expect(await shape(one.bare)).toBe(await shape(stranger.bare));
    }),
  );
});

describe('joining', () => {
  test.each([CORE, MISC, 'urn:xmpp:mix:anon:0'])(
    'MISC-24, MISC-25, MISC-27: with a good one, in %s, and then on the list',
    async (ns) =>
      play(
        async (scene) => {
          const people = await guarded(scene);
          const { channel, admin, one } = people;
          const cat = await scene.enter('cat');
          const token = await invited(scene, one, people, cat);
          expect(await scene.ids(admin, channel, node('allowed'))).toEqual([]);
          const refusal = await scene.join(people.stranger, channel, 'Stranger');
          expect(reasonIn(refusal)).toBe('registration-required/auth');
          await scene.stage.powers.restart();
          const answer = await redeem(scene, cat, channel, token, ns);
          expect(answer.attrs['type']).toBe('result');
          expect(find(answer, 'join')?.ns).toBe(ns);
          expect(await scene.ids(admin, channel, node('allowed'))).toEqual([cat.bare]);
        },
        { store: openSqlite(':memory:') },
      )(),
  );

  test(
    'MISC-25: nobody is put on the list who is on it by its domain, nor where there is no list',
    play(async (scene) => {
      const people = await guarded(scene);
      const { channel, owner, one } = people;
      const cat = await scene.enter('cat', 'moon.example');
      const token = await invited(scene, one, people, cat);
      await scene.result(owner, 'set', channel, publish(node('allowed'), '', 'moon.example'));
      expect((await redeem(scene, cat, channel, token)).attrs['type']).toBe('result');
      expect(await scene.ids(owner, channel, node('allowed'))).toEqual(['moon.example']);
    }),
  );

  test(
    'MISC-26: a ban is stronger',
    play(async (scene) => {
      const people = await guarded(scene);
      const { channel, admin, one } = people;
      const cat = await scene.enter('cat');
      const token = await invited(scene, one, people, cat);
      await scene.result(admin, 'set', channel, publish(node('banned'), '', cat.bare));
      expect(reasonIn(await redeem(scene, cat, channel, token))).toBe('forbidden/auth');
      expect(await scene.ids(admin, channel, node('allowed'))).toEqual([]);
    }),
  );

  test(
    'MISC-23, MISC-28: altered, somebody else’s, used, too old, or of somebody who lost the right',
    play(async (scene) => {
      const people = await guarded(scene);
      const { channel, owner, one, two } = people;
      const [cat, dan] = [await scene.enter('cat'), await scene.enter('dan')];
      const refused = async (person: Person, token: string): Promise<void> =>
        expect(reasonIn(await redeem(scene, person, channel, token))).toBe('forbidden/auth');
      const token = await invited(scene, one, people, cat);
      await refused(dan, token);
      await refused(cat, `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`);
      await refused(cat, 'x');
      expect((await redeem(scene, cat, channel, token)).attrs['type']).toBe('result');
      await scene.stage.leave(cat.player, channel);
      await refused(cat, token);

      const old = await invited(scene, one, people, dan);
      await scene.stage.powers.pass(WEEK_MS + 1);
      await refused(dan, old);

      const orphan = await invited(scene, two, people, dan);
      await scene.stage.leave(two.player, channel);
      await refused(dan, orphan);

      const late = await invited(scene, one, people, dan);
      await scene.configure(owner, channel, { [BY_PARTICIPANTS]: 'false' });
      await refused(dan, late);
      expect(await scene.ids(owner, channel, node('allowed'))).toEqual([cat.bare]);
    }),
  );

  test(
    'MISC-28, D-65: an unlisted channel is found by a good token only',
    play(async (scene) => {
      const owner = await scene.enter('hecate');
      const cat = await scene.enter('cat');
      const fields = form({ 'Nodes Present': ALL });
      const created = await scene.result(
        owner,
        'set',
        scene.service,
        `<create xmlns='${CORE}'>${fields}</create>`,
      );
      const channel = `${find(created, 'create')?.attrs['channel'] ?? ''}@${scene.service}`;
      const token = await invited(scene, owner, { channel } as Coven, cat);
      const dan = await scene.enter('dan');
      expect(reasonIn(await redeem(scene, dan, channel, token))).toBe('item-not-found/cancel');
      expect(reasonIn(await scene.join(dan, channel, 'Dan'))).toBe('item-not-found/cancel');
      await scene.refused(cat, 'get', channel, items(node('info')), 'item-not-found/cancel');
      expect((await redeem(scene, cat, channel, token)).attrs['type']).toBe('result');
    }),
  );
});

test(
  'MISC-32: what people tell each other of invitations is plain payload to the channel',
  play(async (scene) => {
    const { channel, one } = await coven(scene);
    const ack = `<invitation-ack xmlns='${MISC}'><value>Declined</value>${invitation('ABCDEF')}</invitation-ack>`;
    for (const payload of [invitation('ABCDEF'), ack]) {
      const got = await scene.say(one, channel, `<body>Come!</body>${payload}`);
      expect(Object.keys(got).sort()).toEqual(['hag', 'witch']);
      const [told] = got['hag'] ?? [];
      expect(told && children(told)).toContain(like(payload));
    }
  }),
);
