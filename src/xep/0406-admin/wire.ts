/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22): the item of the configuration node.
 * Reads and writes its form, by the table in options.ts.
 * Does not know who may change what, nor check addresses and dates against anything (channel/ does).
 * Always: a value that an option does not have refuses the whole form; unknown options are passed over (ADM-39).
 * Before: xep/0406-admin/options.ts. After: xep/0406-admin/service.ts.
 */
import type { Mode, Node } from '../../mix.ts';
import { formatDateTime, readDateTime } from '../../stanza/codec.ts';
import { refuse, Refusal } from '../../stanza/error.ts';
import { type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  field,
  fieldsByName,
  folded,
  isSubmission,
  multiValue,
  parseBoolean,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';
import { configMode, MODE_NAME, modeField, parseMode } from '../0404-anon/wire.ts';
import {
  LAST_CHANGE_NAME,
  NODE_WORDS,
  OPTIONS,
  type ConfigOption,
  type ConfigOptions,
  type FlagOption,
} from './options.ts';

export type { ConfigOptions } from './options.ts';

export const NS = 'urn:xmpp:mix:admin:0';

/** What a form sets; options that it does not mention are absent. */
export type ConfigForm = Partial<ConfigOptions>;

/** The whole configuration; `endOfLife` may be undefined instead of null. */
export type ConfigShown = Omit<ConfigOptions, 'endOfLife'> & {
  readonly endOfLife: number | null | undefined;
  readonly lastChangeBy: string;
};

type Found = { -readonly [Key in keyof ConfigOptions]?: ConfigOptions[Key] };
type Fields = ReadonlyMap<string, Field>;

const DEFAULT_MODE: Mode = 'jid-hidden';

/**
 * What a published form changes (§3.2, D-69); nothing for one of type cancel. An empty field unsets its option
 * (GEN-34): the default, nobody, or no end. bad-request with invalid-payload for a foreign FORM_TYPE or type;
 * bad-request for two fields of one name; not-acceptable for a value that the option does not have, for several values
 * where there is one, without owners, without the participants node, and for names that contradict each other (D-70).
 * 'Last Change Made By' is passed over (ADM-15).
 */
export function parseConfig(form: Form): ConfigForm {
  if (!isSubmission(form, NS, ['submit', 'form'], { pubsub: 'invalid-payload' })) return {};
  const fields = fieldsByName(form);
  const found: Found = {};
  for (const option of OPTIONS) parseOption(option, fields, found);
  return found;
}

/** What the configuration node says, for a client; values that we do not know are left out. */
export function readConfig(form: Form): ConfigForm {
  const fields = fieldsByName(form);
  const found: Found = {};
  for (const option of OPTIONS)
    try {
      parseOption(option, fields, found);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  return found;
}

/** 'Last Change Made By', for a client (§2.4); undefined where it is not told. */
export function parseLastChangeBy(form: Form): string | undefined {
  return field(form, LAST_CHANGE_NAME)?.values[0];
}

function parseOption(option: ConfigOption, fields: Fields, found: Found): void {
  if (option.kind === 'flag') {
    const value = flagIn(option, option.name, fields);
    if (value !== undefined) found[option.key] = value;
    return;
  }
  const given = fields.get(folded(option.name));
  if (given === undefined) return;
  switch (option.kind) {
    case 'jids':
      found[option.key] = jidsIn(given, option.key);
      return;
    case 'time':
      found.endOfLife = timeIn(given);
      return;
    case 'nodes':
      found.nodesPresent = nodesIn(given);
      return;
    case 'mode':
      found.mode = modeIn(given);
      return;
    case 'group': {
      const value = singleValue(given);
      const group = option.groups.find((each) => value !== undefined && each === folded(value));
      if (value !== undefined && group === undefined) throw unacceptable(option.name);
      found[option.key] = group ?? option.initial;
    }
  }
}

function unacceptable(name: string): Refusal {
  return refuse('not-acceptable', `'${name}' does not have this value`);
}

function flagIn({ initial, also }: FlagOption, name: string, fields: Fields): boolean | undefined {
  const value = booleanIn(fields.get(folded(name)), initial);
  if (also === undefined) return value;
  const other = booleanIn(fields.get(folded(also.name)), initial !== also.isInverse);
  if (other === undefined) return value;
  const meant = other !== also.isInverse;
  if (value !== undefined && value !== meant)
    throw refuse('not-acceptable', `'${name}' and '${also.name}' contradict each other`);
  return meant;
}

function booleanIn(given: Field | undefined, initial: boolean): boolean | undefined {
  if (given === undefined) return undefined;
  const value = singleValue(given);
  return value === undefined ? initial : parseBoolean(value);
}

function jidsIn(given: Field, key: 'owners' | 'administrators'): readonly string[] {
  const jids = multiValue(given);
  if (key === 'owners' && jids.length === 0)
    throw refuse('not-acceptable', 'a channel has at least one owner');
  return jids;
}

function timeIn(given: Field): number | null {
  const value = singleValue(given);
  if (value === undefined) return null;
  const at = readDateTime(value);
  if (at === undefined) throw refuse('not-acceptable', 'the end of life is a date and time as of XEP-0082');
  return at;
}

/** The nodes that are named; jidmap always, since its removal is passed over (D-29). */
function nodesIn(given: Field): Node[] {
  const words = new Set(
    multiValue(given).map((value) => folded(value).replace(/^jidmap$/, 'jidmap visible')),
  );
  if (!words.has('participants')) throw refuse('not-acceptable', 'a channel has participants');
  words.add('jidmap visible');
  const known = NODE_WORDS.filter(([word]) => words.has(folded(word)));
  if (known.length < words.size) throw unacceptable('Nodes Present');
  return known.flatMap(([, nodes]) => nodes);
}

function modeIn(given: Field): Mode {
  const value = singleValue(given);
  if (value === undefined) return DEFAULT_MODE;
  const mode = parseMode(value);
  if (mode === undefined) throw unacceptable(MODE_NAME);
  return mode;
}

/** The whole configuration as a form: `form` to fill in, with labels and choices; `result` to show (§2.4, D-69). */
export function buildConfig(config: ConfigShown, type: 'form' | 'result'): XmlElement {
  const lastChange = {
    var: LAST_CHANGE_NAME,
    type: 'jid-single',
    label: type === 'form' ? 'Last change made by (cannot be set)' : undefined,
    values: [config.lastChangeBy],
  };
  const fields = OPTIONS.map((option) => describe(option, config, type));
  return buildForm({ type, formType: NS, fields: [lastChange, ...fields] });
}

/** The form with which a client sets these options and no others (§3.2), or creates a channel with them (D-66). */
export function buildConfigSubmit(config: ConfigForm): XmlElement {
  const fields = OPTIONS.filter(({ key }) => config[key] !== undefined).map((option): Field => ({
    var: option.name,
    values: valuesOf(option, config),
  }));
  return buildForm({ type: 'submit', formType: NS, fields });
}

const FIELD_TYPES: Readonly<Record<ConfigOption['kind'], string>> = {
  group: 'list-single',
  flag: 'boolean',
  jids: 'jid-multi',
  time: 'text-single',
  nodes: 'list-multi',
  mode: 'list-single',
};

function describe(option: ConfigOption, config: ConfigShown, type: 'form' | 'result'): Field {
  if (option.kind === 'mode') return modeField(config.mode, configMode, type);
  const { name, label, kind } = option;
  const plain = { var: name, type: FIELD_TYPES[kind], values: valuesOf(option, config) };
  if (type === 'result') return plain;
  const words = kind === 'group' ? option.groups : kind === 'nodes' ? NODE_WORDS.map(([word]) => word) : [];
  return { ...plain, label, options: words.map((value) => ({ value })) };
}

function valuesOf(option: ConfigOption, config: ConfigForm | ConfigShown): readonly string[] {
  const value = config[option.key];
  switch (option.kind) {
    case 'time':
      return typeof value === 'number' ? [formatDateTime(value)] : [];
    case 'nodes': {
      // These two cannot be taken away (D-28, D-68), so they are present in every form.
      const present: readonly Node[] = ['participants', 'jidmap', ...(config.nodesPresent ?? [])];
      return NODE_WORDS.filter(([, nodes]) => nodes.some((node) => present.includes(node))).map(
        ([word]) => word,
      );
    }
    case 'mode':
      return config.mode === undefined ? [] : [configMode(config.mode)];
    case 'jids':
      return config[option.key] ?? [];
    case 'group':
    case 'flag':
      return [String(value)];
  }
}
