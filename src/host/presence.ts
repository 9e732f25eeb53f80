/**
 * RFC 6121 §4 (2011-03), XEP-0405 §2.9: presence.
 * Broadcasts what a client says of itself to contacts, to the account's other clients and to channels, and delivers
 * what others say.
 * Does not change subscriptions (subscription.ts) nor decide about channels (pam/).
 * Always: nobody learns of a client who may not; whoever has been told that a client is there is told when it goes.
 * Before: host/subscription.ts. After: host/messages.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import { childText, el, type XmlElement } from '../xml/element.ts';
import { watchers } from './audience.ts';
import { isBlocked } from './blocklist.ts';
import { bounce, isAtService } from './bounce.ts';
import { askCapability, enterChannels } from './capability.ts';
import type { Context } from './context.ts';
import { addressed, bareOf, bareText, compose, tryJid, type Envelope } from './envelope.ts';
import { deliverOffline } from './offline.ts';
import { hideFrom, showTo } from './pam-port.ts';
import { channelPresence } from './pam/deliver.ts';
import { sendLastItems } from './pep/notify.ts';
import { isSeen, rosterItem, rosterItems, sees } from './roster-store.ts';
import type { Session } from './session.ts';
import {
  isSubscriptionType,
  repeatRequests,
  subscriptionFromClient,
  subscriptionToAccount,
} from './subscription.ts';

/** A client has sent presence; `isBroadcast` when it has no `to`. */
export function presenceFromClient(
  context: Context,
  session: Session,
  envelope: Envelope,
  isBroadcast: boolean,
): void {
  const { stanza, to } = envelope;
  const { type } = stanza.attrs;
  if (isSubscriptionType(type)) {
    if (to.domain === context.domain || isAtService(context, to))
      subscriptionFromClient(context, envelope, type);
    else bounce(context, envelope, 'remote-server-not-found', 'this server does not talk to other servers');
  } else if (type !== undefined && type !== 'unavailable' && type !== 'error') {
    // A probe is a server's affair, and an unknown type means nothing (GEN-15).
  } else if (!isBroadcast) {
    direct(context, session, envelope);
  } else if (type === undefined) {
    broadcast(context, session, stanza);
  } else if (type === 'unavailable') {
    goOffline(context, session, stanza);
  }
}

/** The session ends, or says that it is no longer available. */
export function goOffline(context: Context, session: Session, last?: XmlElement): void {
  const stanza = last ?? el('presence', NS_CLIENT, { type: 'unavailable' });
  const wasAvailable = session.presence !== undefined;
  session.presence = undefined;
  session.held = [];
  const told = new Set<string>();
  const tell = (to: Jid) => {
    told.add(formatJid(to));
    context.route(addressed(stanza, session.jid, to));
  };
  if (wasAvailable) {
    for (const other of context.sessions.available(session.account)) tell(other.jid);
    for (const contact of watchers(context, session.account)) tell(contact);
  }
  for (const channel of [...session.announced]) {
    hideFrom(context, session, channel, stanza);
    told.add(channel);
  }
  for (const to of session.directed.values()) {
    if (!told.has(formatJid(to)) && !told.has(bareText(to))) tell(to);
  }
  session.directed.clear();
}

export function presenceToAccount(context: Context, envelope: Envelope): void {
  const { stanza, from, to } = envelope;
  const account = to.local ?? '';
  if (!context.accounts.exists(account)) return;
  if (isAtService(context, from) && channelPresence(context.pam, bareText(to), from, stanza) === 'done')
    return;
  const { type } = stanza.attrs;
  if (isSubscriptionType(type)) {
    subscriptionToAccount(context, envelope, type);
  } else if (type === undefined || type === 'unavailable') {
    for (const session of context.sessions.available(account)) session.send(stanza);
  } else if (type === 'probe') {
    answerProbe(context, account, bareOf(to), from);
  }
}

/** To one client: as it is. */
export function presenceToSession(context: Context, envelope: Envelope): void {
  const { stanza, to } = envelope;
  const { type } = stanza.attrs;
  if (isSubscriptionType(type) || type === 'probe') {
    presenceToAccount(context, addressed(stanza, envelope.from, bareOf(to)));
  } else if (type === undefined || type === 'unavailable' || type === 'error') {
    context.sessions.get(to.local ?? '', to.resource ?? '')?.send(stanza);
  }
}

/** §4.2 and §4.4: available presence without an address. */
function broadcast(context: Context, session: Session, stanza: XmlElement): void {
  const isFirst = session.presence === undefined;
  const wasReachable = !isFirst && session.priority >= 0;
  session.presence = stanza;
  session.priority = priorityOf(stanza);
  for (const other of context.sessions.available(session.account)) {
    context.route(addressed(stanza, session.jid, other.jid));
  }
  for (const contact of watchers(context, session.account))
    context.route(addressed(stanza, session.jid, contact));
  askCapability(context, session, stanza);
  if (isFirst) greet(context, session);
  else for (const channel of session.announced) showTo(context, session, channel);
  if (!wasReachable && session.priority >= 0) deliverOffline(context, session);
}

/** What a client gets when it comes online: who else is there, and what waits for it. */
function greet(context: Context, session: Session): void {
  for (const other of context.sessions.available(session.account)) {
    if (other !== session && other.presence !== undefined) {
      session.send(addressed(other.presence, other.jid, session.jid).stanza);
    }
  }
  for (const item of rosterItems(context.database, session.account)) {
    const contact = tryJid(item.jid);
    if (contact === undefined || item.participantId !== undefined || !sees(item.subscription)) continue;
    if (contact.domain === context.domain) answerProbe(context, contact.local ?? '', contact, session.jid);
    else context.route(compose('presence', session.jid, contact, { type: 'probe' }));
  }
  repeatRequests(context, session.account, (request) => session.send(request));
  if (session.mix === 'yes') enterChannels(context, session);
  sendLastItems(context, session, session.interests);
}

/** §4.3.2: tells the asker about each client, if the account lets it see them. */
function answerProbe(context: Context, account: string, bare: Jid, asker: Jid): void {
  const subscription = rosterItem(context.database, account, bareText(asker))?.subscription;
  const isOwn = asker.local === account && asker.domain === bare.domain;
  if (!isOwn && (subscription === undefined || !isSeen(subscription))) return;
  if (isBlocked(context, account, asker)) return;
  for (const session of context.sessions.available(account)) {
    if (session.presence !== undefined) context.route(addressed(session.presence, session.jid, asker));
  }
}

/** §4.6: presence for one address. */
function direct(context: Context, session: Session, envelope: Envelope): void {
  const { stanza, to } = envelope;
  const { type } = stanza.attrs;
  if (type === 'unavailable') session.directed.delete(formatJid(to));
  else if (type === undefined) {
    const isKnown = session.directed.has(formatJid(to));
    if (!isKnown && session.directed.size >= context.limits.directedPresencesPerSessionMax) {
      bounce(context, envelope, 'resource-constraint', 'too many addresses know about this client');
      return;
    }
    session.directed.set(formatJid(to), to);
  }
  context.route(envelope);
}

/** §4.7.2.3: from -128 to 127; anything else counts as 0. */
function priorityOf(presence: XmlElement): number {
  const given = childText(presence, 'priority')?.trim() ?? '';
  const priority = /^[+-]?\d{1,3}$/.test(given) ? Number(given) : 0;
  return priority >= -128 && priority <= 127 ? priority : 0;
}
