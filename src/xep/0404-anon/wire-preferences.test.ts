/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01) §3.1: preferences in every spelling, and hostile forms.
 * Tables of what a form sets, and of what is refused.
 * Does not test the examples (wire.test.ts) nor the rules (channel/).
 * Always: a bad value refuses the whole form.
 * Before: xep/0404-anon/wire.test.ts. After: xep/0405-pam/wire.test.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Preferences } from '../../mix.ts';
import { parseForm, type Form } from '../0004-forms/wire.ts';
import * as anon from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

function form(
  fields: readonly [string, ...string[]][],
  type: Form['type'] = 'submit',
  formType?: string,
): Form {
  return { type, formType, fields: fields.map(([name, ...values]) => ({ var: name, values })) };
}

describe('preferences', () => {
  test.each<[string, Preferences['jidVisibility']]>([
    ['default', 'default'],
    ['never', 'never'],
    ['Never', 'never'],
    ['always', 'always'],
    ['prefer not', 'prefer not'],
    ['prefer_not', 'prefer not'],
    ['prefer-not', 'prefer not'],
    ['prefer', 'prefer'],
    ['Prefer Visible', 'prefer'],
    ['Prefer Hidden', 'prefer not'],
    ['Enforce Hidden', 'never'],
    ['enforce_visible', 'always'],
    ['', 'default'],
  ])('ANON-85: JID Visibility %j is %s', (value, jidVisibility) => {
    expect(anon.parsePreferences(form([['JID_Visibility', value]]))).toEqual({ jidVisibility });
  });

  test.each<[string, string, Partial<Preferences>]>([
    ['Private_Messages', 'Block', { privateMessages: 'block' }],
    ['private messages', '', { privateMessages: 'allow' }],
    ['VCARD', 'allow', { vCard: 'allow' }],
    ['vCard', '', { vCard: 'block' }],
    ['Presence', 'Share', { presence: 'share' }],
    ['presence', 'not_share', { presence: 'not share' }],
    ['Presence', '', { presence: 'share' }],
  ])('ANON-85: %s %j', (name, value, expected) => {
    expect(anon.parsePreferences(form([[name, value]]))).toEqual(expected);
  });

  test.each([
    ['JID Visibility', 'banana'],
    ['JID Visibility', 'allow'],
    ['JID Visibility', 'constructor'],
    ['Private Messages', 'enforce hidden'],
    ['Private Messages', 'never'],
    ['vCard', 'true'],
    ['Presence', 'notshare'],
  ])('ANON-78: %s %j refuses the whole form', (name, value) => {
    const good: [string, string] = name === 'vCard' ? ['Presence', 'share'] : ['vCard', 'allow'];
    expect(() => anon.parsePreferences(form([good, [name, value]]))).toThrow(refused('not-acceptable'));
  });

  test('ANON-68: unknown fields are passed over', () => {
    expect(anon.parsePreferences(form([['Custom Preference', 'a']]))).toEqual({});
  });

  test('ANON-83: a foreign FORM_TYPE is refused, an absent one is not', () => {
    expect(anon.parsePreferences(form([], 'submit', anon.NS))).toEqual({});
    expect(anon.parsePreferences(form([], 'submit'))).toEqual({});
    expect(() => anon.parsePreferences(form([], 'submit', 'urn:xmpp:mix:core:1'))).toThrow(
      refused('bad-request'),
    );
  });

  test('GEN-29: cancel sets nothing, form and result are no submissions', () => {
    expect(anon.parsePreferences(form([['vCard', 'allow']], 'cancel'))).toBeUndefined();
    expect(() => anon.parsePreferences(form([], 'result'))).toThrow(refused('bad-request'));
    expect(() => anon.parsePreferences(form([], 'form'))).toThrow(refused('bad-request'));
  });

  test('two values, or one preference twice, are refused', () => {
    expect(() => anon.parsePreferences(form([['vCard', 'allow', 'block']]))).toThrow(
      refused('not-acceptable'),
    );
    const twice = form([
      ['JID Visibility', 'never'],
      ['jid_visibility', 'always'],
    ]);
    expect(() => anon.parsePreferences(twice)).toThrow(refused('bad-request'));
  });

  test('what a foreign channel tells in words that we do not know is left out', () => {
    const answer = form(
      [
        ['JID Visibility', 'sometimes'],
        ['Presence', 'not share'],
      ],
      'result',
    );
    expect(anon.readPreferences(answer)).toEqual({ presence: 'not share' });
  });

  test('ANON-70: a result tells four fields, each with one value in lower case', () => {
    const result = parseForm(
      anon.buildPreferences({ ...anon.DEFAULT_PREFERENCES, jidVisibility: 'prefer not' }),
    );
    expect(result).toMatchObject({ type: 'result', formType: 'urn:xmpp:mix:anon:0' });
    expect(result.fields.map((each) => [each.var, each.type, ...each.values])).toEqual([
      ['JID Visibility', 'list-single', 'prefer not'],
      ['Private Messages', 'list-single', 'allow'],
      ['vCard', 'list-single', 'block'],
      ['Presence', 'list-single', 'share'],
    ]);
  });
});
