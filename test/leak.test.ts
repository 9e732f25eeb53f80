/**
 * The leak scanner finds leaks.
 * Plays small transcripts on a stage whose service gives somebody away, one place at a time; and sums up what was
 * searched in all transcripts.
 * Does not test the service: that it does not leak is what every transcript shows.
 * Always: each way to give an address away that the scanner claims to know is tried once.
 * Before: src/testing/leak.ts. After: test/transcripts.test.ts.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  inMemory,
  openMemoryStage,
  playTranscript,
  type OpenStage,
  type Player,
} from '../src/testing/index.ts';
import { readTree } from './tidy-tree.ts';

const HEAD = `
[Client] Hecate
  jid: hecate@a.example/cauldron
[Client] Hag
  jid: hag@b.example/pot
[Channel] coven
  owner: Hecate
`;

/** Hag asks for what she may not have, and Hecate says and shows something. */
const STORY = `
Hag joins coven as "Hag"
Hecate joins coven as "Hecate"
Hag sends:
  <iq type="get" to="\${coven}">
    <pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:mix:nodes:jidmap"/></pubsub>
  </iq>
Hag is refused: not-allowed, closed-node
Hecate posts to coven: "Double, double"
Hag sends:
  <iq type="set" to="\${coven}"><query xmlns="urn:xmpp:mam:2"/></iq>
`;

/** A stage on which what the service writes is changed, once the victim is there. */
function tampered(plant: (text: string, victim: Player) => string, whose = 'Hecate'): OpenStage {
  return async (watcher) => {
    let victim: Player | undefined;
    const tamper = (text: string): string => (victim === undefined ? text : plant(text, victim));
    const stage = await openMemoryStage({ watcher, tamper });
    const enter = stage.enter.bind(stage);
    stage.enter = async (name, wish) => {
      const player = await enter(name, wish);
      if (name === whose) victim = player;
      return player;
    };
    return stage;
  };
}

async function play(mode: string, story: string, open: OpenStage): Promise<unknown> {
  const source = `${HEAD}  jid-visibility: ${mode}\n---\n${story}`;
  return playTranscript('planted.scs', source, open);
}

const nameOf = ({ bare }: Player): string => bare.split('@')[0] ?? '';
const resourceOf = ({ bare, full }: Player): string => full.slice(bare.length + 1);
const inMix = (text: string, addition: string): string =>
  text.replace('<nick>Hecate</nick></mix>', `<nick>Hecate</nick>${addition}</mix>`);
const inBody = (text: string, said: string): string => text.replace('Double, double', said);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const cut = (digest: ReturnType<typeof hash>, form: 'hex' | 'base64url', length: number): string =>
  digest.digest(form).slice(0, length);
const base32 = (text: string): string => {
  const bits = Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five, 2)))
    .join('');
};
const hash = (name: string, text: string) => createHash(name).update(text);

/** Ways to give Hecate away, and what the scanner has to call them. */
const plants: readonly (readonly [string, (text: string, hecate: Player) => string, RegExp])[] = [
  ['beside the nick', (text, { bare }) => inMix(text, `<jid>${bare}</jid>`), /the name of/],
  ['in a text', (text, { bare }) => inBody(text, `it was ${bare}`), /the name of/],
  ['in capitals', (text, { bare }) => inBody(text, bare.toUpperCase()), /the name of/],
  ['by the name alone', (text, hecate) => inBody(text, nameOf(hecate)), /the name of/],
  [
    'as the sender',
    (text, { bare }) => text.replace(/from="coven@mix\.example\/\w+"/, `from="${bare}"`),
    /the name of/,
  ],
  [
    'in a participants item',
    (text, { bare }) => text.replace('</nick></participant>', `</nick><jid>${bare}</jid></participant>`),
    /the name of/,
  ],
  ['in an error', (text, { bare }) => text.replace('</text>', ` ${bare}</text>`), /the name of/],
  ['as the address of a URI', (text, { bare }) => inBody(text, `xmpp:${bare}?message`), /the name of/],
  [
    'by a resource',
    (text, hecate) => text.replace(/(from="\w+#coven@mix\.example\/)\w+"/, `$1${resourceOf(hecate)}"`),
    /the resource of/,
  ],
  [
    'by the home server',
    (text) => inMix(text, '<delay xmlns="urn:xmpp:delay" from="a.example"/>'),
    /the domain of/,
  ],
  ['in base64', (text, { bare }) => inBody(text, base64(bare)), /in base64/],
  [
    'in base64, inside something',
    (text, { bare }) => inBody(text, base64(`it was ${bare} again`)),
    /in base64/,
  ],
  ['in hex', (text, { bare }) => inBody(text, Buffer.from(bare).toString('hex')), /in hex/],
  [
    'by a hash of the address',
    (text, { bare }) => inBody(text, hash('sha1', bare).digest('hex')),
    /sha1 of the address/,
  ],
  [
    'by a hash of the name',
    (text, hecate) => inBody(text, hash('md5', nameOf(hecate)).digest('hex')),
    /md5 of the name/,
  ],
  [
    'by a hash of the resource',
    (text, hecate) => inBody(text, hash('sha256', resourceOf(hecate)).digest('base64')),
    /sha256 of the resource/,
  ],
  [
    'by a hash of the full address',
    (text, { full }) => inBody(text, hash('sha512', full).digest('base64')),
    /sha512 of the full/,
  ],
  [
    'by the beginning of a hash, as an id',
    (text, { bare }) =>
      text.replaceAll(/from="\w+#coven/g, `from="${cut(hash('sha256', bare), 'hex', 20)}#coven`),
    /sha256 of the address/,
  ],
  [
    'by the beginning of a hash in base64',
    (text, { bare }) => inBody(text, cut(hash('sha1', bare), 'base64url', 14)),
    /sha1 of the address in base64/,
  ],
  ['in base32', (text, { bare }) => inBody(text, base32(bare)), /in base32/],
  [
    'by what a presence says',
    (text, { full }) => text.replace(/(<presence [^>]*>)(?=<mix)/, `$1<status>${full}</status>`),
    /the name of/,
  ],
  [
    'by the resource in a presence',
    (text, hecate) => text.replace(/(<presence [^>]*>)(?=<mix)/, `$1<c ver="${resourceOf(hecate)}"/>`),
    /the resource of/,
  ],
  [
    'in a page of the archive',
    (text, { bare }) =>
      text.replace('<delay xmlns="urn:xmpp:delay"', `<delay xmlns="urn:xmpp:delay" from="${bare}"`),
    /the name of/,
  ],
  [
    'beside the nick in a page of the archive',
    (text, { bare }) => text.replace(/(<forwarded .*<nick>Hecate<\/nick>)/s, `$1<jid>${bare}</jid>`),
    /the name of/,
  ],
  [
    'between the lines',
    (text, hecate) => text.replace('<message ', `<message xmlns:${nameOf(hecate)}="a" `),
    /in the bytes written/,
  ],
];

describe('in a hidden channel an address is found', () => {
  test.each(plants)('%s', async (_, plant, complaint) => {
    await expect(play('jid-hidden', STORY, tampered(plant))).rejects.toThrow(complaint);
  });

  test('also where it is the owner who is told, for owners ask the map', async () => {
    const story = `
Hecate joins coven as "Hecate"
Hag joins coven as "Hag" subscribing to info
Hag posts to coven: "Double, double"`;
    const open = tampered((text, { bare }) => inBody(text, bare), 'Hag');
    await expect(play('jid-hidden', story, open)).rejects.toThrow(/a leak: hecate\S+ learns the name of hag/);
  });
});

/** The same where both are in the channel as in a room, and Hag comes a second time, for the history. */
const IN_ROOM = `
Hag enters coven as "Hag"
Hecate enters coven as "Hecate"
Hecate posts to coven: "Double, double"
Hag sends:
  <message type="chat" to="\${coven}/Hecate"><body>Who are you?</body></message>
Hag sends:
  <presence to="\${coven}/Hag"><x xmlns="http://jabber.org/protocol/muc"/></presence>
`;

const ofRoom = (text: string, addition: string): string =>
  text.replace(/(from="coven@mix\.example\/Hecate".*)(?=<occupant-id)/, `$1${addition}`);

const plantsInRooms: readonly (readonly [string, (text: string, hecate: Player) => string, RegExp])[] = [
  [
    'in the item of an occupant',
    (text, { full }) => text.replace(/(\/Hecate".*)<item /, `$1<item jid="${full}" `),
    /the name of/,
  ],
  [
    'by the resource in place of the nick',
    (text, hecate) => text.replace('from="coven@mix.example/Hecate"', `from="${hecate.full}"`),
    /the name of/,
  ],
  [
    'by a hash as the id of an occupant',
    (text, { bare }) =>
      text.replace(/(\/Hecate".*<occupant-id [^>]*id=")\w+/, `$1${cut(hash('sha256', bare), 'hex', 26)}`),
    /sha256 of the address/,
  ],
  [
    'by the sender of what is delayed',
    (text, { bare }) => text.replace('from="coven@mix.example" stamp', `from="${bare}" stamp`),
    /the name of/,
  ],
  ['by addresses (XEP-0033)', (text, { full }) => ofRoom(text, `<address jid="${full}"/>`), /the name of/],
  [
    'by what its client is',
    (text, hecate) => ofRoom(text, `<c ver="${resourceOf(hecate)}"/>`),
    /the resource/,
  ],
];

describe('in a room an address is found', () => {
  test.each(plantsInRooms)('%s', async (_, plant, complaint) => {
    await expect(play('jid-hidden', IN_ROOM, inMemory())).resolves.toBeDefined();
    await expect(play('jid-hidden', IN_ROOM, tampered(plant))).rejects.toThrow(complaint);
  });

  test('but not where everybody is shown, while the room says so', async () => {
    const plant = tampered((text, { bare }) => inBody(text, bare));
    await expect(play('jid-visible', IN_ROOM, plant)).resolves.toBeDefined();
    const maybe = play('jid-maybe-visible', IN_ROOM, plant);
    await expect(maybe).rejects.toThrow(/the name of/);
  });
});

describe('an address is not found where it may be', () => {
  test.each(['jid-hidden', 'jid-maybe-visible', 'jid-visible'])(
    'in the untouched story, %s',
    async (mode) => {
      await expect(play(mode, STORY, inMemory())).resolves.toMatchObject({
        stanzas: expect.any(Number) as number,
      });
    },
  );

  test('beside the nick where everybody is shown, but not with its resource', async () => {
    const bare = tampered((text, hecate) => inBody(text, hecate.bare));
    await expect(play('jid-visible', STORY, bare)).resolves.toBeDefined();
    const full = tampered((text, hecate) => inBody(text, hecate.full));
    await expect(play('jid-visible', STORY, full)).rejects.toThrow(/the resource of/);
  });

  test('beside the nick of somebody who wants to be shown, until she does not', async () => {
    const always = STORY.replace('as "Hecate"', 'as "Hecate" with JID Visibility: always');
    const open = tampered((text, { bare }) => text.replace('Something wicked', bare));
    const first = `${always}\nHecate posts to coven: "Something wicked"`;
    await expect(play('jid-maybe-visible', first, open)).resolves.toBeDefined();
    const hides = `
Hecate sends:
  <iq type="set" to="\${coven}">
    <user-preference xmlns="urn:xmpp:mix:anon:0">
      <x xmlns="jabber:x:data" type="submit"><field var="JID Visibility"><value>never</value></field></x>
    </user-preference>
  </iq>
Hecate is answered`;
    const second = `${always}\n${hides}\nHecate posts to coven: "Something wicked"`;
    await expect(play('jid-maybe-visible', second, open)).rejects.toThrow(/a leak/);
  });

  test('in what an owner is told when she asks the map', async () => {
    const story = `
Hag joins coven as "Hag"
Hecate sends:
  <iq type="get" to="\${coven}">
    <pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:mix:nodes:jidmap"/></pubsub>
  </iq>
Hecate is answered:
  <pubsub xmlns="http://jabber.org/protocol/pubsub">
    <items node="urn:xmpp:mix:nodes:jidmap">
      <item id="\${Hag's id}"><participant xmlns="urn:xmpp:mix:anon:0"><jid>\${Hag's jid}</jid></participant></item>
    </items>
  </pubsub>`;
    await expect(play('jid-hidden', story, inMemory())).resolves.toBeDefined();
  });
});

test('all transcripts together', async () => {
  const transcripts = readTree(new URL('..', import.meta.url).pathname).filter(({ path }) =>
    path.endsWith('.scs'),
  );
  let [bytes, stanzas] = [0, 0];
  for (const { path, text } of transcripts) {
    if (/^\[Only\] tcp/m.test(text)) continue;
    const played = await playTranscript(path, text, inMemory());
    bytes += played.bytes;
    stanzas += played.stanzas;
  }
  console.log(`leak scanner: ${transcripts.length} transcripts, ${stanzas} stanzas, ${bytes} bytes, no leak`);
  expect(bytes).toBeGreaterThan(0);
});
