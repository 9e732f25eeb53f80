/**
 * XEP-0369 MIX-CORE 0.14.6 §4: a channel.
 * Owns what is true of one channel, in memory, and `apply`, the only thing that changes it.
 * Does not decide (the rules beside it) nor keep anything (storage/).
 * Always: applying the committed facts in order gives the committed state; the jidmap is 1:1 with the participants.
 * Before: storage/facts.ts. After: channel/turn.ts.
 */
import { nicknameKey } from '../jid/nickname.ts';
import type { AnonymousResource, ChannelName, ParticipantId } from '../jid/public-jid.ts';
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';
import type {
  ChannelConfig,
  ChannelInfo,
  Fact,
  Invitation,
  Node,
  Picture,
  Preferences,
  Session,
} from '../storage/facts.ts';
import type { ChannelRecord } from '../storage/store.ts';

export interface Participant {
  readonly id: ParticipantId;
  /** The bare address. */
  readonly jid: RealJid;
  readonly nick: string | undefined;
  readonly preferences: Preferences;
  /** When it joined, in milliseconds since 1970. */
  readonly at: number;
  /** D-84: it takes part only as long as one of its clients is an occupant. */
  readonly isSessionOnly: boolean;
  /** The version in which it came; 0 for one that was there when the channel was read. */
  readonly since: number;
}

export interface Subscription {
  readonly jid: RealJid;
  /** The version that made it: it is told of that version's notices and later ones. */
  readonly since: number;
}

export type Subscribers = RealJidMap<Subscription>;

const NODES: readonly Node[] = [
  'messages',
  'participants',
  'presence',
  'info',
  'config',
  'jidmap',
  'allowed',
  'banned',
  'avatar-data',
  'avatar-metadata',
];

export class ChannelState {
  readonly name: ChannelName;
  /** The service's own administrators: owners of every channel. */
  readonly operators: readonly RealJid[];
  /** Counts the turns that changed something; 0 before the channel is created. */
  version = 0;
  createdAt = 0;
  listed = false;
  destroyed = false;
  config: ChannelConfig | undefined;
  configId = '';
  info: ChannelInfo = { name: undefined, description: undefined, contact: [] };
  infoId = '';
  /** When the last message was posted: the archive's stamps never go back (MAM-07). */
  lastAt = 0;
  readonly participants = new Map<ParticipantId, Participant>();
  /** XEP-0404 §2.5: the map, and its inverse; both keep those who left (D-20). */
  readonly jids = new Map<ParticipantId, RealJid>();
  readonly ids = new RealJidMap<ParticipantId>();
  /** Who holds a nick, by the nick's RFC 8266 comparison form. */
  readonly nicks = new Map<string, ParticipantId>();
  readonly subscribers: Readonly<Record<Node, Subscribers>>;
  /** The clients that have an anonymous resource, by participant and by full address. */
  readonly sessions = new Map<ParticipantId, Map<AnonymousResource, Session>>();
  readonly clients = new RealJidMap<Session>();
  /** XEP-0045: those of the clients that are occupants, by full address. */
  readonly occupants = new RealJidMap<Session>();
  readonly allowed = new RealJidMap<RealJid>();
  readonly banned = new RealJidMap<RealJid>();
  /** By token. */
  readonly invitations = new Map<string, Invitation>();
  /** The id of the one item that an avatar node has; its payload is in the store. */
  readonly pictures = new Map<Picture['node'], string>();

  constructor(name: ChannelName, operators: readonly RealJid[]) {
    this.name = name;
    this.operators = operators;
    this.subscribers = Object.fromEntries(NODES.map((node) => [node, new RealJidMap()])) as Record<
      Node,
      Subscribers
    >;
  }

  get exists(): boolean {
    return this.config !== undefined && !this.destroyed;
  }

  /** The participant who has this bare address. */
  participant(jid: RealJid): Participant | undefined {
    const id = this.ids.get(jid.bare);
    return id === undefined ? undefined : this.participants.get(id);
  }
}

/** The channel as the store has it. */
export function restore(record: ChannelRecord, operators: readonly RealJid[]): ChannelState {
  const state = new ChannelState(record.name, operators);
  state.version = record.version;
  state.createdAt = record.createdAt;
  state.listed = record.listed;
  state.destroyed = record.destroyed;
  state.config = record.config;
  state.configId = record.configId;
  state.info = record.info;
  state.infoId = record.infoId;
  for (const { id, jid } of record.identities) apply(state, { fact: 'identified', id, jid }, 0);
  for (const joined of record.participants) apply(state, { fact: 'joined', ...joined }, 0);
  for (const { jid, node, since } of record.subscriptions) state.subscribers[node].set(jid, { jid, since });
  for (const session of record.sessions) apply(state, { fact: 'present', session }, 0);
  for (const jid of record.allowed) state.allowed.set(jid, jid);
  for (const jid of record.banned) state.banned.set(jid, jid);
  for (const invitation of record.invitations) state.invitations.set(invitation.token, invitation);
  for (const { node, itemId } of record.pictures) state.pictures.set(node, itemId);
  return state;
}

/** Makes a fact true; `version` is that of the turn which found it. */
export function apply(state: ChannelState, fact: Fact, version: number): void {
  switch (fact.fact) {
    case 'created':
      state.createdAt = fact.at;
      state.listed = fact.listed;
      state.config = fact.config;
      state.configId = fact.configId;
      state.info = fact.info;
      state.infoId = fact.infoId;
      return;
    case 'destroyed':
      state.destroyed = true;
      return;
    case 'configured':
      state.config = fact.config;
      state.configId = fact.configId;
      return;
    case 'described':
      state.info = fact.info;
      state.infoId = fact.infoId;
      return;
    case 'subscribed':
      if (!state.subscribers[fact.node].has(fact.jid))
        state.subscribers[fact.node].set(fact.jid, { jid: fact.jid, since: version });
      return;
    case 'unsubscribed':
      state.subscribers[fact.node].delete(fact.jid);
      return;
    case 'admitted':
      state[fact.list].set(fact.jid, fact.jid);
      return;
    case 'dismissed':
      state[fact.list].delete(fact.jid);
      return;
    case 'invited':
      state.invitations.set(fact.invitation.token, fact.invitation);
      return;
    case 'redeemed':
      state.invitations.delete(fact.token);
      return;
    case 'pictured':
      state.pictures.set(fact.picture.node, fact.picture.itemId);
      return;
    case 'posted':
      state.lastAt = fact.message.at;
      return;
    case 'erased':
      state.config = undefined;
      return;
    case 'retracted':
    case 'trimmed':
      return;
    default:
      applyToParticipant(state, fact, version);
  }
}

type ParticipantFact = Extract<
  Fact,
  { fact: 'identified' | 'joined' | 'left' | 'renamed' | 'preferred' | 'present' | 'absent' }
>;

function applyToParticipant(state: ChannelState, fact: ParticipantFact, version: number): void {
  switch (fact.fact) {
    case 'identified':
      state.jids.set(fact.id, fact.jid);
      state.ids.set(fact.jid, fact.id);
      return;
    case 'joined': {
      const jid = state.jids.get(fact.id);
      if (jid === undefined) throw new Error('a participant joined before it was identified');
      const { id, nick, preferences, at, isSessionOnly } = fact;
      const former = state.participants.get(id);
      if (former?.nick !== undefined) state.nicks.delete(nicknameKey(former.nick));
      const since = former?.since ?? version;
      state.participants.set(id, { id, jid, nick, preferences, at, isSessionOnly, since });
      if (nick !== undefined) state.nicks.set(nicknameKey(nick), id);
      return;
    }
    case 'left':
      removeParticipant(state, fact.id);
      return;
    case 'renamed':
    case 'preferred': {
      const old = state.participants.get(fact.id);
      if (old === undefined) throw new Error('a change of somebody who is no participant');
      if (fact.fact === 'preferred') {
        state.participants.set(fact.id, { ...old, preferences: fact.preferences });
        return;
      }
      if (old.nick !== undefined) state.nicks.delete(nicknameKey(old.nick));
      state.nicks.set(nicknameKey(fact.nick), fact.id);
      state.participants.set(fact.id, { ...old, nick: fact.nick });
      return;
    }
    case 'present': {
      const { session } = fact;
      const sessions = state.sessions.get(session.id) ?? new Map<AnonymousResource, Session>();
      state.sessions.set(session.id, sessions.set(session.anonymous, session));
      state.clients.set(session.client, session);
      if (session.entered !== undefined) state.occupants.set(session.client, session);
      return;
    }
    case 'absent':
      removeSession(state, fact.id, fact.anonymous);
  }
}

function removeParticipant(state: ChannelState, id: ParticipantId): void {
  const participant = state.participants.get(id);
  if (participant === undefined) throw new Error('somebody left who was no participant');
  state.participants.delete(id);
  if (participant.nick !== undefined) state.nicks.delete(nicknameKey(participant.nick));
  for (const node of NODES) state.subscribers[node].delete(participant.jid);
  for (const { token, inviter } of [...state.invitations.values()])
    if (inviter.equals(participant.jid)) state.invitations.delete(token);
  for (const anonymous of [...(state.sessions.get(id)?.keys() ?? [])]) removeSession(state, id, anonymous);
}

function removeSession(state: ChannelState, id: ParticipantId, anonymous: AnonymousResource): void {
  const sessions = state.sessions.get(id);
  const session = sessions?.get(anonymous);
  if (sessions === undefined || session === undefined) return;
  sessions.delete(anonymous);
  state.clients.delete(session.client);
  state.occupants.delete(session.client);
  if (sessions.size === 0) state.sessions.delete(id);
}
