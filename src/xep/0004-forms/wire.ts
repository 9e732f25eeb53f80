/**
 * XEP-0004 Data Forms 2.13.2 (2024-08-30), XEP-0068 Field Standardization 1.3 (2022-10): forms.
 * Reads and writes a form, and owns how the MIX family compares names and values in it (D-05, D-06).
 * Does not know any field by name (0369, 0404 and 0406 do), nor reported items, media or validation.
 * Always: `fields` holds everything but FORM_TYPE, in the order of the form.
 * Before: stanza/stanza.ts. After: xep/0404-anon/wire.ts.
 */
import { checkName, optionalAttr } from '../../stanza/codec.ts';
import { refuse, type RefusalDetails } from '../../stanza/error.ts';
import { child, childrenOf, childText, el, text, type XmlElement } from '../../xml/element.ts';

export const NS = 'jabber:x:data';

export interface FieldOption {
  readonly label?: string | undefined;
  readonly value: string;
}

export interface Field {
  readonly var: string;
  readonly type?: string | undefined;
  readonly label?: string | undefined;
  readonly values: readonly string[];
  readonly options?: readonly FieldOption[] | undefined;
  readonly required?: boolean | undefined;
}

const KINDS = ['form', 'submit', 'result', 'cancel'] as const;
export type FormKind = (typeof KINDS)[number];

export interface Form {
  /** undefined where the attribute is absent, which some clients do. */
  readonly type: FormKind | undefined;
  readonly formType: string | undefined;
  readonly fields: readonly Field[];
  readonly title?: string | undefined;
  readonly instructions?: string | undefined;
}

const FORM_TYPE = 'FORM_TYPE';

/** Reads `<x/>` (XEP-0004 §3). bad-request where it is another element or of an unknown type. */
export function parseForm(x: XmlElement): Form {
  checkName(x, 'x', NS);
  const named = optionalAttr(x, 'type');
  const type = KINDS.find((kind) => kind === named);
  if (named !== undefined && type === undefined) throw refuse('bad-request', 'no such type of form');
  const fields = childrenOf(x, 'field').map(parseField);
  return {
    type,
    formType: fields.find((field) => field.var === FORM_TYPE)?.values[0],
    fields: fields.filter((field) => field.var !== FORM_TYPE),
    title: childText(x, 'title'),
    instructions: childText(x, 'instructions'),
  };
}

function parseField(field: XmlElement): Field {
  return {
    var: field.attrs['var'] ?? '',
    type: optionalAttr(field, 'type'),
    label: optionalAttr(field, 'label'),
    values: childrenOf(field, 'value').map(text),
    options: childrenOf(field, 'option').map((option) => ({
      label: optionalAttr(option, 'label'),
      value: childText(option, 'value') ?? '',
    })),
    required: child(field, 'required') !== undefined,
  };
}

/** Writes `<x/>`, FORM_TYPE first and hidden (XEP-0004 §3, XEP-0068 §3). */
export function buildForm(form: Form): XmlElement {
  const { type, formType, fields, title, instructions } = form;
  return el('x', NS, { type }, [
    title === undefined ? undefined : el('title', NS, {}, [title]),
    instructions === undefined ? undefined : el('instructions', NS, {}, [instructions]),
    formType === undefined ? undefined : buildField({ var: FORM_TYPE, type: 'hidden', values: [formType] }),
    ...fields.map(buildField),
  ]);
}

function buildField(field: Field): XmlElement {
  return el(
    'field',
    NS,
    { var: field.var === '' ? undefined : field.var, type: field.type, label: field.label },
    [
      field.required ? el('required', NS) : undefined,
      ...field.values.map((value) => el('value', NS, {}, [value])),
      ...(field.options ?? []).map(({ label, value }) =>
        el('option', NS, { label }, [el('value', NS, {}, [value])]),
      ),
    ],
  );
}

/** How names and values of forms are compared: without regard to case, outer space, and ' ', '_', '-' (D-05, D-06). */
export function folded(name: string): string {
  return name
    .replace(/[\s_-]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The field of that name as D-06 compares names; the first, where the form has several. */
export function field(form: Form, name: string): Field | undefined {
  const wanted = folded(name);
  return form.fields.find((candidate) => folded(candidate.var) === wanted);
}

/** The fields by folded name; bad-request where two have the same one (XEP-0004 §3.2). */
export function fieldsByName(form: Form): ReadonlyMap<string, Field> {
  const named = new Map<string, Field>();
  for (const candidate of form.fields) {
    const name = folded(candidate.var);
    if (name === '') continue;
    if (named.has(name)) throw refuse('bad-request', 'the form has two fields of one name');
    named.set(name, candidate);
  }
  return named;
}

/** The one value of a field, undefined where it is empty; not-acceptable where there are more (XEP-0004 §3.3). */
export function singleValue({ values }: Field): string | undefined {
  if (values.length > 1) throw refuse('not-acceptable', 'a field with one value has several');
  const value = values[0]?.trim();
  return value === '' ? undefined : value;
}

/** The values of a field, each once, empty ones left out (XEP-0004 §3.3). */
export function multiValue({ values }: Field): string[] {
  return [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '');
}

/** true, 1, false or 0 (XEP-0004 §3.3); anything else is not-acceptable. */
export function parseBoolean(value: string): boolean {
  const word = value.trim();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw refuse('not-acceptable', 'a boolean is true or false');
}

/**
 * Is this form to be carried out? false for one of type cancel (XEP-0004 §3.1). bad-request, with `details`, for a
 * foreign FORM_TYPE and for a type that nobody submits; both may be absent (D-10, D-69).
 */
export function isSubmission(
  form: Form,
  formType: string,
  accepted: readonly FormKind[] = ['submit'],
  details?: RefusalDetails,
): boolean {
  if (form.formType !== undefined && form.formType.trim() !== formType)
    throw refuse('bad-request', `the form's FORM_TYPE must be ${formType}`, details);
  if (form.type === 'cancel') return false;
  if (form.type === undefined || accepted.includes(form.type)) return true;
  throw refuse('bad-request', 'a form of this type cannot be submitted', details);
}
