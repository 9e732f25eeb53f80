/**
 * XEP-0308 Last Message Correction 1.2.1 (2022-05-17): a message that takes the place of another one.
 * Reads and writes `<replace/>`.
 * Does not decide whether the correction is the author's own (the channel does, D-48; client/live-effects.ts again).
 * Always: an id is never empty.
 * Before: stanza/codec.ts. After: xep/0308-correct/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:message-correct:0';

/** `<replace/>`: the message that is replaced (§4): in a channel by the archive's id, in a private chat by the sender's. */
export function buildReplace(id: string): XmlElement {
  return el('replace', NS, { id });
}

/** The id of the message that these elements correct; undefined where they correct none. */
export function replacedId(elements: readonly XmlElement[]): string | undefined {
  const replace = elements.find((element) => isNamed(element, 'replace', NS));
  return replace && optionalAttr(replace, 'id');
}
