/**
 * RFC 6121 §5 and §8.5 (2011-03): messages.
 * Delivers a message to the right clients, keeps it for later where nobody is there, or refuses it.
 * Does not decide about messages of channels (pam/deliver.ts).
 * Always: a chat is delivered, kept or refused, never silently lost; whether an account exists is not told.
 * Before: host/presence.ts. After: host/archive.ts, host/carbons.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import { archiveMessage } from './archive.ts';
import { bounce, isAtService } from './bounce.ts';
import { copyReceived, copySent } from './carbons.ts';
import type { Context } from './context.ts';
import { addressed, bareOf, bareText, type Envelope } from './envelope.ts';
import { keepOffline } from './offline.ts';
import { channelMessage } from './pam/deliver.ts';
import type { Session } from './session.ts';

/** A client has sent a message: it goes into the sender's own archive, too. */
export function messageFromClient(context: Context, envelope: Envelope): void {
  const { stanza, from, to } = envelope;
  // To oneself, the recipient's copy is in the same archive.
  if (bareText(from) !== bareText(to))
    copySent(context, from, archiveMessage(context, bareOf(from), to, stanza));
  context.route(envelope);
}

/** §8.5.1 and §8.5.2: to the bare JID. */
export function messageToAccount(context: Context, envelope: Envelope): void {
  const { stanza, from, to } = envelope;
  const account = to.local ?? '';
  const type = typeOf(stanza);
  if (type === 'error') return;
  if (!context.accounts.exists(account)) {
    unreachable(context, envelope);
    return;
  }
  if (isAtService(context, from) && channelMessage(context.pam, bareText(to), from, stanza) === 'done')
    return;
  if (type === 'groupchat') {
    unreachable(context, envelope);
    return;
  }
  const reachable = context.sessions.available(account).filter(({ priority }) => priority >= 0);
  if (type === 'headline') {
    for (const session of reachable) session.send(stanza);
    return;
  }
  if (reachable.length > 0) deliver(context, envelope, reachable);
  else copyReceived(context, envelope.from, to, keepOffline(context, envelope), []);
}

/** §8.5.3: to one client. */
export function messageToSession(context: Context, envelope: Envelope): void {
  const { stanza, to } = envelope;
  const type = typeOf(stanza);
  const session = context.sessions.get(to.local ?? '', to.resource ?? '');
  if (session !== undefined) {
    if (type === 'chat' || type === 'normal') deliver(context, envelope, [session]);
    else session.send(stanza);
  } else if (type === 'chat') {
    messageToAccount(context, addressed(stanza, envelope.from, bareOf(to)));
  } else if (type !== 'headline') {
    unreachable(context, envelope);
  }
}

/** Puts the message into the recipient's archive, and sends it on with the archive's id; others get copies. */
function deliver(context: Context, { stanza, from, to }: Envelope, sessions: readonly Session[]): void {
  const stored = archiveMessage(context, bareOf(to), from, stanza);
  for (const session of sessions) session.send(stored);
  copyReceived(context, from, to, stored, sessions);
}

function unreachable(context: Context, envelope: Envelope): void {
  if (typeOf(envelope.stanza) === 'headline') return;
  bounce(context, envelope, 'service-unavailable', 'there is nobody to receive this');
}

/** §5.2.2: an unknown type is 'normal'. */
function typeOf({ attrs }: XmlElement): string {
  const { type } = attrs;
  return type === 'chat' || type === 'groupchat' || type === 'headline' || type === 'error' ? type : 'normal';
}
