/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01): modes, preferences and the JID map.
 * Reads and writes preferences in every spelling that the document has (D-02, D-04 to D-06), and the jidmap's payload.
 * Does not decide what a preference leads to (channel/visibility.ts does) nor who may ask.
 * Always: a written form has all four preferences, in lower case with spaces; a bad value refuses the whole form.
 * Before: xep/0004-forms/wire.ts. After: xep/0369-core/info.ts.
 */
import type { Mode, Preferences } from '../../mix.ts';
import { checkName, optionalChild, requiredChild } from '../../stanza/codec.ts';
import { refuse, Refusal } from '../../stanza/error.ts';
import { el, text, type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  field,
  fieldsByName,
  folded,
  isSubmission,
  NS as NS_FORMS,
  parseForm,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';

export * from './dry-run.ts';

export const NS = 'urn:xmpp:mix:anon:0';

/** How the config form spells the modes: the first set of D-02; the second is the type Mode itself. */
const CONFIG_MODES: Readonly<Record<Mode, string>> = {
  'jid-hidden': 'jid-hidden',
  'jid-maybe-visible': 'jid-optionally-visible',
  'jid-visible': 'jid-mandatory-visible',
};
const MODE_LABELS: Readonly<Record<Mode, string>> = {
  'jid-hidden': 'JID Hidden',
  'jid-maybe-visible': 'JID Maybe Visible',
  'jid-visible': 'JID Visible',
};
/** From the most hidden to the most open. */
export const MODES: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];

/** The name of the mode's field, in config, information and discovery, and of the first preference. */
export const MODE_NAME = 'JID Visibility';

/** The mode that the text names, in any vocabulary of D-02; undefined for anything else. */
export function parseMode(text: string): Mode | undefined {
  const word = folded(text);
  return MODES.find((mode) => [mode, CONFIG_MODES[mode]].some((name) => folded(name) === word));
}

/** How the config form spells the mode (D-02). */
export function configMode(mode: Mode): string {
  return CONFIG_MODES[mode];
}

/** The field that tells the mode; with a label and options where it is to be filled in. */
export function modeField(mode: Mode, spelt: (mode: Mode) => string, type: 'form' | 'result'): Field {
  const plain = { var: MODE_NAME, type: 'list-single', values: [spelt(mode)] };
  if (type === 'result') return plain;
  return {
    ...plain,
    label: 'Who sees the addresses of participants',
    options: MODES.map((each) => ({ label: MODE_LABELS[each], value: spelt(each) })),
  };
}

/** The form in a channel's disco#info that tells the mode before one joins (D-01). */
export function modeForm(mode: Mode): Form {
  return { type: 'result', formType: NS, fields: [modeField(mode, (each) => each, 'result')] };
}

/** The mode among the forms of a disco#info answer; undefined where it is not told. */
export function modeIn(forms: readonly Form[]): Mode | undefined {
  for (const form of forms) {
    const value = form.formType === NS ? field(form, MODE_NAME)?.values[0] : undefined;
    if (value !== undefined) return parseMode(value);
  }
  return undefined;
}

type Key = keyof Preferences;

interface Preference<Value> {
  readonly name: string;
  readonly label: string;
  readonly initial: Value;
  /** Each value and its label. */
  readonly values: readonly (readonly [Value, string])[];
}

/** §3.1's table, with `prefer` (D-04). */
const PREFERENCES: { readonly [K in Key]: Preference<Preferences[K]> } = {
  jidVisibility: {
    name: MODE_NAME,
    label: 'Preference for JID Visibility',
    initial: 'default',
    values: [
      ['default', 'Default Behaviour'],
      ['never', 'JID Never Shown'],
      ['prefer not', 'Try not to show JID'],
      ['prefer', 'Prefer Visible'],
      ['always', 'JID Always Shown'],
    ],
  },
  privateMessages: {
    name: 'Private Messages',
    label: 'Private messages from participants',
    initial: 'allow',
    values: [
      ['allow', 'Allow'],
      ['block', 'Block'],
    ],
  },
  vCard: {
    name: 'vCard',
    label: 'Participants may see the vCard',
    initial: 'block',
    values: [
      ['allow', 'Allow'],
      ['block', 'Block'],
    ],
  },
  presence: {
    name: 'Presence',
    label: 'Presence in the channel',
    initial: 'share',
    values: [
      ['share', 'Share'],
      ['not share', 'Do not share'],
    ],
  },
};
const KEYS: readonly Key[] = ['jidVisibility', 'privateMessages', 'vCard', 'presence'];

/** §2.2's names for the values of §3.1 (D-04), folded. */
const CONCEPT_NAMES: Readonly<Record<string, Preferences['jidVisibility']>> = {
  'prefer visible': 'prefer',
  'prefer hidden': 'prefer not',
  'enforce hidden': 'never',
  'enforce visible': 'always',
};

/** What holds for a participant who never said anything (§3.1). */
export const DEFAULT_PREFERENCES: Preferences = {
  jidVisibility: PREFERENCES.jidVisibility.initial,
  privateMessages: PREFERENCES.privateMessages.initial,
  vCard: PREFERENCES.vCard.initial,
  presence: PREFERENCES.presence.initial,
};

/**
 * What a submitted form sets (§3.1, D-10): an empty field is its default, unknown fields are ignored; undefined for a
 * form of type cancel. bad-request for a foreign FORM_TYPE, a form of another type, or two fields of one name;
 * not-acceptable for a value that the preference does not have.
 */
export function parsePreferences(form: Form): Partial<Preferences> | undefined {
  return isSubmission(form, NS) ? preferencesIn(form, false) : undefined;
}

/** The preferences that a channel's answer tells, for a client or PAM; values that we do not know are left out. */
export function readPreferences(form: Form): Partial<Preferences> {
  return preferencesIn(form, true);
}

function preferencesIn(form: Form, isLenient: boolean): Partial<Preferences> {
  const fields = fieldsByName(form);
  const found: { -readonly [K in Key]?: Preferences[K] } = {};
  for (const key of KEYS)
    try {
      take(key, fields.get(folded(PREFERENCES[key].name)), found);
    } catch (error) {
      if (!isLenient || !(error instanceof Refusal)) throw error;
    }
  return found;
}

function take<K extends Key>(key: K, given: Field | undefined, found: { [P in K]?: Preferences[P] }): void {
  if (given !== undefined) found[key] = valueOf(key, singleValue(given));
}

function valueOf<K extends Key>(key: K, given: string | undefined): Preferences[K] {
  const { name, initial, values } = PREFERENCES[key];
  if (given === undefined) return initial;
  const word = folded(given);
  const meant = key === 'jidVisibility' && Object.hasOwn(CONCEPT_NAMES, word) ? CONCEPT_NAMES[word] : word;
  const found = values.find(([value]) => value === meant);
  if (found === undefined) throw refuse('not-acceptable', `'${name}' does not have this value`);
  return found[0];
}

/**
 * The preferences as a form: all four in a channel's answer (§3.1), in what a client sets those that it sets (D-10).
 * @param custom the values of fields that are not among the four
 */
export function buildPreferences(
  preferences: Partial<Preferences>,
  type: 'result' | 'submit' = 'result',
  custom: Readonly<Record<string, readonly string[]>> = {},
): XmlElement {
  const fields = KEYS.flatMap((key): Field[] => {
    const value = preferences[key];
    return value === undefined ? [] : [{ var: PREFERENCES[key].name, type: 'list-single', values: [value] }];
  });
  const others = Object.entries(custom).map(([name, values]) => ({ var: name, values }));
  return buildForm({ type, formType: NS, fields: [...fields, ...others] });
}

/** The fields of a template that are not among the four: a channel may have more (§3.1). */
export function customFields(form: Form): Field[] {
  const known = KEYS.map((key) => folded(PREFERENCES[key].name));
  return form.fields.filter(
    ({ var: name, type }) =>
      name !== '' && type !== 'fixed' && type !== 'hidden' && !known.includes(folded(name)),
  );
}

/** The form to fill in (§3.1): the current values, and only such options as the mode admits (D-07, D-10). */
export function buildTemplate(preferences: Preferences, mode: Mode): XmlElement {
  const excluded = mode === 'jid-visible' ? 'never' : mode === 'jid-hidden' ? 'always' : undefined;
  const fields = KEYS.map((key): Field => {
    const { name, label, values } = PREFERENCES[key];
    const options = values.map(([value, label]) => ({ label, value }));
    return {
      var: name,
      type: 'list-single',
      label,
      values: [preferences[key]],
      options: options.filter(({ value }) => value !== excluded),
    };
  });
  return buildForm({ type: 'form', formType: NS, fields });
}

/** The form in `<user-preference/>` (§3.1); undefined where it holds none, bad-request for two and another element. */
export function parseUserPreference(element: XmlElement): Form | undefined {
  checkName(element, 'user-preference', NS);
  const form = optionalChild(element, 'x', NS_FORMS);
  return form && parseForm(form);
}

/** `<user-preference/>`: a question without a form, anything else with one (§3.1). */
export function buildUserPreference(form?: XmlElement): XmlElement {
  return el('user-preference', NS, {}, [form]);
}

/** The payload of a jidmap item (§2.5): the participant's bare address. For owners and administrators only. */
export function buildMapped(jid: string): XmlElement {
  return el('participant', NS, {}, [el('jid', NS, {}, [jid])]);
}

/** Reads one; bad-request where the address is not there exactly once. */
export function parseMapped(participant: XmlElement): string {
  checkName(participant, 'participant', NS);
  return text(requiredChild(participant, 'jid'));
}
