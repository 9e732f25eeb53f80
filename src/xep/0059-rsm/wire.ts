/**
 * XEP-0059 Result Set Management 1.0 (2006-09-20): a page of a long answer.
 * Reads and writes `<set/>`, the one in a request and the one in an answer.
 * Does not cut anything into pages (channel/ and storage/ do).
 * Always: an empty `before` means the last page; first and last are both there or both absent.
 * Before: stanza/stanza.ts. After: xep/0313-mam/wire.ts.
 */
import { optionalChild, parseUnsigned } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, el, text, type XmlElement } from '../../xml/element.ts';

export const NS = 'http://jabber.org/protocol/rsm';

export interface RsmRequest {
  readonly max?: number | undefined;
  readonly after?: string | undefined;
  /** Empty: the last page. */
  readonly before?: string | undefined;
  readonly index?: number | undefined;
}

export interface RsmAnswer {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  /** How many there are on all pages. */
  readonly count?: number | undefined;
  /** Where `first` stands among all. */
  readonly index?: number | undefined;
}

/**
 * The page that a request asks for; undefined where it asks for none. bad-request for a number that is none, for two
 * sets, for an empty `after`, and for `after` and `before` together (MAM-14).
 */
export function parseRsm(parent: XmlElement): RsmRequest | undefined {
  const set = optionalChild(parent, 'set', NS);
  if (set === undefined) return undefined;
  const [max, after, before, index] = ['max', 'after', 'before', 'index'].map((name) => {
    const found = optionalChild(set, name);
    return found && text(found);
  });
  if (after === '') throw refuse('bad-request', '<after/> needs an id');
  if (after !== undefined && before !== undefined)
    throw refuse('bad-request', 'a page is either after or before an item');
  return {
    max: max === undefined ? undefined : parseUnsigned(max),
    after,
    before,
    index: index === undefined ? undefined : parseUnsigned(index),
  };
}

/** Asks for a page (XEP-0059 §2). */
export function buildRsmRequest(page: RsmRequest): XmlElement {
  return el('set', NS, {}, [
    leaf('max', page.max),
    leaf('after', page.after),
    leaf('before', page.before),
    leaf('index', page.index),
  ]);
}

/** Says which page an answer holds (XEP-0059 §2.2). */
export function buildRsm(answer: RsmAnswer): XmlElement {
  const { first, last, count, index } = answer;
  return el('set', NS, {}, [
    first === undefined ? undefined : el('first', NS, { index: index?.toString() }, [first]),
    leaf('last', last),
    leaf('count', count),
  ]);
}

/** The page that an answer says it holds; undefined where it does not say. bad-request for a number that is none. */
export function parseRsmAnswer(parent: XmlElement): RsmAnswer | undefined {
  const set = optionalChild(parent, 'set', NS);
  if (set === undefined) return undefined;
  const [first, last, count] = [child(set, 'first'), child(set, 'last'), child(set, 'count')];
  const index = first?.attrs['index'];
  return {
    first: first && text(first),
    last: last && text(last),
    count: count && parseUnsigned(text(count)),
    index: index === undefined ? undefined : parseUnsigned(index),
  };
}

function leaf(name: string, value: string | number | undefined): XmlElement | undefined {
  if (value === undefined) return undefined;
  return el(name, NS, {}, value === '' ? [] : [value.toString()]);
}
