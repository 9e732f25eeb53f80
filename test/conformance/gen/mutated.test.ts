/**
 * GEN-51: ten thousand stanzas that make little sense, and a service that is still there.
 */
import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/random.ts';
import { serialize } from '../../../src/xml/write.ts';
import { errorOf, form, NODES, openCoven, pubsub, SERVICE, stanzaOf } from '../pubsub/kit.ts';

const CORE = 'urn:xmpp:mix:core:1';
const ANON = 'urn:xmpp:mix:anon:0';
const MISC = 'urn:xmpp:mix:misc:0';
const RSM = `<set xmlns='http://jabber.org/protocol/rsm'><max>5</max><before/><after>x</after><index>1</index></set>`;

const PAYLOADS = [
  `<join xmlns='${CORE}'><subscribe node='${NODES.messages}'/><nick>Nick</nick>${form(ANON, [['JID Visibility', 'never']])}</join>`,
  `<join xmlns='${MISC}'><invitation><inviter>a@b</inviter><token>t</token></invitation></join>`,
  `<leave xmlns='${CORE}'/>`,
  `<setnick xmlns='${CORE}'><nick>Nick</nick></setnick>`,
  `<update-subscription xmlns='${CORE}'><subscribe node='${NODES.presence}'/><unsubscribe node='${NODES.info}'/></update-subscription>`,
  `<create xmlns='${CORE}' channel='other'>${form('urn:xmpp:mix:admin:0', [
    ['Owner', 'a@b'],
    ['End of Life', '2030-01-01T00:00:00Z'],
  ])}</create>`,
  `<destroy xmlns='${CORE}' channel='other'/>`,
  `<user-preference xmlns='${ANON}'>${form(ANON, [
    ['Private Messages', 'block'],
    ['Presence', 'not share'],
  ])}</user-preference>`,
  pubsub(`<items node='${NODES.participants}' max_items='3'><item id='1'/></items>${RSM}`),
  pubsub(
    `<publish node='${NODES.config}'><item>${form('urn:xmpp:mix:admin:0', [
      ['JID Visibility', 'jid-visible'],
      ['Nodes Present', 'participants', 'presence'],
    ])}</item></publish>`,
  ),
  pubsub(
    `<publish node='${NODES.info}'><item id='1'>${form(CORE, [
      ['Name', 'x'],
      ['Contact', 'a@b'],
    ])}</item></publish>`,
  ),
  pubsub(`<publish node='${NODES.banned}'><item id='elsewhere.example'/></publish><publish-options/>`),
  pubsub(`<retract node='${NODES.banned}'><item id='elsewhere.example'/></retract>`),
  pubsub(`<subscribe node='${NODES.jidmap}' jid='a@b'/><options/>`),
  pubsub(
    `<publish node='urn:xmpp:avatar:data'><item><data xmlns='urn:xmpp:avatar:data'>AAAA</data></item></publish>`,
  ),
  pubsub(
    `<publish node='urn:xmpp:avatar:metadata'><item id='a'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='a'/></metadata></item></publish>`,
  ),
  pubsub(`<affiliations/>`, true),
  `<query xmlns='urn:xmpp:mam:2' node='${NODES.messages}' queryid='q'>${form('urn:xmpp:mam:2', [
    ['with', 'a@b'],
    ['start', '2026-01-01T00:00:00Z'],
    ['ids', 'a', 'b'],
  ])}${RSM}<flip-page/></query>`,
  `<metadata xmlns='urn:xmpp:mam:2'/>`,
  `<query xmlns='http://jabber.org/protocol/disco#info' node='mix'/>`,
  `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'>${RSM}</query>`,
  `<invite xmlns='${MISC}'><invitee>a@b</invitee></invite>`,
  `<register xmlns='${MISC}'><nick>Nick</nick></register>`,
  `<vCard xmlns='vcard-temp'><FN>x</FN></vCard>`,
  `<query xmlns='jabber:iq:version'/>`,
  `<ping xmlns='urn:xmpp:ping'/>`,
  `<moderate xmlns='urn:xmpp:message-moderate:1' id='x'><retract xmlns='urn:xmpp:message-retract:1'/><reason>r</reason></moderate>`,
  `<body xml:lang='de'>hello</body><mix xmlns='${CORE}'><nick>x</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='a' id='b'/>`,
  `<body>x</body><retract xmlns='${MISC}' id='x'/>`,
  `<retract xmlns='urn:xmpp:message-retract:1' id='x'/><fallback xmlns='urn:xmpp:fallback:0' for='x'/>`,
  `<body>x</body><replace xmlns='urn:xmpp:message-correct:0' id='x'/><reply xmlns='urn:xmpp:reply:0' id='x' to='a@b'/>`,
  `<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:%zz@b?x'/><reactions xmlns='urn:xmpp:reactions:0' id='x'/>`,
  `<show>away</show><status>s</status><priority>300</priority><c xmlns='http://jabber.org/protocol/caps' ver='1'/>`,
  `<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><x xmlns='urn:x'/></error>`,
  `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${NODES.participants}'><retract id='1'/></items></event>`,
  'text',
  '',
];
const KINDS = ['iq', 'iq', 'message', 'presence'];
const TYPES = [
  'get',
  'set',
  'set',
  'result',
  'error',
  'chat',
  'groupchat',
  'groupchat',
  'headline',
  'normal',
  'foo',
  '',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'unsubscribed',
  'probe',
  'unavailable',
];
const WORDS = [
  '',
  'x',
  '-1',
  '99999999999999999999',
  'true',
  '2026-02-30T00:00:00Z',
  '@',
  'a@b@c',
  '#',
  '%00',
  '\u202e',
  'é'.repeat(600),
  ']]>',
];

function isXml(payload: string): boolean {
  try {
    return stanzaOf(`<message>${payload}</message>`).name === 'message';
  } catch {
    return false;
  }
}

test.each([1, 2])(
  'GEN-51: ten thousand mutated stanzas, seed %d',
  async (seed) => {
    const coven = await openCoven(
      [
        ['User Message Retraction', 'true'],
        ['Participation Addition by Invitation from Participant', 'true'],
      ],
      { limits: { stanzasPerSecond: 1e9, stanzasBurst: 1e9 } },
    );
    const { world, channel, owner, admin, toad, newt, stranger } = coven;
    const random = new SeededRandom(`mutated ${seed}`);
    const below = (count: number): number => {
      const [a = 0, b = 0, c = 0] = random.bytes(3);
      return (a * 65_536 + b * 256 + c) % count;
    };
    const pick = <Value>(list: readonly Value[]): Value => list[below(list.length)]!;
    const escape = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;');
    const to = [
      SERVICE,
      channel,
      channel,
      `${channel}/${toad.id}`,
      `${toad.id}#${channel}`,
      `${toad.id}#${channel}/x`,
      `nobody#${channel}`,
      `other@${SERVICE}`,
      `#@${SERVICE}`,
      `1#@${SERVICE}`,
      'a b@mix.example',
      `COVEN@${SERVICE}`,
      `${SERVICE}/x`,
    ];
    const people = [toad, newt, stranger, admin];
    const mutated = (payload: string): string => {
      const marks = payload.match(/'[^']*'|(?<=>)[^<]+(?=<)|\b[a-z]{3,}\b(?=[ />])/g) ?? [];
      const mark = pick(marks.length === 0 ? ['nothing to change'] : marks);
      const word = pick([...WORDS, ...Object.values(NODES), toad.id]);
      if (mark.startsWith("'")) return payload.replace(mark, `'${escape(word)}'`);
      const changed = /^[a-z]+$/.test(mark)
        ? payload.replaceAll(mark, 'zzz')
        : payload.replace(mark, () => escape(word));
      // What is no XML is for the stream to refuse (component-link.test.ts).
      return isXml(changed) ? changed : payload;
    };
    const asked = new Set<string>();
    for (let at = 0; at < 10_000; at++) {
      const [kind, type, who] = [pick(KINDS), pick(TYPES), pick(people)];
      let payload = pick(PAYLOADS);
      for (let times = below(3); times > 0; times--) payload = mutated(payload);
      const id = `z${at}`;
      if (kind === 'iq' && type !== 'result' && type !== 'error') asked.add(`${who.full} ${id}`);
      const typed = type === '' ? '' : ` type='${type}'`;
      world.stage.server.send(
        `<${kind}${typed} id='${id}' from='${escape(who.full)}' to='${escape(pick(to))}'>${payload}</${kind}>`,
      );
      if (at % 200 === 0) await world.pass(1_000);
    }
    await world.pass(60_000);
    await world.result(owner, 'get', SERVICE, `<ping xmlns='urn:xmpp:ping'/>`);
    await world.result(owner, 'get', channel, `<ping xmlns='urn:xmpp:ping'/>`);
    // Everybody who asked was told, once; a mistake of the service's own would be an internal error.
    const answers = people.flatMap((who) =>
      who.received
        .filter(
          ({ name, attrs }) =>
            name === 'iq' && /^(result|error)$/.test(attrs['type'] ?? '') && attrs['id']?.startsWith('z'),
        )
        .map((stanza) => [`${who.full} ${stanza.attrs['id']}`, stanza] as const),
    );
    expect(answers.map(([key]) => key).toSorted()).toEqual([...asked].toSorted());
    const internal = people.flatMap(({ received }) =>
      received.filter((stanza) => errorOf(stanza)[0] === 'internal-server-error'),
    );
    expect(internal.map((stanza) => serialize(stanza))).toEqual([]);
  },
  120_000,
);
