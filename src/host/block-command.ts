/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12) §3: the list and its commands.
 * Answers a client's questions and commands, pushes each change, and takes presence away or gives it back.
 * Does not stop stanzas (blocking.ts).
 * Always: a change is pushed to the clients that have asked for the list; whoever saw the account before a block sees it
 * go, and whoever may see it after one sees it come; subscriptions stay as they are.
 * Before: host/blocking.ts. After: host/extensions.ts.
 */
import { randomBytes } from 'node:crypto';
import { formatJid, type Jid } from '../jid/jid.ts';
import { refuse } from '../stanza/error.ts';
import {
  buildBlockCommand,
  buildBlocklist,
  parseBlockCommand,
  type BlockCommand,
} from '../xep/0191-blocking/wire.ts';
import { audience } from './audience.ts';
import { addBlocked, blockedJids, dropBlocked, isBlocked } from './blocklist.ts';
import type { Context } from './context.ts';
import { compose, tryJid } from './envelope.ts';
import type { Answer, Request } from './iq.ts';
import { askForPresence, hideFrom, memberships, showTo } from './pam-port.ts';
import type { Membership } from './pam/port.ts';
import { tellPresence } from './subscription.ts';

/** §3.2 */
export function getBlocklist(context: Context, { account, asker }: Request): Answer {
  const session = context.sessions.get(account, asker.resource ?? '');
  if (session !== undefined) session.wantsBlocklist = true;
  return buildBlocklist(blockedJids(context, account));
}

/** §3.3 */
export function block(context: Context, { account, payload }: Request): Answer {
  const jids = prepared(parseBlockCommand(payload));
  const before = blockedJids(context, account);
  const count = new Set([...before, ...jids]).size;
  if (count > before.length && count > context.limits.blockedJidsPerAccountMax)
    throw refuse('resource-constraint', 'too many addresses are blocked');
  const open = witnesses(context, account).filter(({ jid }) => !isBlocked(context, account, jid));
  for (const jid of jids) addBlocked(context, account, jid);
  for (const witness of open)
    if (isBlocked(context, account, witness.jid)) disappear(context, account, witness);
  push(context, account, { verb: 'block', jids });
  return undefined;
}

/** §3.4, §3.5 */
export function unblock(context: Context, { account, payload }: Request): Answer {
  const jids = prepared(parseBlockCommand(payload));
  const shut = witnesses(context, account).filter(({ jid }) => isBlocked(context, account, jid));
  for (const jid of jids.length === 0 ? blockedJids(context, account) : jids)
    dropBlocked(context, account, jid);
  for (const witness of shut)
    if (!isBlocked(context, account, witness.jid)) appear(context, account, witness);
  push(context, account, { verb: 'unblock', jids });
  return undefined;
}

function prepared({ jids }: BlockCommand): string[] {
  return jids.map((text) => {
    const jid = tryJid(text);
    if (jid === undefined) throw refuse('jid-malformed', 'one of the addresses is not a JID');
    return formatJid(jid);
  });
}

/** Somebody who may see the account's presence now. */
interface Witness {
  readonly jid: Jid;
  readonly isContact: boolean;
  readonly membership: Membership | undefined;
}

/** The contacts, the joined channels, and whoever was sent presence. */
function witnesses(context: Context, account: string): Witness[] {
  const contacts = audience(context, account).map((jid) => ({ jid, isContact: true, membership: undefined }));
  const channels = memberships(context, account).flatMap((membership) => {
    const jid = tryJid(membership.channel);
    return jid === undefined ? [] : [{ jid, isContact: false, membership }];
  });
  const directed = context.sessions
    .of(account)
    .flatMap((session) => [...session.directed.values()])
    .map((jid) => ({ jid, isContact: false, membership: undefined }));
  const all: readonly Witness[] = [...directed, ...channels, ...contacts];
  return [...new Map(all.map((witness) => [formatJid(witness.jid), witness])).values()];
}

function disappear(context: Context, account: string, { jid, isContact }: Witness): void {
  const name = formatJid(jid);
  for (const session of context.sessions.of(account)) {
    hideFrom(context, session, name);
    const hasSeen = session.directed.delete(name) || (isContact && session.presence !== undefined);
    if (hasSeen) context.route(compose('presence', session.jid, jid, { type: 'unavailable' }));
  }
}

function appear(context: Context, account: string, { jid, isContact, membership }: Witness): void {
  if (isContact) tellPresence(context, account, jid, false);
  for (const session of context.sessions.available(account)) {
    if (membership?.shares === true) showTo(context, session, membership.channel);
    if (membership?.wantsPresence === true && session.mix === 'yes')
      askForPresence(context, session, membership.channel);
  }
}

function push(context: Context, account: string, command: BlockCommand): void {
  for (const session of context.sessions.of(account)) {
    if (!session.wantsBlocklist) continue;
    const id = randomBytes(9).toString('base64url');
    const attrs = { type: 'set', id };
    session.send(compose('iq', session.bare, session.jid, attrs, [buildBlockCommand(command)]).stanza);
  }
}
