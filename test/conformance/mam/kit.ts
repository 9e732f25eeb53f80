/**
 * What the tests of the archive share: queries, and what comes back of them.
 * Owns the shape of an answer as a reader sees it.
 * Does not open worlds (conformance/pubsub/kit.ts does).
 * Always: the results of a query come before its answer, from the channel, to the client that asked (MAM-02, MAM-08).
 * Before: test/conformance/pubsub/kit.ts. After: test/conformance/mam/query.test.ts.
 */
import { expect } from 'vitest';
import { child, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import { all, form, inside, textsOf, type Coven, type Person } from '../pubsub/kit.ts';

export const MAM = 'urn:xmpp:mam:2';

/** `<query/>`: filters as [var, ...values], what stands in the page's set, and what else. */
export function query(
  filters: readonly (readonly string[])[] = [],
  set?: string,
  { attrs = '', inner = '' }: { attrs?: string; inner?: string } = {},
): string {
  const x = filters.length === 0 ? '' : form(MAM, filters);
  const page = set === undefined ? '' : `<set xmlns='http://jabber.org/protocol/rsm'>${set}</set>`;
  return `<query xmlns='${MAM}'${attrs}>${x}${page}${inner}</query>`;
}

export interface Result {
  readonly id: string;
  readonly queryId: string | undefined;
  readonly stamp: string;
  readonly message: XmlElement;
}

export interface Found {
  readonly results: readonly Result[];
  readonly ids: readonly string[];
  readonly bodies: readonly string[];
  readonly complete: string | undefined;
  /** What `<set/>` says. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly count: string | undefined;
  readonly index: string | undefined;
  /** The answer's payload as text. */
  readonly fin: string;
}

export async function search({ world, channel }: Coven, who: Person, payload: string): Promise<Found> {
  const got = await world.query(who, 'set', channel, payload);
  const answer = got.at(-1)!;
  expect(answer.attrs['type'], serialize(answer)).toBe('result');
  const arrived = who.received.slice(who.received.indexOf(answer) + 1);
  expect(arrived.filter((stanza) => all(stanza, 'result').length > 0)).toEqual([]);
  return foundIn(got.slice(0, -1), answer, channel, who);
}

export function foundIn(
  messages: readonly XmlElement[],
  answer: XmlElement,
  channel: string,
  who: Person,
): Found {
  const results = messages.map((stanza) => resultIn(stanza, channel, who));
  const fin = child(answer, 'fin', MAM)!;
  const set = child(fin, 'set', 'http://jabber.org/protocol/rsm')!;
  const [first] = all(set, 'first');
  return {
    results,
    ids: results.map(({ id }) => id),
    bodies: results.map(({ message }) => textsOf(message, 'body')[0] ?? ''),
    complete: fin.attrs['complete'],
    first: textsOf(set, 'first')[0],
    last: textsOf(set, 'last')[0],
    count: textsOf(set, 'count')[0],
    index: first?.attrs['index'],
    fin: inside(answer),
  };
}

function resultIn(stanza: XmlElement, channel: string, who: Person): Result {
  expect([stanza.name, stanza.attrs['from'], stanza.attrs['to']]).toEqual(['message', channel, who.full]);
  expect(stanza.children).toHaveLength(1);
  const result = child(stanza, 'result', MAM)!;
  const forwarded = child(result, 'forwarded', 'urn:xmpp:forward:0')!;
  const [delay, message, more] = forwarded.children as XmlElement[];
  expect([result.children.length, delay?.name, delay?.ns, message?.name, message?.ns, more]).toEqual([
    1,
    'delay',
    'urn:xmpp:delay',
    'message',
    'jabber:client',
    undefined,
  ]);
  expect(Object.keys(delay!.attrs)).toEqual(['stamp']);
  expect(message!.attrs['to']).toBeUndefined();
  return {
    id: result.attrs['id']!,
    queryId: result.attrs['queryid'],
    stamp: delay!.attrs['stamp']!,
    message: message!,
  };
}

/** Says so many things, a second after each other; the ids under which they went out. */
export async function say(coven: Coven, who: Person, ...texts: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    const [copy] = await post(coven, who, `<body>${text}</body>`);
    ids.push(copy?.attrs['id'] ?? '');
    await coven.world.pass(1_000);
  }
  return ids;
}

/** Posts; what the sender gets back. */
export async function post(
  { world, channel }: Coven,
  who: Person,
  inner: string,
  attrs = "type='groupchat'",
): Promise<XmlElement[]> {
  return world.during(who, () => world.send(who, `<message to='${channel}' ${attrs}>${inner}</message>`));
}

export function numbers(count: number, prefix = 'm'): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`);
}
