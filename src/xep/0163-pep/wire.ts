/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 (2022-02-16): what it adds to XEP-0060 on the wire.
 * Owns the names by which an account says that it has nodes, and a client which nodes it wants to hear of.
 * Does not read requests or events (xep/0060-pubsub/wire.ts).
 * Always: only whole node names count; there is no pattern.
 * Before: xep/0060-pubsub/wire.ts. After: host/pep/notify.ts.
 */
import type { Identity } from '../0030-disco/wire.ts';
import { NS } from '../0060-pubsub/items.ts';

export { NS } from '../0060-pubsub/items.ts';

const NOTIFY = '+notify';

/** §6.1: an account that has nodes. */
export const IDENTITY: Identity = { category: 'pubsub', type: 'pep' };

/** What of XEP-0060 and 0163 an account offers, for discovery (§6.1). */
export const FEATURES: readonly string[] = [
  'access-open',
  'access-presence',
  'access-whitelist',
  'auto-create',
  'auto-subscribe',
  'config-node',
  'config-node-max',
  'create-and-configure',
  'create-nodes',
  'delete-items',
  'delete-nodes',
  'filtered-notifications',
  'item-ids',
  'last-published',
  'multi-items',
  'persistent-items',
  'publish',
  'publish-options',
  'retrieve-items',
].map((name) => `${NS}#${name}`);

/** The feature by which a client says that it wants the events of a node (§4.2). */
export function interestIn(node: string): string {
  return `${node}${NOTIFY}`;
}

/** The nodes whose events the client with these features wants, each once. */
export function interestsIn(features: readonly string[]): string[] {
  const wanted = features.filter((feature) => feature.endsWith(NOTIFY) && feature !== NOTIFY);
  return [...new Set(wanted.map((feature) => feature.slice(0, -NOTIFY.length)))];
}
