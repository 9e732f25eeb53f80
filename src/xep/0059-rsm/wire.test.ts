/**
 * XEP-0059 Result Set Management 1.0 (2006-09-20): pages, both ways.
 * Tables of requests and answers that are read and written again, and of those that are refused.
 * Does not page.
 * Always: what is written reads as what it was written from.
 * Before: xep/0059-rsm/wire.ts. After: xep/0313-mam/wire.test.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { elements, type XmlElement } from '../../xml/element.ts';
import { buildRsm, buildRsmRequest, parseRsm, parseRsmAnswer } from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

const query = (inside: string): XmlElement => parseElement(`<query xmlns='urn:q'>${inside}</query>`);
const set = (inside: string): XmlElement =>
  query(`<set xmlns='http://jabber.org/protocol/rsm'>${inside}</set>`);

test.each([
  '',
  '<max>0</max>',
  '<max>10</max><after>peter@pixyland.org</after>',
  '<max>10</max><before>peter@pixyland.org</before>',
  '<max>10</max><before/>',
  '<max>10</max><index>371</index>',
])('the request %j is read and written again', (inside) => {
  const page = parseRsm(set(inside));
  expect(page && buildRsmRequest(page)).toEqual(elements(set(inside))[0]);
});

test.each([
  "<first index='0'>stpeter@jabber.org</first><last>peterpan@neverland.lit</last><count>800</count>",
  '<first>a</first><last>b</last>',
  '<count>0</count>',
  '',
])('the answer %j is read and written again', (inside) => {
  const answer = parseRsmAnswer(set(inside));
  expect(answer && buildRsm(answer)).toEqual(elements(set(inside))[0]);
});

test('a parent without a set asks for no page', () => {
  expect(parseRsm(query(''))).toBeUndefined();
  expect(parseRsm(query("<set xmlns='urn:other'><max>x</max></set>"))).toBeUndefined();
  expect(parseRsmAnswer(query(''))).toBeUndefined();
});

test.each([
  '<max>-1</max>',
  '<max>ten</max>',
  '<max/>',
  '<max>1</max><max>2</max>',
  '<index>1.5</index>',
  '<after/>',
  '<after>a</after><before>b</before>',
  '<after>a</after><before/>',
])('MAM-14, MAM-15: the request %j is refused', (inside) => {
  expect(() => parseRsm(set(inside))).toThrow(badRequest);
});

test('two sets are refused', () => {
  const twice = "<set xmlns='http://jabber.org/protocol/rsm'/>".repeat(2);
  expect(() => parseRsm(query(twice))).toThrow(badRequest);
});
