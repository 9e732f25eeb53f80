/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11) §7.1.5, §8: what the owner of a node makes of it.
 * Reads and writes requests to make, configure and delete a node, and the form of its options.
 * Does not know which options a service offers: channels have none (wire.ts), accounts have some (host/pep/).
 * Always: a field that is not known here is told by its name, never left out in silence.
 * Before: xep/0060-pubsub/items.ts. After: xep/0060-pubsub/wire.ts.
 */
import { parseUnsigned } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, el, elements, type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  isSubmission,
  NS as NS_FORMS,
  parseBoolean,
  parseForm,
  type Field,
} from '../0004-forms/wire.ts';
import { NS, nodeOf } from './items.ts';

export const NS_OWNER = 'http://jabber.org/protocol/pubsub#owner';
export const NODE_CONFIG = `${NS}#node_config`;
export const PUBLISH_OPTIONS = `${NS}#publish-options`;

export interface NodeOptions {
  readonly accessModel?: string | undefined;
  readonly maxItems?: number | 'max' | undefined;
  readonly persistItems?: boolean | undefined;
  /** 'never', 'on_sub' or 'on_sub_and_presence'. */
  readonly sendLastItem?: string | undefined;
}

export interface GivenOptions extends NodeOptions {
  /** Fields beyond those above, with their values. */
  readonly others: readonly Field[];
}

export type OwnerRequest =
  | { readonly verb: 'create'; readonly node: string; readonly options: GivenOptions | undefined }
  /** Without options: what are they? */
  | { readonly verb: 'configure'; readonly node: string; readonly options: GivenOptions | undefined }
  | { readonly verb: 'delete'; readonly node: string };

/** Reads such a request; undefined for any other one. */
export function parseOwnerRequest(payload: XmlElement): OwnerRequest | undefined {
  const [verb, ...others] = elements(payload).filter(({ ns }) => ns === payload.ns);
  if (payload.name !== 'pubsub' || verb === undefined) return undefined;
  if (payload.ns === NS && verb.name === 'create') {
    const form = others.find(({ name }) => name === 'configure');
    return { verb: 'create', node: nodeOf(verb), options: form && parseOptions(form, NODE_CONFIG) };
  }
  if (payload.ns !== NS_OWNER || others.length > 0) return undefined;
  if (verb.name === 'delete') return { verb: 'delete', node: nodeOf(verb) };
  if (verb.name !== 'configure') return undefined;
  return { verb: 'configure', node: nodeOf(verb), options: parseOptions(verb, NODE_CONFIG) };
}

/** The options in the form in `parent`; undefined where there is no form, or one that was cancelled. */
export function parseOptions(parent: XmlElement, formType: string): GivenOptions | undefined {
  const x = child(parent, 'x', NS_FORMS);
  if (x === undefined) return undefined;
  const form = parseForm(x);
  if (!isSubmission(form, formType)) return undefined;
  const valueOf = (name: string) => form.fields.find((field) => field.var === name)?.values[0]?.trim();
  const [maxItems, persistItems] = [valueOf(MAX_ITEMS), valueOf(PERSIST_ITEMS)];
  return {
    accessModel: valueOf(ACCESS_MODEL),
    maxItems: maxItems === undefined ? undefined : maxItems === 'max' ? 'max' : countOf(maxItems),
    persistItems: persistItems === undefined ? undefined : parseBoolean(persistItems),
    sendLastItem: valueOf(SEND_LAST_ITEM),
    others: form.fields.filter(({ var: name }) => !KNOWN.includes(name)),
  };
}

/** The form of options, to submit or, with type 'form', to be filled in; `others` are fields of the service's own. */
export function buildOptions(
  options: NodeOptions,
  formType: string,
  type: 'form' | 'submit' = 'submit',
  others: readonly Field[] = [],
): XmlElement {
  const { accessModel, maxItems, persistItems, sendLastItem } = options;
  const values: readonly (readonly [string, string | undefined])[] = [
    [ACCESS_MODEL, accessModel],
    [MAX_ITEMS, maxItems?.toString()],
    [PERSIST_ITEMS, persistItems?.toString()],
    [SEND_LAST_ITEM, sendLastItem],
  ];
  const fields = values.flatMap(([name, value]) => (value === undefined ? [] : field(name, value, type)));
  return buildForm({ type, formType, fields: [...fields, ...others] });
}

/** What goes beside `<publish/>` to have the node made like this, or the publish refused (§7.1.5). */
export function buildPublishOptions(options: NodeOptions): XmlElement {
  return el('publish-options', NS, {}, [buildOptions(options, PUBLISH_OPTIONS)]);
}

/** Asks for the options of a node, answers with them, or sets them (§8.2). */
export function buildConfigure(node: string, form?: XmlElement): XmlElement {
  return el('pubsub', NS_OWNER, {}, [el('configure', NS_OWNER, { node }, [form])]);
}

/** Asks to make a node (§8.1). */
export function buildCreate(node: string, options?: NodeOptions): XmlElement {
  const configure = options && el('configure', NS, {}, [buildOptions(options, NODE_CONFIG)]);
  return el('pubsub', NS, {}, [el('create', NS, { node }), configure]);
}

/** Asks to delete a node (§8.4). */
export function buildDelete(node: string): XmlElement {
  return el('pubsub', NS_OWNER, {}, [el('delete', NS_OWNER, { node })]);
}

const ACCESS_MODEL = 'pubsub#access_model';
const MAX_ITEMS = 'pubsub#max_items';
const PERSIST_ITEMS = 'pubsub#persist_items';
const SEND_LAST_ITEM = 'pubsub#send_last_published_item';
const KNOWN: readonly string[] = [ACCESS_MODEL, MAX_ITEMS, PERSIST_ITEMS, SEND_LAST_ITEM, ''];

/** The type of each field, where a form is filled in, and what can be chosen. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  [ACCESS_MODEL]: ['presence', 'open', 'whitelist'],
  [SEND_LAST_ITEM]: ['never', 'on_sub', 'on_sub_and_presence'],
};

function field(name: string, value: string, type: 'form' | 'submit'): Field[] {
  if (type === 'submit') return [{ var: name, values: [value] }];
  const choices = CHOICES[name];
  const kind = choices ? 'list-single' : name === PERSIST_ITEMS ? 'boolean' : 'text-single';
  return [{ var: name, type: kind, values: [value], options: choices?.map((choice) => ({ value: choice })) }];
}

function countOf(text: string): number {
  const count = parseUnsigned(text);
  if (count === 0) throw refuse('not-acceptable', 'a node holds at least one item');
  return count;
}
