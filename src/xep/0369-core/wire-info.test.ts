/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §4.7.4: the form of the information node, both ways, and hostile forms.
 * Tables of what a form says, and of what is refused.
 * Does not test the examples (wire.test.ts) nor the rules (channel/).
 * Always: what is written reads as what it was written from.
 * Before: xep/0369-core/wire.test.ts. After: xep/0406-admin/wire.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { parseForm, type Form } from '../0004-forms/wire.ts';
import * as mix from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

function form(
  fields: readonly [string, ...string[]][],
  type: Form['type'] = 'submit',
  formType = mix.NS,
): Form {
  return { type, formType, fields: fields.map(([name, ...values]) => ({ var: name, values })) };
}

describe('the information', () => {
  const coven = { name: 'Coven', description: 'Where three\nmeet', contact: ['a@example', 'b@example'] };

  test('it is read as it was written, with the mode', () => {
    const read = mix.readInfo(parseForm(mix.buildInfo(coven, 'jid-maybe-visible')));
    expect(read).toEqual({ ...coven, mode: 'jid-maybe-visible' });
    expect(mix.parseInfo(parseForm(mix.buildInfoSubmit(coven)))).toEqual(coven);
  });

  test('D-02: the mode is written in the second vocabulary', () => {
    expect(JSON.stringify(mix.buildInfo(coven, 'jid-visible'))).toContain('"jid-visible"');
  });

  test('GEN-36: a form to fill in has labels and empty fields, a result has neither', () => {
    const empty = { name: undefined, description: undefined, contact: [] };
    const toFill = parseForm(mix.buildInfo(empty, 'jid-hidden', 'form')).fields;
    expect(toFill.map((field) => field.var)).toEqual(['Name', 'Description', 'Contact', 'JID Visibility']);
    expect(toFill.every((field) => field.label !== undefined)).toBe(true);
    expect(parseForm(mix.buildInfo(empty)).fields).toEqual([]);
  });

  test('only what is mentioned changes, and an empty field clears', () => {
    expect(mix.parseInfo(form([['NAME', ' Coven ']]))).toEqual({ name: 'Coven' });
    const cleared = mix.parseInfo(form([['Name'], ['Description', ''], ['Contact']]));
    expect(cleared).toStrictEqual({ name: undefined, description: undefined, contact: [] });
    const again = mix.parseInfo(parseForm(mix.buildInfoSubmit({ name: undefined, contact: [] })));
    expect(again).toStrictEqual({ name: undefined, contact: [] });
  });

  test('a form of type cancel changes nothing, one of type result is no submission', () => {
    expect(mix.parseInfo(form([['Name', 'x']], 'cancel'))).toEqual({});
    expect(() => mix.parseInfo(form([['Name', 'x']], 'result'))).toThrow(refused('bad-request'));
  });

  test('PUBSUB-18: a foreign FORM_TYPE is an invalid payload', () => {
    expect(() => mix.parseInfo(form([], 'submit', 'urn:xmpp:mix:admin:0'))).toThrow(
      expect.objectContaining({ condition: 'bad-request', details: { pubsub: 'invalid-payload' } }),
    );
  });

  test('a mode that there is not is refused from an owner and passed over from a channel', () => {
    const strange = form([
      ['Name', 'x'],
      ['JID_Visibility', 'banana'],
    ]);
    expect(() => mix.parseInfo(strange)).toThrow(refused('not-acceptable'));
    expect(mix.readInfo(strange)).toEqual({ name: 'x' });
    expect(mix.parseInfo(form([['JID visibility', 'JID Hidden']])).mode).toBe('jid-hidden');
  });

  test('two names are refused', () => {
    expect(() => mix.parseInfo(form([['Name', 'a', 'b']]))).toThrow(refused('not-acceptable'));
  });
});
