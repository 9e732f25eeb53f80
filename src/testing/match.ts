/**
 * Does a stanza say what a transcript expects?
 * Owns the comparison of an element with a pattern, strict where our own documents speak, lenient elsewhere.
 * Does not choose the stanza to compare with (runner.ts).
 * Always: inside the namespaces of MIX, pubsub and forms what is not expected is a difference; elsewhere it is not,
 * unless the pattern says `{only}`; `{etc}` allows it anywhere; a stanza's type is always compared.
 * Before: testing/template.ts. After: testing/runner.ts.
 */
import { elements, isElement, type XmlElement } from '../xml/element.ts';
import { canonical } from '../stanza/canonical.ts';
import { fill, matchText, type Variables } from './template.ts';

const NS_CLIENT = 'jabber:client';
const ONLY = '{only}';
const ETC = '{etc}';

export interface MatchOptions {
  readonly variables: Variables;
  /** Stages with a real server change the bare `to` of a copy into the client's full address. */
  readonly hasLooseTo: boolean;
}

/** Either what the pattern's holes stood for, or the first difference, in words. */
export type Outcome =
  | { readonly kept: ReadonlyMap<string, string> }
  | { readonly difference: string; /** How far one came. */ readonly depth: number };

/** Compares a received stanza with a pattern. @throws UnknownVariable */
export function match(pattern: XmlElement, got: XmlElement, options: MatchOptions): Outcome {
  return compare(canonical(pattern), canonical(got), options, 0);
}

function compare(pattern: XmlElement, got: XmlElement, options: MatchOptions, depth: number): Outcome {
  const here = `<${pattern.name}/>`;
  if (pattern.name !== got.name || pattern.ns !== got.ns)
    return differs(depth, `expected ${here} of ${pattern.ns}, got <${got.name}/> of ${got.ns}`);
  const words = wordsOf(pattern);
  const isStrict = words.includes(ONLY) || (isOurs(pattern.ns) && !words.includes(ETC));
  const attributes = compareAttributes(pattern, got, isStrict, options, depth);
  if ('difference' in attributes) return attributes;
  const texts = compareTexts(pattern, got, isStrict, knowing(options, attributes.kept), depth);
  if ('difference' in texts) return texts;
  const known = knowing(options, new Map([...attributes.kept, ...texts.kept]));
  const children = compareChildren(elements(pattern), elements(got), isStrict, known, depth);
  if ('difference' in children) return differs(children.depth, children.difference, here);
  return { kept: new Map([...attributes.kept, ...texts.kept, ...children.kept]) };
}

/** What a hole has stood for can be named further on in the same pattern. */
function knowing(options: MatchOptions, kept: ReadonlyMap<string, string>): MatchOptions {
  return kept.size === 0 ? options : { ...options, variables: new Map([...options.variables, ...kept]) };
}

function isOurs(ns: string): boolean {
  return /^urn:xmpp:mix:|^http:\/\/jabber\.org\/protocol\/(pubsub|muc)|^jabber:x:data$/.test(ns);
}

function differs(
  depth: number,
  difference: string,
  where?: string,
): Extract<Outcome, { difference: string }> {
  return { depth, difference: where === undefined ? difference : `in ${where}: ${difference}` };
}

function compareAttributes(
  pattern: XmlElement,
  got: XmlElement,
  isStrict: boolean,
  { variables, hasLooseTo }: MatchOptions,
  depth: number,
): Outcome {
  const isStanza = pattern.ns === NS_CLIENT && /^(iq|message|presence)$/.test(pattern.name);
  const kept = new Map<string, string>();
  for (const [name, template] of Object.entries(pattern.attrs)) {
    const value = got.attrs[name];
    if (value === undefined) return differs(depth, `<${pattern.name}/> has no attribute ${name}`);
    const isBare = isStanza && name === 'to' && hasLooseTo && !fill(template, variables).includes('/');
    const given = isBare ? bareOf(value) : value;
    const found = matchText(template, given, variables);
    if (found === undefined)
      return differs(depth, `${name}="${value}" of <${pattern.name}/> is not "${template}"`);
    for (const [key, text] of found) kept.set(key, text);
  }
  const type = got.attrs['type'];
  const isPlain = type === undefined || (pattern.name === 'message' && /^(normal|headline)$/.test(type));
  if (isStanza && pattern.attrs['type'] === undefined && !isPlain)
    return differs(depth, `type="${type}" of <${pattern.name}/> was not expected`);
  const extra = Object.keys(got.attrs).find((name) => !Object.hasOwn(pattern.attrs, name));
  if (isStrict && !isStanza && extra !== undefined)
    return differs(depth, `${extra}="${got.attrs[extra] ?? ''}" of <${pattern.name}/> was not expected`);
  return { kept };
}

function bareOf(jid: string): string {
  return jid.split('/', 1)[0] ?? '';
}

/** The texts of an element that are words to us. */
function wordsOf(pattern: XmlElement): string[] {
  return textOf(pattern)
    .split(/\s+/)
    .filter((word) => word === ONLY || word === ETC);
}

function textOf(element: XmlElement): string {
  return element.children.filter((node) => typeof node === 'string').join('');
}

function compareTexts(
  pattern: XmlElement,
  got: XmlElement,
  isStrict: boolean,
  { variables }: MatchOptions,
  depth: number,
): Outcome {
  const template = textOf(pattern).replaceAll(ONLY, '').replaceAll(ETC, '').trim();
  const text = textOf(got);
  if (template === '' && (!isStrict || text.trim() === '')) return { kept: new Map() };
  const found = matchText(template, text, variables);
  if (found === undefined)
    return differs(depth, `the text of <${pattern.name}/> is "${text}", not "${template}"`);
  return { kept: found };
}

/** Each expected child has one of its own among those that came, in any order. */
function compareChildren(
  patterns: readonly XmlElement[],
  got: readonly XmlElement[],
  isStrict: boolean,
  options: MatchOptions,
  depth: number,
): Outcome {
  const [pattern, ...others] = patterns;
  if (pattern === undefined) {
    const [extra] = got;
    if (isStrict && extra !== undefined)
      return differs(depth + 1, `<${extra.name}/> of ${extra.ns} was not expected`);
    return { kept: new Map() };
  }
  let nearest = differs(depth, `there is no <${pattern.name}/> of ${pattern.ns}`);
  for (const [at, candidate] of got.entries()) {
    if (!isElement(candidate)) continue;
    const first = compare(pattern, candidate, options, depth + 1);
    if ('difference' in first) {
      if (first.depth > nearest.depth && candidate.name === pattern.name) nearest = first;
      continue;
    }
    const rest = compareChildren(others, got.toSpliced(at, 1), isStrict, knowing(options, first.kept), depth);
    if (!('difference' in rest)) return { kept: new Map([...first.kept, ...rest.kept]) };
    if (rest.depth >= nearest.depth) nearest = rest;
  }
  return nearest;
}
