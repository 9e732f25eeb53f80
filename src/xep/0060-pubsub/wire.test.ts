/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11): requests, answers and events, both ways.
 * Tables of those that are read and written again, and of those that are refused, with the application condition.
 * Does not know any node of MIX.
 * Always: what is written reads as what it was written from.
 * Before: xep/0060-pubsub/wire.ts. After: xep/0406-admin/wire.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseElement } from '../../xml/document.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { buildRsm } from '../0059-rsm/wire.ts';
import {
  buildDeleteEvent,
  buildEvent,
  buildItems,
  buildItemsRequest,
  buildPublish,
  buildPublished,
  buildRetract,
  buildRetractEvent,
  buildSubscribe,
  buildSubscription,
  buildSubscriptions,
  buildSubscriptionsRequest,
  buildUnsubscribe,
  iqTypeOf,
  parseEvent,
  parseItems,
  parsePublished,
  parsePubsub,
  parseSubscriptions,
  type PubsubRequest,
} from './wire.ts';

const pubsub = (inside: string, ns = ''): XmlElement =>
  parseElement(`<pubsub xmlns='http://jabber.org/protocol/pubsub${ns}'>${inside}</pubsub>`);
const refused = (condition: string, application?: string): unknown =>
  expect.objectContaining({
    condition,
    ...(application !== undefined && { details: { pubsub: application } }),
  });

const payload = el('p', 'urn:p');

describe('a request is read as it was written', () => {
  test.each<[XmlElement, 'get' | 'set', Partial<PubsubRequest>]>([
    [buildItemsRequest('n'), 'get', { verb: 'items', node: 'n', ids: [] }],
    [buildItemsRequest('n', { ids: ['a', 'b'] }), 'get', { verb: 'items', node: 'n', ids: ['a', 'b'] }],
    [buildItemsRequest('n', { maxItems: 2 }), 'get', { verb: 'items', maxItems: 2 }],
    [
      buildPublish('n', [{ id: 'a', payload }]),
      'set',
      { verb: 'publish', node: 'n', items: [{ id: 'a', payload }] },
    ],
    [buildPublish('n', [{}]), 'set', { verb: 'publish', items: [{ id: undefined, payload: undefined }] }],
    [buildRetract('n', ['a', 'b']), 'set', { verb: 'retract', node: 'n', ids: ['a', 'b'] }],
    [buildSubscribe('n', 'j'), 'set', { verb: 'subscribe', node: 'n', jid: 'j' }],
    [buildUnsubscribe('n', 'j'), 'set', { verb: 'unsubscribe', node: 'n', jid: 'j' }],
    [buildSubscriptionsRequest(), 'get', { verb: 'subscriptions', node: undefined }],
    [buildSubscriptionsRequest('n'), 'get', { verb: 'subscriptions', node: 'n' }],
    [pubsub('<affiliations/>'), 'get', { verb: 'affiliations' }],
  ])('%#', (written, iqType, expected) => {
    const read = parsePubsub(written);
    expect(read).toMatchObject(expected);
    expect(iqTypeOf(read)).toBe(iqType);
  });

  test('with a page', () => {
    const read = parsePubsub(buildItemsRequest('n', { rsm: { max: 3, after: 'x' } }));
    expect(read).toMatchObject({ verb: 'items', rsm: { max: 3, after: 'x' } });
  });

  test('PUBSUB-21: with its publish-options', () => {
    const read = parsePubsub(pubsub("<publish node='n'><item/></publish><publish-options/>"));
    expect(read).toMatchObject({ verb: 'publish', options: { name: 'publish-options' } });
  });

  test('ADM-43: items may stand inside items, and in a foreign namespace (D-69, D-90)', () => {
    for (const inside of [
      "<item id='a'/>",
      "<items><item id='a'/></items>",
      "<item xmlns='urn:xmpp:mix:admin:0' id='a'/>",
      "<items xmlns='urn:xmpp:mix:admin:0'><item id='a'/></items>",
    ])
      expect(parsePubsub(pubsub(`<publish node='n'>${inside}</publish>`))).toMatchObject({
        items: [{ id: 'a' }],
      });
  });
});

describe('PUBSUB-26, PUBSUB-27: what XEP-0060 has and we do not is named', () => {
  test.each([
    ['', "<create node='n'/>", 'create-nodes'],
    ['', "<create node='n'/><configure/>", 'create-nodes'],
    ['', "<options node='n' jid='j'/>", 'subscription-options'],
    ['', "<subscribe node='n' jid='j'/><options/>", 'subscription-options'],
    ['', '<default/>', 'retrieve-default-sub'],
    ['#owner', "<configure node='n'/>", 'config-node'],
    ['#owner', '<default/>', 'retrieve-default'],
    ['#owner', "<delete node='n'/>", 'delete-nodes'],
    ['#owner', "<purge node='n'/>", 'purge-nodes'],
    ['#owner', "<subscriptions node='n'/>", 'manage-subscriptions'],
    ['#owner', "<affiliations node='n'/>", 'modify-affiliations'],
  ])('%s %s', (ns, inside, feature) => {
    const read = parsePubsub(pubsub(inside, ns));
    expect(read).toEqual({ verb: 'unsupported', feature });
    expect(iqTypeOf(read)).toBeUndefined();
  });
});

describe('a request that lacks a word, or has one too many, is refused', () => {
  test.each([
    ['', 'bad-request', undefined],
    ["<items xmlns='urn:other' node='n'/>", 'bad-request', undefined],
    ["<items node='n'/><publish node='n'><item/></publish>", 'bad-request', undefined],
    ["<items node='n'/><items node='n'/>", 'bad-request', undefined],
    ['<configure/>', 'feature-not-implemented', undefined],
    ['<frobnicate/>', 'feature-not-implemented', undefined],
    ['<constructor/>', 'feature-not-implemented', undefined],
    ['<items/>', 'bad-request', 'nodeid-required'],
    ["<items node=''/>", 'bad-request', 'nodeid-required'],
    ["<items node='n'><item/></items>", 'bad-request', 'item-required'],
    ["<items node='n' max_items='0'/>", 'bad-request', undefined],
    ["<items node='n' max_items='x'/>", 'bad-request', undefined],
    [
      "<items node='n'/><set xmlns='http://jabber.org/protocol/rsm'><max>x</max></set>",
      'bad-request',
      undefined,
    ],
    ['<publish><item/></publish>', 'bad-request', 'nodeid-required'],
    ["<publish node='n'/>", 'bad-request', 'item-required'],
    ["<publish node='n'><items/></publish>", 'bad-request', 'item-required'],
    ["<publish node='n'><item><a/><b/></item></publish>", 'bad-request', 'invalid-payload'],
    ["<publish node='n'><item>text</item></publish>", 'bad-request', 'invalid-payload'],
    ["<retract><item id='a'/></retract>", 'bad-request', 'nodeid-required'],
    ["<retract node='n'/>", 'bad-request', 'item-required'],
    ["<retract node='n'><item/></retract>", 'bad-request', 'item-required'],
    ["<subscribe jid='j'/>", 'bad-request', 'nodeid-required'],
    ["<subscribe node='n'/>", 'bad-request', 'jid-required'],
    ["<unsubscribe node='n'/>", 'bad-request', 'jid-required'],
  ])('%j: %s %s', (inside, condition, application) => {
    expect(() => parsePubsub(pubsub(inside))).toThrow(refused(condition, application));
  });

  test('PUBSUB-06: another element is no request', () => {
    expect(() => parsePubsub(el('pubsub', 'urn:other'))).toThrow(refused('bad-request'));
    expect(() => parsePubsub(pubsub('', '#event'))).toThrow(refused('bad-request'));
  });
});

describe('an answer is read as it was written', () => {
  test('items, with a page', () => {
    const items = [{ id: 'a', payload }, { id: 'b' }];
    expect(parseItems(buildItems('n', items))).toEqual({ node: 'n', items, rsm: undefined });
    expect(parseItems(buildItems('n', [], buildRsm({ count: 0 }))).rsm?.count).toBe(0);
    expect(() => parseItems(buildPublished('n'))).toThrow(refused('bad-request'));
  });

  test('PUBSUB-23: an item says its id and nothing else', () => {
    expect(JSON.stringify(buildItems('n', [{ id: 'a' }]))).not.toContain('publisher');
    expect(JSON.stringify(buildEvent('n', [{ id: 'a' }]))).not.toContain('publisher');
  });

  test('the id of a published item', () => {
    expect(parsePublished(buildPublished('n', 'a'))).toBe('a');
    expect(parsePublished(buildPublished('n'))).toBeUndefined();
  });

  test('subscriptions, one or several', () => {
    const one = { node: 'n', jid: 'j', subscription: 'subscribed' };
    expect(parseSubscriptions(buildSubscription(one))).toEqual([one]);
    expect(parseSubscriptions(buildSubscriptions([one, { ...one, node: 'm' }]))).toHaveLength(2);
    expect(parseSubscriptions(buildSubscriptions([], 'n'))).toEqual([]);
    expect(
      parseSubscriptions(
        pubsub("<subscriptions node='n'><subscription jid='j' subscription='none'/></subscriptions>"),
      ),
    ).toEqual([{ node: 'n', jid: 'j', subscription: 'none' }]);
  });
});

describe('an event is read as it was written', () => {
  const message = (...children: XmlElement[]): XmlElement => el('message', NS_CLIENT, {}, children);

  test('items, retractions, the end of a node', () => {
    expect(parseEvent(message(buildEvent('n', [{ id: 'a', payload }])))).toEqual({
      kind: 'items',
      node: 'n',
      items: [{ id: 'a', payload }],
      retracted: [],
    });
    expect(parseEvent(message(buildRetractEvent('n', ['a', 'b'])))).toEqual({
      kind: 'items',
      node: 'n',
      items: [],
      retracted: ['a', 'b'],
    });
    expect(parseEvent(message(buildDeleteEvent('n')))).toEqual({ kind: 'deleted', node: 'n' });
  });

  test('what is no event that we know is none', () => {
    expect(parseEvent(message())).toBeUndefined();
    for (const inside of [
      '',
      '<items/>',
      '<delete/>',
      "<purge node='n'/>",
      "<items xmlns='urn:other' node='n'/>",
    ])
      expect(
        parseEvent(
          message(parseElement(`<event xmlns='http://jabber.org/protocol/pubsub#event'>${inside}</event>`)),
        ),
      ).toBeUndefined();
  });
});
