/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 §3, XEP-0060 §6.5, §7: items.
 * Gives items to whoever may see them, and publishes and retracts the account's own.
 * Does not make nodes (nodes.ts does), but for those that are published to for the first time.
 * Always: a refused request changes nothing; whatever an account can make grow has a limit.
 * Before: host/pep/nodes.ts. After: host/pep/requests.ts.
 */
import { randomBytes } from 'node:crypto';
import { refuse } from '../../stanza/error.ts';
import {
  buildEvent,
  buildItems,
  buildPublished,
  buildRetractEvent,
  parseOptions,
  PUBLISH_OPTIONS,
  type PubsubRequest,
} from '../../xep/0060-pubsub/wire.ts';
import type { Context } from '../context.ts';
import type { Answer, Request } from '../iq.ts';
import { nodeFor } from './access.ts';
import { checkName, newNode, nodeThatMeets } from './nodes.ts';
import { tell } from './notify.ts';
import { bytesWith, dropItem, pepItems, pepNode, putItem, putNode } from './store.ts';

type Verb<Name extends PubsubRequest['verb']> = Extract<PubsubRequest, { readonly verb: Name }>;

export function fetchItems(context: Context, request: Request, asked: Verb<'items'>): Answer {
  const node = nodeFor(context, request.account, request.asker, asked.node);
  return buildItems(
    node.name,
    pepItems(context.database, request.account, node.name, asked.ids, asked.maxItems),
  );
}

/** §3: to a node that is there, if it is as the client wants it, or to one made as the client wants it. */
export function publish(context: Context, { account }: Request, asked: Verb<'publish'>): Answer {
  const { database, limits } = context;
  const [given, second] = asked.items;
  if (second !== undefined) throw refuse('bad-request', 'items are published one at a time');
  if (given?.payload === undefined)
    throw refuse('bad-request', 'the item is empty', { pubsub: 'payload-required' });
  const { id = randomBytes(12).toString('base64url'), payload } = given;
  const options = asked.options && parseOptions(asked.options, PUBLISH_OPTIONS);
  const known = pepNode(database, account, asked.node);
  const node = nodeThatMeets(options, known ?? newNode(context, account, asked.node), known, limits);
  checkName(id, limits.pepItemIdBytesMax);
  const item = { id, at: context.clock.now(), payload };
  if (node.persists && bytesWith(database, account, node, item) > limits.pepBytesPerAccountMax)
    throw refuse('resource-constraint', 'the account holds too much', { pubsub: 'max-items-exceeded' });
  if (known === undefined) putNode(database, account, node);
  if (node.persists) putItem(database, account, node, item);
  tell(context, account, node, buildEvent(node.name, [item]));
  return buildPublished(node.name, id);
}

export function retract(context: Context, request: Request, asked: Verb<'retract'>): Answer {
  const { account, asker } = request;
  const node = nodeFor(context, account, asker, asked.node);
  const gone = asked.ids.filter((id) => dropItem(context.database, account, node.name, id));
  if (gone.length === 0) throw refuse('item-not-found', 'there is no such item');
  tell(context, account, node, buildRetractEvent(node.name, gone));
  return undefined;
}
