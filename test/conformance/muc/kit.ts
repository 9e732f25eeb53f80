/**
 * Black-box tests of channels as rooms: what clients of XEP-0045 send, and what they get.
 * Owns the ways of occupants: they come in, speak, write to one, go; and what is read in their presences.
 * Does not know rules; what must come is said by each test.
 * Always: on the scene of the other tests, so that every byte is searched for leaks.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0045-muc/service.ts.
 */
import { parseFragment } from '../../../src/xml/document.ts';
import { elements, text, type XmlElement } from '../../../src/xml/element.ts';
import { coven, find, type Person, type Scene } from '../admin/kit.ts';

export const MUC = 'http://jabber.org/protocol/muc';
export const USER = `${MUC}#user`;
export const PING = `<ping xmlns='urn:xmpp:ping'/>`;

/** The coven, with a guest and another one in the room. */
export async function room(scene: Scene, fields: Readonly<Record<string, string>> = {}) {
  const people = await coven(scene, fields);
  const guest = await scene.enter('guest');
  const other = await scene.enter('other');
  await comesIn(scene, guest, people.channel, 'guest');
  await comesIn(scene, other, people.channel, 'other');
  return { ...people, guest, other };
}

/** Sends a stanza; what the sender receives from then on. */
export async function sends(scene: Scene, who: Person, stanza: string): Promise<readonly XmlElement[]> {
  const before = who.player.received.length;
  for (const element of parseFragment(stanza)) scene.stage.send(who.player, element);
  await scene.stage.settle();
  return who.player.received.slice(before);
}

/** What somebody receives while something happens. */
export async function hears(who: Person, happens: () => Promise<unknown>): Promise<readonly XmlElement[]> {
  const before = who.player.received.length;
  await happens();
  return who.player.received.slice(before);
}

/** A client enters a room; `more` stands in its presence. */
export async function comesIn(
  scene: Scene,
  who: Person,
  channel: string,
  nick: string,
  history = `<history maxstanzas='0'/>`,
  more = '',
): Promise<readonly XmlElement[]> {
  const x = `<x xmlns='${MUC}'>${history}</x>`;
  const got = await sends(scene, who, `<presence to='${channel}/${nick}'>${x}${more}</presence>`);
  const self = got.find((stanza) => codesIn(stanza).includes('110'));
  const id = self && find(self, 'occupant-id')?.attrs['id'];
  if (id !== undefined) who.id = id;
  return got;
}

/** What somebody sends who wants this to be known of oneself. */
export const prefers = (name: string, value: string): string =>
  `<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='submit'><field var='${name}'><value>${value}</value></field></x></user-preference>`;

export async function goes(scene: Scene, who: Person, channel: string, nick: string) {
  return sends(scene, who, `<presence type='unavailable' to='${channel}/${nick}'/>`);
}

export async function says(scene: Scene, who: Person, channel: string, inner: string, id = 'own') {
  return sends(scene, who, `<message type='groupchat' id='${id}' to='${channel}'>${inner}</message>`);
}

/** Status codes in a presence or message. */
export function codesIn(stanza: XmlElement): string[] {
  const x = elements(stanza).find(({ name, ns }) => name === 'x' && ns === USER);
  if (x === undefined) return [];
  return elements(x)
    .filter(({ name }) => name === 'status')
    .map(({ attrs }) => attrs['code'] ?? '')
    .sort();
}

export function itemIn(stanza: XmlElement | undefined): Readonly<Record<string, string>> {
  return (stanza && find(stanza, 'item', USER)?.attrs) ?? {};
}

/** A stanza in one word or two: what it is and from whom. */
export function brief(stanza: XmlElement): string {
  const { from = '', type } = stanza.attrs;
  const what = type === undefined || type === 'groupchat' ? stanza.name : `${stanza.name} ${type}`;
  const body = find(stanza, 'body');
  const codes = codesIn(stanza);
  return [
    `${what} ${from.slice(from.indexOf('/') + 1)}`,
    ...(codes.length === 0 ? [] : [codes.join()]),
    ...(body === undefined ? [] : [text(body)]),
  ].join(' ');
}

/** Condition and type of the first error among stanzas. */
export function refusalIn(stanzas: readonly XmlElement[]): string {
  const error = stanzas.flatMap((stanza) => find(stanza, 'error') ?? [])[0];
  const condition = error && elements(error)[0]?.name;
  return `${condition ?? 'none'}/${error?.attrs['type'] ?? ''}`;
}
