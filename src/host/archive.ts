/**
 * XEP-0313 Message Archive Management 1.1.3 §3, XEP-0405 §2.11: what an account's archive holds.
 * Stores chats of both directions and every message of a joined channel, and marks the stanza with the archive's id.
 * Does not answer queries (mam.ts).
 * Always: a message is stored under the address that stood on the wire, an encoded JID included (D-80), and a channel's
 * message once, however often the channel sends it; ids are random; trimming takes the oldest.
 * Before: host/messages.ts. After: host/mam.ts.
 */
import { randomBytes } from 'node:crypto';
import { formatJid, type Jid } from '../jid/jid.ts';
import { buildStanzaId, NS as NS_IDS, stanzaId } from '../xep/0359-ids/wire.ts';
import { child, isElement, type XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { bareText } from './envelope.ts';
import { writeStored } from './stored.ts';

const NS_HINTS = 'urn:xmpp:hints';
/** Payloads without a body that change what is read later: reactions, retractions, receipts of having read. */
const worthKeeping = new Set([
  'urn:xmpp:reactions:0',
  'urn:xmpp:message-retract:1',
  'urn:xmpp:message-correct:0',
  'urn:xmpp:mix:misc:0',
]);

/** Is this a message that is worth something later? */
export function hasContent(message: XmlElement): boolean {
  const { type } = message.attrs;
  if (type === 'error' || type === 'groupchat' || type === 'headline') return false;
  const hint = (name: string) => child(message, name, NS_HINTS) !== undefined;
  if (hint('no-store') || hint('no-permanent-store')) return false;
  if (child(message, 'body') !== undefined || hint('store')) return true;
  return message.children.some((node) => isElement(node) && worthKeeping.has(node.ns));
}

/** Stores a message between `owner` and `peer`, if it has content, and returns it with the archive's id. */
export function archiveMessage(context: Context, owner: Jid, peer: Jid, message: XmlElement): XmlElement {
  const clean = withoutOwnIds(message, owner);
  if (!hasContent(message)) return clean;
  const id = newId();
  const marked = withId(clean, owner, id);
  insert(context, owner, id, bareText(peer), formatJid(peer), undefined, marked);
  return marked;
}

/** Stores a channel's message, unless it is there already, and returns it with the archive's id. */
export function storeChannelMessage(
  context: Context,
  owner: Jid,
  channel: string,
  message: XmlElement,
): XmlElement {
  const clean = withoutOwnIds(message, owner);
  const channelId = stanzaId(clean.children, channel) ?? clean.attrs['id'];
  const known = channelId === undefined ? undefined : knownAs(context, owner, channel, channelId);
  if (known !== undefined) return withId(clean, owner, known);
  const id = newId();
  const marked = withId(clean, owner, id);
  insert(context, owner, id, channel, clean.attrs['from'] ?? channel, channelId, marked);
  return marked;
}

/** Takes what is more than the limit from the old end of every archive. */
export function trimArchives({ database, limits }: Context): void {
  const full = database.all(
    'SELECT account FROM archive GROUP BY account HAVING count(*) > ?',
    limits.archiveMessagesPerAccountMax,
  );
  for (const row of full) {
    const account = String(row['account']);
    database.run(
      `DELETE FROM archive WHERE account = ?1 AND place <= (
         SELECT place FROM archive WHERE account = ?1 ORDER BY place DESC LIMIT 1 OFFSET ?2)`,
      account,
      limits.archiveMessagesPerAccountMax,
    );
  }
}

function knownAs(context: Context, owner: Jid, channel: string, channelId: string): string | undefined {
  const row = context.database.get(
    'SELECT id FROM archive WHERE account = ? AND peer = ? AND channel_id = ?',
    owner.local ?? '',
    channel,
    channelId,
  );
  return row && String(row['id']);
}

function insert(
  context: Context,
  owner: Jid,
  id: string,
  peer: string,
  peerFull: string,
  channelId: string | undefined,
  message: XmlElement,
): void {
  context.database.run(
    'INSERT INTO archive (account, id, peer, peer_full, at, channel_id, stanza) VALUES (?, ?, ?, ?, ?, ?, ?)',
    owner.local ?? '',
    id,
    peer,
    peerFull,
    context.clock.now(),
    channelId ?? null,
    writeStored(message),
  );
}

/** XEP-0359 §5: nobody but the archive itself may say that a message has an id there. */
function withoutOwnIds(message: XmlElement, owner: Jid): XmlElement {
  const by = formatJid(owner);
  const isOwn = (node: XmlElement) =>
    node.name === 'stanza-id' && node.ns === NS_IDS && node.attrs['by'] === by;
  return { ...message, children: message.children.filter((node) => !isElement(node) || !isOwn(node)) };
}

function withId(message: XmlElement, owner: Jid, id: string): XmlElement {
  return { ...message, children: [...message.children, buildStanzaId(formatJid(owner), id)] };
}

function newId(): string {
  return randomBytes(12).toString('base64url');
}
