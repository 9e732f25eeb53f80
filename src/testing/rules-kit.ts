/**
 * The rules of channel/ without a service around them.
 * Gives a test one channel and its turns: each runs a rule, counts a version and says what was found.
 * Does not commit, deliver or render anything (src/testing/engine-kit.ts does that with the whole service).
 * Always: a refused rule has recorded nothing and changed nothing, or the kit throws; what is compared is plain data
 * in which an address is its hash, so that equal means equal.
 * Before: channel/turn.ts. After: testing/engine-kit.ts.
 */
import { create } from '../channel/create.ts';
import type { ConfigChange } from '../channel/configure.ts';
import { join, type Joined, type JoinRequest } from '../channel/join.ts';
import { appear } from '../channel/presence.ts';
import { requireParticipant } from '../channel/access.ts';
import { apply, ChannelState } from '../channel/state.ts';
import { Turn } from '../channel/turn.ts';
import { parseJid } from '../jid/prep.ts';
import type { ChannelName, ParticipantId } from '../jid/public-jid.ts';
import { RealJid } from '../jid/real-jid.ts';
import { Refusal } from '../refusal.ts';
import type { Fact, Node, Notice } from '../storage/facts.ts';
import { SeededRandom } from './random.ts';

export const DOMAIN = 'mix.example';

export function jid(text: string): RealJid {
  return RealJid.of(parseJid(text));
}

/** Data without maps and objects that hide what they hold: an address is its hash. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part === undefined ? null : part)));
}

/** All that is true of a channel. */
export function snapshot(channel: ChannelState): unknown {
  const { version, createdAt, listed, destroyed, config, configId, info, infoId, lastAt } = channel;
  const entries = <Value>(map: { entries(): Iterable<[string, Value]> }): [string, Value][] =>
    [...map.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  return plain({
    ...{ version, createdAt, listed, destroyed, config, configId, info, infoId, lastAt },
    // Since which version they are here only the running service knows.
    participants: entries(channel.participants).map(([id, participant]) => [
      id,
      { ...participant, since: 0 },
    ]),
    jids: entries(channel.jids),
    ids: entries(channel.jids).map(([, of]) => channel.ids.get(of)),
    nicks: entries(channel.nicks),
    subscribers: Object.entries(channel.subscribers).map(([node, map]) => [node, [...map.values()]]),
    sessions: entries(channel.sessions).map(([id, of]) => [id, entries(of)]),
    clients: [...channel.clients.values()].map(({ anonymous }) => anonymous).sort(),
    allowed: [...channel.allowed.values()],
    banned: [...channel.banned.values()],
    invitations: entries(channel.invitations),
    pictures: entries(channel.pictures),
  });
}

/** What one turn found. */
export interface Found<Value> {
  readonly value: Value;
  readonly facts: readonly Fact[];
  readonly notices: readonly Notice[];
}

const ALL_NODES: readonly Node[] = ['messages', 'participants', 'presence', 'info'];

export class Stage {
  readonly channel: ChannelState;
  readonly random: SeededRandom;
  now = Date.UTC(2026, 0, 1);
  /** Everything that was found so far, with the version that found it. */
  readonly history: { readonly version: number; readonly fact: Fact }[] = [];

  constructor({ seed = 1, operators = [] }: { seed?: number; operators?: readonly RealJid[] } = {}) {
    this.channel = new ChannelState('coven' as ChannelName, operators);
    this.random = new SeededRandom(seed);
  }

  /** Runs a rule; a refusal is thrown on after it was seen to have changed nothing. */
  run<Value>(rule: (turn: Turn) => Value): Found<Value> {
    const { channel } = this;
    const before = snapshot(channel);
    const turn = new Turn(channel, this.now, this.random, DOMAIN);
    try {
      const value = rule(turn);
      for (const fact of turn.facts) this.history.push({ version: turn.version, fact });
      if (turn.found) channel.version += 1;
      return { value, facts: turn.facts, notices: turn.notices };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isSame = JSON.stringify(snapshot(channel)) === JSON.stringify(before);
      if (turn.found || !isSame) throw new Error('a refused rule has left a trace', { cause: error });
      throw error;
    }
  }

  /** The condition with which a rule is refused; 'accepted' where it is not. */
  refusal(rule: (turn: Turn) => unknown): string {
    try {
      this.run(rule);
      return 'accepted';
    } catch (error) {
      if (error instanceof Refusal) return error.condition;
      throw error;
    }
  }

  create(owner: RealJid, change: ConfigChange = {}, listed = true): this {
    this.run((turn) => create(turn, owner, listed, change));
    return this;
  }

  /** Joins with the nodes that everybody asks for. */
  join(who: RealJid, request: Partial<JoinRequest> = {}): Joined {
    const nick = `nick ${this.channel.jids.size}`;
    return this.run((turn) => join(turn, who, { nodes: ALL_NODES, nick, preferences: {}, ...request })).value;
  }

  /** A client comes online; its anonymous resource. */
  appear(client: RealJid, payload = ''): string {
    this.run((turn) => appear(turn, requireParticipant(turn.channel, client), client, payload));
    return this.channel.clients.get(client)?.anonymous ?? 'none';
  }

  id(who: RealJid): ParticipantId {
    const id = this.channel.ids.get(who.bare);
    if (id === undefined) throw new Error('nobody has this address');
    return id;
  }

  /** The same channel, built of nothing but what was found. */
  replayed(): ChannelState {
    const state = new ChannelState(this.channel.name, this.channel.operators);
    for (const { version, fact } of this.history) {
      apply(state, fact, version);
      state.version = version;
    }
    state.version = this.channel.version;
    return state;
  }
}

/** Notices as short words: kind, audience, and whom they are about. */
export function told(notices: readonly Notice[]): string[] {
  return notices.map((notice) => {
    const to = 'node' in notice.audience ? notice.audience.node : 'one';
    return `${notice.kind} > ${to}`;
  });
}
