/**
 * XEP-0405 MIX-PAM 0.5.3: the host behind the rules for participants.
 * Gives pam/ the roster, the archive and the clients of the host's own accounts.
 * Does not decide anything about channels (pam/ does).
 * Always: a channel sees the presence of a client only while the client is available and known to know channels
 * (PAM-39), and is told when it goes.
 * Before: host/pam/port.ts. After: host/capability.ts.
 */
import type { Jid } from '../jid/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import { storeChannelMessage } from './archive.ts';
import { isBlocked } from './blocklist.ts';
import type { Context } from './context.ts';
import { addressed, compose, readdressed, tryJid } from './envelope.ts';
import type { Membership, PamPort } from './pam/port.ts';
import { changeItem, forgetItem } from './roster-push.ts';
import { countItems, newItem, rosterItem, rosterItems, type RosterItem } from './roster-store.ts';
import type { Session } from './session.ts';

/** The port for the accounts of this host. */
export function createPamPort(context: () => Context): PamPort {
  return {
    membership(account, channel) {
      const item = rosterItem(context().database, localOf(account), channel);
      return item && membershipOf(item);
    },
    hasRoom: (account) => countItems(context().database, localOf(account)) < context().limits.rosterItemsMax,
    put: (account, membership) => putMembership(context(), localOf(account), membership),
    remove(account, channel) {
      forgetItem(context(), localOf(account), channel);
      for (const session of context().sessions.of(localOf(account))) session.announced.delete(channel);
    },
    forward(account, channel, id, payload, answered) {
      context().forwards.send(jidOf(account), jidOf(channel), id, payload, answered);
    },
    deliver(account, stanza) {
      for (const session of context().sessions.available(localOf(account))) {
        deliverTo(context(), session, readdressed(stanza, session.full));
      }
    },
    store: (account, channel, message) => storeChannelMessage(context(), jidOf(account), channel, message),
    show(account, channel) {
      for (const session of context().sessions.available(localOf(account)))
        showTo(context(), session, channel);
    },
    hide(account, channel) {
      for (const session of context().sessions.of(localOf(account))) hideFrom(context(), session, channel);
    },
  };
}

/** The channels that an account has joined. */
export function memberships(context: Context, account: string): Membership[] {
  return rosterItems(context.database, account).flatMap((item) => membershipOf(item) ?? []);
}

/** Shows one client to one channel, if it may be seen there. */
export function showTo(context: Context, session: Session, channel: string): void {
  if (session.presence === undefined || session.mix !== 'yes') return;
  if (isBlocked(context, session.account, jidOf(channel))) return;
  session.announced.add(channel);
  context.route(addressed(session.presence, session.jid, jidOf(channel)));
}

/** Tells a channel that a client is gone, if it had been shown there (PAM-41). */
export function hideFrom(context: Context, session: Session, channel: string, last?: XmlElement): void {
  if (!session.announced.delete(channel)) return;
  const gone = compose('presence', session.jid, jidOf(channel), { type: 'unavailable' }, last?.children);
  context.route(gone);
}

/** §2.9.3: asks a channel for everybody's presence, since none is kept here. */
export function askForPresence(context: Context, session: Session, channel: string): void {
  const to = jidOf(channel);
  if (!isBlocked(context, session.account, to)) context.route(compose('presence', session.bare, to));
}

function deliverTo(context: Context, session: Session, stanza: XmlElement): void {
  if (session.mix === 'yes') session.send(stanza);
  else if (session.mix === 'unknown' && session.held.length < context.limits.heldStanzasPerSessionMax) {
    session.held.push(stanza);
  }
}

function putMembership(context: Context, account: string, membership: Membership): void {
  const { channel, participantId, shares, wantsPresence } = membership;
  const before = rosterItem(context.database, account, channel) ?? newItem(channel);
  changeItem(context, account, {
    ...before,
    subscription: shares ? 'from' : 'none',
    isAsking: false,
    participantId: participantId ?? '',
    wantsPresence,
  });
  // A removed account of the same name may still have had this channel to leave.
  context.database.run('DELETE FROM leaving WHERE account = ? AND channel = ?', account, channel);
}

function membershipOf(item: RosterItem): Membership | undefined {
  const { jid, participantId, subscription, wantsPresence } = item;
  if (participantId === undefined) return undefined;
  const id = participantId === '' ? undefined : participantId;
  return { channel: jid, participantId: id, shares: subscription === 'from', wantsPresence };
}

function localOf(account: string): string {
  return account.slice(0, account.lastIndexOf('@'));
}

/** Texts here are prepared, so this cannot fail. */
function jidOf(text: string): Jid {
  const jid = tryJid(text);
  if (jid === undefined) throw new Error('a stored address is no JID');
  return jid;
}
