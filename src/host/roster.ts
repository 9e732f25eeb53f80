/**
 * RFC 6121 §2 (2011-03): what clients ask of the roster.
 * Answers roster requests, and changes names and groups.
 * Does not change subscriptions (subscription.ts) nor join or leave (pam/).
 * Always: a client can change neither the subscription of an item nor whether it is a channel.
 * Before: host/subscription.ts. After: host/presence.ts.
 */
import { refuse } from '../stanza/error.ts';
import { isAnnotated } from '../xep/0405-pam/wire.ts';
import { childrenOf, el, elements, text, type XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { bareText, tryJid } from './envelope.ts';
import type { Answer, Request } from './iq.ts';
import { leaveByRoster } from './pam/leave.ts';
import { buildItem, changeItem, forgetItem, NS_ROSTER } from './roster-push.ts';
import { countItems, newItem, rosterItem, rosterItems, type RosterItem } from './roster-store.ts';
import { cancelAll } from './subscription.ts';

/** RFC 6121 §2.1.3. */
export function getRoster(context: Context, request: Request): Answer {
  const session = context.sessions.get(request.account, request.asker.resource ?? '');
  const annotated = isAnnotated(request.payload);
  if (session !== undefined) {
    session.isInterested = true;
    session.isAnnotated = annotated;
  }
  const items = rosterItems(context.database, request.account);
  return el(
    'query',
    NS_ROSTER,
    {},
    items.map((item) => buildItem(item, annotated)),
  );
}

/** RFC 6121 §2.1.5. */
export function setRoster(context: Context, request: Request): Answer {
  const [item, ...more] = elements(request.payload);
  if (item === undefined || more.length > 0 || item.name !== 'item' || item.ns !== NS_ROSTER) {
    throw refuse('bad-request', 'a roster set has one item');
  }
  const jid = tryJid(item.attrs['jid'] ?? '');
  if (jid === undefined) throw refuse('jid-malformed', 'the item has no JID');
  const contact = bareText(jid);
  if (contact === bareText(request.envelope.to)) throw refuse('not-allowed', 'this is the account itself');
  const before = rosterItem(context.database, request.account, contact);
  if (item.attrs['subscription'] === 'remove') return removeItem(context, request, contact, before);
  if (
    before === undefined &&
    countItems(context.database, request.account) >= context.limits.rosterItemsMax
  ) {
    throw refuse('resource-constraint', 'the roster is full');
  }
  changeItem(context, request.account, {
    ...(before ?? newItem(contact)),
    name: nameOf(context, item),
    groups: groupsOf(context, item),
  });
  return undefined;
}

function removeItem(
  context: Context,
  request: Request,
  contact: string,
  before: RosterItem | undefined,
): Answer {
  if (before === undefined) throw refuse('item-not-found', 'this is not in the roster');
  if (before.participantId !== undefined) {
    // PAM-25: who removes a channel means to leave it; without a leave the channel would go on sending.
    const id = request.envelope.stanza.attrs['id'] ?? '';
    leaveByRoster(context.pam, { ...request, account: bareText(request.envelope.to), id }, contact);
    return 'later';
  }
  cancelAll(context, request.account, before);
  forgetItem(context, request.account, contact);
  return undefined;
}

function nameOf({ limits }: Context, item: XmlElement): string {
  const name = item.attrs['name'] ?? '';
  if (name.length > limits.rosterNameCharactersMax) throw refuse('not-acceptable', 'the name is too long');
  return name;
}

function groupsOf({ limits }: Context, item: XmlElement): string[] {
  const groups = childrenOf(item, 'group').map(text);
  if (groups.length > limits.rosterGroupsPerItemMax) throw refuse('not-acceptable', 'too many groups');
  if (groups.some((group) => group === '' || group.length > limits.rosterNameCharactersMax)) {
    throw refuse('not-acceptable', 'the name of a group is empty or too long');
  }
  if (new Set(groups).size < groups.length) throw refuse('bad-request', 'a group is named twice');
  return groups;
}
