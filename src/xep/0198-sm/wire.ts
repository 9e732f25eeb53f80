/**
 * XEP-0198 Stream Management 1.6.3 (2025-07-28): acknowledgements and resumption.
 * Reads and writes the elements by which both sides count stanzas and go on with a stream.
 * Does not count (host/management.ts does, for the host).
 * Always: a count is a whole number below 2^32.
 * Before: stanza/codec.ts. After: host/stream-management.ts.
 */
import { checkName, optionalAttr, parseUnsigned, requiredAttr } from '../../stanza/codec.ts';
import { refuse, STANZAS_NS, type Condition } from '../../stanza/error.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:sm:3';

/** Counts go round at 2^32 (§4). */
export const COUNT_MODULUS = 2 ** 32;

export interface Enable {
  readonly isResumable: boolean;
  /** For how long the client would like to be able to resume. */
  readonly maxSeconds: number | undefined;
}

export interface Enabled {
  /** By which the stream can be resumed; undefined where it cannot. */
  readonly id: string | undefined;
  /** For so many seconds after its loss, if the server says. */
  readonly maxSeconds: number | undefined;
}

export interface Resume {
  readonly id: string;
  readonly handled: number;
}

/** The stream feature (§2). */
export function buildFeature(): XmlElement {
  return el('sm', NS);
}

/** Asks for acknowledgements and resumption (§3). */
export function buildEnable(): XmlElement {
  return el('enable', NS, { resume: 'true' });
}

/** Reads `<enable/>` (§3). */
export function parseEnable(element: XmlElement): Enable {
  checkName(element, 'enable', NS);
  const resume = optionalAttr(element, 'resume') ?? 'false';
  if (!/^(?:true|1|false|0)$/.test(resume)) throw refuse('bad-request', "'resume' is true or false");
  return { isResumable: resume === 'true' || resume === '1', maxSeconds: maxOf(element) };
}

/** Grants it (§3). */
export function buildEnabled({ id, maxSeconds }: Enabled): XmlElement {
  const resume = id === undefined ? undefined : 'true';
  return el('enabled', NS, { id, resume, max: maxSeconds?.toString() });
}

/** Reads `<enabled/>` (§3). */
export function parseEnabled(element: XmlElement): Enabled {
  const isResumable = /^(?:true|1)$/.test(element.attrs['resume'] ?? '');
  return { id: isResumable ? optionalAttr(element, 'id') : undefined, maxSeconds: maxOf(element) };
}

/** Asks to go on with the stream `id`, of which so many stanzas have been handled here (§5). */
export function buildResume(id: string, handled: number): XmlElement {
  return el('resume', NS, { h: String(handled), previd: id });
}

/** Reads `<resume/>` (§5). */
export function parseResume(element: XmlElement): Resume {
  checkName(element, 'resume', NS);
  return { id: requiredAttr(element, 'previd'), handled: parseHandled(element) };
}

/** Goes on with it (§5). */
export function buildResumed(id: string, handled: number): XmlElement {
  return el('resumed', NS, { h: String(handled), previd: id });
}

/** Why it cannot be enabled or resumed (§6); with a count where the stream was known once (§5). */
export function buildFailed(condition: Condition, handled?: number): XmlElement {
  return el('failed', NS, { h: handled?.toString() }, [el(condition, STANZAS_NS)]);
}

/** `<r/>` (§4). */
export function buildAckRequest(): XmlElement {
  return el('r', NS);
}

/** `<a/>`: so many stanzas have been handled (§4). */
export function buildAck(handled: number): XmlElement {
  return el('a', NS, { h: String(handled) });
}

/** The count in `<a/>`, `<resume/>` and `<resumed/>`; bad-request where there is none. */
export function parseHandled(element: XmlElement): number {
  return bounded(requiredAttr(element, 'h'));
}

/** The count in `<failed/>`, where the server still knows it (§5). */
export function parseFailedHandled(element: XmlElement): number | undefined {
  const h = optionalAttr(element, 'h');
  return h === undefined ? undefined : bounded(h);
}

/** §6: what goes with the stream error for a count that cannot be. */
export function buildTooHigh(handled: number, sent: number): XmlElement {
  return el('handled-count-too-high', NS, { h: String(handled), 'send-count': String(sent) });
}

export function isStreamManagement(element: XmlElement, name: string): boolean {
  return isNamed(element, name, NS);
}

function maxOf(element: XmlElement): number | undefined {
  const max = optionalAttr(element, 'max');
  return max === undefined ? undefined : parseUnsigned(max);
}

function bounded(text: string): number {
  const count = parseUnsigned(text);
  if (count >= COUNT_MODULUS) throw refuse('bad-request', 'a count below 2^32 is expected');
  return count;
}
