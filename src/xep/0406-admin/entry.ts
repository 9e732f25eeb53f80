/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22) §2.2–2.3: an entry of the allowed or banned node.
 * Reads the item id: a bare address, a domain, or (D-32) the address under which a channel shows somebody.
 * Does not decide whether it may be listed (channel/lists.ts).
 * Always: what comes out is the real address or domain, which only the nodes' readers are shown.
 * Before: xep/0060-pubsub/publish.ts. After: channel/lists.ts.
 */
import type { Turn } from '../../channel/turn.ts';
import type { Jid } from '../../jid/jid.ts';
import { parseJid } from '../../jid/prep.ts';
import type { ParticipantId } from '../../jid/public-jid.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';

/** @throws jid-malformed; not-acceptable for a full address; item-not-found for an id that nobody ever had. */
export function entryOf(text: string, { channel, domain }: Turn): RealJid {
  let jid: Jid;
  try {
    jid = parseJid(text);
  } catch {
    throw refuse('jid-malformed', 'This is not an address.');
  }
  const id = jid.domain === domain ? idIn(jid, channel.name) : undefined;
  if (id !== undefined) {
    const known = channel.jids.get(id as ParticipantId);
    if (known === undefined) throw refuse('item-not-found', 'There is no such participant.');
    return known;
  }
  if (jid.resource !== undefined) throw refuse('not-acceptable', 'A bare address or a domain is listed.');
  return RealJid.of(jid);
}

/** The participant id in `id#channel@domain` or `channel@domain/id`. */
function idIn({ local, resource }: Jid, channel: string): string | undefined {
  if (local === channel && resource !== undefined) return resource;
  const suffix = `#${channel}`;
  return local?.endsWith(suffix) === true && resource === undefined
    ? local.slice(0, -suffix.length)
    : undefined;
}
