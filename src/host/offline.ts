/**
 * RFC 6121 §8.5.2.2.1 (2011-03), XEP-0160: chats that nobody was there to receive.
 * Keeps them until a client of the account comes online, and then delivers them with the time at which they came.
 * Does not archive (archive.ts).
 * Always: a message that there is no room for is refused, not dropped (D-98).
 * Before: host/messages.ts. After: host/archive.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import { archiveMessage, hasContent } from './archive.ts';
import { isBlocked } from './blocklist.ts';
import { bounce } from './bounce.ts';
import type { Context } from './context.ts';
import { bareOf, tryJid, type Envelope } from './envelope.ts';
import type { Session } from './session.ts';
import { readStored, writeStored } from './stored.ts';

/**
 * Keeps the message, in the archive too, and returns it with the archive's id; or refuses it, where it has content and
 * there is no room.
 */
export function keepOffline(context: Context, envelope: Envelope): XmlElement | undefined {
  const { stanza, from, to } = envelope;
  // A chat state or a receipt is worth nothing later.
  if (!hasContent(stanza)) return stanza;
  if (!hasRoom(context, envelope)) return undefined;
  const stored = archiveMessage(context, bareOf(to), from, stanza);
  insert(context, to.local ?? '', context.clock.now(), stored);
  context.resumption.noteDelivered(stored);
  return stored;
}

/** Keeps a message that was sent to a client, and is in the archive since then, but never got there. */
export function keepAgain(context: Context, envelope: Envelope, at: number): void {
  if (hasRoom(context, envelope)) insert(context, envelope.to.local ?? '', at, envelope.stanza);
}

/** Delivers what waits, to the first client that can have it. */
export function deliverOffline(context: Context, session: Session): void {
  const rows = context.database.all(
    'SELECT at, stanza FROM offline WHERE account = ? ORDER BY place',
    session.account,
  );
  if (rows.length === 0) return;
  for (const row of rows) {
    const stanza = readStored(String(row['stanza']));
    const from = tryJid(stanza.attrs['from'] ?? '');
    if (from !== undefined && isBlocked(context, session.account, from)) continue;
    session.sendLate(stanza, Number(row['at']));
  }
  context.database.run('DELETE FROM offline WHERE account = ?', session.account);
}

/** Refuses the message where there is none. */
function hasRoom(context: Context, envelope: Envelope): boolean {
  const { database, limits } = context;
  const count = database.get(
    'SELECT count(*) AS n FROM offline WHERE account = ?',
    envelope.to.local ?? '',
  )?.['n'];
  if (Number(count) < limits.offlineMessagesPerAccountMax) return true;
  bounce(context, envelope, 'service-unavailable', 'too many messages wait for this account');
  return false;
}

function insert({ database }: Context, account: string, at: number, stanza: XmlElement): void {
  database.run(
    'INSERT INTO offline (account, at, stanza) VALUES (?, ?, ?)',
    account,
    at,
    writeStored(stanza),
  );
}
