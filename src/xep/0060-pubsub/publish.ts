/**
 * XEP-0406 MIX-ADMIN 0.3.1 §3 and XEP-0060 §7: publishing to a channel's nodes.
 * Reads what is published and calls the rule of the node: configuration, information, allowed, banned, avatar.
 * Does not write to the nodes that the channel keeps itself: nobody may (PUBSUB-16).
 * Always: an item's id is the channel's for configuration and information (PUBSUB-22).
 * Before: xep/0060-pubsub/service.ts. After: channel/configure.ts, channel/lists.ts.
 */
import { hasNode, requireAdministrator, requireOwner, requireWriter } from '../../channel/access.ts';
import { configure, publishInfo } from '../../channel/configure.ts';
import { admit, dismiss } from '../../channel/lists.ts';
import type { Turn } from '../../channel/turn.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { Node } from '../../storage/facts.ts';
import type { XmlElement } from '../../xml/element.ts';
import { isLargerThan } from '../../xml/write.ts';
import { NS as FORMS, parseForm, type Form } from '../0004-forms/wire.ts';
import { nodeNamed, parseInfo } from '../0369-core/wire.ts';
import { changeOf } from '../0406-admin/change.ts';
import { entryOf } from '../0406-admin/entry.ts';
import { parseConfig } from '../0406-admin/wire.ts';
import { publishItem } from '../0084-avatar/service.ts';
import type { Env, Reply } from '../extension.ts';
import { buildPublished, type PubsubRequest } from './wire.ts';

type Publish = Extract<PubsubRequest, { verb: 'publish' }>;
type Retract = Extract<PubsubRequest, { verb: 'retract' }>;
type WritableNode = Exclude<Node, 'participants' | 'jidmap' | 'presence' | 'messages'>;

export function publish(
  asker: RealJid,
  { node: name, items, options }: Publish,
  turn: Turn,
  env: Env,
): Reply {
  const node = writable(turn, name);
  requireWriter(turn.channel, node, asker);
  if (options !== undefined)
    throw refuse('conflict', 'Nodes of a channel take no options.', { pubsub: 'precondition-not-met' });
  const [item, second] = items;
  if (item === undefined) throw refuse('bad-request', 'Nothing is published.', { pubsub: 'item-required' });
  if (second !== undefined) throw refuse('bad-request', 'One item is published at a time.');
  if (item.payload !== undefined && isLargerThan(item.payload, payloadBytesMax(env)))
    throw refuse('not-acceptable', 'This item is too large.', { pubsub: 'payload-too-big' });
  switch (node) {
    case 'config':
    case 'info': {
      const form = formOf(item.payload);
      const change = node === 'config' ? configured : informed;
      const id = change(asker, form, turn);
      return id === undefined ? {} : { payload: buildPublished(name, id) };
    }
    case 'allowed':
    case 'banned': {
      if (item.id === undefined)
        throw refuse('bad-request', 'The item has no id.', { pubsub: 'item-required' });
      admit(turn, node, entryOf(item.id, turn));
      return { payload: buildPublished(name, item.id) };
    }
    case 'avatar-data':
    case 'avatar-metadata':
      return { payload: buildPublished(name, publishItem(asker, node, item, turn)) };
  }
}

/** What the stanzas in which an item is sent may add. */
const ADDED_BYTES_MAX = 4 * 1024;

function payloadBytesMax({ settings }: Env): number {
  return settings.limits.stanzaBytesMax - ADDED_BYTES_MAX;
}

export function retract(asker: RealJid, { node: name, ids }: Retract, turn: Turn): Reply {
  const node = writable(turn, name);
  if (node !== 'allowed' && node !== 'banned')
    throw refuse('not-allowed', 'Nothing is retracted from this node.');
  requireAdministrator(turn.channel, asker);
  const entries = ids.map((id) => entryOf(id, turn));
  for (const entry of entries)
    if (!turn.channel[node].has(entry)) throw refuse('item-not-found', 'There is no such item.');
  for (const entry of entries) dismiss(turn, node, entry);
  return {};
}

/** @throws item-not-found for no node of the channel's; not-allowed for one that the channel keeps itself. */
function writable(turn: Turn, name: string): WritableNode {
  const node = nodeNamed(name);
  if (node === undefined || !hasNode(turn.channel, node))
    throw refuse('item-not-found', 'The channel has no such node.');
  if (node === 'participants' || node === 'jidmap' || node === 'presence' || node === 'messages')
    throw refuse('not-allowed', 'The channel keeps this node itself.');
  return node;
}

function formOf(payload: XmlElement | undefined): Form {
  const invalid = { pubsub: 'invalid-payload' };
  if (payload?.ns !== FORMS || payload.name !== 'x')
    throw refuse('bad-request', 'This node holds a form.', invalid);
  return parseForm(payload);
}

/** Returns the new item's id; undefined where the form is cancelled, as below. */
function configured(asker: RealJid, form: Form, turn: Turn): string | undefined {
  const change = parseConfig(form);
  return form.type === 'cancel' ? undefined : configure(turn, asker, changeOf(change));
}

/** D-01: an owner may change the mode here as well; for others it must be what it is. */
function informed(asker: RealJid, form: Form, turn: Turn): string | undefined {
  const { channel } = turn;
  const { mode, ...info } = parseInfo(form);
  if (form.type === 'cancel') return undefined;
  const isNewMode = mode !== undefined && mode !== channel.config?.mode;
  if (isNewMode) requireOwner(channel, asker);
  if (isNewMode) configure(turn, asker, { mode });
  return publishInfo(turn, asker, { ...channel.info, ...info });
}
