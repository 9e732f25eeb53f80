/**
 * RFC 6121 §8.5.2.2.1 (2011-03), XEP-0160: chats that nobody was there to receive.
 * Keeps them until a client of the account comes online, and then delivers them with the time at which they came.
 * Does not archive (archive.ts).
 * Always: a message that there is no room for is refused, not dropped (D-98).
 * Before: host/messages.ts. After: host/archive.ts.
 */
import { buildDelay } from '../xep/0203-delay/wire.ts';
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
  const account = to.local ?? '';
  const { database, limits } = context;
  const count = Number(database.get('SELECT count(*) AS n FROM offline WHERE account = ?', account)?.['n']);
  if (count >= limits.offlineMessagesPerAccountMax) {
    bounce(context, envelope, 'service-unavailable', 'too many messages wait for this account');
    return undefined;
  }
  const stored = archiveMessage(context, bareOf(to), from, stanza);
  database.run(
    'INSERT INTO offline (account, at, stanza) VALUES (?, ?, ?)',
    account,
    context.clock.now(),
    writeStored(stored),
  );
  return stored;
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
    const delay = buildDelay(Number(row['at']), context.domain);
    session.send({ ...stanza, children: [...stanza.children, delay] });
  }
  context.database.run('DELETE FROM offline WHERE account = ?', session.account);
}
