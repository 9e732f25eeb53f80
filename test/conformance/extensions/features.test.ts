/**
 * Rows EXT-17 to EXT-20 of the conformance map; the others of the family stand beside what they are about.
 * Tests that the features of a channel are those that it has, and what old namespaces get.
 * Does not test each feature in depth: the rows of its own document do.
 * Always: what is advertised works, and what is not advertised is refused.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0030-disco/service.ts.
 */
import { expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import { brief, comesIn, MUC, says } from '../muc/kit.ts';
import { coven, find, items, MISC, node, play, type Person, type Scene } from '../admin/kit.ts';

const nothing = async (): Promise<void> => Promise.resolve();
const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const RETRACT = 'urn:xmpp:message-retract:1';
const MODERATE = 'urn:xmpp:message-moderate:1';

async function featuresOf(scene: Scene, asker: Person, to: string): Promise<string[]> {
  const query = find(await scene.result(asker, 'get', to, INFO), 'query');
  const found = query === undefined ? [] : elements(query).filter(({ name }) => name === 'feature');
  return found.map(({ attrs }) => attrs['var'] ?? '').sort();
}

test(
  'EXT-18: each feature of a channel, tried once',
  play(async (scene) => {
    const fields = { 'User Message Retraction': 'true' };
    const { one, two, owner, channel } = await coven(scene, fields);
    const guest = await scene.enter('guest');
    const [message] = (await scene.say(one, channel, '<body>x</body>'))['hag'] ?? [];
    const id = message?.attrs['id'] ?? '';
    const succeeds = async (asker: Person, type: string, payload: string): Promise<void> => {
      await scene.result(asker, type, channel, payload);
    };
    const tried: Record<string, () => Promise<unknown>> = {
      'http://jabber.org/protocol/disco#info': async () => succeeds(one, 'get', INFO),
      'http://jabber.org/protocol/disco#items': async () =>
        succeeds(one, 'get', `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`),
      [MUC]: async () => {
        expect((await comesIn(scene, guest, channel, 'guest')).map(brief)).toContain('presence guest 110');
      },
      [`${MUC}#self-ping-optimization`]: async () => {
        await scene.result(guest, 'get', `${channel}/guest`, `<ping xmlns='urn:xmpp:ping'/>`);
      },
      [`${MUC}#stable_id`]: async () => {
        const [echo] = await says(scene, guest, channel, '<body>y</body>', 'own');
        expect(echo?.attrs['id']).toBe('own');
      },
      'urn:xmpp:occupant-id:0': async () => {
        const [echo] = await says(scene, guest, channel, '<body>z</body>');
        expect(echo && find(echo, 'occupant-id')?.attrs['id']).toBe(guest.id);
      },
      'jabber:iq:register': async () => succeeds(one, 'get', `<query xmlns='jabber:iq:register'/>`),
      'vcard-temp': async () => {
        const card = `<vCard xmlns='vcard-temp'><PHOTO><BINVAL>Zg==</BINVAL></PHOTO></vCard>`;
        await succeeds(owner, 'set', card);
        await succeeds(one, 'get', `<vCard xmlns='vcard-temp'/>`);
      },
      // These say how the room is; see test/conformance/muc/discovery.test.ts.
      muc_open: nothing,
      muc_persistent: nothing,
      muc_public: nothing,
      muc_semianonymous: nothing,
      muc_unmoderated: nothing,
      muc_unsecured: nothing,
      'urn:xmpp:mam:2': async () => succeeds(one, 'get', `<query xmlns='urn:xmpp:mam:2'/>`),
      'urn:xmpp:mam:2#extended': async () => succeeds(one, 'get', `<metadata xmlns='urn:xmpp:mam:2'/>`),
      'urn:xmpp:mix:admin:0': async () => succeeds(owner, 'get', items(node('config'))),
      'urn:xmpp:mix:anon:0': async () =>
        succeeds(one, 'get', `<user-preference xmlns='urn:xmpp:mix:anon:0'/>`),
      'urn:xmpp:mix:core:1': async () =>
        succeeds(one, 'set', `<setnick xmlns='urn:xmpp:mix:core:1'><nick>W</nick></setnick>`),
      'urn:xmpp:mix:misc:0': async () =>
        succeeds(owner, 'get', `<invite xmlns='${MISC}'><invitee>cat@moon.example</invitee></invite>`),
      'urn:xmpp:mix:presence:0': async () => {
        expect(two.player.received.some(({ name }) => name === 'presence')).toBe(true);
        return Promise.resolve();
      },
      'urn:xmpp:ping': async () => succeeds(one, 'get', `<ping xmlns='urn:xmpp:ping'/>`),
      'urn:xmpp:sid:0': async () => {
        expect(message && find(message, 'stanza-id')?.attrs).toEqual({ by: channel, id });
        return Promise.resolve();
      },
      [RETRACT]: async () => {
        const got = await scene.say(one, channel, `<retract xmlns='${RETRACT}' id='${id}'/>`);
        expect(got['hag']).toHaveLength(1);
      },
      [`${RETRACT}#tombstone`]: async () => {
        const [first] = await scene.archive(two, channel);
        expect(first && find(first, 'retracted', RETRACT)).toBeDefined();
      },
      'urn:vizard:mode-change:0': async () =>
        succeeds(owner, 'get', `<dry-run xmlns='urn:vizard:mode-change:0' mode='jid-visible'/>`),
      [MODERATE]: async () => {
        const [second] = (await scene.say(one, channel, '<body>y</body>'))['hag'] ?? [];
        const retraction = `<retract xmlns='${RETRACT}'/>`;
        await succeeds(
          owner,
          'set',
          `<moderate xmlns='${MODERATE}' id='${second?.attrs['id'] ?? ''}'>${retraction}</moderate>`,
        );
      },
    };
    expect(await featuresOf(scene, one, channel)).toEqual(Object.keys(tried).sort());
    for (const feature of Object.keys(tried)) await tried[feature]?.();
  }),
);

test(
  'EXT-18: what is not advertised is refused',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    for (const payload of [
      `<query xmlns='jabber:iq:version'/>`,
      `<time xmlns='urn:xmpp:time'/>`,
      `<query xmlns='jabber:iq:last'/>`,
      `<command xmlns='http://jabber.org/protocol/commands' node='x'/>`,
      `<query xmlns='http://jabber.org/protocol/muc#unique'/>`,
    ])
      await scene.refused(one, 'get', channel, payload, 'service-unavailable/cancel');
  }),
);

test(
  'EXT-19: the old namespace of the core is not answered',
  play(async (scene) => {
    const { stranger, one, channel } = await coven(scene);
    const old = 'urn:xmpp:mix:core:0';
    const join = `<join xmlns='${old}'><subscribe node='${node('messages')}'/><nick>X</nick></join>`;
    for (const asker of [stranger, one]) {
      await scene.refused(asker, 'set', channel, join, 'service-unavailable/cancel');
      await scene.refused(
        asker,
        'set',
        scene.service,
        `<create xmlns='${old}'/>`,
        'service-unavailable/cancel',
      );
    }
    expect((await featuresOf(scene, one, channel)).join()).not.toContain(old);
  }),
);

test.each(['jid-hidden', 'jid-maybe-visible', 'jid-visible'])(
  'EXT-20: the channel adds nothing to a private message where it is %s',
  async (mode) =>
    play(async (scene) => {
      const { one, two, channel } = await coven(scene, { 'JID Visibility': mode });
      const to = `${two.id}#${channel}`;
      const got = await scene.say(one, to, '<body>Psst</body>', { type: 'chat', id: 'psst' });
      const [copy] = got['hag'] ?? [];
      expect(copy?.attrs['from']).toMatch(new RegExp(`^${one.id}#${channel}/[a-z2-7]+$`));
      expect(copy && { ...copy.attrs, from: '' }).toEqual({
        from: '',
        to: two.bare,
        type: 'chat',
        id: 'psst',
      });
      expect(copy && elements(copy).map(({ name }) => name)).toEqual(['body']);
    })(),
);
