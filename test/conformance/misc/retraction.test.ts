/**
 * XEP-0407 MIX-MISC 0.1.2 §4, XEP-0424 and XEP-0425: rows MISC-10 to MISC-20, EXT-01 to EXT-04.
 * Tests who may take a message back, what the others are told, and what is left in the archive.
 * Does not test paging of the archive.
 * Always: the tombstone has the place, id, author and time of the message, and names people as the channel does.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0407-misc/retraction.ts.
 */
import { describe, expect, test } from 'vitest';
import { child, elements, type XmlElement } from '../../../src/xml/element.ts';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import {
  CORE,
  coven,
  find,
  like,
  MISC,
  play,
  xml,
  type Coven,
  type Person,
  type Scene,
} from '../admin/kit.ts';

const RETRACT = 'urn:xmpp:message-retract:1';
const MODERATE = 'urn:xmpp:message-moderate:1';
const SID = 'urn:xmpp:sid:0';
const OWN = { 'User Message Retraction': 'true' };
const misc = (id: string): string => `<retract xmlns='${MISC}' id='${id}'/>`;
const modern = (id: string): string =>
  `<retract xmlns='${RETRACT}' id='${id}'/><body>took back a message</body>` +
  `<fallback xmlns='urn:xmpp:fallback:0' for='${RETRACT}'/>`;
const moderate = (id: string, reason = ''): string =>
  `<moderate xmlns='${MODERATE}' id='${id}'><retract xmlns='${RETRACT}'/>${reason}</moderate>`;

/** Says something and returns its archive id. */
async function said(scene: Scene, person: Person, { channel }: Coven, text = 'wicked'): Promise<string> {
  const got = await scene.say(person, channel, `<body>${text}</body>`);
  return got['hag']?.[0]?.attrs['id'] ?? '';
}

/** The one archived message of this id, with the time of its result. */
async function archived(scene: Scene, { channel, two }: Coven, id: string): Promise<XmlElement> {
  const found = (await scene.archive(two, channel)).filter(({ attrs }) => attrs['id'] === id);
  expect(found).toHaveLength(1);
  return found[0] ?? { name: '', ns: '', attrs: {}, children: [] };
}

describe('by a message', () => {
  test(
    'MISC-10, MISC-13, EXT-01: one’s own where the channel allows it, nobody else’s',
    play(async (scene) => {
      const people = await coven(scene);
      const { one, two, owner, channel } = people;
      const [mine, hers] = [await said(scene, one, people), await said(scene, two, people)];
      for (const retraction of [misc, modern])
        await scene.unsaid(one, channel, retraction(mine), 'not-allowed/cancel');
      await scene.configure(owner, channel, OWN);
      for (const retraction of [misc, modern])
        await scene.unsaid(one, channel, retraction(hers), 'forbidden/auth');
      for (const id of [mine, hers]) expect(find(await archived(scene, people, id), 'body')).toBeDefined();
      const { stranger } = people;
      await scene.unsaid(stranger, channel, misc(mine), 'forbidden/auth');
      expect(Object.keys(await scene.say(one, channel, misc(mine))).sort()).toEqual(['hag', 'witch']);
    }),
  );

  test(
    'MISC-11, MISC-12: what is no retraction',
    play(async (scene) => {
      const people = await coven(scene, OWN);
      const { one, channel } = people;
      const id = await said(scene, one, people);
      for (const ns of [MISC, RETRACT]) {
        await scene.unsaid(one, channel, `<retract xmlns='${ns}'/>`, 'bad-request/modify');
        await scene.unsaid(one, channel, `<retract xmlns='${ns}' id='x'/>`, 'item-not-found/cancel');
      }
      await scene.unsaid(one, channel, `${misc(id)}<body>oh</body>`, 'bad-request/modify');
      expect(find(await archived(scene, people, id), 'body')).toBeDefined();
    }),
  );

  test.each([
    ['MISC-15, MISC-16', misc, 'groupchat', 'jid-hidden'],
    ['MISC-15, as in the document, without a type', misc, '', 'jid-hidden'],
    ['MISC-19, EXT-02', modern, 'groupchat', 'jid-hidden'],
    ['MISC-17, where addresses are shown', modern, 'groupchat', 'jid-visible'],
  ])('%s: told to everybody, kept, and a tombstone left', async (_, retraction, type, mode) =>
    play(
      async (scene) => {
        const people = await coven(scene, { ...OWN, 'JID Visibility': mode });
        const { one, two, channel } = people;
        const id = await said(scene, one, people);
        await scene.stage.powers.pass(5_000);
        const got = await scene.say(one, channel, retraction(id), { type });
        expect(Object.keys(got).sort()).toEqual(['hag', 'witch']);
        const [told, more] = got['hag'] ?? [];
        expect(more).toBeUndefined();
        const by = `${channel}/${one.id}`;
        const own = told?.attrs['id'] ?? '';
        expect(told?.attrs).toEqual({ type: 'groupchat', from: by, to: two.bare, id: own });
        const jid = mode === 'jid-visible' ? `<jid>${one.bare}</jid>` : '';
        const content = `${retraction(id)}<mix xmlns='${CORE}'><nick>Witch</nick>${jid}</mix>
          <stanza-id xmlns='${SID}' by='${channel}' id='${own}'/>`;
        expect(told && elements(told).map(xml).join('\n')).toBe(like(content));
        await scene.stage.powers.restart();
        scene.news();
        const tombstone = await archived(scene, people, id);
        expect(tombstone.attrs).toEqual({ type: 'groupchat', from: by, id });
        const left = child(tombstone, 'retracted', MISC);
        expect(left?.attrs).toEqual({ by, time: '2026-01-01T00:00:05.000Z' });
        const modernLeft = child(tombstone, 'retracted', RETRACT);
        expect(modernLeft?.attrs).toEqual(
          retraction === misc ? undefined : { id: own, stamp: '2026-01-01T00:00:05.000Z' },
        );
        expect(find(tombstone, 'body')).toBeUndefined();
        const all = await scene.archive(two, channel);
        expect(all.map(({ attrs }) => attrs['id'])).toEqual([id, own]);
      },
      { store: openSqlite(':memory:') },
    )(),
  );

  test(
    'MISC-18: within the time that the service gives',
    play(
      async (scene) => {
        const people = await coven(scene, OWN);
        const { one, channel } = people;
        const [first, second] = [await said(scene, one, people), await said(scene, one, people)];
        await scene.stage.powers.pass(900);
        expect(Object.keys(await scene.say(one, channel, misc(first)))).toHaveLength(2);
        await scene.stage.powers.pass(1_100);
        for (const retraction of [misc, modern])
          await scene.unsaid(one, channel, retraction(second), 'not-allowed/cancel');
        expect(find(await archived(scene, people, second), 'body')).toBeDefined();
      },
      { limits: { retractionMs: 1_000 } },
    ),
  );

  test(
    'MISC-20: the second time there is nothing left to take back',
    play(async (scene) => {
      const people = await coven(scene, OWN);
      const { one, channel } = people;
      const id = await said(scene, one, people);
      await scene.say(one, channel, misc(id));
      for (const retraction of [misc, modern])
        await scene.unsaid(one, channel, retraction(id), 'item-not-found/cancel');
    }),
  );

  test(
    'MISC-20: both sent at once, one is told',
    play(async (scene) => {
      const people = await coven(scene, OWN);
      const { one, channel } = people;
      const id = await said(scene, one, people);
      const attrs = { type: 'groupchat', to: channel };
      for (const times of [1, 2])
        scene.stage.send(one.player, {
          name: 'message',
          ns: 'jabber:client',
          attrs: { ...attrs, id: `twice-${times}` },
          children: [{ name: 'retract', ns: MISC, attrs: { id }, children: [] }],
        });
      await scene.stage.settle();
      expect(scene.news()['hag']).toHaveLength(1);
    }),
  );
});

describe('by rights', () => {
  test.each([
    ['owners', ['hecate']],
    ['admins', ['graymalkin', 'hecate']],
    ['nobody', []],
  ])('MISC-14: %s retract anybody’s message', async (group, mighty) =>
    play(async (scene) => {
      const people = await coven(scene, { 'Administrator Message Retraction Rights': group });
      const { one, owner, admin, channel } = people;
      await scene.join(owner, channel, 'Hecate', ['info']);
      await scene.join(admin, channel, 'Graymalkin', ['info']);
      for (const [name, person] of Object.entries({ graymalkin: admin, hecate: owner }))
        for (const retraction of [misc, modern]) {
          const id = await said(scene, one, people);
          scene.news();
          const why = group === 'nobody' ? 'not-allowed/cancel' : 'forbidden/auth';
          if (mighty.includes(name)) {
            const got = await scene.say(person, channel, retraction(id));
            expect(got['hag']?.[0]?.attrs['from']).toBe(`${channel}/${person.id}`);
            const tombstone = await archived(scene, people, id);
            expect(child(tombstone, 'retracted', MISC)?.attrs['by']).toBe(`${channel}/${person.id}`);
            expect(tombstone.attrs['from']).toBe(`${channel}/${one.id}`);
          } else await scene.unsaid(person, channel, retraction(id), why);
        }
    })(),
  );

  test.each([true, false])(
    'EXT-03, MISC-17: an administrator moderates, taking part: %s',
    async (takesPart) =>
      play(async (scene) => {
        const people = await coven(scene, { 'Administrator Message Retraction Rights': 'admins' });
        const { one, two, admin, channel } = people;
        if (takesPart) await scene.join(admin, channel, 'Graymalkin', ['info']);
        const id = await said(scene, one, people);
        await scene.refused(two, 'set', channel, moderate(id), 'forbidden/auth');
        await scene.refused(admin, 'set', channel, moderate('x'), 'item-not-found/cancel');
        await scene.refused(admin, 'get', channel, moderate(id), 'bad-request/modify');
        const nothing = `<moderate xmlns='${MODERATE}' id='${id}'/>`;
        await scene.refused(admin, 'set', channel, nothing, 'bad-request/modify');
        scene.news();
        const reason = `<reason>No frogs</reason>`;
        const answer = await scene.result(admin, 'set', channel, moderate(id, reason));
        expect(answer.children).toEqual([]);
        const told = two.player.received.at(-1);
        expect(Object.keys(scene.news()).sort()).toEqual(['hag', 'witch']);
        const own = told?.attrs['id'] ?? '';
        expect(told?.attrs).toEqual({ type: 'groupchat', from: channel, to: two.bare, id: own });
        const by = takesPart ? `${channel}/${admin.id}` : channel;
        const occupant = takesPart ? `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${admin.id}'/>` : '';
        const moderated = `<moderated xmlns='${MODERATE}' by='${by}'>${occupant}</moderated>${reason}`;
        expect(told && elements(told).map(xml).join('\n')).toBe(
          like(`<retract xmlns='${RETRACT}' id='${id}'>${moderated}</retract>
            <stanza-id xmlns='${SID}' by='${channel}' id='${own}'/>`),
        );
        const tombstone = await archived(scene, people, id);
        expect(child(tombstone, 'retracted', MISC)?.attrs['by']).toBe(by);
        const left = child(tombstone, 'retracted', RETRACT);
        const stamp = left?.attrs['stamp'] ?? '';
        expect(left && xml(left)).toBe(
          like(`<retracted xmlns='${RETRACT}' id='${own}' stamp='${stamp}'>${moderated}</retracted>`),
        );
        expect(find(tombstone, 'body')).toBeUndefined();
        await scene.refused(admin, 'set', channel, moderate(id), 'item-not-found/cancel');
      })(),
  );

  test(
    'EXT-04: nobody but the channel says that somebody moderated',
    play(async (scene) => {
      const people = await coven(scene, OWN);
      const { one, channel } = people;
      const id = await said(scene, one, people);
      const moderated = `<moderated xmlns='${MODERATE}' by='${channel}'/>`;
      const forged = `<retract xmlns='${RETRACT}' id='${id}'>${moderated}<reason>ha</reason></retract>`;
      const got = await scene.say(one, channel, `${forged}<body>x</body>${moderated}`);
      const [told] = got['hag'] ?? [];
      expect(told && find(told, 'moderated')).toBeUndefined();
      expect(told && find(told, 'reason')).toBeUndefined();
      expect(told && find(told, 'retract')?.attrs).toEqual({ id });
      const plain = await scene.say(
        one,
        channel,
        `${moderated}<body>x</body><retracted xmlns='${RETRACT}'/>`,
      );
      const [second] = plain['hag'] ?? [];
      expect(second && elements(second).map(({ name }) => name)).toEqual(['body', 'mix', 'stanza-id']);
    }),
  );
});
