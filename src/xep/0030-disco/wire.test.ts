/**
 * XEP-0030 Service Discovery 2.5.0 (2024-04-30), XEP-0128: questions and answers, both ways.
 * Tables of those that are read and written again, and of those that are refused.
 * Does not know any feature.
 * Always: what is written reads as what it was written from.
 * Before: xep/0030-disco/wire.ts. After: xep/0369-core/wire.test.ts.
 */
import { expect, test } from 'vitest';
import { canonical } from '../../stanza/canonical.ts';
import { parseElement } from '../../xml/document.ts';
import { type XmlElement } from '../../xml/element.ts';
import {
  buildInfo,
  buildInfoQuery,
  buildItems,
  buildItemsQuery,
  parseInfo,
  parseInfoQuery,
  parseItems,
  parseItemsQuery,
} from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

const info = (rest: string): XmlElement =>
  canonical(parseElement(`<query xmlns='http://jabber.org/protocol/disco#info'${rest}`));
const items = (rest: string): XmlElement =>
  canonical(parseElement(`<query xmlns='http://jabber.org/protocol/disco#items'${rest}`));

test.each(['/>', " node='mix'/>"])('GEN-39: the info query %j is read and written again', (rest) => {
  expect(buildInfoQuery(parseInfoQuery(info(rest)).node)).toEqual(info(rest));
});

test.each([
  "><identity category='conference' type='mix' name='Coven'/><feature var='urn:a'/></query>",
  ` node='mix'>
     <identity category='conference' type='mix'/>
     <identity category='conference' type='text'/>
     <feature var='urn:b'/>
     <feature var='urn:a'/>
     <x xmlns='jabber:x:data' type='result'>
       <field var='FORM_TYPE' type='hidden'><value>urn:a</value></field>
       <field var='f'><value>1</value></field>
     </x>
     <x xmlns='jabber:x:data' type='result'/>
   </query>`,
])('the info answer %# is read and written again', (rest) => {
  expect(buildInfo(parseInfo(info(rest)))).toEqual(info(rest));
});

test.each([
  '/>',
  " node='mix'/>",
  "><set xmlns='http://jabber.org/protocol/rsm'><max>50</max></set></query>",
])('the items query %j is read and written again', (rest) => {
  const { node, page } = parseItemsQuery(items(rest));
  expect(buildItemsQuery(node, page)).toEqual(items(rest));
});

test.each([
  '/>',
  "><item jid='coven@mix.example'/><item jid='b' node='urn:n' name='B'/></query>",
  " node='mix'><item jid='a'/><set xmlns='http://jabber.org/protocol/rsm'><count>9</count></set></query>",
])('the items answer %j is read and written again', (rest) => {
  expect(buildItems(parseItems(items(rest)))).toEqual(items(rest));
});

test('what lacks its point is refused', () => {
  expect(() => parseInfoQuery(items('/>'))).toThrow(badRequest);
  expect(() => parseItemsQuery(info('/>'))).toThrow(badRequest);
  expect(() => parseInfo(info('><feature/></query>'))).toThrow(badRequest);
  expect(() => parseInfo(info("><identity type='mix'/></query>"))).toThrow(badRequest);
  expect(() => parseItems(items("><item node='x'/></query>"))).toThrow(badRequest);
  expect(() =>
    parseItemsQuery(items("><set xmlns='http://jabber.org/protocol/rsm'><max>a</max></set></query>")),
  ).toThrow(badRequest);
});
