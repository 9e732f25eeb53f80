/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §4.7.4: the item of the information node.
 * Reads and writes its form, with the mode beside it (D-01).
 * Does not decide who may change it (channel/ does).
 * Always: the mode is spelt with D-02's second set; names are compared as D-06 says.
 * Before: xep/0404-anon/wire.ts. After: xep/0369-core/wire.ts.
 */
import type { ChannelInfo, Mode } from '../../mix.ts';
import { refuse } from '../../stanza/error.ts';
import { type XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  fieldsByName,
  folded,
  isSubmission,
  multiValue,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';
import { MODE_NAME, modeField, parseMode } from '../0404-anon/wire.ts';
import { NS } from './who.ts';

/** What a form says. A key with undefined (or no contact) means: cleared. A key that is absent: not mentioned. */
export type InfoForm = Partial<ChannelInfo> & { readonly mode?: Mode };

/** The item as a form: `result` to show, `form` to fill in; the mode where it is given (§4.7.4, D-69). */
export function buildInfo(info: ChannelInfo, mode?: Mode, type: 'form' | 'result' = 'result'): XmlElement {
  const fields = [
    describe('Name', 'Channel Name', 'text-single', info.name === undefined ? [] : [info.name]),
    describe(
      'Description',
      'Channel Description',
      'text-single',
      info.description === undefined ? [] : [info.description],
    ),
    describe('Contact', 'Channel Administrative Contact', 'jid-multi', info.contact),
  ];
  const shown = fields
    .filter(({ values }) => type === 'form' || values.length > 0)
    .map((field): Field => (type === 'form' ? field : { ...field, label: undefined }));
  return buildForm({
    type,
    formType: NS,
    fields: mode === undefined ? shown : [...shown, modeField(mode, (each) => each, type)],
  });
}

/** The form with which a client changes what it mentions (XEP-0406 §3.1). */
export function buildInfoSubmit(info: Partial<ChannelInfo>): XmlElement {
  const fields: Field[] = [];
  if ('name' in info) fields.push({ var: 'Name', values: given(info.name) });
  if ('description' in info) fields.push({ var: 'Description', values: given(info.description) });
  if (info.contact !== undefined) fields.push({ var: 'Contact', values: info.contact });
  return buildForm({ type: 'submit', formType: NS, fields });
}

function given(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

function describe(name: string, label: string, type: string, values: readonly string[]): Field {
  return { var: name, label, type, values };
}

/**
 * What a published form changes (XEP-0406 §3.1, D-69); nothing for one of type cancel. bad-request with
 * invalid-payload for a foreign FORM_TYPE or type; bad-request for two fields of one name; not-acceptable for a mode
 * that there is not, and for several values where there is one.
 */
export function parseInfo(form: Form): InfoForm {
  return isSubmission(form, NS, ['submit', 'form'], { pubsub: 'invalid-payload' }) ? infoIn(form) : {};
}

/** What an item of the node says, for a client; a mode that we do not know is left out. */
export function readInfo(form: Form): InfoForm {
  const known = form.fields.filter(
    (field) => folded(field.var) !== folded(MODE_NAME) || parseMode(field.values[0] ?? '') !== undefined,
  );
  return infoIn({ ...form, fields: known });
}

function infoIn(form: Form): InfoForm {
  const fields = fieldsByName(form);
  const found: { -readonly [Key in keyof InfoForm]: InfoForm[Key] } = {};
  const name = fields.get('name');
  if (name !== undefined) found.name = singleValue(name);
  const description = fields.get('description');
  // XEP-0406 §3.1 offers it as text-multi, of which each value is a line (XEP-0004 §3.3).
  if (description !== undefined) found.description = description.values.join('\n').trim() || undefined;
  const contact = fields.get('contact');
  if (contact !== undefined) found.contact = multiValue(contact);
  const modeText = singleModeText(fields.get(folded(MODE_NAME)));
  if (modeText !== undefined) found.mode = knownMode(modeText);
  return found;
}

function singleModeText(field: Field | undefined): string | undefined {
  return field && singleValue(field);
}

function knownMode(text: string): Mode {
  const mode = parseMode(text);
  if (mode === undefined) throw refuse('not-acceptable', `'${MODE_NAME}' does not have this value`);
  return mode;
}
