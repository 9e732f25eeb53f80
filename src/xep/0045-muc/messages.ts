/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.5, §8.1: messages to CH/nick, and those to CH that are a room's.
 * Reads private messages, changes of the subject and errors, and calls the rules.
 * Does not take what is said to everybody (xep/0369-core/messages.ts) nor pass anything on itself.
 * Always: who is not in the room writes to nobody in it; nobody changes the subject (D-86).
 * Before: service/router.ts. After: xep/0404-anon/private-messages.ts.
 */
import { requireParticipant } from '../../channel/access.ts';
import { occupantNamed } from '../../channel/occupancy.ts';
import { exit, requireOccupant } from '../../channel/occupant.ts';
import type { Turn } from '../../channel/turn.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { isNamed } from '../../xml/element.ts';
import { bounced, passOn } from '../0404-anon/private-messages.ts';
import type { Env, Inbound, OccupantAddress, Send, StanzaHandler } from '../extension.ts';
import { isDeparture } from './departure.ts';

export const messages: readonly StanzaHandler[] = [
  { kind: 'message', on: 'occupant', run: onMessage },
  { kind: 'message', on: 'channel', isFor: ({ type }) => type === 'error', run: onError },
  { kind: 'message', on: 'channel', isFor: isSubjectChange, run: refuseSubject },
];

function onMessage(message: Inbound<OccupantAddress>, turn: Turn, env: Env): readonly Send[] {
  const { type, from, to } = message;
  if (type === 'error') return onBounce(message, turn, env);
  if (type === 'groupchat')
    throw refuse('bad-request', 'What is said to everybody is sent to the room itself.');
  requireOccupant(turn, from);
  const id = occupantNamed(turn.channel, to.nick);
  if (id === undefined) throw refuse('item-not-found', 'Nobody of this nick is in the room.');
  passOn(message, { id, resource: undefined }, turn, env);
  return [];
}

/** What CH/nick said to a client came back: a private message to its sender, anything else as the end of a stay. */
function onBounce(message: Inbound<OccupantAddress>, turn: Turn, env: Env): readonly Send[] {
  if (!turn.channel.exists) return [];
  const id = occupantNamed(turn.channel, message.to.nick);
  const sends = id === undefined ? [] : bounced(message, { id, resource: undefined }, turn, env);
  if (sends.length === 0) onError(message, turn);
  return sends;
}

function onError({ from, children }: Inbound, turn: Turn): readonly Send[] {
  const session = turn.channel.exists ? turn.channel.occupants.get(from) : undefined;
  if (session !== undefined && isDeparture(children)) exit(turn, session, '', 'lost');
  return [];
}

function isSubjectChange({ type, children }: Inbound): boolean {
  const has = (name: string): boolean => children.some((child) => isNamed(child, name, NS_CLIENT));
  return type === 'groupchat' && has('subject') && !has('body');
}

function refuseSubject({ from }: Inbound, { channel }: Turn): never {
  requireParticipant(channel, from);
  throw refuse('forbidden', 'The channel has no subject that could be changed.');
}
