/**
 * XEP-0313 Message Archive Management 1.1.3 (2025-04-09): all examples of the document, both ways, and hostile queries.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the archive.
 * Always: every file in examples/ has its line.
 * Before: xep/0313-mam/wire.ts. After: xep/0313-mam/service.ts.
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
import { parseForm } from '../0004-forms/wire.ts';
import { buildInfo, buildInfoQuery, parseInfo, parseInfoQuery } from '../0030-disco/wire.ts';
import { buildStanzaId } from '../0359-ids/wire.ts';
import * as mam from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

const query = same(mam.parseQuery, mam.buildQuery);
/** We write a moment with its milliseconds, the examples without. */
const timedQuery = meaning(mam.parseQuery, mam.buildQuery);
const refusedQuery: Check = (stanza) => {
  expect(() => mam.parseQuery(within('query')(stanza))).toThrow(refused('feature-not-implemented'));
  return nothing(stanza);
};
const result = meaning(
  (message) => mam.parseResult(message),
  (read) => el('message', 'jabber:client', {}, [read && mam.buildResult(read)]),
  (message) => message,
);
const fin = same(mam.parseFin, mam.buildFin);

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [
    same(
      ({ attrs }) => attrs,
      ({ by = '', id = '' }) => buildStanzaId(by, id),
      within('stanza-id'),
    ),
  ],
  '02': [query],
  '03': [result],
  '04': [fin],
  '05': [query],
  '06': [query],
  '07': [timedQuery],
  '08': [timedQuery],
  '09': [query],
  '10': [query],
  '11': [query],
  // A channel's archive holds nothing but groupchat (MAM-24).
  '12': [refusedQuery],
  '13': [refusedQuery],
  '14': [query],
  // The example offers further fields, which we do not have.
  '15': [reads((e) => e.children, mam.buildQueryForm().children, withoutFurtherFields)],
  '16': [refusedQuery],
  '17': [result, result],
  '18': [timedQuery],
  '19': [fin],
  '20': [timedQuery],
  '21': [nothing],
  '22': [fin],
  '23': [timedQuery],
  '24': [
    all(
      timedQuery,
      reads((e) => mam.parseQuery(e).flip, true),
    ),
  ],
  '25': [
    all(
      reads(mam.isMetadataQuery, true),
      same(mam.parseMetadata, () => mam.buildMetadata(undefined)),
    ),
  ],
  '26': [meaning(mam.parseMetadata, mam.buildMetadata)],
  '27': [result, result],
  '28': [same(parseInfoQuery, ({ node }) => buildInfoQuery(node))],
  '29': [meaning(parseInfo, buildInfo)],
};

function withoutFurtherFields(stanza: XmlElement): XmlElement {
  const form = within('x')(stanza);
  const known = form.children.filter((field) => {
    const name = typeof field === 'object' && 'attrs' in field ? (field.attrs['var'] ?? '') : '';
    return name !== 'include-groupchat' && !name.startsWith('{');
  });
  return el('query', mam.NS, {}, [{ ...form, children: known }]);
}

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

const asking = (inside: string): XmlElement =>
  parseElement(`<query xmlns='urn:xmpp:mam:2' queryid='q' node='n'>${inside}</query>`);
const filtering = (fields: string, formType = 'urn:xmpp:mam:2', type = 'submit'): XmlElement =>
  asking(
    `<x xmlns='jabber:x:data' type='${type}'><field var='FORM_TYPE'><value>${formType}</value></field>${fields}</x>`,
  );

describe('queries', () => {
  test('a whole query is read as it was written', () => {
    const whole: mam.MamQuery = {
      queryId: 'q',
      node: 'n',
      with: 'coven@mix.example/1',
      start: 1000,
      end: 2000,
      afterId: 'a',
      beforeId: 'b',
      ids: ['c', 'd'],
      page: { max: 5, before: '' },
      flip: true,
    };
    expect(mam.parseQuery(mam.buildQuery(whole))).toEqual(whole);
  });

  test('a query without a form filters nothing, nor does an empty field', () => {
    const bare = { queryId: 'q', node: 'n', page: undefined, flip: false };
    expect(mam.parseQuery(asking(''))).toEqual(bare);
    const empty = "<field var='with'/><field var='start'><value/></field><field var='ids'/>";
    expect(mam.parseQuery(filtering(empty))).toEqual(bare);
  });

  test('MAM-09: the ends of a span are read to the millisecond, in any zone', () => {
    const span =
      "<field var='start'><value>2010-06-07T00:00:00.5+01:00</value></field>" +
      "<field var='end'><value>2010-06-07T00:00:00Z</value></field>";
    const read = mam.parseQuery(filtering(span));
    expect(read.start).toBe(Date.UTC(2010, 5, 6, 23, 0, 0, 500));
    expect(read.end).toBe(Date.UTC(2010, 5, 7));
  });

  test.each([
    ['bad-request', "<field var='start'><value>yesterday</value></field>"],
    ['bad-request', "<field var='end'><value>2010-06-07T00:00:00</value></field>"],
    ['bad-request', "<field var='with'><value>a</value></field><field var='with'><value>b</value></field>"],
    ['not-acceptable', "<field var='with'><value>a</value><value>b</value></field>"],
    ['feature-not-implemented', "<field var='foo'><value>a</value></field>"],
    ['feature-not-implemented', "<field var='With'><value>a</value></field>"],
    ['feature-not-implemented', "<field var='constructor'/>"],
    ['feature-not-implemented', "<field var='include-groupchat'><value>true</value></field>"],
  ])('MAM-22, MAM-24: %s for %s', (condition, fields) => {
    expect(() => mam.parseQuery(filtering(fields))).toThrow(refused(condition));
  });

  test('MAM-23: a form of another type or FORM_TYPE, or of none, is refused', () => {
    const noFormType =
      "<x xmlns='jabber:x:data' type='submit'><field var='with'><value>a</value></field></x>";
    for (const hostile of [
      filtering('', 'urn:xmpp:mam:1'),
      filtering('', 'urn:xmpp:mam:2', 'cancel'),
      filtering('', 'urn:xmpp:mam:2', 'result'),
      asking(noFormType),
      asking("<x xmlns='jabber:x:data'/><x xmlns='jabber:x:data'/>"),
      el('query', 'urn:xmpp:mam:1'),
    ])
      expect(() => mam.parseQuery(hostile)).toThrow(refused('bad-request'));
  });

  test.each(['<max>-1</max>', '<max>x</max>', '<before/><after>a</after>'])(
    'MAM-14, MAM-15: the page %s',
    (page) => {
      const hostile = asking(`<set xmlns='http://jabber.org/protocol/rsm'>${page}</set>`);
      expect(() => mam.parseQuery(hostile)).toThrow(refused('bad-request'));
    },
  );

  test('MAM-03: the form offers the six fields, none of which is required', () => {
    const form = parseForm(within('x')(mam.buildQueryForm()));
    expect(form.fields.map((each) => each.var)).toEqual([
      'with',
      'start',
      'end',
      'before-id',
      'after-id',
      'ids',
    ]);
    expect(form.fields.some((each) => each.required)).toBe(false);
    expect(JSON.stringify(mam.buildQueryForm())).toContain('xdata-validate');
  });
});

describe('answers', () => {
  const message = el('message', 'jabber:client', { from: 'coven@mix.example/1', id: 'a' });
  const carried = (result: XmlElement): XmlElement => el('message', 'jabber:client', {}, [result]);

  test('MAM-04, MAM-06: a result tells its query, and a time without from', () => {
    const written = mam.buildResult({ queryId: 'q', id: 'a', at: 1500, message });
    expect(mam.parseResult(carried(written))).toEqual({ queryId: 'q', id: 'a', at: 1500, message });
    expect(within('delay')(written).attrs).toEqual({ stamp: '1970-01-01T00:00:01.500Z' });
    expect(mam.parseResult(message)).toBeUndefined();
  });

  test.each([
    "<result xmlns='urn:xmpp:mam:2' id='a'/>",
    "<result xmlns='urn:xmpp:mam:2' id='a'><forwarded xmlns='urn:xmpp:forward:0'/></result>",
    "<result xmlns='urn:xmpp:mam:2' id='a'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded></result>",
    `<result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'>
       <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/><message xmlns='jabber:client'/></forwarded></result>`,
    `<result xmlns='urn:xmpp:mam:2' id='a'><forwarded xmlns='urn:xmpp:forward:0'>
       <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/><presence xmlns='jabber:client'/></forwarded></result>`,
  ])('the incomplete result %# is refused', (xml) => {
    expect(() => mam.parseResult(carried(parseElement(xml)))).toThrow(refused('bad-request'));
  });

  test.each<mam.Fin>([
    { complete: true, count: 0, stable: true },
    { complete: false, first: 'a', last: 'b', count: 9, index: 3, stable: true },
    { complete: false, first: 'a', last: 'a', stable: false },
  ])('MAM-17, MAM-18: the end of a page is read as it was written: %j', (end) => {
    expect(mam.parseFin(mam.buildFin(end))).toEqual(end);
    expect(mam.buildFin(end).attrs['complete']).toBe(end.complete ? 'true' : undefined);
  });

  test('MAM-21: metadata are read as they were written, and empty for an empty archive', () => {
    const ends = { start: { id: 'a', at: 1 }, end: { id: 'b', at: 2 } };
    expect(mam.parseMetadata(mam.buildMetadata(ends))).toEqual(ends);
    expect(mam.parseMetadata(mam.buildMetadata(undefined))).toBeUndefined();
    const hostile = parseElement("<metadata xmlns='urn:xmpp:mam:2'><start id='a'/><end id='b'/></metadata>");
    expect(() => mam.parseMetadata(hostile)).toThrow(refused('bad-request'));
  });
});
