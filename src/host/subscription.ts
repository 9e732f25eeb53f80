/**
 * RFC 6121 §3 and appendix A (2011-03): who may see whose presence.
 * Moves the two sides of a subscription from state to state, for requests that a client sends and that arrive.
 * Does not send presence itself (presence.ts) nor know channels: their entries are made by pam/ alone (PAM-20).
 * Always: each side changes on its own stanza only; a stanza that fits no state changes and delivers nothing.
 * Before: host/roster-push.ts. After: host/roster.ts.
 */
import type { Jid } from '../jid/jid.ts';
import type { XmlElement } from '../xml/element.ts';
import { isBlocked } from './blocklist.ts';
import { bounce } from './bounce.ts';
import type { Context } from './context.ts';
import { addressed, bareOf, bareText, compose, tryJid, type Envelope } from './envelope.ts';
import { introduceTo } from './pep/notify.ts';
import { changeItem } from './roster-push.ts';
import {
  countItems,
  dropRequest,
  hasRequest,
  isSeen,
  newItem,
  putRequest,
  requests,
  rosterItem,
  sees,
  type RosterItem,
} from './roster-store.ts';
import { readStored, writeStored } from './stored.ts';

export type SubscriptionType = 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';

export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return type === 'subscribe' || type === 'subscribed' || type === 'unsubscribe' || type === 'unsubscribed';
}

/** A client of the account sends it (§3.1.2, 3.1.5, 3.2.2, 3.3.2). */
export function subscriptionFromClient(context: Context, envelope: Envelope, type: SubscriptionType): void {
  const { stanza, from, to } = envelope;
  const account = from.local ?? '';
  const contact = bareText(to);
  const outgoing = addressed(stanza, bareOf(from), bareOf(to));
  const before = rosterItem(context.database, account, contact);
  if (contact === bareText(from)) return;
  if (before === undefined && type.startsWith('subscribe') && isFull(context, account)) {
    bounce(context, envelope, 'resource-constraint', 'the roster is full');
    return;
  }
  if (before?.participantId === undefined) {
    const answered =
      type === 'subscribe' || type === 'unsubscribe' || dropRequest(context.database, account, contact);
    const after = afterSending(before ?? newItem(contact), type, answered);
    if (after !== undefined) changeItem(context, account, after);
    else if (type === 'subscribed' || (type === 'unsubscribed' && !answered)) return;
  }
  context.route(outgoing);
  if (type === 'subscribed') tellPresence(context, account, bareOf(to), false);
  if (type === 'unsubscribed' && before !== undefined && isSeen(before.subscription)) {
    tellPresence(context, account, bareOf(to), true);
  }
}

/** It arrives for an account (§3.1.3, 3.1.6, 3.2.3, 3.3.3). */
export function subscriptionToAccount(context: Context, envelope: Envelope, type: SubscriptionType): void {
  const { to } = envelope;
  const account = to.local ?? '';
  const contact = bareText(envelope.from);
  const incoming = addressed(envelope.stanza, bareOf(envelope.from), bareOf(to));
  const item = rosterItem(context.database, account, contact) ?? newItem(contact);
  if (type === 'subscribe') {
    requested(context, account, item, incoming);
    return;
  }
  const hadRequest = type === 'unsubscribe' && dropRequest(context.database, account, contact);
  const after = afterReceiving(item, type);
  if (after === undefined && !hadRequest) return;
  if (after !== undefined) changeItem(context, account, after);
  deliver(context, account, incoming);
  if (type === 'unsubscribe' && isSeen(item.subscription))
    tellPresence(context, account, bareOf(envelope.from), true);
}

/** Asks a client that comes online what has not been answered yet. */
export function repeatRequests(context: Context, account: string, ask: (request: XmlElement) => void): void {
  for (const { jid, stanza } of requests(context.database, account)) {
    const from = tryJid(jid);
    if (from !== undefined && !isBlocked(context, account, from)) ask(readStored(stanza));
  }
}

/** The account removes a contact: both directions end (§2.5.2). */
export function cancelAll(context: Context, account: string, item: RosterItem): void {
  const contact = tryJid(item.jid);
  if (contact === undefined) return;
  const bare: Jid = { local: account, domain: context.domain, resource: undefined };
  const cancel = (type: SubscriptionType) => context.route(compose('presence', bare, contact, { type }));
  if (sees(item.subscription) || item.isAsking) cancel('unsubscribe');
  if (isSeen(item.subscription)) {
    cancel('unsubscribed');
    tellPresence(context, account, contact, true);
  }
}

function isFull({ database, limits }: Context, account: string): boolean {
  return countItems(database, account) >= limits.rosterItemsMax;
}

/** The item after the account has sent `type`; undefined where nothing changes. */
function afterSending(item: RosterItem, type: SubscriptionType, answered: boolean): RosterItem | undefined {
  const { subscription } = item;
  switch (type) {
    case 'subscribe':
      return sees(subscription) ? undefined : { ...item, isAsking: true };
    case 'unsubscribe':
      return sees(subscription) || item.isAsking
        ? { ...item, subscription: isSeen(subscription) ? 'from' : 'none', isAsking: false }
        : undefined;
    case 'subscribed':
      return answered ? { ...item, subscription: sees(subscription) ? 'both' : 'from' } : undefined;
    case 'unsubscribed':
      return isSeen(subscription) ? { ...item, subscription: sees(subscription) ? 'to' : 'none' } : undefined;
  }
}

/** The item after `type` has arrived from the contact; undefined where nothing changes. */
function afterReceiving(
  item: RosterItem,
  type: Exclude<SubscriptionType, 'subscribe'>,
): RosterItem | undefined {
  const { subscription, isAsking } = item;
  switch (type) {
    case 'subscribed':
      return isAsking
        ? { ...item, subscription: isSeen(subscription) ? 'both' : 'to', isAsking: false }
        : undefined;
    case 'unsubscribed':
      return sees(subscription) || isAsking
        ? { ...item, subscription: isSeen(subscription) ? 'from' : 'none', isAsking: false }
        : undefined;
    case 'unsubscribe':
      return isSeen(subscription) ? { ...item, subscription: sees(subscription) ? 'to' : 'none' } : undefined;
  }
}

function requested(context: Context, account: string, item: RosterItem, incoming: Envelope): void {
  const { from, to } = incoming;
  if (isSeen(item.subscription)) {
    context.route(compose('presence', to, from, { type: 'subscribed' }));
    return;
  }
  const isNew = !hasRequest(context.database, account, item.jid);
  if (isNew && requests(context.database, account).length >= context.limits.requestsPerAccountMax) return;
  putRequest(context.database, account, item.jid, writeStored(incoming.stanza));
  deliver(context, account, incoming);
}

function deliver(context: Context, account: string, { stanza }: Envelope): void {
  for (const session of context.sessions.of(account)) {
    // §3.1.6: "interested" clients get the answers; requests go to available ones.
    const isFor =
      stanza.attrs['type'] === 'subscribe' ? session.presence !== undefined : session.isInterested;
    if (isFor) session.send(stanza);
  }
}

/** The account's clients become visible to the contact, or cease to be; one that is blocked sees neither. */
export function tellPresence(context: Context, account: string, contact: Jid, isGone: boolean): void {
  if (isBlocked(context, account, contact)) return;
  for (const session of context.sessions.available(account)) {
    if (session.presence === undefined) continue;
    const stanza = isGone
      ? { ...session.presence, attrs: { type: 'unavailable' }, children: [] }
      : session.presence;
    context.route(addressed(stanza, session.jid, contact));
  }
  if (!isGone) introduceTo(context, account, contact);
}
