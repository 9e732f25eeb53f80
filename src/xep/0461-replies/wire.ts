/**
 * XEP-0461 Message Replies 0.2.1 (2026-02-25): which message is answered.
 * Reads and writes `<reply/>`.
 * Does not cut the quotation out of the text (xep/0428-fallback/wire.ts does).
 * Always: an id is never empty.
 * Before: stanza/codec.ts. After: xep/0461-replies/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:reply:0';

export interface Reply {
  /** The message that is answered: in a channel by the archive's id, in a private chat by the sender's. */
  readonly id: string;
  /** The address of its author, as this message's readers know it; a channel writes it anew. */
  readonly to: string | undefined;
}

/** `<reply/>` (§3.1). */
export function buildReply({ id, to }: Reply): XmlElement {
  return el('reply', NS, { to, id });
}

/** The reply among these elements; undefined where there is none, or no message is named. */
export function replyIn(elements: readonly XmlElement[]): Reply | undefined {
  const reply = elements.find((element) => isNamed(element, 'reply', NS));
  const id = reply && optionalAttr(reply, 'id');
  return reply === undefined || id === undefined ? undefined : { id, to: optionalAttr(reply, 'to') };
}
