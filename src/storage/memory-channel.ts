/**
 * A channel in the memory store, and what each fact does to it.
 * Owns MemoryChannel, a value: a fact makes a new one and leaves the old one as it was, so that a commit that fails
 * in its middle has changed nothing.
 * Does not hold the outbox, nor look at more than one channel (memory.ts).
 * Always: the same end state as sqlite/facts.ts; contract.ts holds both to it.
 * Before: storage/facts.ts. After: storage/memory-outbox.ts.
 */
import type { ChannelName, ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { ArchivedMessage, Fact, Invitation, Picture, Session } from './facts.ts';
import { storeJid } from './stored-jid.ts';
import type { ChannelRecord } from './store.ts';

type Participant = ChannelRecord['participants'][number];
type Subscription = ChannelRecord['subscriptions'][number];

export interface MemoryChannel extends Pick<
  ChannelRecord,
  'name' | 'version' | 'createdAt' | 'listed' | 'destroyed' | 'config' | 'configId' | 'info' | 'infoId'
> {
  readonly identities: ReadonlyMap<ParticipantId, RealJid>;
  readonly participants: ReadonlyMap<ParticipantId, Participant>;
  /** By address and node. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  /** By participant and anonymous resource. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** By address. */
  readonly allowed: ReadonlyMap<string, RealJid>;
  readonly banned: ReadonlyMap<string, RealJid>;
  /** By token. */
  readonly invitations: ReadonlyMap<string, Invitation>;
  readonly pictures: ReadonlyMap<Picture['node'], Picture>;
  readonly messages: readonly ArchivedMessage[];
}

/**
 * The channel after a fact; undefined when it does not exist any more.
 * @throws Error when the fact cannot be true of this channel.
 */
export function applyFact(
  channel: MemoryChannel | undefined,
  name: ChannelName,
  version: number,
  fact: Fact,
): MemoryChannel | undefined {
  if (fact.fact === 'created') {
    if (channel !== undefined) throw new Error('created, but the channel exists');
    return newChannel(name, fact);
  }
  if (channel === undefined) throw new Error(`${fact.fact}, but there is no channel`);
  return fact.fact === 'erased' ? undefined : changed(channel, version, fact);
}

export function recordOf(channel: MemoryChannel): ChannelRecord {
  const { name, version, createdAt, listed, destroyed, config, configId, info, infoId } = channel;
  return {
    ...{ name, version, createdAt, listed, destroyed, config, configId, info, infoId },
    identities: Array.from(channel.identities, ([id, jid]) => ({ id, jid })),
    participants: [...channel.participants.values()],
    subscriptions: [...channel.subscriptions.values()],
    sessions: [...channel.sessions.values()],
    allowed: [...channel.allowed.values()],
    banned: [...channel.banned.values()],
    invitations: [...channel.invitations.values()],
    pictures: Array.from(channel.pictures.values(), ({ node, itemId }) => ({ node, itemId })),
  };
}

function newChannel(name: ChannelName, fact: Extract<Fact, { fact: 'created' }>): MemoryChannel {
  const { at, listed, config, configId, info, infoId } = fact;
  return {
    name,
    version: 0,
    createdAt: at,
    listed,
    destroyed: false,
    config,
    configId,
    info,
    infoId,
    identities: new Map(),
    participants: new Map(),
    subscriptions: new Map(),
    sessions: new Map(),
    allowed: new Map(),
    banned: new Map(),
    invitations: new Map(),
    pictures: new Map(),
    messages: [],
  };
}

function changed(
  channel: MemoryChannel,
  version: number,
  fact: Exclude<Fact, { fact: 'created' | 'erased' }>,
): MemoryChannel {
  switch (fact.fact) {
    case 'destroyed':
      return { ...channel, destroyed: true };
    case 'configured':
      return { ...channel, config: fact.config, configId: fact.configId };
    case 'described':
      return { ...channel, info: fact.info, infoId: fact.infoId };
    case 'identified':
      return identified(channel, fact.id, fact.jid);
    case 'joined': {
      const { id, nick, preferences, at, isSessionOnly } = fact;
      identityOf(channel, id);
      const participant = { id, nick, preferences, at, isSessionOnly };
      return { ...channel, participants: withEntry(channel.participants, id, participant) };
    }
    case 'left':
      return left(channel, fact.id);
    case 'renamed':
      return altered(channel, fact.id, { nick: fact.nick });
    case 'preferred':
      return altered(channel, fact.id, { preferences: fact.preferences });
    case 'subscribed': {
      const key = subscriptionKey(fact);
      if (channel.subscriptions.has(key)) return channel;
      const subscription = { jid: fact.jid, node: fact.node, since: version };
      return { ...channel, subscriptions: withEntry(channel.subscriptions, key, subscription) };
    }
    case 'unsubscribed':
      return { ...channel, subscriptions: without(channel.subscriptions, subscriptionKey(fact)) };
    case 'present': {
      identityOf(channel, fact.session.id);
      return { ...channel, sessions: withEntry(channel.sessions, sessionKey(fact.session), fact.session) };
    }
    case 'absent':
      return { ...channel, sessions: without(channel.sessions, sessionKey(fact)) };
    case 'admitted':
      if (channel[fact.list].has(storeJid(fact.jid))) return channel;
      return { ...channel, [fact.list]: withEntry(channel[fact.list], storeJid(fact.jid), fact.jid) };
    case 'dismissed':
      return { ...channel, [fact.list]: without(channel[fact.list], storeJid(fact.jid)) };
    case 'invited':
      return invited(channel, fact.invitation);
    case 'redeemed':
      return { ...channel, invitations: without(channel.invitations, fact.token) };
    case 'pictured':
      return { ...channel, pictures: withEntry(channel.pictures, fact.picture.node, fact.picture) };
    case 'posted':
      return posted(channel, version, fact.message);
    case 'retracted':
      return retracted(channel, fact.id, fact.payload);
    case 'trimmed':
      return { ...channel, messages: channel.messages.filter(({ position }) => position > fact.through) };
  }
}

function identified(channel: MemoryChannel, id: ParticipantId, jid: RealJid): MemoryChannel {
  const taken = Array.from(channel.identities).some(([other, of]) => other === id || of.equals(jid));
  if (taken) throw new Error('identified twice');
  return { ...channel, identities: withEntry(channel.identities, id, jid) };
}

function left(channel: MemoryChannel, id: ParticipantId): MemoryChannel {
  const jid = channel.identities.get(id);
  return {
    ...channel,
    participants: without(channel.participants, id),
    subscriptions: filtered(channel.subscriptions, (one) => jid === undefined || !one.jid.equals(jid)),
    sessions: filtered(channel.sessions, (one) => one.id !== id),
    invitations: filtered(channel.invitations, (one) => jid === undefined || !one.inviter.equals(jid)),
  };
}

function altered(channel: MemoryChannel, id: ParticipantId, change: Partial<Participant>): MemoryChannel {
  const participant = channel.participants.get(id);
  if (participant === undefined) throw new Error('not a participant');
  return { ...channel, participants: withEntry(channel.participants, id, { ...participant, ...change }) };
}

function invited(channel: MemoryChannel, invitation: Invitation): MemoryChannel {
  if (channel.invitations.has(invitation.token)) throw new Error('invited twice under one token');
  return { ...channel, invitations: withEntry(channel.invitations, invitation.token, invitation) };
}

/** Within a turn `channel.version` is still the one before it. */
function posted(channel: MemoryChannel, version: number, message: ArchivedMessage): MemoryChannel {
  const least = Math.max(channel.version, channel.messages.at(-1)?.position ?? 0);
  if (message.position <= least || message.position > version) throw new Error('posted out of order');
  if (channel.messages.some((other) => other.id === message.id)) throw new Error('posted twice');
  return { ...channel, messages: [...channel.messages, message] };
}

function retracted(channel: MemoryChannel, id: string, payload: string): MemoryChannel {
  if (!channel.messages.some((message) => message.id === id)) throw new Error('retracted, but never posted');
  return {
    ...channel,
    messages: channel.messages.map((message) => (message.id === id ? { ...message, payload } : message)),
  };
}

/** @throws Error when this id was never given. */
function identityOf(channel: MemoryChannel, id: ParticipantId): RealJid {
  const jid = channel.identities.get(id);
  if (jid === undefined) throw new Error('no such participant id');
  return jid;
}

// A node's name holds no space, nor does a participant's id, so the two parts cannot run into each other.
function subscriptionKey(of: Pick<Subscription, 'jid' | 'node'>): string {
  return `${of.node} ${storeJid(of.jid)}`;
}

function sessionKey(of: Pick<Session, 'id' | 'anonymous'>): string {
  return `${of.id} ${of.anonymous}`;
}

function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function filtered<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  keep: (value: Value) => boolean,
): ReadonlyMap<Key, Value> {
  return new Map(Array.from(map).filter(([, value]) => keep(value)));
}
