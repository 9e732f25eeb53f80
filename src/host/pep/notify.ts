/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 §4: events.
 * Tells the account's own clients and its contacts' of what changes in a node, if they ask for that by their features,
 * and those that come online of what is there.
 * Does not ask clients for their features (capability.ts).
 * Always: nobody is told who may not see the node; nothing goes to a channel or to an address in one, whether the
 * account shares its presence there or not; nothing goes to somebody blocked (§4.3.3).
 * Before: host/pep/access.ts. After: host/capability.ts.
 */
import { randomBytes } from 'node:crypto';
import { buildEvent } from '../../xep/0060-pubsub/wire.ts';
import { buildDelay } from '../../xep/0203-delay/wire.ts';
import type { Jid } from '../../jid/jid.ts';
import type { XmlElement } from '../../xml/element.ts';
import { audience } from '../audience.ts';
import { isBlocked } from '../blocklist.ts';
import type { Context } from '../context.ts';
import { compose, tryJid } from '../envelope.ts';
import { rosterItems, sees } from '../roster-store.ts';
import type { Session } from '../session.ts';
import { maySee } from './access.ts';
import { lastItems, type PepNode } from './store.ts';

/** Something has changed in a node. */
export function tell(context: Context, account: string, node: PepNode, event: XmlElement): void {
  const contacts = node.access === 'whitelist' ? [] : audience(context, account);
  const local = contacts.filter(({ domain }) => domain === context.domain).map((jid) => jid.local ?? '');
  for (const name of [account, ...local]) {
    const interested = context.sessions.available(name).filter(({ interests }) => interests.has(node.name));
    if (interested.length === 0) continue;
    for (const session of interested) send(context, account, session, [event]);
  }
}

/** §4.3.4: a client has come online, or has said more of what it wants: it gets the last items of these nodes. */
export function sendLastItems(context: Context, session: Session, interests: ReadonlySet<string>): void {
  if (interests.size === 0) return;
  introduce(context, session.account, session, interests);
  for (const { jid, participantId, subscription } of rosterItems(context.database, session.account)) {
    const contact = tryJid(jid);
    if (participantId !== undefined || !sees(subscription) || contact?.domain !== context.domain) continue;
    introduce(context, contact.local ?? '', session, interests);
  }
}

/** A contact may see the account from now on: its clients get the last items. */
export function introduceTo(context: Context, account: string, contact: Jid): void {
  if (contact.domain !== context.domain) return;
  for (const session of context.sessions.available(contact.local ?? ''))
    introduce(context, account, session, session.interests);
}

function introduce(
  context: Context,
  account: string,
  session: Session,
  interests: ReadonlySet<string>,
): void {
  for (const { node, item } of lastItems(context.database, account, interests)) {
    if (!maySee(context, account, session.jid, node)) continue;
    send(context, account, session, [buildEvent(node.name, [item]), buildDelay(item.at)]);
  }
}

function send(context: Context, account: string, session: Session, children: readonly XmlElement[]): void {
  if (isBlocked(context, account, session.jid)) return;
  const from = { local: account, domain: context.domain, resource: undefined };
  const attrs = { type: 'headline', id: randomBytes(9).toString('base64url') };
  context.route(compose('message', from, session.jid, attrs, children));
}
