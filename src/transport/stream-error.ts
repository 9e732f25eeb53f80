/**
 * RFC 6120 §4.9 (2011-03): why a stream ends.
 * Reads the other side's stream error, and writes ours.
 * Does not decide what to do about one (refused.ts).
 * Always: nothing of the input that we object to is repeated in what we write.
 * Before: xml/element.ts. After: transport/session.ts.
 */
import { childText, el, elements, isNamed, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';

const STREAMS_NS = 'http://etherx.jabber.org/streams';
const CONDITIONS_NS = 'urn:ietf:params:xml:ns:xmpp-streams';

export interface StreamError {
  /** Such as `not-authorized`; `undefined-condition` where the peer names none. */
  readonly condition: string;
  readonly text: string;
}

/** The stream error that this element is, or undefined where it is something else. */
export function parseStreamError(element: XmlElement): StreamError | undefined {
  if (!isNamed(element, 'error', STREAMS_NS)) return undefined;
  const condition = elements(element).find(({ name, ns }) => ns === CONDITIONS_NS && name !== 'text');
  return {
    condition: condition?.name ?? 'undefined-condition',
    text: childText(element, 'text', CONDITIONS_NS) ?? '',
  };
}

/** Our own stream error; the end tag of the stream has to follow. */
export function buildStreamError(condition: string): string {
  return serialize(el('error', STREAMS_NS, {}, [el(condition, CONDITIONS_NS)]));
}
