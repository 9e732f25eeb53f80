/**
 * XEP-0297 Stanza Forwarding 1.0 (2013-10-02): a stanza inside another one.
 * Reads and writes `<forwarded/>`.
 * Does not judge what is forwarded; what clients forward into a channel is channel/post.ts' business (D-74).
 * Always: exactly one stanza.
 * Before: xep/0203-delay/wire.ts. After: xep/0313-mam/wire.ts.
 */
import { checkName, optionalChild } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { stanzaKind } from '../../stanza/stanza.ts';
import { el, elements, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { NS as NS_DELAY, parseDelay } from '../0203-delay/wire.ts';

export const NS = 'urn:xmpp:forward:0';

/** `<forwarded/>` around a stanza and what goes with it, such as `<delay/>` (§3). */
export function buildForwarded(children: readonly XmlNode[]): XmlElement {
  return el('forwarded', NS, {}, children);
}

/** The stanza, and when it was received, if that is said (§3). bad-request unless there is exactly one stanza. */
export function parseForwarded(forwarded: XmlElement): {
  readonly stanza: XmlElement;
  readonly at: number | undefined;
} {
  checkName(forwarded, 'forwarded', NS);
  const [stanza, second] = elements(forwarded).filter((node) => stanzaKind(node) !== undefined);
  if (stanza === undefined || second !== undefined)
    throw refuse('bad-request', '<forwarded/> holds exactly one stanza');
  const delay = optionalChild(forwarded, 'delay', NS_DELAY);
  return { stanza, at: delay && parseDelay(delay).at };
}
