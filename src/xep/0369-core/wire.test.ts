/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01): all examples of the document, both ways, and hostile requests.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the service.
 * Always: every file in examples/ has its line.
 * Before: xep/0369-core/wire.ts. After: xep/0404-anon/wire.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  all,
  meaning,
  nothing,
  readExample,
  reads,
  same,
  within,
  type Check,
} from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { buildForm, parseForm } from '../0004-forms/wire.ts';
import * as disco from '../0030-disco/wire.ts';
import * as pubsub from '../0060-pubsub/wire.ts';
import * as mix from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

const infoQuery = same(disco.parseInfoQuery, ({ node }) => disco.buildInfoQuery(node));
const info = same(disco.parseInfo, disco.buildInfo);
const itemsQuery = same(disco.parseItemsQuery, ({ node, page }) => disco.buildItemsQuery(node, page));
const items = same(disco.parseItems, disco.buildItems);
const askedNode = (node: string): Check =>
  all(
    reads(pubsub.parsePubsub, { verb: 'items', node, ids: [], maxItems: undefined, rsm: undefined }),
    same(pubsub.parsePubsub, () => pubsub.buildItemsRequest(node)),
  );
const information = meaning(
  (x) => mix.readInfo(parseForm(x)),
  ({ name, description, contact = [] }) => mix.buildInfo({ name, description, contact }),
  within('x'),
);
const participant = same(mix.parseParticipant, mix.buildParticipant, within('participant'));
const message = same(mix.parseMix, mix.buildMix, within('mix'));
const join = same(mix.parseJoin, mix.buildJoin);
const leave = same(
  () => undefined,
  () => mix.buildLeave(),
);
const update = same(
  (e) => ({ ...mix.parseUpdateSubscription(e), jid: e.attrs['jid'] }),
  mix.buildUpdateSubscription,
);
const setNick = same(mix.parseSetNick, mix.buildSetNick);
const created = same(mix.parseCreate, ({ channel = '' }) => mix.buildCreated(channel));
const create = same(mix.parseCreate, mix.buildCreate);
/** We give the address besides the id (D-17), which the document's examples do not. */
const joined = meaning(
  (e) => ({ ...mix.parseJoined(e), jid: '123456#coven@mix.shakespeare.example' }),
  ({ id = '', ...rest }) => mix.buildJoined({ ns: mix.NS, id, ...rest }),
);

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [participant],
  '02': [information],
  '03': [itemsQuery, items],
  '04': [infoQuery],
  '05': [info],
  '06': [itemsQuery],
  '07': [items],
  '08': [infoQuery],
  '09': [info],
  '10': [itemsQuery],
  '11': [items],
  '12': [askedNode(mix.NODE_NAMES.info)],
  '13': [information],
  '14': [askedNode(mix.NODE_NAMES.participants)],
  '15': [
    same(pubsub.parseItems, ({ node, items }) =>
      pubsub.buildItems(
        node,
        items.map(({ id = '', payload = el('none', '') }) => ({
          id,
          payload: mix.buildParticipant(mix.parseParticipant(payload)),
        })),
      ),
    ),
  ],
  '16': [infoQuery, info],
  '17': [join],
  '18': [joined],
  '19': [joined],
  // The address stands before the nick here, and after it everywhere else.
  '20': [meaning(mix.parseParticipant, mix.buildParticipant, within('participant'))],
  '21': [update, update],
  '22': [leave],
  '23': [leave],
  '24': [
    same(
      (event) => pubsub.parseEvent(el('message', 'jabber:client', {}, [event])),
      (event) => pubsub.buildRetractEvent(event?.node ?? '', event?.kind === 'items' ? event.retracted : []),
      within('event'),
    ),
  ],
  '25': [setNick],
  '26': [setNick],
  '27': [nothing],
  '28': [message],
  '29': [message],
  '30': [infoQuery, info],
  '31': [create, created],
  '32': [create, created],
  '33': [same(mix.parseDestroy, ({ channel }) => mix.buildDestroy(channel)), nothing],
};

const folder = new URL('./examples/', import.meta.url);

test.each(readdirSync(folder).filter((file) => file.endsWith('.xml')))('%s', (file) => {
  const stanzas = readExample(readFileSync(new URL(file, folder), 'utf8'));
  const checks = examples[file.slice(0, 2)] ?? [];
  expect(checks).toHaveLength(stanzas.length);
  for (const [at, stanza] of stanzas.entries()) {
    const [made, expected] = checks[at]!(stanza);
    expect(made).toEqual(expected);
  }
});

const core = (xml: string): XmlElement => parseElement(xml.replace('>', " xmlns='urn:xmpp:mix:core:1'>"));

describe('join', () => {
  test('D-16: it is read in three namespaces, with children of any of them, and answered in its own', () => {
    for (const ns of ['urn:xmpp:mix:core:1', 'urn:xmpp:mix:anon:0', 'urn:xmpp:mix:misc:0']) {
      const read = mix.parseJoin(
        parseElement(
          `<join xmlns='${ns}'><subscribe node='a'/><subscribe xmlns='urn:xmpp:mix:core:1' node='b'/>
           <nick xmlns='urn:xmpp:mix:misc:0'>n</nick><x xmlns='jabber:x:data' type='submit'/>
           <invitation xmlns='urn:xmpp:mix:misc:0'/></join>`,
        ),
      );
      expect(read).toMatchObject({ ns, nodes: ['a', 'b'], nick: 'n', form: { name: 'x' } });
      expect(read.invitation?.name).toBe('invitation');
      expect(mix.buildJoined({ ns, id: '1', jid: '1#c@d', nodes: [] }).ns).toBe(ns);
    }
  });

  test('D-89: core:0 is not read', () => {
    expect(() => mix.parseJoin(el('join', mix.NS_CORE0))).toThrow(refused('bad-request'));
  });

  test('an empty nick is none (D-22, D-97)', () => {
    expect(mix.parseJoin(core('<join><nick/></join>')).nick).toBeUndefined();
    expect(mix.parseJoin(core('<join><nick> </nick></join>')).nick).toBe(' ');
  });

  test.each([
    '<leave></leave>',
    '<join><subscribe/></join>',
    "<join><subscribe node=''/></join>",
    '<join><nick>a</nick><nick>b</nick></join>',
    "<join><nick>a</nick><nick xmlns='urn:xmpp:mix:anon:0'>b</nick></join>",
    "<join><x xmlns='jabber:x:data'/><x xmlns='jabber:x:data'/></join>",
    '<join><invitation/><invitation/></join>',
  ])('%s is refused', (xml) => {
    expect(() => mix.parseJoin(core(xml))).toThrow(refused('bad-request'));
  });

  test('a foreign subscribe is not seen', () => {
    expect(mix.parseJoin(core("<join><subscribe xmlns='urn:other' node='a'/></join>")).nodes).toEqual([]);
  });

  test.each([
    ["id='1' jid='1#coven@mix.example'", '1'],
    ["id='1'", '1'],
    ["jid='1#coven@mix.example'", '1'],
    ["jid='hag66@shakespeare.example'", undefined],
    ["jid='#coven@mix.example'", undefined],
    ["jid='mix.example/1#coven@x'", undefined],
    ['', undefined],
  ])('D-17: the answer with %s tells the id %s', (attributes, id) => {
    expect(mix.parseJoined(core(`<join ${attributes}></join>`)).id).toBe(id);
  });
});

describe('the other requests', () => {
  test('D-97: setnick tells no nick from an empty one', () => {
    expect(mix.parseSetNick(core('<setnick></setnick>'))).toBeUndefined();
    expect(mix.parseSetNick(core('<setnick><nick/></setnick>'))).toBe('');
    expect(mix.parseSetNick(mix.buildSetNick())).toBeUndefined();
    expect(mix.parseSetNick(mix.buildSetNick(''))).toBe('');
  });

  test('D-66: an empty name of a channel is none', () => {
    expect(mix.parseCreate(core("<create channel=''></create>")).channel).toBeUndefined();
    expect(
      mix.parseCreate(
        mix.buildCreate({
          channel: 'coven',
          form: buildForm({ type: 'submit', formType: undefined, fields: [] }),
        }),
      ).form?.name,
    ).toBe('x');
  });

  test.each<[(e: XmlElement) => unknown, string]>([
    [mix.parseSetNick, '<setnick><nick>a</nick><nick>b</nick></setnick>'],
    [mix.parseSetNick, '<join></join>'],
    [mix.parseUpdateSubscription, '<update-subscription><subscribe/></update-subscription>'],
    [mix.parseUpdateSubscription, '<join></join>'],
    [mix.parseCreate, "<create><x xmlns='jabber:x:data'/><x xmlns='jabber:x:data'/></create>"],
    [mix.parseCreate, '<destroy></destroy>'],
    [mix.parseDestroy, '<destroy></destroy>'],
    [mix.parseDestroy, "<destroy channel=''></destroy>"],
    [mix.parseDestroy, "<create channel='coven'></create>"],
    [mix.parseParticipant, '<participant><jid>a</jid><jid>b</jid></participant>'],
    [mix.parseMix, '<participant></participant>'],
  ])('%# is refused', (parse, xml) => {
    expect(() => parse(core(xml))).toThrow(refused('bad-request'));
  });
});

describe('participants', () => {
  test('nothing empty is written or read', () => {
    expect(mix.buildParticipant({ nick: '', jid: undefined }).children).toEqual([]);
    expect(mix.parseParticipant(core('<participant><nick/></participant>'))).toEqual({});
  });
});

test('every node is found by its name', () => {
  expect(mix.nodeNamed('urn:xmpp:mix:nodes:jidmap')).toBe('jidmap');
  expect(mix.nodeNamed('urn:xmpp:avatar:data')).toBe('avatar-data');
  expect(mix.nodeNamed('urn:xmpp:mix:nodes:jidmap-visible')).toBeUndefined();
  expect(mix.nodeNamed('constructor')).toBeUndefined();
  for (const [node, name] of Object.entries(mix.NODE_NAMES)) expect(mix.nodeNamed(name)).toBe(node);
});
