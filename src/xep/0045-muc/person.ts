/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §9.1 and decision D-32: whom an item of muc#admin means.
 * Finds the account behind an address, or behind a nick, since in a hidden channel moderators know no more than that.
 * Does not tell what it found: to whoever asks, the item stays as it was written.
 * Always: a bare address or a domain.
 * Before: xep/0045-muc/admin.ts. After: xep/0406-admin/entry.ts.
 */
import { occupantNamed } from '../../channel/occupancy.ts';
import type { Turn } from '../../channel/turn.ts';
import { JidError, parseJid } from '../../jid/prep.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { entryOf } from '../0406-admin/entry.ts';
import type { Item } from './wire.ts';

/** @throws bad-request where nobody is named; jid-malformed; item-not-found for a nick or an id of nobody. */
export function personOf({ jid, nick }: Item, turn: Turn): RealJid {
  if (jid === undefined && nick === undefined) throw refuse('bad-request', 'Nobody is named.');
  const name = jid === undefined ? nick : nickIn(jid, turn);
  const id = name === undefined ? undefined : occupantNamed(turn.channel, name);
  const known = id && turn.channel.jids.get(id);
  if (known !== undefined) return known;
  if (jid === undefined) throw refuse('item-not-found', 'Nobody of this nick is in the room.');
  const isOfRoom = name !== undefined || jid.includes('#');
  // Clients that see full addresses send them back.
  return entryOf(isOfRoom ? jid : (jid.split('/', 1)[0] ?? ''), turn);
}

/** The nick in CH/nick. */
function nickIn(text: string, { channel, domain }: Turn): string | undefined {
  try {
    const { local, domain: host, resource } = parseJid(text);
    return local === channel.name && host === domain ? resource : undefined;
  } catch (error) {
    if (error instanceof JidError) throw refuse('jid-malformed', 'This is not an address.');
    throw error;
  }
}
