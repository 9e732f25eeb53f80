/**
 * XEP-0369 MIX-CORE 0.14.6 §4.7, for a client: what the nodes of a channel hold, in ordinary values.
 * Reads an item of the information or participants node, and turns names of nodes into words and back.
 * Does not fetch (client.ts) nor listen (client/live-channel.ts).
 * Always: what cannot be read is undefined.
 * Before: xep/0369-core/wire.ts. After: xep/0369-core/client.ts.
 */
import type { ChannelInfo, Mode, Node } from '../../mix.ts';
import { unlessBad } from '../../stanza/codec.ts';
import type { XmlElement } from '../../xml/element.ts';
import { NS as NS_FORMS, parseForm } from '../0004-forms/wire.ts';
import { participantOf, type Participant } from './client-message.ts';
import { NODE_NAMES, nodeNamed, parseParticipant, readInfo } from './wire.ts';

/** What a channel says of itself, and whose addresses it shows, as far as it tells. */
export type ShownInfo = ChannelInfo & { readonly mode?: Mode };

/** The information in an item of the node, or in an event; undefined where it holds none. */
export function infoIn(payload: XmlElement): ShownInfo | undefined {
  if (payload.name !== 'x' || payload.ns !== NS_FORMS) return undefined;
  const form = unlessBad(() => readInfo(parseForm(payload)));
  if (form === undefined) return undefined;
  const { name, description, contact = [], mode } = form;
  return { name, description, contact, ...(mode === undefined ? {} : { mode }) };
}

/** The full names of nodes. */
export function namesOf(nodes: readonly Node[]): string[] {
  return nodes.map((node) => NODE_NAMES[node]);
}

/** The nodes of these full names; unknown ones are left out. */
export function nodesOf(names: readonly string[]): Node[] {
  return names.map(nodeNamed).filter((node) => node !== undefined);
}

/** The participant of an item of the node, or of an event; undefined where it says none. */
export function readParticipant(
  id: string | undefined,
  payload: XmlElement | undefined,
): Participant | undefined {
  if (id === undefined || payload?.name !== 'participant') return undefined;
  const who = unlessBad(() => parseParticipant(payload));
  return who && participantOf(id, who);
}
