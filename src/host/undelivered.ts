/**
 * XEP-0198 Stream Management 1.6.3 §4 (2025-07-28): stanzas that a client never acknowledged.
 * Treats each as one to a client that is not there: a message goes to the account's other clients or waits for the next,
 * a request is answered with an error.
 * Does not store messages in the archive again: they are there since they were sent (messages.ts, pam/deliver.ts).
 * Always: a message that another client of the account has had, or may still get, be it as a copy, is not sent or kept
 * once more; nothing comes from who has been blocked meanwhile.
 * Before: host/ending.ts. After: host/offline.ts.
 */
import { hasContent } from './archive.ts';
import { isBlocked } from './blocklist.ts';
import { bounce } from './bounce.ts';
import { receivedIn } from './carbons.ts';
import type { Context } from './context.ts';
import { addressed, bareOf, tryJid, type Envelope } from './envelope.ts';
import { keepAgain } from './offline.ts';
import type { Session } from './session.ts';

/** The session is over, and out of the list. */
export function settleUndelivered(context: Context, session: Session): void {
  const rest = session.management?.takeAll() ?? [];
  if (rest.length === 0) return;
  const elsewhere = context.sessions
    .of(session.account)
    .flatMap((other) => other.management?.unacknowledged ?? []);
  const mayStillCome = new Set(elsewhere.map(({ stanza }) => receivedIn(stanza) ?? stanza));
  for (const { stanza: sent, at } of rest) {
    // Of a copy, what counts is the message.
    const stanza = receivedIn(sent) ?? sent;
    const from = tryJid(stanza.attrs['from'] ?? '');
    const to = tryJid(stanza.attrs['to'] ?? '');
    if (from === undefined || to === undefined) continue;
    const isSettled = context.resumption.isDelivered(stanza) || mayStillCome.has(stanza);
    if (stanza.name === 'iq') refuseRequest(context, { stanza, from, to });
    else if (stanza.name === 'message' && !isSettled) passOn(context, { stanza, from, to }, at);
  }
}

function refuseRequest(context: Context, envelope: Envelope): void {
  const { type } = envelope.stanza.attrs;
  if (type === 'get' || type === 'set')
    bounce(context, envelope, 'service-unavailable', 'the client has gone without an answer');
}

function passOn(context: Context, { stanza, from, to }: Envelope, at: number): void {
  const account = to.local ?? '';
  // Channels' messages are in the archive, and what is no more than a sign of life is worth nothing later.
  if (!hasContent(stanza) || !context.accounts.exists(account)) return;
  if (isBlocked(context, account, from)) return;
  const envelope = addressed(stanza, from, bareOf(to));
  const reachable = context.sessions.available(account).filter(({ priority }) => priority >= 0);
  for (const session of reachable) session.sendLate(envelope.stanza, at);
  if (reachable.length === 0) keepAgain(context, envelope, at);
}
