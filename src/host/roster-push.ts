/**
 * RFC 6121 §2.1.6 (2011-03), XEP-0405 §2.10: the roster as clients see it.
 * Changes the stored roster and pushes each change to the clients that have asked for the roster.
 * Does not decide what changes.
 * Always: nothing changes without a push; what a client gets of a channel is marked exactly when its last roster
 * request asked for that.
 * Before: host/roster-store.ts. After: host/subscription.ts.
 */
import { randomBytes } from 'node:crypto';
import { buildChannel } from '../xep/0405-pam/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { compose } from './envelope.ts';
import { dropItem, putItem, type RosterItem } from './roster-store.ts';

export const NS_ROSTER = 'jabber:iq:roster';

/** Stores an item, and pushes it. */
export function changeItem(context: Context, account: string, item: RosterItem): void {
  putItem(context.database, account, item);
  push(context, account, (annotated) => buildItem(item, annotated));
}

/** Removes an item, and pushes that. */
export function forgetItem(context: Context, account: string, jid: string): void {
  if (!dropItem(context.database, account, jid)) return;
  push(context, account, () => el('item', NS_ROSTER, { jid, subscription: 'remove' }));
}

function push(context: Context, account: string, build: (annotated: boolean) => XmlElement): void {
  for (const session of context.sessions.of(account)) {
    if (!session.isInterested) continue;
    const query = el('query', NS_ROSTER, {}, [build(session.isAnnotated)]);
    const id = randomBytes(9).toString('base64url');
    session.send(compose('iq', session.bare, session.jid, { type: 'set', id }, [query]).stanza);
  }
}

/** An item as clients see it; a channel is marked where that was asked for. */
export function buildItem(item: RosterItem, annotated: boolean): XmlElement {
  const { participantId } = item;
  return el(
    'item',
    NS_ROSTER,
    {
      jid: item.jid,
      name: item.name === '' ? undefined : item.name,
      subscription: item.subscription,
      ask: item.isAsking ? 'subscribe' : undefined,
    },
    [
      ...item.groups.map((group) => el('group', NS_ROSTER, {}, [group])),
      annotated && participantId !== undefined ? buildChannel(participantId || undefined) : undefined,
    ],
  );
}
