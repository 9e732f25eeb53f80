/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.1: roles, and who may do what.
 * Owns the questions about roles, about the allowed and banned lists, and about the nodes of a channel.
 * Does not change anything.
 * Always: owners pass every gate that administrators pass, administrators every gate of participants; being
 * banned beats everything but ownership.
 * Before: channel/state.ts. After: channel/join.ts.
 */
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';
import { refuse, type Refusal } from '../refusal.ts';
import type { ChannelConfig, Group, Node } from '../storage/facts.ts';
import type { ChannelState, Participant } from './state.ts';

export function configOf(channel: ChannelState): ChannelConfig {
  if (channel.config === undefined) throw noChannel();
  return channel.config;
}

export function isOwner(channel: ChannelState, asker: RealJid): boolean {
  const bare = asker.bare;
  const equals = (jid: RealJid): boolean => jid.equals(bare);
  return configOf(channel).owners.some(equals) || channel.operators.some(equals);
}

/** An owner, or an administrator whose own address is not banned. */
export function isAdministrator(channel: ChannelState, asker: RealJid): boolean {
  const equals = (jid: RealJid): boolean => jid.equals(asker.bare);
  return (
    isOwner(channel, asker) ||
    (configOf(channel).administrators.some(equals) && !channel.banned.has(asker.bare))
  );
}

/** Is the address or its domain on the list? */
function isOn(list: ChannelState['allowed'], asker: RealJid): boolean {
  return list.has(asker.bare) || list.has(asker.host);
}

/** D-75: an owner cannot be banned, and the ban of a domain skips administrators. */
export function isBanned(channel: ChannelState, asker: RealJid): boolean {
  return isOn(channel.banned, asker) && !isAdministrator(channel, asker);
}

/** XEP-0406 §2.1: not banned, and on the allowed list where there is one. */
export function isAllowed(channel: ChannelState, asker: RealJid): boolean {
  if (isBanned(channel, asker)) return false;
  if (!configOf(channel).nodesPresent.includes('allowed') || isAdministrator(channel, asker)) return true;
  return channel.participant(asker) !== undefined || isOn(channel.allowed, asker);
}

/** Does a right that is given to `group` reach the asker? */
export function isIn(channel: ChannelState, group: Group, asker: RealJid): boolean {
  switch (group) {
    case 'nobody':
    case 'owners':
      return isOwner(channel, asker);
    case 'admins':
      return isAdministrator(channel, asker);
    case 'participants':
      return isAdministrator(channel, asker) || channel.participant(asker) !== undefined;
    case 'allowed':
      return isAllowed(channel, asker);
    case 'anyone':
      return true;
  }
}

/** Participants, administrators and owners: the people to whom the modes speak (D-94). */
export function isInsider(channel: ChannelState, asker: RealJid): boolean {
  return isIn(channel, 'participants', asker);
}

/**
 * D-65: may the asker know of this channel at all?
 * @throws forbidden for the banned; item-not-found where a stranger asks an unlisted channel; registration-required
 * where the allowed list does not have a stranger.
 */
export function meet(channel: ChannelState, asker: RealJid): void {
  if (!channel.exists || isStranger(channel, asker)) throw noChannel();
  if (isInsider(channel, asker)) return;
  if (isBanned(channel, asker)) throw refuse('forbidden', 'You are banned from this channel.');
  if (!isAllowed(channel, asker))
    throw refuse('registration-required', 'This channel is for those whom its administrators allowed.');
}

/** @throws forbidden where the asker takes no part; item-not-found where it should not know the channel (D-65). */
export function requireParticipant(channel: ChannelState, asker: RealJid): Participant {
  if (!channel.exists) throw noChannel();
  const participant = channel.participant(asker);
  if (participant !== undefined) return participant;
  if (isStranger(channel, asker)) throw noChannel();
  throw refuse('forbidden', 'This is for participants of the channel.');
}

/** @throws forbidden where the asker is no owner; item-not-found: as above. */
export function requireOwner(channel: ChannelState, asker: RealJid): void {
  if (!channel.exists || isStranger(channel, asker)) throw noChannel();
  if (!isOwner(channel, asker)) throw refuse('forbidden', 'This is for owners of the channel.');
}

/** @throws forbidden where the asker is neither owner nor administrator; item-not-found: as above. */
export function requireAdministrator(channel: ChannelState, asker: RealJid): void {
  if (!channel.exists || isStranger(channel, asker)) throw noChannel();
  if (!isAdministrator(channel, asker))
    throw refuse('forbidden', 'This is for administrators of the channel.');
}

/** May the asker know that there is such a channel (D-65)? @throws item-not-found where it may not. */
export function requireKnown(channel: ChannelState, asker: RealJid): void {
  if (!channel.exists || isStranger(channel, asker)) throw noChannel();
}

/** Somebody who cannot know of an unlisted channel, as far as the channel can tell. */
export function isStranger(channel: ChannelState, asker: RealJid): boolean {
  return !channel.listed && !isInsider(channel, asker) && !isOn(channel.allowed, asker);
}

function noChannel(): Refusal {
  return refuse('item-not-found', 'There is no such channel.');
}

/** Which group may subscribe to a node and read it. */
export function readersOf(config: ChannelConfig, node: Node): Group {
  switch (node) {
    case 'messages':
      return config.messagesSubscription;
    case 'participants':
      return config.participantsSubscription;
    case 'presence':
      return config.presenceSubscription;
    case 'info':
    case 'avatar-data':
    case 'avatar-metadata':
      return config.informationSubscription;
    case 'config':
      return config.configurationAccess;
    case 'jidmap':
      return 'admins';
    case 'allowed':
      return config.allowedSubscription;
    case 'banned':
      return config.bannedSubscription;
  }
}

/** May others than participants, administrators and owners read this node? They are shown no address (D-94). */
export function hasOutsiders(config: ChannelConfig, node: Node): boolean {
  const readers = readersOf(config, node);
  return readers === 'allowed' || readers === 'anyone';
}

/**
 * May the asker publish to this node? A handler asks before it looks at what is published.
 * @throws forbidden; item-not-found where the asker should not know the channel (D-65).
 */
export function requireWriter(channel: ChannelState, node: Node, asker: RealJid): void {
  if (node === 'config') requireOwner(channel, asker);
  else if (node === 'allowed' || node === 'banned') requireAdministrator(channel, asker);
  else {
    const { informationUpdate, avatarUpdate } = configOf(channel);
    meet(channel, asker);
    if (!isIn(channel, node === 'info' ? informationUpdate : avatarUpdate, asker))
      throw refuse('forbidden', 'You may not change what the channel says of itself.');
  }
}

/** Does the channel have this node now? The messages, configuration and JID map nodes are always there (D-28, D-68). */
export function hasNode(channel: ChannelState, node: Node): boolean {
  if (node === 'messages' || node === 'config' || node === 'jidmap' || node === 'participants') return true;
  return configOf(channel).nodesPresent.includes(node);
}

/** May the asker subscribe to this node and read it? */
export function mayRead(channel: ChannelState, node: Node, asker: RealJid): boolean {
  const readers = readersOf(configOf(channel), node);
  return isIn(channel, readers, asker) && (readers === 'anyone' || !isBanned(channel, asker));
}

/** The list without its repetitions. */
export function withoutDoubles(jids: readonly RealJid[]): RealJid[] {
  const once = new RealJidMap<RealJid>();
  for (const jid of jids) once.set(jid, jid);
  return [...once.values()];
}
