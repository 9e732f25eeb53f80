/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01): what the family says of a participant: nick and, where shown, address.
 * Reads and writes the two children that `<participant/>`, `<mix/>` and their kin have in common.
 * Does not decide whether the address is shown (channel/visibility.ts does).
 * Always: the nick comes first; nothing empty is written.
 * Before: stanza/codec.ts. After: xep/0369-core/wire.ts.
 */
import { optionalChild } from '../../stanza/codec.ts';
import { el, text, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:mix:core:1';

export interface Who {
  readonly nick?: string | undefined;
  readonly jid?: string | undefined;
}

/** The element `name` of the namespace with a nick and an address, as far as they are given. */
export function buildWho(name: string, ns: string, { nick, jid }: Who): XmlElement {
  return el(name, ns, {}, [leaf('nick', ns, nick), leaf('jid', ns, jid)]);
}

function leaf(name: string, ns: string, value: string | undefined): XmlElement | undefined {
  return value === undefined || value === '' ? undefined : el(name, ns, {}, [value]);
}

/** Nick and address of such an element; undefined where absent or empty, bad-request where there are two. */
export function parseWho(element: XmlElement): Who {
  const [nick, jid] = [optionalChild(element, 'nick'), optionalChild(element, 'jid')];
  return { nick: (nick && text(nick)) || undefined, jid: (jid && text(jid)) || undefined };
}
