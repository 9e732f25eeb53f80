/**
 * XEP-0380 Explicit Message Encryption 0.1 (2016-10-26): with what a message is encrypted, for those who cannot read it.
 * Reads the mark, and knows the carriers of those encryptions that come without it.
 * Does not decrypt; a channel that hides addresses takes no such message (xep/0369-core/hygiene.ts, D-88).
 * Always: a name is one that this table has, or the one that the message gives, or the namespace.
 * Before: stanza/codec.ts. After: xep/0380-eme/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:eme:0';

/** The namespaces of §3, with those that came later. */
const NAMES: Readonly<Record<string, string>> = {
  'urn:xmpp:otr:0': 'OTR',
  'jabber:x:encrypted': 'OpenPGP',
  'urn:xmpp:openpgp:0': 'OpenPGP',
  'eu.siacs.conversations.axolotl': 'OMEMO',
  'urn:xmpp:omemo:1': 'OMEMO',
  'urn:xmpp:omemo:2': 'OMEMO',
};

/** The encryption of a message with these payloads; undefined for one in clear. */
export function encryptionIn(
  payloads: readonly XmlElement[],
): { readonly ns: string; readonly name: string } | undefined {
  const mark = payloads.find((payload) => isNamed(payload, 'encryption', NS));
  const marked = mark && optionalAttr(mark, 'namespace');
  const carrier = payloads.find(({ ns }) => Object.hasOwn(NAMES, ns))?.ns;
  const ns = marked ?? carrier;
  if (ns === undefined) return undefined;
  const known = Object.hasOwn(NAMES, ns) ? NAMES[ns] : undefined;
  return { ns, name: known ?? (mark && optionalAttr(mark, 'name')) ?? ns };
}
