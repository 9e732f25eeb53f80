/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01): whose client it is that a presence speaks of.
 * Reads and writes the `<mix/>` of a presence.
 * Does not decide whether the address is shown (channel/visibility.ts does).
 * Always: of this namespace alone; the mistyped one that QXmpp reads is never written (D-89).
 * Before: xep/0369-core/wire.ts. After: xep/0403-presence/service.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { type XmlElement } from '../../xml/element.ts';
import { buildWho, parseWho, type Who } from '../0369-core/wire.ts';

export const NS = 'urn:xmpp:mix:presence:0';

/** `<mix/>`: the nick, and the client's full address where it is shown (§3.5). */
export function buildMix(who: Who): XmlElement {
  return buildWho('mix', NS, who);
}

/** Reads `<mix/>`; bad-request for another element, and where nick or address is there twice. */
export function parseMix(mix: XmlElement): Who {
  checkName(mix, 'mix', NS);
  return parseWho(mix);
}
