/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01): all examples of the document, both ways, every spelling, and hostile forms.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the service.
 * Always: every file in examples/ has its line.
 * Before: xep/0404-anon/wire.ts. After: xep/0405-pam/wire.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Mode } from '../../mix.ts';
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
import { field, folded, parseForm, type Form } from '../0004-forms/wire.ts';
import { buildJoin, parseJoin, parseJoined } from '../0369-core/wire.ts';
import * as anon from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

const userPreference = (stanza: XmlElement): Form => anon.parseUserPreference(stanza) ?? form([]);
const submitted = meaning(
  (x) => ({ ...anon.DEFAULT_PREFERENCES, ...anon.parsePreferences(parseForm(x)) }),
  (preferences) => anon.buildPreferences(preferences, 'submit'),
  within('x'),
);
/** We tell all four preferences, the examples but three (D-12). */
const told = all(
  meaning(
    (x) => ({ ...anon.DEFAULT_PREFERENCES, ...anon.readPreferences(parseForm(x)) }),
    (preferences) => anon.buildPreferences(preferences),
    within('x'),
  ),
  reads(
    (x) => anon.readPreferences(parseForm(x)),
    { jidVisibility: 'never', privateMessages: 'allow', vCard: 'block' },
    within('x'),
  ),
);

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [same(anon.parseMapped, anon.buildMapped, within('participant'))],
  '02': [
    all(
      same(parseJoin, buildJoin),
      submitted,
      reads((x) => anon.parsePreferences(parseForm(x)), { jidVisibility: 'never' }, within('x')),
    ),
  ],
  // Its address is the joiner's own, as in older documents, and tells no id (D-17).
  '03': [
    all(
      reads((join) => parseJoined(join).id, undefined),
      told,
    ),
  ],
  '04': [
    same(anon.parseUserPreference, () => anon.buildUserPreference()),
    reads(
      (e) => field(userPreference(e), 'JID Visibility')?.options?.map(({ value }) => folded(value)),
      ['never', 'default', 'prefer not'],
    ),
  ],
  '05': [submitted, told],
  '06': [nothing],
  '07': [nothing],
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

function form(
  fields: readonly [string, ...string[]][],
  type: Form['type'] = 'submit',
  formType?: string,
): Form {
  return { type, formType, fields: fields.map(([name, ...values]) => ({ var: name, values })) };
}

describe('modes', () => {
  test.each<[string, Mode | undefined]>([
    ['jid-hidden', 'jid-hidden'],
    ['jid-optionally-visible', 'jid-maybe-visible'],
    ['jid-mandatory-visible', 'jid-visible'],
    ['jid-maybe-visible', 'jid-maybe-visible'],
    ['jid-visible', 'jid-visible'],
    ['JID Hidden', 'jid-hidden'],
    ['JID Maybe Visible', 'jid-maybe-visible'],
    ['JID Visible', 'jid-visible'],
    [' jid_HIDDEN ', 'jid-hidden'],
    ['JID\u00a0Hidden', 'jid-hidden'],
    ['hidden', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('D-02, ADM-37: %j is %s', (text, mode) => {
    expect(anon.parseMode(text)).toBe(mode);
  });

  test.each(anon.MODES)('%s is read in every way that we write it', (mode) => {
    expect(anon.parseMode(anon.configMode(mode))).toBe(mode);
    expect(anon.modeIn([form([]), anon.modeForm(mode)])).toBe(mode);
  });

  test('D-01: a mode is told only by the form of this document', () => {
    expect(anon.modeIn([])).toBeUndefined();
    expect(anon.modeIn([form([['JID Visibility', 'jid-hidden']], 'result', 'urn:other')])).toBeUndefined();
  });
});

describe('the template', () => {
  const template = (mode: Mode): Form => parseForm(anon.buildTemplate(anon.DEFAULT_PREFERENCES, mode));
  const offered = (mode: Mode): string[] | undefined =>
    field(template(mode), 'JID Visibility')?.options?.map(({ value }) => value);

  test('D-07: it offers only what the mode admits', () => {
    expect(offered('jid-maybe-visible')).toEqual(['default', 'never', 'prefer not', 'prefer', 'always']);
    expect(offered('jid-hidden')).not.toContain('always');
    expect(offered('jid-visible')).not.toContain('never');
  });

  test('ANON-74: each field is a list with labels and its current value', () => {
    for (const { label, type, values, options = [] } of template('jid-hidden').fields) {
      expect(type).toBe('list-single');
      expect(label).toBeDefined();
      expect(options.every((option) => option.label !== undefined)).toBe(true);
      expect(options.map(({ value }) => value)).toContain(values[0]);
    }
  });

  test('filled in as it stands, it sets what it shows', () => {
    const filled = { ...template('jid-hidden'), type: 'submit' as const };
    expect(anon.parsePreferences(filled)).toEqual(anon.DEFAULT_PREFERENCES);
  });
});

describe('elements', () => {
  test('user-preference without a form holds none, with two it is refused', () => {
    expect(anon.parseUserPreference(anon.buildUserPreference())).toBeUndefined();
    const x = anon.buildPreferences(anon.DEFAULT_PREFERENCES);
    expect(anon.parseUserPreference(anon.buildUserPreference(x))?.fields).toHaveLength(4);
    expect(() => anon.parseUserPreference(el('user-preference', anon.NS, {}, [x, x]))).toThrow(
      refused('bad-request'),
    );
    expect(() => anon.parseUserPreference(el('user-preference', 'urn:xmpp:mix:core:1'))).toThrow(
      refused('bad-request'),
    );
  });

  test.each([
    "<participant xmlns='urn:xmpp:mix:anon:0'/>",
    "<participant xmlns='urn:xmpp:mix:anon:0'><jid>a</jid><jid>b</jid></participant>",
    "<participant xmlns='urn:xmpp:mix:core:1'><jid>a</jid></participant>",
  ])('%s maps nothing', (xml) => {
    expect(() => anon.parseMapped(parseElement(xml))).toThrow(refused('bad-request'));
  });
});
