/**
 * The words of black-box tests: requests as text, and answers as text that can be compared.
 * Owns builders of the requests that many tests make, and what is read out of a stanza.
 * Does not send anything (kit.ts).
 * Always: two stanzas that say the same have one text; what an error tells people is not compared.
 * Before: src/xml/element.ts. After: test/conformance/admin/kit.ts.
 */
import { expect } from 'vitest';
import { canonical } from '../../../src/stanza/canonical.ts';
import { parseFragment } from '../../../src/xml/document.ts';
import { elements, isElement, text, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const PUBSUB_ERRORS = 'http://jabber.org/protocol/pubsub#errors';
export const PUBSUB = 'http://jabber.org/protocol/pubsub';
export const EVENT = `${PUBSUB}#event`;
export const CORE = 'urn:xmpp:mix:core:1';
export const MISC = 'urn:xmpp:mix:misc:0';
export const ADMIN = 'urn:xmpp:mix:admin:0';
export const node = (name: string): string => `urn:xmpp:mix:nodes:${name}`;

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** One element as text, the same for all that say the same; texts of errors are for people and left out. */
export function xml(element: XmlElement): string {
  return serialize(sorted(canonical(element)));
}

function sorted(element: XmlElement): XmlElement {
  const attrs = Object.fromEntries(Object.entries(element.attrs).sort(([a], [b]) => (a < b ? -1 : 1)));
  const children = element.children
    .filter((each) => !isElement(each) || each.name !== 'text' || each.ns !== STANZAS)
    .map((each) => (isElement(each) ? sorted(each) : each));
  return { ...element, attrs, children };
}

/** What a test expects, in the same form. */
export function like(source: string): string {
  return parseFragment(source).map(xml).join('\n');
}

export function children(stanza: XmlElement): string {
  return elements(stanza).map(xml).join('\n');
}

/** The first element of that name, at any depth. */
export function find(element: XmlElement, name: string, ns?: string): XmlElement | undefined {
  for (const inner of elements(element)) {
    const found =
      inner.name === name && (ns === undefined || inner.ns === ns) ? inner : find(inner, name, ns);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function form(fields: Fields, formType = ADMIN, type = 'submit'): string {
  const field = ([name, values]: [string, string | readonly string[]]): string =>
    `<field var='${name}'>${[values]
      .flat()
      .map((value) => `<value>${value}</value>`)
      .join('')}</field>`;
  const hidden = `<field var='FORM_TYPE' type='hidden'><value>${formType}</value></field>`;
  return `<x xmlns='jabber:x:data' type='${type}'>${hidden}${Object.entries(fields).map(field).join('')}</x>`;
}

export function publish(name: string, payload: string, id?: string): string {
  const item = `<item${id === undefined ? '' : ` id='${id}'`}>${payload}</item>`;
  return `<pubsub xmlns='${PUBSUB}'><publish node='${name}'>${item}</publish></pubsub>`;
}

export function retract(name: string, id: string): string {
  return `<pubsub xmlns='${PUBSUB}'><retract node='${name}'><item id='${id}'/></retract></pubsub>`;
}

export function items(name: string): string {
  return `<pubsub xmlns='${PUBSUB}'><items node='${name}'/></pubsub>`;
}

export function subscribe(name: string, { bare }: { readonly bare: string }): string {
  return `<pubsub xmlns='${PUBSUB}'><subscribe node='${name}' jid='${bare}'/></pubsub>`;
}

/** The values of a form in a stanza, by the names of the fields. */
export function valuesIn(stanza: XmlElement): Map<string, string[]> {
  const x = find(stanza, 'x', 'jabber:x:data');
  if (x === undefined) throw new Error(`no form in ${xml(stanza)}`);
  const fields = elements(x).filter(({ name }) => name === 'field');
  const valuesOf = (field: XmlElement): string[] =>
    elements(field)
      .filter(({ name }) => name === 'value')
      .map(text);
  return new Map(fields.map((field) => [field.attrs['var'] ?? '', valuesOf(field)]));
}

/** Why something was refused: `condition/type`, and the application condition where there is one. */
export function reasonIn(stanza: XmlElement): string {
  const error = elements(stanza).find(({ name }) => name === 'error');
  if (error === undefined) return xml(stanza);
  expect(elements(stanza), 'an error repeats nothing').toHaveLength(1);
  const defined = elements(error).filter(({ ns, name }) => ns === STANZAS && name !== 'text');
  const special = elements(error).filter(({ ns }) => ns === PUBSUB_ERRORS);
  expect(defined, 'an error has one condition').toHaveLength(1);
  const reason = [
    `${defined[0]?.name ?? ''}/${error.attrs['type'] ?? ''}`,
    ...special.map(({ name }) => name),
  ];
  return reason.join(' + ');
}
