/**
 * XEP-0030 Service Discovery, XEP-0092 Software Version, XEP-0199 Ping: what is here.
 * Answers for the host and for its accounts.
 * Does not list features: extensions.ts does, beside the handlers that earn them.
 * Always: an account tells what it is to itself and to those who may see its presence; to others it does not exist.
 * Before: host/iq.ts. After: host/extensions.ts.
 */
import { refuse } from '../stanza/error.ts';
import { buildInfo, buildItems, parseInfoQuery, parseItemsQuery, type Item } from '../xep/0030-disco/wire.ts';
import { NS as NS_COMMANDS } from '../xep/0050-commands/wire.ts';
import { IDENTITY as PEP, NS as NS_PUBSUB } from '../xep/0163-pep/wire.ts';
import { buildVersion } from '../xep/0092-version/wire.ts';
import { commandInfo, commandItems } from './commands.ts';
import type { Context } from './context.ts';
import { bareText } from './envelope.ts';
import type { Answer, Request } from './iq.ts';
import { nodeFor, nodesFor } from './pep/access.ts';
import { isSeen, rosterItem } from './roster-store.ts';
import { uploadInfo } from './upload-slots.ts';

export function hostInfo(context: Context, request: Request): Answer {
  const { node } = parseInfoQuery(request.payload);
  const command = node && commandInfo(context, request, node);
  if (command) return buildInfo(command);
  refuseNode(node);
  const { identities, forms } = uploadInfo(context);
  return buildInfo({
    identities: [{ category: 'server', type: 'im', name: 'Vizard' }, ...identities],
    features: context.features.host,
    forms,
  });
}

export function hostItems(context: Context, request: Request): Answer {
  const { node } = parseItemsQuery(request.payload);
  if (node === NS_COMMANDS) return buildItems({ node, items: commandItems(context, request) });
  refuseNode(node);
  return buildItems({ items: [{ jid: context.serviceDomain, name: 'Channels' }] });
}

export function accountInfo(context: Context, request: Request): Answer {
  refuseStranger(context, request);
  const { node = '' } = parseInfoQuery(request.payload);
  if (node !== '') {
    nodeFor(context, request.account, request.asker, node);
    return buildInfo({ node, identities: [{ category: 'pubsub', type: 'leaf' }], features: [NS_PUBSUB] });
  }
  return buildInfo({
    identities: [{ category: 'account', type: 'registered' }, PEP],
    features: context.features.account,
  });
}

/** §4.3: the account's clients, and its nodes (XEP-0163 §6). */
export function accountItems(context: Context, request: Request): Answer {
  refuseStranger(context, request);
  refuseNode(parseItemsQuery(request.payload).node);
  const items: Item[] = context.sessions.available(request.account).map(({ full }) => ({ jid: full }));
  const jid = bareText(request.envelope.to);
  const nodes = nodesFor(context, request.account, request.asker).map(({ name }) => ({ jid, node: name }));
  return buildItems({ items: [...items, ...nodes] });
}

export function hostVersion({ version }: Context): Answer {
  return buildVersion({ name: 'Vizard', version });
}

/** Ping, and the session request of RFC 3921, which means nothing any more. */
export function nothing(): Answer {
  return undefined;
}

function refuseStranger({ database }: Context, { account, asker, isOwn }: Request): void {
  const item = isOwn ? undefined : rosterItem(database, account, bareText(asker));
  if (isOwn || (item !== undefined && isSeen(item.subscription))) return;
  throw refuse('service-unavailable', 'this is not supported here');
}

function refuseNode(node: string | undefined): void {
  if (node !== undefined && node !== '') throw refuse('item-not-found', 'there is no such node');
}
