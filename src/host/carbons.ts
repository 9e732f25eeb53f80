/**
 * XEP-0280 Message Carbons 1.0.1 (2021-12-26): one-to-one messages on all of an account's clients.
 * Turns copies on and off for a client, and sends each to those that have not had the message itself.
 * Does not copy what channels send to their participants: that reaches every client anyway (PAM-37). A private message
 * through a channel is one between two addresses, and is copied under the address that stood on the wire (D-80).
 * Always: a copy never leaves the account; none is made of a copy.
 * Before: host/messages.ts. After: xep/0280-carbons/wire.ts.
 */
import { bareText, compose } from './envelope.ts';
import { buildCarbon, isCopied, parseCarbon, type CarbonKind } from '../xep/0280-carbons/wire.ts';
import type { Jid } from '../jid/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';
import type { Session } from './session.ts';

export function enableCarbons(context: Context, request: Request): Answer {
  return want(context, request, true);
}

export function disableCarbons(context: Context, request: Request): Answer {
  return want(context, request, false);
}

/** §8: a client has sent the message; the account's other clients get to know. */
export function copySent(context: Context, sender: Jid, message: XmlElement): void {
  const here = context.sessions.get(sender.local ?? '', sender.resource ?? '');
  copy(context, sender.local ?? '', 'sent', message, [here]);
}

/** §7: the message has come for the account, and gone to some of its clients; undefined: it has been refused. */
export function copyReceived(
  context: Context,
  sender: Jid,
  to: Jid,
  message: XmlElement | undefined,
  reached: readonly Session[],
): void {
  if (message === undefined) return;
  // Of a message to oneself there is one copy, and its sender needs none.
  const isOwn = bareText(sender) === bareText(to);
  const here = isOwn ? context.sessions.get(sender.local ?? '', sender.resource ?? '') : undefined;
  copy(context, to.local ?? '', 'received', message, [...reached, here]);
}

/** The message that a client gets a copy of since it has come for the account; undefined where this is no such copy. */
export function receivedIn(stanza: XmlElement): XmlElement | undefined {
  const [account = ''] = (stanza.attrs['to'] ?? '').split('/', 1);
  const carbon = parseCarbon(stanza, account);
  return carbon?.kind === 'received' ? carbon.message : undefined;
}

function copy(
  context: Context,
  account: string,
  kind: CarbonKind,
  message: XmlElement,
  without: readonly (Session | undefined)[],
): void {
  if (!isCopied(kind, message)) return;
  for (const session of context.sessions.of(account)) {
    if (!session.wantsCarbons || without.includes(session)) continue;
    const attrs = { type: message.attrs['type'] };
    session.send(compose('message', session.bare, session.jid, attrs, [buildCarbon(kind, message)]).stanza);
  }
}

function want({ sessions }: Context, { account, asker }: Request, wantsCarbons: boolean): Answer {
  const session = sessions.get(account, asker.resource ?? '');
  if (session !== undefined) session.wantsCarbons = wantsCarbons;
  return undefined;
}
