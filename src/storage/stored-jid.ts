/**
 * The one place where the store sees an address in clear.
 * Owns the way between a RealJid and the text that a store keeps of it.
 * Does not prepare: what comes back was prepared before it was kept.
 * Always: restoreJid(storeJid(jid)) equals jid. Only files of storage/ may import this one.
 * Before: jid/real-jid.ts. After: storage/codec.ts.
 */
import type { Jid } from '../jid/jid.ts';
import { RealJid, reveal } from '../jid/real-jid.ts';

export function storeJid(jid: RealJid): string {
  return reveal(jid);
}

/** The address of a text that `storeJid` made. */
export function restoreJid(text: string): RealJid {
  return RealJid.of(splitJid(text));
}

/** The two texts under which an asker stands in a list of bare addresses and domains. */
export function listTexts(asker: RealJid): readonly [bare: string, domain: string] {
  return [reveal(asker.bare), reveal(asker.host)];
}

/** RFC 7622 §3.1: the resource follows the first '/', and the local part ends at the first '@' before it. */
function splitJid(text: string): Jid {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: at < 0 ? undefined : bare.slice(0, at),
    domain: bare.slice(at + 1),
    resource: slash < 0 ? undefined : text.slice(slash + 1),
  };
}
