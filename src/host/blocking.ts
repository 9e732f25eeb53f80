/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12) §3.3: what becomes of stanzas from and to somebody blocked.
 * Stops them in both directions, and answers as the document says.
 * Does not keep the list (blocklist.ts) nor take commands (block-command.ts).
 * Always: whoever is blocked gets the answers that an account gives which is not there, word for word; a channel's
 * messages get none at all (PAM-29).
 * Before: host/blocklist.ts. After: host/router.ts.
 */
import { NS_CLIENT } from '../stanza/stanza.ts';
import { buildBlockedError } from '../xep/0191-blocking/wire.ts';
import { el } from '../xml/element.ts';
import { isBlocked } from './blocklist.ts';
import { bounce, isAtService } from './bounce.ts';
import type { Context } from './context.ts';
import { addressed, bareOf, bareText, type Envelope } from './envelope.ts';
import { channelMessage } from './pam/deliver.ts';
import type { Session } from './session.ts';

/** Does the stanza come from somebody whom the account has blocked? Then it goes no further. */
export function stopIncoming(context: Context, envelope: Envelope): boolean {
  const { stanza, from, to } = envelope;
  if (to.local === undefined || !isBlocked(context, to.local, from)) return false;
  if (stanza.name === 'message') stopMessage(context, envelope);
  else if (stanza.name === 'iq') stopIq(context, envelope);
  return true;
}

/** Does the client write to somebody whom its account has blocked? Then it is told so. */
export function stopOutgoing(context: Context, session: Session, { stanza, to }: Envelope): boolean {
  if (!isBlocked(context, session.account, to)) return false;
  const { id, type } = stanza.attrs;
  const isAnswer = type === 'error' || (stanza.name === 'iq' && type === 'result');
  if (isAnswer) return true;
  const attrs = { type: 'error', id, from: stanza.attrs['to'], to: session.full };
  // Not by way of the router, which would stop it as well.
  session.send(el(stanza.name, NS_CLIENT, attrs, [buildBlockedError()]));
  return true;
}

function stopMessage(context: Context, envelope: Envelope): void {
  const { stanza, from, to } = envelope;
  // What a channel says of the account itself still counts for the roster, though nobody hears it.
  const deaf = { ...context.pam, deliver: () => undefined, store: () => stanza };
  const isForParticipants = to.resource === undefined && isAtService(context, from);
  if (isForParticipants && channelMessage(deaf, bareText(to), from, stanza) === 'done') return;
  const { type } = stanza.attrs;
  if (type === 'headline') return;
  // A chat for a client that is not there is one for the account (messages.ts), and so is its error.
  const answered = type === 'chat' ? addressed(stanza, from, bareOf(to)) : envelope;
  bounce(context, answered, 'service-unavailable', 'there is nobody to receive this');
}

function stopIq(context: Context, envelope: Envelope): void {
  const { stanza, to } = envelope;
  const { type } = stanza.attrs;
  const isRequest = type === 'get' || type === 'set';
  // An answer to what the host itself has asked, such as to leave.
  if (!isRequest && to.resource === undefined) context.forwards.take(envelope);
  const text = to.resource === undefined ? 'this is not supported here' : 'there is no such client';
  if (isRequest) bounce(context, envelope, 'service-unavailable', text);
}
