/**
 * XEP-0490 Message Displayed Synchronization 1.0.1 (2024-11-20): how far this user has read, for the user's own clients.
 * Reads and writes the item of the node.
 * Does not tell anybody else (xep/0333-markers does).
 * Always: an item's id is the address of the chat; `by` says which archive's id it is.
 * Before: xep/0359-ids/wire.ts. After: xep/0490-displayed/client.ts.
 */
import { requiredAttr, requiredChild } from '../../stanza/codec.ts';
import { el, isNamed, type XmlElement } from '../../xml/element.ts';
import { buildStanzaId, NS as NS_IDS } from '../0359-ids/wire.ts';

export const NS = 'urn:xmpp:mds:displayed:0';

export interface Displayed {
  /** The archive id of the last message that was seen. */
  readonly id: string;
  /** Whose archive: the channel's, or for other chats the account's own. */
  readonly by: string;
}

/** `<displayed/>` (§3.1). */
export function buildDisplayed({ id, by }: Displayed): XmlElement {
  return el('displayed', NS, {}, [buildStanzaId(by, id)]);
}

/** Reads it; bad-request where the id is missing. Undefined for another element. */
export function parseDisplayed(displayed: XmlElement): Displayed | undefined {
  if (!isNamed(displayed, 'displayed', NS)) return undefined;
  const stanzaId = requiredChild(displayed, 'stanza-id', NS_IDS);
  return { id: requiredAttr(stanzaId, 'id'), by: requiredAttr(stanzaId, 'by') };
}
