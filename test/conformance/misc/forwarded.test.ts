/**
 * XEP-0407 MIX-MISC 0.1.2 §5 and §7: rows MISC-21 and MISC-33 to MISC-35 of the conformance map.
 * Tests history that is forwarded to a new channel, and references to other channels.
 * Does not test other payloads (test/conformance/companions/).
 * Always: where addresses may be hidden nothing forwarded is passed on, nor read from the archive later.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0369-core/hygiene.ts.
 */
import { expect, test } from 'vitest';
import { children, coven, find, like, play } from '../admin/kit.ts';

const FORWARDED = `<forwarded xmlns='urn:xmpp:forward:0'>
  <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>
  <message xmlns='jabber:client' from='toad@pond.example/pda' id='0202197' to='frog@pond.example/lily' type='chat'>
    <body>Harpier cries: 'tis time, 'tis time.</body>
  </message>
</forwarded>`;

test(
  'MISC-33: the creator of a visible channel shares history before others are there, and it is kept',
  play(async (scene) => {
    const hecate = await scene.enter('hecate');
    const channel = await scene.create(hecate, 'heath', { 'JID Visibility': 'jid-visible' });
    await scene.join(hecate, channel, 'Hecate');
    scene.news();
    const got = await scene.say(hecate, channel, FORWARDED);
    expect(got['hecate']).toHaveLength(1);
    const witch = await scene.enter('witch');
    await scene.join(witch, channel, 'Witch');
    const [kept, more] = await scene.archive(witch, channel);
    expect(more).toBeUndefined();
    expect(kept && children(kept)).toContain(like(FORWARDED));
    expect(kept?.attrs['from']).toBe(`${channel}/${hecate.id}`);
  }),
);

test(
  'MISC-34: later it is a message like others',
  play(async (scene) => {
    const { channel, owner, one, two } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    const got = await scene.say(two, channel, `<body>Look</body>${FORWARDED}`);
    expect(Object.keys(got).sort()).toEqual(['hag', 'witch']);
    for (const stanzas of Object.values(got)) {
      expect(stanzas).toHaveLength(1);
      expect(stanzas[0]?.attrs['from']).toBe(`${channel}/${two.id}`);
      expect(stanzas[0] && children(stanzas[0])).toContain(like(FORWARDED));
    }
    expect((await scene.archive(one, channel)).map(({ attrs }) => attrs['from'])).toEqual([
      `${channel}/${two.id}`,
    ]);
    // It does not outlive the openness in which it was sent.
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-hidden' });
    const [later] = await scene.archive(one, channel);
    expect(later && find(later, 'forwarded')).toBeUndefined();
    expect(later && find(later, 'body')).toBeDefined();
  }),
);

test.each(['jid-hidden', 'jid-maybe-visible'])('MISC-35: refused in a channel that is %s', async (mode) =>
  play(async (scene) => {
    const { channel, one, two } = await coven(scene, { 'JID Visibility': mode });
    await scene.unsaid(one, channel, FORWARDED, 'not-acceptable/modify');
    await scene.unsaid(one, channel, `<body>Look</body>${FORWARDED}`, 'not-acceptable/modify');
    await scene.unsaid(one, `${two.id}#${channel}`, FORWARDED, 'not-acceptable/modify', 'chat');
    expect(await scene.archive(two, channel)).toEqual([]);
  })(),
);

test.each(['jid-hidden', 'jid-visible'])(
  'MISC-21: a reference to a channel passes where it is %s',
  async (mode) =>
    play(async (scene) => {
      const { channel, one } = await coven(scene, { 'JID Visibility': mode });
      const uri = `xmpp:heath@${scene.service}`;
      const reference = `<reference xmlns='urn:xmpp:reference:0' type='data' begin='0' end='4' uri='${uri}'/>`;
      const got = await scene.say(one, channel, `<body>Look</body>${reference}`);
      const [told] = got['hag'] ?? [];
      expect(told && children(told)).toContain(like(reference));
    })(),
);
