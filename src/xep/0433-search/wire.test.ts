/**
 * XEP-0433 Extended Channel Search 0.1.0 (2020-02-27): the search, the form, the results, and what cannot be read.
 * Tests what the document's examples are read as, and its own errors.
 * Does not test what is found (test/conformance/muc/discovery.test.ts).
 * Always: an error has the document's condition inside.
 * Before: xep/0433-search/wire.ts. After: xep/0433-search/service.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { elements } from '../../xml/element.ts';
import { buildForm, parseForm } from '../0004-forms/wire.ts';
import { BY_ADDRESS, buildResult, buildSearchForm, NS, NS_PARAMS, parseSearch } from './wire.ts';

function search(fields: Readonly<Record<string, string | readonly string[]>>, formType = NS_PARAMS) {
  const list = Object.entries(fields).map(([name, values]) => ({ var: name, values: [values].flat() }));
  const form = buildForm({ type: 'submit', formType, fields: list });
  return { ...parseElement(`<search xmlns='${NS}'/>`), children: [form] };
}

test('the form is asked for by nothing, and can be sent back with a word', () => {
  expect(parseSearch(parseElement(`<search xmlns='${NS}'/>`))).toBeUndefined();
  const [x] = elements(buildSearchForm());
  const { fields } = parseForm(x!);
  const filled = fields.map((field) => (field.var === 'q' ? { ...field, values: ['xmpp.org'] } : field));
  const sent = search(Object.fromEntries(filled.map(({ var: name, values }) => [name, values])));
  expect(parseSearch(sent)).toEqual({
    ...{ words: ['xmpp.org'], inName: true, inDescription: true, inAddress: true },
    ...{ types: ['xep-0045'], page: undefined },
  });
});

test('words are told apart, in whatever script', () => {
  expect(parseSearch(search({ q: '  Чай, "GREEN tea"!', key: BY_ADDRESS }))?.words).toEqual([
    'чай',
    'green',
    'tea',
  ]);
  expect(parseSearch(search({ all: '1', types: ['xep-0369', 'xep-0045'] }))).toMatchObject({
    words: undefined,
    types: ['xep-0369', 'xep-0045'],
  });
});

test.each([
  [{}, 'bad-request', 'no-search-conditions'],
  [{ q: '???' }, 'bad-request', 'invalid-search-terms'],
  [{ q: 'x', all: 'true' }, 'bad-request', 'conflicting-fields'],
  [{ q: 'x', key: 'size' }, 'feature-not-implemented', 'invalid-sort-key'],
] as const)('%j: %s, %s', (fields, condition, special) => {
  expect(() => parseSearch(search(fields))).toThrow(
    expect.objectContaining({
      condition,
      type: 'modify',
      details: expect.objectContaining({
        within: expect.objectContaining({ name: special }) as unknown,
      }) as unknown,
    }),
  );
});

test('another form, and values that are none', () => {
  for (const [asked, condition] of [
    [search({ q: 'x' }, 'urn:other'), 'bad-request'],
    [search({ all: 'perhaps' }), 'not-acceptable'],
  ] as const)
    expect(() => parseSearch(asked)).toThrow(expect.objectContaining({ condition }));
});

test('a result says nothing of people', () => {
  const found = {
    address: 'a@b',
    name: 'A',
    description: undefined,
    type: 'xep-0045',
    isOpen: false,
  } as const;
  const [item] = elements(buildResult([{ ...found, showsAddresses: true }], undefined));
  expect(item?.attrs).toEqual({ address: 'a@b' });
  expect(elements(item!).map(({ name }) => name)).toEqual([
    'name',
    'service-type',
    'is-open',
    'anonymity-mode',
  ]);
});
