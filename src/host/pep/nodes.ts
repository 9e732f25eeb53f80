/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 §5, XEP-0060 §7.1.5, §8: nodes and their options.
 * Makes, configures and deletes the account's nodes, and says what a node is like that is first published to.
 * Does not decide who sees what because of that (access.ts).
 * Always: a new node shows one item to those who see the account's presence, unless its owner wants something else.
 * Before: host/pep/store.ts. After: host/pep/items.ts.
 */
import { refuse } from '../../stanza/error.ts';
import {
  buildConfigure,
  buildDeleteEvent,
  buildOptions,
  NODE_CONFIG,
  type GivenOptions,
  type OwnerRequest,
} from '../../xep/0060-pubsub/wire.ts';
import { utf8Length } from '../../xml/write.ts';
import type { Context } from '../context.ts';
import type { Answer, Request } from '../iq.ts';
import type { HostLimits } from '../limits.ts';
import { nodeFor } from './access.ts';
import { tell } from './notify.ts';
import { ACCESS_MODELS, dropNode, pepNode, pepNodes, putNode, type PepNode } from './store.ts';

/** Options that cannot be changed here; asking for what holds anyway is no mistake. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  'pubsub#deliver_notifications': ['true', '1'],
  'pubsub#deliver_payloads': ['true', '1'],
  'pubsub#notify_delete': ['true', '1'],
  'pubsub#notify_retract': ['true', '1'],
  'pubsub#publish_model': ['publishers'],
};

export function createNode(context: Context, { account }: Request, asked: OwnerRequest): Answer {
  if (pepNode(context.database, account, asked.node) !== undefined)
    throw refuse('conflict', 'there is such a node');
  const options = asked.verb === 'create' ? asked.options : undefined;
  const node = changed(newNode(context, account, asked.node), options, context.limits);
  putNode(context.database, account, node);
  return undefined;
}

/** Tells the options, or with a form changes those that the form has. */
export function configureNode(
  context: Context,
  { account, asker }: Request,
  name: string,
  options: GivenOptions | undefined,
): Answer {
  const node = nodeFor(context, account, asker, name);
  if (options === undefined) return buildConfigure(name, formOf(node));
  putNode(context.database, account, changed(node, options, context.limits));
  return undefined;
}

export function deleteNode(context: Context, { account, asker }: Request, name: string): Answer {
  const node = nodeFor(context, account, asker, name);
  dropNode(context.database, account, name);
  tell(context, account, node, buildDeleteEvent(name));
  return undefined;
}

/** A node that is not there yet. Throws a Refusal where there is no room for it. */
export function newNode({ database, limits }: Context, account: string, name: string): PepNode {
  checkName(name, limits.pepNodeNameBytesMax);
  if (pepNodes(database, account).length >= limits.pepNodesPerAccountMax)
    throw refuse('resource-constraint', 'the account has too many nodes', { pubsub: 'max-nodes-exceeded' });
  return { name, access: 'presence', itemsMax: 1, persists: true, sendsLast: true };
}

export function checkName(name: string, bytesMax: number): void {
  if (utf8Length(name) > bytesMax) throw refuse('not-acceptable', 'the name is too long');
}

/**
 * §7.1.5: the node as the options of a publish want it: a new one is made like that, a known one has to be like that.
 * @throws conflict where it is not, or cannot be.
 */
export function nodeThatMeets(
  options: GivenOptions | undefined,
  node: PepNode,
  known: PepNode | undefined,
  limits: HostLimits,
): PepNode {
  const unmet = refuse('conflict', 'the node is not like that', { pubsub: 'precondition-not-met' });
  if (
    options?.others.some(({ var: name, values }) => FIXED[name]?.includes(values[0] ?? '') !== true) === true
  )
    throw unmet;
  let wanted: PepNode;
  try {
    wanted = changed(node, options, limits);
  } catch {
    throw unmet;
  }
  if (known !== undefined && JSON.stringify(wanted) !== JSON.stringify(known)) throw unmet;
  return wanted;
}

/** The node with these options; more items than the limit count as the limit. @throws not-acceptable */
function changed(node: PepNode, options: GivenOptions | undefined, limits: HostLimits): PepNode {
  if (options === undefined) return node;
  const { accessModel, maxItems, persistItems, sendLastItem } = options;
  const access = accessModel === undefined ? node.access : ACCESS_MODELS.find((one) => one === accessModel);
  if (access === undefined) throw refuse('not-acceptable', 'there is no such access model');
  const wanted = maxItems === 'max' ? limits.pepItemsPerNodeMax : (maxItems ?? node.itemsMax);
  return {
    name: node.name,
    access,
    itemsMax: Math.min(wanted, limits.pepItemsPerNodeMax),
    persists: persistItems ?? node.persists,
    sendsLast: sendLastItem === undefined ? node.sendsLast : sendLastItem !== 'never',
  };
}

function formOf({ access, itemsMax, persists, sendsLast }: PepNode) {
  const sendLastItem = sendsLast ? 'on_sub_and_presence' : 'never';
  const options = { accessModel: access, maxItems: itemsMax, persistItems: persists, sendLastItem };
  return buildOptions(options, NODE_CONFIG, 'form');
}
