/**
 * XML for tests: what is asked, written short, and what comes back, looked into.
 * Owns forms, requests to pubsub, and the parts of an error.
 * Does not send anything (kit.ts).
 * Always: text is escaped; a stanza is in the namespace of clients.
 * Before: src/xml/element.ts. After: test/conformance/pubsub/kit.ts.
 */
import { parseElement } from '../../../src/xml/document.ts';
import { child, elements, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';

export const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** `<x/>` to submit: each field as [var, ...values]. */
export function form(
  formType: string | undefined,
  fields: readonly (readonly string[])[],
  type = 'submit',
): string {
  const all = formType === undefined ? fields : [['FORM_TYPE', formType], ...fields];
  const xml = all.map(([name = '', ...values]) => {
    const inner = values.map((value) => `<value>${escaped(value)}</value>`).join('');
    return `<field var='${name}'>${inner}</field>`;
  });
  return `<x xmlns='jabber:x:data' type='${type}'>${xml.join('')}</x>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
}

/** A request to pubsub; `inner` is what stands in it. */
export function pubsub(inner: string, owner = false): string {
  return `<pubsub xmlns='http://jabber.org/protocol/pubsub${owner ? '#owner' : ''}'>${inner}</pubsub>`;
}

export function publish(node: string, payload: string, id?: string): string {
  const attr = id === undefined ? '' : ` id='${escaped(id)}'`;
  return pubsub(`<publish node='${node}'><item${attr}>${payload}</item></publish>`);
}

/** The children of a stanza as text. */
export function inside(stanza: XmlElement): string {
  return elements(stanza)
    .map((each) => serialize(each))
    .join('');
}

/** Every element of that name below the stanza, in order. */
export function all(stanza: XmlElement, name: string): XmlElement[] {
  return elements(stanza).flatMap((each) => [...(each.name === name ? [each] : []), ...all(each, name)]);
}

export function textsOf(stanza: XmlElement, name: string): string[] {
  return all(stanza, name).map(({ children }) =>
    children.filter((node) => typeof node === 'string').join(''),
  );
}

/** Condition, type, and application condition with its feature. */
export function errorOf(stanza: XmlElement): [string, string, string] {
  const error = child(stanza, 'error');
  const parts = error === undefined ? [] : elements(error);
  const condition = parts.find(({ ns, name }) => ns === STANZAS && name !== 'text')?.name ?? '';
  const application = parts
    .filter(({ ns }) => ns !== STANZAS)
    .map(({ name, attrs }) => (attrs['feature'] === undefined ? name : `${name} ${attrs['feature']}`));
  return [condition, error?.attrs['type'] ?? '', application.join()];
}

/** A stanza as text, in the namespace of clients, with an id of its own where it has one. */
export function stanzaOf(xml: string): XmlElement {
  return parseElement(xml.replace(/^<(\w+)/, "<$1 xmlns='jabber:client'"), {
    depthMax: 100,
    stanzaBytesMax: 10_000_000,
    attributesMax: 100,
    childrenMax: 100_000,
    streamBytesMax: 10_000_000,
  });
}
