/**
 * XEP-0163 Personal Eventing Protocol 1.2.2, XEP-0060 1.30.0: every account a small pubsub service.
 * Reads each request and hands it to its rule; says what is not offered.
 * Does not decide (items.ts, nodes.ts). Nobody subscribes by a request: contacts hear of what they ask for by their
 * features (notify.ts).
 * Always: to others than the account itself, an account that does not exist answers like one without nodes.
 * Before: host/extensions.ts. After: host/pep/items.ts, host/pep/nodes.ts.
 */
import { refuse, type Refusal } from '../../stanza/error.ts';
import { iqTypeOf, parseOwnerRequest, parsePubsub, type OwnerRequest } from '../../xep/0060-pubsub/wire.ts';
import type { Context } from '../context.ts';
import type { Answer, Request } from '../iq.ts';
import { fetchItems, publish, retract } from './items.ts';
import { configureNode, createNode, deleteNode } from './nodes.ts';

export function answerPubsub(context: Context, request: Request): Answer {
  const { envelope, payload } = request;
  const type = envelope.stanza.attrs['type'];
  const owner = parseOwnerRequest(payload);
  if (owner !== undefined) {
    checkType(type, owner.verb === 'configure' && owner.options === undefined ? 'get' : 'set');
    return answerOwner(context, request, owner);
  }
  const asked = parsePubsub(payload);
  checkType(type, iqTypeOf(asked));
  switch (asked.verb) {
    case 'items':
      return fetchItems(context, request, asked);
    case 'publish':
      return publish(context, request, asked);
    case 'retract':
      return retract(context, request, asked);
    case 'unsupported':
      throw unsupported(asked.feature);
    case 'subscribe':
    case 'unsubscribe':
      throw unsupported('subscribe');
    case 'subscriptions':
    case 'affiliations':
      throw unsupported(`retrieve-${asked.verb}`);
  }
}

function answerOwner(context: Context, request: Request, asked: OwnerRequest): Answer {
  switch (asked.verb) {
    case 'create':
      return createNode(context, request, asked);
    case 'configure':
      return configureNode(context, request, asked.node, asked.options);
    case 'delete':
      return deleteNode(context, request, asked.node);
  }
}

function unsupported(feature: string): Refusal {
  return refuse('feature-not-implemented', 'this is not offered here', { pubsub: 'unsupported', feature });
}

function checkType(type: string | undefined, wanted: 'get' | 'set' | undefined): void {
  if (wanted !== undefined && type !== wanted)
    throw refuse('bad-request', `this is asked with an iq of type ${wanted}`);
}
