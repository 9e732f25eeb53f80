/**
 * XEP-0407 MIX-MISC 0.1.2 §3: rows MISC-03 to MISC-09 of the conformance map.
 * Tests the registration of nicks with the service, and what channels make of it.
 * Does not test nicks in one channel alone.
 * Always: no answer says who holds a nick; a change shows where the address is shown anyway, and nowhere else.
 * Before: test/conformance/admin/kit.ts. After: src/service/nick-registry.ts.
 */
import { expect, test } from 'vitest';
import { text } from '../../../src/xml/element.ts';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import {
  children,
  CORE,
  coven,
  EVENT,
  find,
  like,
  MISC,
  node,
  play,
  reasonIn,
  type Scene,
} from '../admin/kit.ts';
import type { Person } from '../admin/kit.ts';

const register = (nick?: string): string =>
  nick === undefined
    ? `<register xmlns='${MISC}'/>`
    : `<register xmlns='${MISC}'><nick>${nick}</nick></register>`;
const setNick = (nick: string): string => `<setnick xmlns='${CORE}'><nick>${nick}</nick></setnick>`;
const nickIn = async (scene: Scene, person: Person, nick?: string): Promise<string> => {
  const answer = await scene.result(person, 'set', scene.service, register(nick));
  const given = find(answer, 'nick');
  const found = given === undefined ? '' : text(given);
  expect(children(answer)).toBe(like(register(found)));
  return found;
};

test(
  'MISC-03: the service says that it registers nicks',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const query = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    const features = async (to: string): Promise<string> =>
      children(await scene.result(one, 'get', to, query));
    expect(await features(scene.service)).toContain('urn:xmpp:mix:misc:0#nick-register');
    expect(await features(channel)).not.toContain('#nick-register');
    await scene.refused(one, 'get', scene.service, register('x'), 'bad-request/modify');
  }),
);

test(
  'MISC-04, MISC-05, MISC-06: one’s own everywhere, and nobody else’s',
  play(async (scene) => {
    const { one, two, owner, channel, stranger } = await coven(scene);
    expect(await nickIn(scene, one, 'Third Witch')).toBe('Third Witch');
    for (const nick of ['Third Witch', 'third witch', 'THIRD  WITCH'])
      await scene.refused(two, 'set', channel, setNick(nick), 'conflict/cancel');
    expect(reasonIn(await scene.join(stranger, channel, 'third witch'))).toBe('conflict/cancel');
    for (const nick of ['third witch', 'Third Witch'])
      await scene.refused(two, 'set', scene.service, register(nick), 'conflict/cancel');
    const heath = await scene.create(owner, 'heath');
    expect(reasonIn(await scene.join(two, heath, 'Third Witch'))).toBe('conflict/cancel');
    const joined = await scene.join(one, heath, 'Third Witch');
    expect(find(joined, 'nick')?.children).toEqual(['Third Witch']);
    await scene.result(one, 'set', channel, setNick('Third Witch'));
    // Free again when another is registered.
    await nickIn(scene, one, 'First Witch');
    await nickIn(scene, two, 'Third Witch');
  }),
);

test('MISC-04, MISC-05: still so after a restart', async () => {
  const body = play(
    async (scene) => {
      const { one, two, channel } = await coven(scene);
      await nickIn(scene, one, 'Third Witch');
      await scene.stage.powers.restart();
      await scene.refused(two, 'set', channel, setNick('third witch'), 'conflict/cancel');
      await scene.refused(two, 'set', scene.service, register('third witch'), 'conflict/cancel');
      await scene.result(one, 'set', channel, setNick('Third Witch'));
    },
    { store: openSqlite(':memory:') },
  );
  await body();
});

test(
  'MISC-07: the service chooses a UUID for those who name none',
  play(async (scene) => {
    const { one, two } = await coven(scene);
    const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const [first, second] = [await nickIn(scene, one), await nickIn(scene, two)];
    expect(first).toMatch(UUID);
    expect(second).toMatch(UUID);
    expect(first).not.toBe(second);
  }),
);

test.each([
  ['jid-visible', true],
  ['jid-hidden', false],
])('MISC-08: a new registration in a channel that is %s', async (mode, follows) =>
  play(async (scene) => {
    const { one, two, channel } = await coven(scene, { 'JID Visibility': mode });
    await nickIn(scene, one, 'Third Witch');
    await scene.result(one, 'set', channel, setNick('Third Witch'));
    scene.news();
    await nickIn(scene, one, 'Fourth Witch');
    const news = scene.news();
    if (!follows) {
      expect(news).toEqual({});
      return;
    }
    expect(Object.keys(news).sort()).toEqual(['hag', 'witch']);
    const payload = `<participant xmlns='${CORE}'><nick>Fourth Witch</nick><jid>${one.bare}</jid></participant>`;
    const item = `<item id='${one.id}'>${payload}</item>`;
    expect(news['hag']?.[0]).toBe(
      like(`<message type='headline' from='${channel}' to='${two.bare}'>
        <event xmlns='${EVENT}'><items node='${node('participants')}'>${item}</items></event></message>`),
    );
    expect(news['hag']?.[1]).toMatch(/^<presence .*<nick>Fourth Witch<\/nick>/);
    expect(news['hag']).toHaveLength(2);
    const got = await scene.say(one, channel, '<body>Hail!</body>');
    expect(find(got['hag']?.[0] ?? { name: '', ns: '', attrs: {}, children: [] }, 'nick')?.children).toEqual([
      'Fourth Witch',
    ]);
  })(),
);

test(
  'MISC-08: who bears another nick there keeps it, and nobody loses a nick to somebody else’s registration',
  play(async (scene) => {
    const { one, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    await nickIn(scene, one, 'Third Witch');
    scene.news();
    await nickIn(scene, one, 'Fourth Witch');
    expect(scene.news()).toEqual({});
    await scene.result(one, 'set', channel, setNick('Fourth Witch'));
    scene.news();
    // The hag is called so in this channel, and has not registered it.
    await nickIn(scene, one, 'Hag');
    expect(scene.news()).toEqual({});
  }),
);

test(
  'MISC-09: what is registered is what RFC 8266 makes of it',
  play(async (scene) => {
    const { one } = await coven(scene);
    expect(await nickIn(scene, one, '  third   witch ')).toBe('third witch');
    await scene.refused(one, 'set', scene.service, register('   '), 'not-acceptable/modify');
  }),
);
