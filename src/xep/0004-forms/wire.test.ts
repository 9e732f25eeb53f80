/**
 * XEP-0004 Data Forms 2.13.2 (2024-08-30), XEP-0068: forms, both ways.
 * Tables of forms that are read and written again, and of those that are refused.
 * Does not know any field of MIX.
 * Always: what is written reads as what it was written from.
 * Before: xep/0004-forms/wire.ts. After: xep/0404-anon/wire.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { canonical } from '../../stanza/canonical.ts';
import { parseElement } from '../../xml/document.ts';
import {
  buildForm,
  field,
  fieldsByName,
  folded,
  isSubmission,
  multiValue,
  parseBoolean,
  parseForm,
  singleValue,
  type Form,
} from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
const notAcceptable: unknown = expect.objectContaining({ condition: 'not-acceptable' });

const form = (inside: string, type = " type='submit'"): Form =>
  parseForm(parseElement(`<x xmlns='jabber:x:data'${type}>${inside}</x>`));

describe('what is read is written again', () => {
  test.each([
    "<x xmlns='jabber:x:data' type='cancel'/>",
    "<x xmlns='jabber:x:data'/>",
    `<x xmlns='jabber:x:data' type='form'>
       <title>Bot</title><instructions>Fill in.</instructions>
       <field type='hidden' var='FORM_TYPE'><value>urn:a</value></field>
       <field type='fixed'><value>Section</value></field>
       <field type='list-multi' var='features' label='Features'>
         <required/><value>a</value><value>b</value>
         <option label='A'><value>a</value></option><option><value>b</value></option>
       </field>
       <field type='text-private' var='password'/>
     </x>`,
    `<x xmlns='jabber:x:data' type='result'>
       <field type='hidden' var='FORM_TYPE'><value>urn:a</value></field>
       <field var='n'><value> with space </value></field>
     </x>`,
  ])('form %#', (xml) => {
    const x = canonical(parseElement(xml));
    expect(buildForm(parseForm(x))).toEqual(x);
  });

  test('FORM_TYPE is no field among the others, wherever it stands', () => {
    const read = form("<field var='a'/><field var='FORM_TYPE'><value>urn:a</value></field><field var='b'/>");
    expect(read.formType).toBe('urn:a');
    expect(read.fields.map((each) => each.var)).toEqual(['a', 'b']);
  });
});

describe('what is refused', () => {
  test('another element, another namespace, another type', () => {
    for (const xml of ["<y xmlns='jabber:x:data'/>", "<x xmlns='jabber:x:dada'/>"])
      expect(() => parseForm(parseElement(xml))).toThrow(badRequest);
    expect(() => form('', " type='submitted'")).toThrow(badRequest);
  });

  test('fields of another namespace are not seen', () => {
    expect(form("<field xmlns='urn:b' var='a'><value>1</value></field>").fields).toEqual([]);
  });

  test('two fields of one name, as D-06 compares names', () => {
    expect(() => fieldsByName(form("<field var='a b'/><field var='A_B'/>"))).toThrow(badRequest);
    expect(fieldsByName(form("<field type='fixed'/><field type='fixed'/>")).size).toBe(0);
  });
});

test.each([
  ['JID Visibility', 'jid visibility'],
  [' JID_Visibility ', 'jid visibility'],
  ['jid-visibility', 'jid visibility'],
  ['not\u00a0share', 'not share'],
  ['Prefer_not', 'prefer not'],
  ['', ''],
])('D-06: %j is compared as %j', (name, as) => {
  expect(folded(name)).toBe(as);
});

test('a field is found under any spelling of its name', () => {
  expect(
    field(form("<field var='JID_visibility'><value>x</value></field>"), 'JID Visibility')?.values,
  ).toEqual(['x']);
  expect(field(form(''), 'JID Visibility')).toBeUndefined();
});

describe('values', () => {
  test.each([
    ['true', true],
    ['1', true],
    ['false', false],
    [' 0 ', false],
  ])('ADM-38: %j is a boolean', (value, meant) => {
    expect(parseBoolean(value)).toBe(meant);
  });

  test.each(['yes', 'TRUE', '', '2'])('ADM-38: %j is none', (value) => {
    expect(() => parseBoolean(value)).toThrow(notAcceptable);
  });

  test('GEN-32: several values where there is one are refused; none and an empty one are the same', () => {
    expect(() => singleValue({ var: 'a', values: ['1', '2'] })).toThrow(notAcceptable);
    expect(singleValue({ var: 'a', values: [' x '] })).toBe('x');
    expect(singleValue({ var: 'a', values: [''] })).toBeUndefined();
    expect(singleValue({ var: 'a', values: [] })).toBeUndefined();
  });

  test('GEN-33: a value that is there twice counts once', () => {
    expect(multiValue({ var: 'a', values: ['b', ' a', '', 'b '] })).toEqual(['b', 'a']);
  });
});

describe('submissions', () => {
  const ofType = (type: Form['type'], formType?: string): Form => ({ type, formType, fields: [] });

  test('GEN-29: submit is carried out, cancel is not, result is refused', () => {
    expect(isSubmission(ofType('submit'), 'urn:a')).toBe(true);
    expect(isSubmission(ofType('cancel'), 'urn:a')).toBe(false);
    expect(() => isSubmission(ofType('result'), 'urn:a')).toThrow(badRequest);
    expect(() => isSubmission(ofType('form'), 'urn:a')).toThrow(badRequest);
    expect(isSubmission(ofType('form'), 'urn:a', ['submit', 'form'])).toBe(true);
  });

  test('GEN-28: a foreign FORM_TYPE is refused, even of a form of type cancel', () => {
    expect(isSubmission(ofType('submit', 'urn:a'), 'urn:a')).toBe(true);
    expect(() => isSubmission(ofType('submit', 'urn:b'), 'urn:a')).toThrow(badRequest);
    expect(() => isSubmission(ofType('cancel', 'urn:b'), 'urn:a')).toThrow(badRequest);
  });
});
