/** Nothing that comes in ends the service, and every request that can be answered is answered once. */
import { describe, expect, test } from 'vitest';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { SeededRandom } from '../testing/random.ts';
import { DOMAIN } from '../testing/rules-kit.ts';
import { el, type XmlElement, type XmlNode } from '../xml/element.ts';
import { parseElement } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';

const NS = 'jabber:client';
const COVEN = `coven@${DOMAIN}`;
const HECATE = 'hecate@shakespeare.example/UUID';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const form = (ns: string, fields: string): string =>
  `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>${ns}</value></field>${fields}</x>`;
const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`;

/** Stanzas of every kind that the service understands, which are then spoilt. */
function seeds(participant: string, client: string): XmlElement[] {
  const iq = (type: string, to: string, payload: string): string =>
    `<iq type='${type}' id='id' from='${HECATE}' to='${to}'>${payload}</iq>`;
  const pubsub = (inner: string): string => `<pubsub xmlns='${PUBSUB}'>${inner}</pubsub>`;
  const preference = form('urn:xmpp:mix:anon:0', field('JID Visibility', 'never') + field('vCard', 'allow'));
  const config = form('urn:xmpp:mix:admin:0', field('Owner', 'a@b') + field('JID Visibility', 'jid-hidden'));
  const texts = [
    iq('set', DOMAIN, `<create xmlns='urn:xmpp:mix:core:1' channel='new'>${config}</create>`),
    iq('set', DOMAIN, `<destroy xmlns='urn:xmpp:mix:core:1' channel='new'/>`),
    iq(
      'set',
      COVEN,
      `<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/><nick>x</nick>${preference}</join>`,
    ),
    iq('set', COVEN, `<leave xmlns='urn:xmpp:mix:core:1'/>`),
    iq('set', COVEN, `<setnick xmlns='urn:xmpp:mix:core:1'><nick>y</nick></setnick>`),
    iq(
      'set',
      COVEN,
      `<update-subscription xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:info'/><unsubscribe node='urn:xmpp:mix:nodes:messages'/></update-subscription>`,
    ),
    iq('set', COVEN, `<user-preference xmlns='urn:xmpp:mix:anon:0'>${preference}</user-preference>`),
    iq('get', COVEN, `<user-preference xmlns='urn:xmpp:mix:anon:0'/>`),
    iq(
      'get',
      COVEN,
      pubsub(`<items node='urn:xmpp:mix:nodes:participants' max_items='5'><item id='x'/></items>`),
    ),
    iq('set', COVEN, pubsub(`<publish node='urn:xmpp:mix:nodes:config'><item>${config}</item></publish>`)),
    iq('set', COVEN, pubsub(`<publish node='urn:xmpp:mix:nodes:banned'><item id='a@b'/></publish>`)),
    iq('set', COVEN, pubsub(`<retract node='urn:xmpp:mix:nodes:banned'><item id='a@b'/></retract>`)),
    iq('set', COVEN, pubsub(`<subscribe node='urn:xmpp:mix:nodes:info' jid='hecate@shakespeare.example'/>`)),
    iq(
      'set',
      COVEN,
      `<query xmlns='urn:xmpp:mam:2' queryid='q'>${form('urn:xmpp:mam:2', field('with', 'a@b') + field('start', '2026-01-01T00:00:00Z'))}<set xmlns='http://jabber.org/protocol/rsm'><max>5</max><after>x</after></set></query>`,
    ),
    iq('get', COVEN, `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`),
    iq('get', DOMAIN, `<query xmlns='http://jabber.org/protocol/disco#info'/>`),
    iq('get', client, `<ping xmlns='urn:xmpp:ping'/>`),
    iq('get', participant, `<vCard xmlns='vcard-temp'/>`),
    iq('result', client, ''),
    iq('error', client, `<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`),
    `<message type='groupchat' id='m' from='${HECATE}' to='${COVEN}'><body xml:lang='en'>b</body><origin-id xmlns='urn:xmpp:sid:0' id='o'/><reply xmlns='urn:xmpp:reply:0' to='a@b' id='i'/><reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:a@b'/></message>`,
    `<message type='chat' id='p' from='${HECATE}' to='${participant}'><body>b</body><thread>t</thread></message>`,
    `<message type='error' id='p' from='${HECATE}' to='${client}'><error type='cancel'/></message>`,
    `<presence from='${HECATE}' to='${COVEN}'><show>away</show><c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='sha-1'/></presence>`,
    `<presence type='unavailable' from='${HECATE}' to='${COVEN}'/>`,
    `<presence type='probe' from='${HECATE}' to='${COVEN}'/>`,
    `<presence type='subscribe' from='${HECATE}' to='${participant}'/>`,
  ];
  return texts.map((text) => parseElement(text.replace(/^<(\w+)/, `<$1 xmlns='${NS}'`)));
}

/** Puts one thing of an element wrong, somewhere in it. */
class Spoiler {
  readonly random: SeededRandom;
  readonly pieces: readonly XmlElement[];

  constructor(seed: string, pieces: readonly XmlElement[]) {
    this.random = new SeededRandom(seed);
    this.pieces = pieces;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.random.below(values.length)]!;
  }

  text(old: string): string {
    return this.pick([
      ...[
        '',
        ' ',
        '0',
        '-1',
        '1e309',
        'true',
        'null',
        '\u0000',
        '\ud800',
        '\uffff',
        '\u202e',
        'Ǆ',
        '%',
        '%zz',
      ],
      ...['a@b', '@', 'a@', '/', '#', 'x#y#z@mix.example', COVEN, DOMAIN, HECATE, `x#coven@${DOMAIN}/y`],
      ...[
        '__proto__',
        'constructor',
        'toString',
        'FORM_TYPE',
        'urn:xmpp:mix:nodes:jidmap',
        'urn:xmpp:mix:core:1',
      ],
      ...[
        '2026-13-45T99:99:99Z',
        'x'.repeat(2000),
        '<![CDATA[',
        ']]>',
        '&amp;',
        '\'"',
        old.toUpperCase(),
        old + old,
      ],
    ]);
  }

  spoil(element: XmlElement, depth = 0): XmlElement {
    const { name, ns, attrs, children } = element;
    const isWithin =
      children.some((child) => typeof child === 'object') && this.random.below(3) > 0 && depth < 8;
    if (isWithin) {
      const at = this.pick([...children.keys()].filter((key) => typeof children[key] === 'object'));
      const inner = this.spoil(children[at] as XmlElement, depth + 1);
      return { ...element, children: children.map((child, key): XmlNode => (key === at ? inner : child)) };
    }
    const key = this.pick([...Object.keys(attrs), 'type', 'id', 'node', 'var', 'to', 'from', 'xml:lang']);
    const others = Object.fromEntries(Object.entries(attrs).filter(([other]) => other !== key));
    return this.pick<() => XmlElement>([
      () => ({ ...element, attrs: { ...attrs, [key]: this.text(attrs[key] ?? '') } }),
      () => ({ ...element, attrs: others }),
      () => ({ ...element, children: [] }),
      () => ({ ...element, children: [...children, ...children] }),
      () => ({ ...element, children: [this.text('x')] }),
      () => ({ ...element, children: [...children, this.pick(this.pieces)] }),
      () => ({
        ...element,
        name: this.pick(['x', 'iq', 'item', 'error', 'body', 'constructor', '__proto__']),
      }),
      () => ({ ...element, ns: this.pick(['', 'x', NS, PUBSUB, 'urn:xmpp:mix:anon:0', 'jabber:x:data']) }),
      () => el(name, ns, attrs, [el('x', 'y', {}, [element])]),
    ])();
  }
}

describe('GEN-51: 10,000 spoilt stanzas', () => {
  test.each(['one', 'two', 'three', 'four'])('seed %s', async (seed) => {
    const engine = await Engine.start({ limits: { stanzasPerSecond: 1e6, stanzasBurst: 1e6 } });
    await engine.create('coven', HECATE.split('/')[0]);
    const id = await engine.join(HECATE.split('/')[0]!);
    engine.send(`<presence from='${HECATE}' to='${COVEN}'/>`);
    await engine.settle();
    const client = engine.take().find(({ name }) => name === 'presence')!.attrs['from']!;
    const stanzas = seeds(`${id}#coven@${DOMAIN}`, client);
    const spoiler = new Spoiler(seed, stanzas);
    let asked = 0;
    let answered = 0;
    for (let round = 0; round < 100; round += 1) {
      const ids = new Map<string, XmlElement>();
      for (let at = 0; at < 25; at += 1) {
        let stanza = spoiler.pick(stanzas);
        for (let times = 1 + spoiler.random.below(3); times > 0; times -= 1) stanza = spoiler.spoil(stanza);
        const unique = `${round}-${at}`;
        if (stanza.attrs['id'] === 'id') stanza = { ...stanza, attrs: { ...stanza.attrs, id: unique } };
        if (isRequest(stanza, unique)) ids.set(unique, stanza);
        engine.send(serialize(stanza));
      }
      await engine.settle();
      engine.clock.advance(31_000);
      await engine.settle();
      const answers = engine
        .take()
        .filter(({ name, attrs }) => name === 'iq' && attrs['type'] !== 'get' && attrs['type'] !== 'set');
      for (const [unique, stanza] of ids) {
        const of = answers.filter(({ attrs }) => attrs['id'] === unique && attrs['to'] === HECATE);
        expect([serialize(stanza), of.length]).toEqual([serialize(stanza), 1]);
      }
      asked += ids.size;
      answered += answers.length;
    }
    expect(engine.mistakes).toEqual([]);
    expect(verdict(await engine.ask('a@b.example/c', DOMAIN, 'get', `<ping xmlns='urn:xmpp:ping'/>`))).toBe(
      'result',
    );
    expect(Math.min(asked, answered)).toBeGreaterThan(300);
  });
});

/** Must this be answered, now or when nobody else has? */
function isRequest({ name, ns, attrs }: XmlElement, id: string): boolean {
  const { type, from, to } = attrs;
  if (name !== 'iq' || ns !== NS || attrs['id'] !== id || from !== HECATE) return false;
  const isOurs = to === DOMAIN || to === COVEN || to?.endsWith(`#coven@${DOMAIN}`) === true;
  return isOurs && type !== 'result' && type !== 'error';
}
