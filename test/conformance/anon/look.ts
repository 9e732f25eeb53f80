/**
 * What stanzas say, for tests that look at a service from outside.
 * Writes what clients send, compares what they receive word for word, and finds parts of it.
 * Does not send anything (kit.ts).
 * Always: what is compared is the whole stanza, but for the order of attributes.
 * Before: src/xml/element.ts. After: test/conformance/anon/kit.ts.
 */
import { expect } from 'vitest';
import { parseFragment } from '../../../src/xml/document.ts';
import { elements, isElement, text, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import { canonical } from '../../../src/stanza/canonical.ts';

export const DOMAIN = 'mix.example';
export const NODES = 'urn:xmpp:mix:nodes:';
export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A form of type submit, as XML. */
export function form(formType: string | undefined, fields: Fields): string {
  const all = formType === undefined ? fields : { FORM_TYPE: formType, ...fields };
  const list = Object.entries(all).map(
    ([name, values]) =>
      `<field var='${name}'>${[values]
        .flat()
        .map((value) => `<value>${value}</value>`)
        .join('')}</field>`,
  );
  return `<x xmlns='jabber:x:data' type='submit'>${list.join('')}</x>`;
}

export interface JoinWish {
  readonly nick?: string;
  readonly preferences?: Fields;
  /** Short names, or whole ones. */
  readonly nodes?: readonly string[];
  readonly ns?: string;
}

/** `<join/>`, as XML. */
export function joinXml({ nick, preferences, nodes = USUAL, ns = 'urn:xmpp:mix:core:1' }: JoinWish): string {
  const subscribe = nodes.map((node) => `<subscribe node='${nodeName(node)}'/>`).join('');
  const named = nick === undefined ? '' : `<nick>${nick}</nick>`;
  const wishes = preferences === undefined ? '' : form('urn:xmpp:mix:anon:0', preferences);
  return `<join xmlns='${ns}'>${subscribe}${named}${wishes}</join>`;
}

const USUAL = ['messages', 'participants', 'presence', 'info'];

export function nodeName(node: string): string {
  return node.includes(':') ? node : NODES + node;
}

/** The one element that the text is; in jabber:client where it says nothing else. */
export function xml(source: string): XmlElement {
  const [element, second] = parseFragment(source);
  if (element === undefined || second !== undefined) throw new Error('not one element');
  return element;
}

/** What is compared: names, attributes in any order, texts. */
export function plain(stanza: XmlElement | undefined): unknown {
  return stanza === undefined ? undefined : canonical(JSON.parse(JSON.stringify(stanza)) as XmlElement);
}

/** The stanza is this one, word for word. */
export function expectIs(stanza: XmlElement | undefined, source: string): void {
  expect(plain(stanza)).toEqual(plain(xml(source)));
}

/** The stanzas are these, in this order, and no others. */
export function expectAre(stanzas: readonly XmlElement[], sources: readonly string[]): void {
  expect(stanzas.map(plain)).toEqual(sources.map((source) => plain(xml(source))));
}

/** The first element of that name at any depth. */
export function find(stanza: XmlElement | undefined, name: string, ns?: string): XmlElement | undefined {
  for (const inner of stanza?.children.filter(isElement) ?? []) {
    if (inner.name === name && (ns === undefined || inner.ns === ns)) return inner;
    const found = find(inner, name, ns);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All elements of that name at any depth. */
export function findAll(stanza: XmlElement, name: string): XmlElement[] {
  return elements(stanza).flatMap((inner) => [
    ...(inner.name === name ? [inner] : []),
    ...findAll(inner, name),
  ]);
}

/** The text of the first element of that name. */
export function textOf(stanza: XmlElement | undefined, name: string): string | undefined {
  const found = find(stanza, name);
  return found && text(found);
}

/** The values of a form, by name. */
export function fieldsOf(stanza: XmlElement | undefined): Record<string, string> {
  const fields = stanza === undefined ? [] : findAll(stanza, 'field');
  const pairs = fields.map((field) => [
    field.attrs['var'] ?? '',
    elements(field)
      .filter(({ name }) => name === 'value')
      .map(text)
      .join('|'),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** The answer is this error, `condition/type`, with this application condition of pubsub or none, and no more. */
export function expectRefused(answer: XmlElement | undefined, error: string, application?: string): void {
  expect(answer === undefined ? 'no answer' : answer.attrs['type'], answer && serialize(answer)).toBe(
    'error',
  );
  const element = find(answer, 'error');
  const parts = element === undefined ? [] : elements(element);
  const conditions = parts.filter(({ ns, name }) => ns === NS_STANZAS && name !== 'text');
  expect(`${conditions.map(({ name }) => name).join()}/${element?.attrs['type'] ?? ''}`).toBe(error);
  const others = parts.filter(({ ns }) => ns !== NS_STANZAS);
  expect(others.map(({ name, ns }) => `${ns} ${name}`)).toEqual(
    application === undefined ? [] : [`${NS_PUBSUB}#errors ${application}`],
  );
  // An error quotes nobody (LEAK-34).
  expect(textOf(element, 'text') ?? '').not.toMatch(/@|%40/);
}

/** The node that a message's event speaks of. */
export function aboutNode(message: XmlElement): string | undefined {
  const event = find(message, 'event', `${NS_PUBSUB}#event`);
  return event && elements(event)[0]?.attrs['node'];
}

/** What the items say of people, by item id. */
export function whoByItem(stanza: XmlElement): Record<string, { nick?: string; jid?: string }> {
  return Object.fromEntries(findAll(stanza, 'item').map((item) => [item.attrs['id'] ?? '', whoIn(item)]));
}

/** Nick and address in an element, as far as they are there. */
export function whoIn(stanza: XmlElement | undefined): { nick?: string; jid?: string } {
  const [nick, jid] = [textOf(stanza, 'nick'), textOf(stanza, 'jid')];
  return { ...(nick !== undefined && { nick }), ...(jid !== undefined && { jid }) };
}

/** What an event for the subscribers of a node looks like at one of them. */
export function eventXml(
  channel: string,
  to: { readonly bare: string },
  node: string,
  inner: string,
): string {
  return `<message type='headline' from='${channel}' to='${to.bare}'><event xmlns='${NS_PUBSUB}#event'><items
    node='${nodeName(node)}'>${inner}</items></event></message>`;
}

/** A participants item, as XML. */
export function participantXml(id: string, nick: string, jid?: string): string {
  const shown = jid === undefined ? '' : `<jid>${jid}</jid>`;
  return `<item id='${id}'><participant xmlns='urn:xmpp:mix:core:1'><nick>${nick}</nick>${shown}</participant></item>`;
}

/** A presence of a client of a participant, as the others get it. */
export function presenceXml(
  from: string,
  to: { readonly bare: string },
  { type, content = '', nick, jid }: { type?: string; content?: string; nick: string; jid?: string },
): string {
  const shown = jid === undefined ? '' : `<jid>${jid}</jid>`;
  const attr = type === undefined ? '' : `type='${type}'`;
  return `<presence from='${from}' to='${to.bare}' ${attr}>${content}<mix
    xmlns='urn:xmpp:mix:presence:0'><nick>${nick}</nick>${shown}</mix></presence>`;
}
