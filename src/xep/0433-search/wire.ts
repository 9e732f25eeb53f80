/**
 * XEP-0433 Extended Channel Search 0.1.0 (2020-02-27): finding channels.
 * Reads the search, writes the form, the results and the errors that the document has names for.
 * Does not search (service.ts).
 * Always: what is sent of a channel is its address and what it says of itself; never how many are in it.
 * Before: xep/0004-forms/wire.ts. After: xep/0433-search/service.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { refuse, type Refusal } from '../../stanza/error.ts';
import { child, el, type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  fieldsByName,
  folded,
  multiValue,
  NS as FORMS,
  parseBoolean,
  parseForm,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';
import { parseRsm, type RsmRequest } from '../0059-rsm/wire.ts';

export const NS = 'urn:xmpp:channel-search:0:search';
export const NS_PARAMS = 'urn:xmpp:channel-search:0:search-params';
export const NS_ERRORS = 'urn:xmpp:channel-search:0:error';
export const BY_ADDRESS = '{urn:xmpp:channel-search:0:order}address';
const ANYBODY_SEES = '{urn:xmpp:channel-search:0:anonymity}none';

export const TYPES = ['xep-0369', 'xep-0045'] as const;
export type ServiceType = (typeof TYPES)[number];

export interface Search {
  /** Undefined: all channels. */
  readonly words: readonly string[] | undefined;
  readonly inName: boolean;
  readonly inDescription: boolean;
  readonly inAddress: boolean;
  /** What the asker's client speaks, the best first. */
  readonly types: readonly ServiceType[];
  readonly page: RsmRequest | undefined;
}

/** Undefined where the form is asked for. @throws the document's errors for what cannot be searched. */
export function parseSearch(search: XmlElement): Search | undefined {
  checkName(search, 'search', NS);
  const x = child(search, 'x', FORMS);
  if (x === undefined) return undefined;
  const fields = fieldsOf(parseForm(x));
  const flag = (name: string, usual: boolean): boolean => {
    const value = fields(name) && singleValue(fields(name) as Field);
    return value === undefined ? usual : parseBoolean(value);
  };
  const key = fields('key');
  if (key !== undefined && singleValue(key) !== BY_ADDRESS)
    throw special('feature-not-implemented', 'invalid-sort-key', 'Channels are listed by their addresses.');
  const words = wordsIn(fields('q'));
  const all = flag('all', false);
  if (all && words !== undefined)
    throw special('bad-request', 'conflicting-fields', 'It is all channels or those with some words.');
  if (!all && words === undefined)
    throw special('bad-request', 'no-search-conditions', 'Nothing is searched for.');
  const types = fields('types');
  const wanted = types === undefined ? ['xep-0045'] : multiValue(types);
  return {
    words,
    inName: flag('sinname', true),
    inDescription: flag('sindescription', true),
    inAddress: flag('sinaddress', flag('sinaddr', true)),
    types: TYPES.filter((type) => wanted.includes(type)),
    page: parseRsm(search),
  };
}

function fieldsOf(form: Form): (name: string) => Field | undefined {
  if (form.formType !== undefined && form.formType !== NS_PARAMS)
    throw refuse('bad-request', 'This is another form.');
  const fields = fieldsByName(form);
  return (name) => fields.get(folded(name));
}

/** Undefined where nothing is said. @throws bad-request where no word is left. */
function wordsIn(q: Field | undefined): readonly string[] | undefined {
  const text = q && singleValue(q);
  if (text === undefined) return undefined;
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}@._-]+/u)
    .filter((word) => word !== '');
  if (words.length > 0) return words;
  throw special('bad-request', 'invalid-search-terms', 'There is no word in what is searched for.');
}

/** An error with the document's own condition, all of type modify (§3.2). */
function special(condition: 'bad-request' | 'feature-not-implemented', name: string, text: string): Refusal {
  return refuse(condition, text, { type: 'modify', within: el(name, NS_ERRORS) });
}

export function buildSearchForm(): XmlElement {
  const flag = (name: string, label: string, value: string): Field => ({
    ...{ var: name, type: 'boolean', label },
    values: [value],
  });
  const option = (value: string, label: string) => ({ value, label });
  const form = buildForm({
    type: 'form',
    formType: NS_PARAMS,
    fields: [
      { var: 'q', type: 'text-single', label: 'Search for', values: [] },
      flag('all', 'All channels', 'false'),
      flag('sinname', 'Search in names', 'true'),
      flag('sindescription', 'Search in descriptions', 'true'),
      flag('sinaddress', 'Search in addresses', 'true'),
      {
        ...{ var: 'types', type: 'list-multi', label: 'Kinds', values: ['xep-0045'] },
        options: [option('xep-0045', 'Rooms (MUC)'), option('xep-0369', 'Channels (MIX)')],
      },
      {
        ...{ var: 'key', type: 'list-single', label: 'Sort by', values: [BY_ADDRESS] },
        options: [option(BY_ADDRESS, 'Address')],
      },
    ],
  });
  return el('search', NS, {}, [form]);
}

export interface FoundChannel {
  readonly address: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly type: ServiceType;
  readonly isOpen: boolean;
  /** Does everybody in it see the addresses of all? */
  readonly showsAddresses: boolean;
}

export function buildResult(channels: readonly FoundChannel[], rsm: XmlElement | undefined): XmlElement {
  return el('result', NS, {}, [...channels.map(buildItem), rsm]);
}

function buildItem(channel: FoundChannel): XmlElement {
  const line = (name: string, value: string | undefined): XmlElement | undefined =>
    value === undefined ? undefined : el(name, NS, {}, [value]);
  return el('item', NS, { address: channel.address }, [
    line('name', channel.name),
    line('description', channel.description),
    line('service-type', channel.type),
    line('is-open', channel.isOpen ? 'true' : 'false'),
    line('anonymity-mode', channel.showsAddresses ? ANYBODY_SEES : 'muc_semianonymous'),
  ]);
}
