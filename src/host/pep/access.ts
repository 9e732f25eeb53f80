/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 §2.3, XEP-0060 §4.5: who may see what is in a node.
 * Decides it for whoever asks.
 * Does not tell anybody of what changes (notify.ts).
 * Always: the account itself may; a channel may not, nor anybody whom a channel speaks for: they learn of an account
 * what the channel's own rules tell them (XEP-0404), and nothing here; what somebody may not see does not exist for him.
 * Before: host/pep/store.ts. After: host/pep/items.ts.
 */
import type { Jid } from '../../jid/jid.ts';
import { refuse } from '../../stanza/error.ts';
import { isAtService } from '../bounce.ts';
import type { Context } from '../context.ts';
import { bareText } from '../envelope.ts';
import { isSeen, rosterItem } from '../roster-store.ts';
import { pepNode, pepNodes, type PepNode } from './store.ts';

/** The node, for somebody who may see it. @throws item-not-found for everybody else. */
export function nodeFor(context: Context, account: string, asker: Jid, name: string): PepNode {
  const node = pepNode(context.database, account, name);
  if (node === undefined || !maySee(context, account, asker, node))
    throw refuse('item-not-found', 'there is no such node');
  return node;
}

/** The nodes that somebody may see. */
export function nodesFor(context: Context, account: string, asker: Jid): PepNode[] {
  return pepNodes(context.database, account).filter((node) => maySee(context, account, asker, node));
}

export function maySee(context: Context, account: string, asker: Jid, { access }: PepNode): boolean {
  if (asker.local === account && asker.domain === context.domain) return true;
  if (isAtService(context, asker)) return false;
  if (access !== 'presence') return access === 'open';
  const item = rosterItem(context.database, account, bareText(asker));
  return item !== undefined && isSeen(item.subscription);
}
