/**
 * XEP-0313 Message Archive Management 1.1.3 (2025-04-09): questions to an archive.
 * Reads and writes queries, results, the end of a page and the archive's metadata.
 * Does not search (channel/ and storage/ do) nor judge `with` (D-41).
 * Always: a result's delay says no `from` (MAM-06); a filter that we do not know refuses the query, never widens it.
 * Before: xep/0059-rsm/wire.ts. After: xep/0313-mam/service.ts.
 */
import {
  checkName,
  formatDateTime,
  optionalAttr,
  optionalChild,
  parseDateTime,
  requiredAttr,
  requiredChild,
} from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { isNamed, child, el, isElement, type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  isSubmission,
  multiValue,
  NS as NS_FORMS,
  parseForm,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';
import {
  buildRsm,
  buildRsmRequest,
  parseRsm,
  parseRsmAnswer,
  type RsmAnswer,
  type RsmRequest,
} from '../0059-rsm/wire.ts';
import { buildDelay } from '../0203-delay/wire.ts';
import { buildForwarded, NS as NS_FORWARD, parseForwarded } from '../0297-forward/wire.ts';

export const NS = 'urn:xmpp:mam:2';
const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';

export interface MamQuery {
  readonly queryId?: string | undefined;
  readonly node?: string | undefined;
  /** As given; not yet known to be an address. */
  readonly with?: string | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly afterId?: string | undefined;
  readonly beforeId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly page: RsmRequest | undefined;
  readonly flip: boolean;
}

export interface MamResult {
  readonly queryId: string | undefined;
  readonly id: string;
  readonly at: number;
  readonly message: XmlElement;
}

export interface Fin extends RsmAnswer {
  readonly complete: boolean;
  readonly stable?: boolean | undefined;
}

export interface ArchiveEnd {
  readonly id: string;
  readonly at: number;
}

export interface Metadata {
  readonly start: ArchiveEnd;
  readonly end: ArchiveEnd;
}

/**
 * Reads a query of type set (§4). bad-request for a date or a page that is none and for a form without or with
 * another FORM_TYPE; feature-not-implemented for a field that we do not know; not-acceptable where a field with one
 * value has several. An empty field filters nothing.
 */
export function parseQuery(query: XmlElement): MamQuery {
  checkName(query, 'query', NS);
  const x = optionalChild(query, 'x', NS_FORMS);
  return {
    queryId: optionalAttr(query, 'queryid'),
    node: optionalAttr(query, 'node'),
    ...(x && parseFilters(parseForm(x))),
    page: parseRsm(query),
    flip: child(query, 'flip-page') !== undefined,
  };
}

function parseFilters(form: Form): Partial<MamQuery> {
  if (form.formType === undefined || !isSubmission(form, NS))
    throw refuse('bad-request', `a query needs a submitted form with the FORM_TYPE ${NS}`);
  const found: { -readonly [Key in keyof MamQuery]?: MamQuery[Key] } = {};
  const seen = new Set<string>();
  for (const field of form.fields) {
    if (seen.has(field.var)) throw refuse('bad-request', 'the form has two fields of one name');
    seen.add(field.var);
    parseFilter(field, found);
  }
  return found;
}

function parseFilter(field: Field, found: { -readonly [Key in keyof MamQuery]?: MamQuery[Key] }): void {
  switch (field.var) {
    case 'with':
      found.with = singleValue(field);
      return;
    case 'start':
    case 'end': {
      const moment = singleValue(field);
      found[field.var] = moment === undefined ? undefined : parseDateTime(moment);
      return;
    }
    case 'after-id':
      found.afterId = singleValue(field);
      return;
    case 'before-id':
      found.beforeId = singleValue(field);
      return;
    case 'ids': {
      const ids = multiValue(field);
      found.ids = ids.length === 0 ? undefined : ids;
      return;
    }
    default:
      throw refuse('feature-not-implemented', 'the archive cannot filter by one of these fields');
  }
}

/** Asks an archive (§4). */
export function buildQuery(query: Partial<MamQuery>): XmlElement {
  const fields = [
    submitted('with', query.with),
    submitted('start', query.start === undefined ? undefined : formatDateTime(query.start)),
    submitted('end', query.end === undefined ? undefined : formatDateTime(query.end)),
    submitted('after-id', query.afterId),
    submitted('before-id', query.beforeId),
    query.ids && { var: 'ids', values: query.ids },
  ].filter((field) => field !== undefined);
  return el('query', NS, { queryid: query.queryId, node: query.node }, [
    fields.length === 0 ? undefined : buildForm({ type: 'submit', formType: NS, fields }),
    query.page && buildRsmRequest(query.page),
    query.flip ? el('flip-page', NS) : undefined,
  ]);
}

function submitted(name: string, value: string | undefined): Field | undefined {
  return value === undefined ? undefined : { var: name, values: [value] };
}

/** The answer to a query of type get: the fields by which one may filter (§4.1.5). */
export function buildQueryForm(): XmlElement {
  const form = buildForm({
    type: 'form',
    formType: NS,
    fields: [
      { var: 'with', type: 'jid-single', values: [] },
      { var: 'start', type: 'text-single', values: [] },
      { var: 'end', type: 'text-single', values: [] },
      { var: 'before-id', type: 'text-single', values: [] },
      { var: 'after-id', type: 'text-single', values: [] },
      { var: 'ids', type: 'list-multi', values: [] },
    ],
  });
  // XEP-0122: any id may be given, though none is offered.
  const open = el('validate', NS_VALIDATE, { datatype: 'xs:string' }, [el('open', NS_VALIDATE)]);
  const children = form.children.map((node) =>
    isElement(node) && node.attrs['var'] === 'ids' ? { ...node, children: [open] } : node,
  );
  return el('query', NS, {}, [{ ...form, children }]);
}

/** `<result/>`: one message of the archive, without `to`, and when it was received (§4.2). */
export function buildResult({ queryId, id, at, message }: MamResult): XmlElement {
  return el('result', NS, { queryid: queryId, id }, [buildForwarded([buildDelay(at), message])]);
}

/** The result that a message carries; undefined where it carries none, bad-request where it is incomplete. */
export function parseResult(message: XmlElement): MamResult | undefined {
  const result = child(message, 'result', NS);
  if (result === undefined) return undefined;
  const { stanza, at } = parseForwarded(requiredChild(result, 'forwarded', NS_FORWARD));
  if (at === undefined || stanza.name !== 'message')
    throw refuse('bad-request', 'a result holds a message and its time');
  return { queryId: optionalAttr(result, 'queryid'), id: requiredAttr(result, 'id'), at, message: stanza };
}

/** `<fin/>`: the page is over (§4.2, §4.3.2); `complete` and `stable` are written where they differ from the default. */
export function buildFin({ complete, stable, ...page }: Fin): XmlElement {
  return el(
    'fin',
    NS,
    { complete: complete ? 'true' : undefined, stable: stable === false ? 'false' : undefined },
    [buildRsm(page)],
  );
}

/** Reads `<fin/>`; bad-request for another element. */
export function parseFin(fin: XmlElement): Fin {
  checkName(fin, 'fin', NS);
  return {
    complete: isTrue(fin.attrs['complete'] ?? 'false'),
    stable: isTrue(fin.attrs['stable'] ?? 'true'),
    ...parseRsmAnswer(fin),
  };
}

function isTrue(value: string): boolean {
  return value === 'true' || value === '1';
}

/** `<metadata/>`: the ends of the archive, or nothing for an empty one (§5). */
export function buildMetadata(metadata: Metadata | undefined): XmlElement {
  if (metadata === undefined) return el('metadata', NS);
  const { start, end } = metadata;
  return el('metadata', NS, {}, [
    el('start', NS, { id: start.id, timestamp: formatDateTime(start.at) }),
    el('end', NS, { id: end.id, timestamp: formatDateTime(end.at) }),
  ]);
}

/** Is this the question for metadata (§5)? */
export function isMetadataQuery(payload: XmlElement): boolean {
  return isNamed(payload, 'metadata', NS);
}

/** Reads the answer; undefined for an empty archive, bad-request where an end is incomplete. */
export function parseMetadata(metadata: XmlElement): Metadata | undefined {
  checkName(metadata, 'metadata', NS);
  const [start, end] = [optionalChild(metadata, 'start'), optionalChild(metadata, 'end')];
  if (start === undefined || end === undefined) return undefined;
  return { start: archiveEnd(start), end: archiveEnd(end) };
}

function archiveEnd(element: XmlElement): ArchiveEnd {
  return { id: requiredAttr(element, 'id'), at: parseDateTime(requiredAttr(element, 'timestamp')) };
}
