/**
 * RFC 6120 §11, XEP-0082 DateTime 1.1 (2013-09): the few pieces of which every wire.ts is made.
 * Reads attributes, only children, numbers and times, and says bad-request where they are not what they must be.
 * Does not know any extension (xep/NNNN/wire.ts does).
 * Always: no refusal repeats what it was given; times are milliseconds since 1970.
 * Before: stanza/error.ts. After: stanza/stanza.ts.
 */
import { childrenOf, isNamed, type XmlElement } from '../xml/element.ts';
import { refuse, Refusal } from './error.ts';

/** The attribute; bad-request where it is absent or empty. */
export function requiredAttr(element: XmlElement, name: string): string {
  const value = optionalAttr(element, name);
  if (value === undefined) throw refuse('bad-request', `<${element.name}/> needs the attribute '${name}'`);
  return value;
}

/** The attribute; undefined where it is absent or empty. */
export function optionalAttr(element: XmlElement, name: string): string | undefined {
  const value = Object.hasOwn(element.attrs, name) ? element.attrs[name] : undefined;
  return value === '' ? undefined : value;
}

/** The child of that name (in `ns`, or the parent's namespace); bad-request where it is not there exactly once. */
export function requiredChild(parent: XmlElement, name: string, ns?: string): XmlElement {
  const found = optionalChild(parent, name, ns);
  if (found === undefined) throw refuse('bad-request', `<${parent.name}/> needs the child <${name}/>`);
  return found;
}

/** The child of that name (in `ns`, or the parent's namespace), if there is one; bad-request where there are more. */
export function optionalChild(parent: XmlElement, name: string, ns?: string): XmlElement | undefined {
  const [found, second] = childrenOf(parent, name, ns);
  if (second !== undefined) throw refuse('bad-request', `<${parent.name}/> has more than one <${name}/>`);
  return found;
}

/** Throws bad-request unless this is the element `name` of one of the namespaces. */
export function checkName(element: XmlElement, name: string, ...namespaces: readonly string[]): void {
  if (namespaces.some((ns) => isNamed(element, name, ns))) return;
  throw refuse('bad-request', `<${name}/> is expected here`);
}

/** A whole number from 0 to 2^53-1, in decimal digits; bad-request for anything else. */
export function parseUnsigned(text: string): number {
  const digits = text.trim();
  const value = /^\d{1,16}$/.test(digits) ? Number(digits) : NaN;
  if (!Number.isSafeInteger(value)) throw refuse('bad-request', 'a whole number is expected');
  return value;
}

/** What a codec makes of what somebody sent unasked; undefined where it refuses it, since nobody waits for an answer. */
export function unlessBad<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const dateTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** A moment as XEP-0082 §3.2 writes it, rounded down to the millisecond; undefined where it is none. */
export function readDateTime(text: string): number | undefined {
  const [, plain, fraction = '', sign, hours, minutes] = dateTime.exec(text.trim()) ?? [];
  const local = plain === undefined ? NaN : Date.parse(`${plain}Z`);
  // The engine takes 30 February for 2 March.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== plain) return undefined;
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000;
  return local + Number(fraction.slice(0, 3).padEnd(3, '0')) - (sign === '-' ? -offset : offset);
}

/** A moment as XEP-0082 §3.2 writes it; bad-request where it is none. */
export function parseDateTime(text: string): number {
  const at = readDateTime(text);
  if (at === undefined) throw refuse('bad-request', 'a date and time as of XEP-0082 is expected');
  return at;
}

/** Writes a moment in UTC, with three digits after the second (XEP-0082 §3.2). */
export function formatDateTime(ms: number): string {
  return new Date(ms).toISOString();
}
