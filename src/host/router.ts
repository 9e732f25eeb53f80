/**
 * RFC 6120 §10, RFC 6121 §8 (2011-03): where a stanza goes.
 * Sends each stanza to the host, an account, a client or the service, and answers what can go nowhere.
 * Does not know what a stanza means (iq.ts, messages.ts, presence.ts).
 * Always: an error or a result is never answered; no stanza leaves without `from` and `to`.
 * Before: host/stream.ts. After: host/iq.ts.
 */
import type { XmlElement } from '../xml/element.ts';
import { stopIncoming, stopOutgoing } from './blocking.ts';
import { bounce, isAtService } from './bounce.ts';
import type { Context } from './context.ts';
import { addressed, tryJid, type Envelope } from './envelope.ts';
import { iqToAccount, iqToHost, iqToSession } from './iq.ts';
import { messageFromClient, messageToAccount, messageToSession } from './messages.ts';
import { presenceFromClient, presenceToAccount, presenceToSession } from './presence.ts';
import type { Session } from './session.ts';

/** A stanza that a client has sent. */
export function fromClient(context: Context, session: Session, stanza: XmlElement): void {
  const toText = stanza.attrs['to'];
  const to = toText === undefined || toText === '' ? session.bare : tryJid(toText);
  if (to === undefined) {
    bounce(
      context,
      addressed(stanza, session.jid, session.bare),
      'jid-malformed',
      'the address is not a JID',
    );
    return;
  }
  const envelope = addressed(stanza, session.jid, to);
  if (stopOutgoing(context, session, envelope)) return;
  if (stanza.name === 'message') messageFromClient(context, envelope);
  else if (stanza.name === 'presence') presenceFromClient(context, session, envelope, toText === undefined);
  else route(context, envelope);
}

/** A stanza that the service has sent. */
export function fromService(context: Context, stanza: XmlElement): void {
  const from = tryJid(stanza.attrs['from'] ?? '');
  const to = tryJid(stanza.attrs['to'] ?? '');
  if (from === undefined || to === undefined || !isAtService(context, from)) {
    context.log.warn(
      { kind: stanza.name },
      'the service sent a stanza with addresses that cannot be its own',
    );
    return;
  }
  route(context, { stanza, from, to });
}

/** Brings a stanza to where it is addressed. */
export function route(context: Context, envelope: Envelope): void {
  const { stanza, to } = envelope;
  if (isAtService(context, to)) {
    toService(context, envelope);
  } else if (to.domain !== context.domain) {
    bounce(context, envelope, 'remote-server-not-found', 'this server does not talk to other servers');
  } else if (to.local === undefined) {
    if (stanza.name === 'iq') iqToHost(context, envelope);
  } else if (!stopIncoming(context, envelope)) {
    toAccount(context, envelope);
  }
}

function toAccount(context: Context, envelope: Envelope): void {
  const { stanza, to } = envelope;
  if (stanza.name === 'iq') {
    (to.resource === undefined ? iqToAccount : iqToSession)(context, envelope);
  } else if (stanza.name === 'message') {
    (to.resource === undefined ? messageToAccount : messageToSession)(context, envelope);
  } else if (stanza.name === 'presence') {
    (to.resource === undefined ? presenceToAccount : presenceToSession)(context, envelope);
  }
}

function toService(context: Context, envelope: Envelope): void {
  if (!context.link.up) {
    bounce(context, envelope, 'service-unavailable', 'the service is not running');
    return;
  }
  context.lane.after(() => context.link.send(envelope.stanza));
}
