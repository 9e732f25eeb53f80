/**
 * Companion XEPs that speak of other messages or of people: rows EXT-05 to EXT-10 of the conformance map.
 * Tests which ids and addresses the others get, for corrections, reactions, replies and mentions.
 * Does not test retraction (test/conformance/misc/retraction.test.ts).
 * Always: an id that the others get is one that they know; an address is the channel's.
 * Before: test/conformance/companions/kit.ts. After: src/xep/0369-core/references.ts.
 */
import { describe, expect, test } from 'vitest';
import { child, type XmlElement } from '../../../src/xml/element.ts';
import { coven, like, play, xml, type Person, type Scene } from '../admin/kit.ts';
import { circumstances, content, meets, STRIPPED, type Companion } from './kit.ts';

const CORRECT = 'urn:xmpp:message-correct:0';
const REPLY = 'urn:xmpp:reply:0';
const replace = (id: string): string => `<body>fair</body><replace xmlns='${CORRECT}' id='${id}'/>`;

/** The copy that everybody else gets of a message. */
async function copyOf(
  scene: Scene,
  person: Person,
  to: string,
  sent: string,
  id?: string,
): Promise<XmlElement> {
  const got = await scene.say(person, to, sent, id === undefined ? {} : { id });
  const [copy] = got[person.bare.startsWith('hag') ? 'witch' : 'hag'] ?? [];
  if (copy === undefined) throw new Error('nobody got it');
  return copy;
}

const MODES = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];

describe.each(MODES)('in a channel that is %s', (mode) => {
  test(
    'EXT-05, 0308: the replaced message is named by the id that the others know',
    play(async (scene) => {
      const { one, two, channel } = await circumstances(scene, mode, 'default');
      const first = await copyOf(scene, one, channel, '<body>foul</body>', 'a');
      const known = first.attrs['id'] ?? '';
      expect(known).not.toBe('a');
      for (const id of ['a', known]) {
        const copy = await copyOf(scene, one, channel, replace(id));
        expect(content(copy)).toBe(like(replace(known)));
      }
      const archived = await scene.archive(two, channel);
      expect(archived.map((each) => child(each, 'replace', CORRECT)?.attrs['id'])).toEqual([
        undefined,
        known,
        known,
      ]);
    }),
  );

  test(
    'EXT-06, 0308: a correction of somebody else’s message is a plain message',
    play(async (scene) => {
      const { one, two, channel } = await circumstances(scene, mode, 'default');
      const first = await copyOf(scene, one, channel, '<body>foul</body>', 'a');
      for (const id of ['a', first.attrs['id'] ?? '', 'nothing'])
        expect(content(await copyOf(scene, two, channel, replace(id)))).toBe(like('<body>fair</body>'));
    }),
  );

  test(
    'EXT-08, 0461: the id is kept, the author is named by CH/id or not at all',
    play(async (scene) => {
      const { one, two, channel } = await circumstances(scene, mode, 'default');
      const first = await copyOf(scene, two, channel, '<body>foul</body>');
      const id = first.attrs['id'] ?? '';
      const quoted = `<body>> foul\nfair</body><fallback xmlns='urn:xmpp:fallback:0' for='${REPLY}'/>`;
      const author = `${channel}/${two.id}`;
      for (const to of [` to='${two.bare}'`, ` to='${author}'`, '', ` to='${one.full}'`]) {
        const copy = await copyOf(scene, one, channel, `${quoted}<reply xmlns='${REPLY}' id='${id}'${to}/>`);
        expect(content(copy)).toBe(like(`${quoted}<reply xmlns='${REPLY}' id='${id}' to='${author}'/>`));
      }
      const unknown = `<body>fair</body><reply xmlns='${REPLY}' id='nothing' to='${two.bare}'/>`;
      expect(content(await copyOf(scene, one, channel, unknown))).toBe(
        like(`<body>fair</body><reply xmlns='${REPLY}' id='nothing'/>`),
      );
    }),
  );

  test(
    'EXT-07, 0444: reactions pass without a body, and are archived',
    play(async (scene) => {
      const { one, two, channel } = await circumstances(scene, mode, 'default');
      const first = await copyOf(scene, one, channel, '<body>foul</body>');
      const reaction = `<reactions xmlns='urn:xmpp:reactions:0' id='${first.attrs['id'] ?? ''}'>
        <reaction>👋</reaction><reaction>🐢</reaction></reactions>`;
      const copy = await copyOf(scene, two, channel, reaction);
      expect(content(copy)).toBe(like(reaction));
      const [, kept, more] = await scene.archive(one, channel);
      expect(content(kept)).toBe(like(reaction));
      expect(kept?.attrs['id']).toBe(copy.attrs['id']);
      expect(more).toBeUndefined();
    }),
  );

  test(
    'EXT-09, 0359: one stanza-id, by the channel; the sender’s origin-id stays',
    play(async (scene) => {
      const { one, channel } = await circumstances(scene, mode, 'default');
      const foreign = ['toad@pond.example', channel, 'pond.example'].map(
        (by) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='forged'/>`,
      );
      const origin = `<origin-id xmlns='urn:xmpp:sid:0' id='mine'/>`;
      const copy = await copyOf(scene, one, channel, `<body>x</body>${origin}${foreign.join('')}`);
      const ids = copy.children.filter(
        (each) => typeof each === 'object' && 'name' in each && each.name === 'stanza-id',
      );
      expect(ids.map((each) => xml(each as XmlElement))).toEqual([
        like(`<stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${copy.attrs['id'] ?? ''}'/>`),
      ]);
      expect(child(copy, 'origin-id', 'urn:xmpp:sid:0')?.attrs).toEqual({ id: 'mine' });
    }),
  );

  test(
    'EXT-11, EXT-12, 0333, 0085, 0334: what is kept and what is not',
    play(async (scene) => {
      const { one, two, channel } = await circumstances(scene, mode, 'default');
      const marker = `<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>`;
      const state = `<composing xmlns='http://jabber.org/protocol/chatstates'/>`;
      const store = `<store xmlns='urn:xmpp:hints'/>`;
      const noStore = `<no-store xmlns='urn:xmpp:hints'/>`;
      for (const sent of [marker, state, `${marker}${noStore}`])
        expect(content(await copyOf(scene, one, channel, sent))).toBe(like(sent));
      expect(await scene.archive(two, channel)).toEqual([]);
      const kept = [`${marker}${store}`, `<body>x</body>${noStore}`];
      for (const sent of kept) expect(content(await copyOf(scene, one, channel, sent))).toBe(like(sent));
      expect((await scene.archive(two, channel)).map(content)).toEqual(kept.map(like));
    }),
  );
});

const mention = (uri: string, more = ''): string =>
  `<reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='4' uri='${uri}'${more}/>`;
const data = (uri: string): string =>
  `<reference xmlns='urn:xmpp:reference:0' type='data' begin='0' end='4' uri='${uri}'/>`;

/** EXT-10 */
const mentions: readonly Companion[] = [
  { name: 'EXT-10, 0372 data', payload: data('https://heath.example/frog'), hidden: 'pass' },
  {
    name: 'EXT-10, 0372 data at an XMPP node',
    payload: data('xmpp:fdp.example?;node=a;item=b'),
    hidden: 'pass',
  },
  {
    name: 'EXT-10, 0372 a stranger',
    payload: mention('xmpp:toad@pond.example'),
    hidden: STRIPPED,
    shown: 'pass',
  },
  { name: 'EXT-10, 0372 oneself', payload: mention('xmpp:OWN'), hidden: STRIPPED, shown: 'pass' },
  {
    name: 'EXT-10, 0372 a web address',
    payload: mention('https://heath.example/toad'),
    hidden: STRIPPED,
    shown: 'pass',
  },
  {
    name: 'EXT-10, 0372 nobody',
    payload: `<reference xmlns='urn:xmpp:reference:0' type='mention'/>`,
    hidden: STRIPPED,
    shown: 'pass',
  },
  {
    name: 'EXT-10, 0372 another channel',
    payload: mention('xmpp:heath@mix.example/x'),
    hidden: STRIPPED,
    shown: 'pass',
  },
  { name: 'EXT-10, 0372 the channel', payload: mention('xmpp:CHANNEL'), hidden: 'pass' },
  { name: 'EXT-10, 0372 CH/id', payload: mention('xmpp:CHANNEL/OTHER_ID'), hidden: 'pass' },
  { name: 'EXT-10, 0372 P(id)', payload: mention('xmpp:OTHER_ID%23CHANNEL'), hidden: 'pass' },
  { name: 'EXT-10, 0372 P(id), not escaped', payload: mention('xmpp:OTHER_ID#CHANNEL'), hidden: 'pass' },
];

meets(mentions);

/** D-56: the ids of private messages are known to both sides. */
test.each([
  [`<reply xmlns='${REPLY}' id='x' to='toad@pond.example'/>`, `<reply xmlns='${REPLY}' id='x'/>`],
  [`<replace xmlns='${CORRECT}' id='x'/>`, `<replace xmlns='${CORRECT}' id='x'/>`],
  [
    `<retract xmlns='urn:xmpp:message-retract:1' id='x'/>`,
    `<retract xmlns='urn:xmpp:message-retract:1' id='x'/>`,
  ],
])('0461, 0308, 0424 in private messages where addresses are hidden: %s', async (sent, received) =>
  play(async (scene) => {
    const { one, two, channel } = await coven(scene);
    const got = await scene.say(one, `${two.id}#${channel}`, `<body>x</body>${sent}`, { type: 'chat' });
    expect(content(got['hag']?.[0])).toBe(like(`<body>x</body>${received}`));
    const here = `<reply xmlns='${REPLY}' id='x' to='${two.id}#${channel}'/>`;
    const second = await scene.say(one, `${two.id}#${channel}`, `<body>x</body>${here}`, { type: 'chat' });
    expect(content(second['hag']?.[0])).toBe(like(`<body>x</body>${here}`));
  })(),
);
