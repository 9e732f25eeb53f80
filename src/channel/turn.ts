/**
 * Decide, then commit: one stanza's turn in a channel's line.
 * Owns what a rule is given (state, clock, random) and where it puts what it found (facts and notices).
 * Does not wait for the disk nor send anything: service/lines.ts commits, service/outbox.ts delivers.
 * Always: rules refuse before they record; what is recorded is true at once for the next rule and the next turn.
 * Before: channel/state.ts. After: channel/join.ts and the other rules.
 */
import type { RealJid } from '../jid/real-jid.ts';
import type { Fact, Node, Notice, NoticeContent, OccupantContent } from '../storage/facts.ts';
import { hasNode } from './access.ts';
import { NO_RESERVED_NICKS, type ReservedNicks } from './reserved-nicks.ts';
import { apply, type ChannelState } from './state.ts';

/** Random bytes that nobody can predict; the simulation gives seeded ones. */
export interface Random {
  bytes(count: number): Uint8Array;
}

export class Turn {
  readonly channel: ChannelState;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
  /** The domain of the service, in which encoded addresses are made. */
  readonly domain: string;
  readonly reserved: ReservedNicks;
  /** Does the operator promise that a channel which hides addresses always will (D-08)? */
  readonly staysHidden: boolean;
  readonly facts: Fact[] = [];
  readonly notices: Notice[] = [];

  constructor(
    channel: ChannelState,
    now: number,
    random: Random,
    domain: string,
    reserved: ReservedNicks = NO_RESERVED_NICKS,
    staysHidden = false,
  ) {
    this.staysHidden = staysHidden;
    this.reserved = reserved;
    this.channel = channel;
    this.now = now;
    this.random = random;
    this.domain = domain;
  }

  /** The version that this turn makes. */
  get version(): number {
    return this.channel.version + 1;
  }

  /** Has this turn changed anything or told anybody? */
  get found(): boolean {
    return this.facts.length > 0 || this.notices.length > 0;
  }

  /** Something has become true. */
  record(fact: Fact): void {
    apply(this.channel, fact, this.version);
    this.facts.push(fact);
  }

  /** All subscribers of a node are to be told, as long as the channel has the node; of messages, occupants too. */
  notify(node: Node, content: NoticeContent): void {
    const { subscribers, occupants } = this.channel;
    const isFollowed = subscribers[node].size > 0 && hasNode(this.channel, node);
    if (isFollowed || (node === 'messages' && occupants.size > 0))
      this.notices.push({ ...content, audience: { node } });
  }

  /** All occupants are to be told. */
  announce(content: OccupantContent): void {
    if (this.channel.occupants.size > 0) this.notices.push({ ...content, audience: { occupants: 'all' } });
  }

  /** One person is to be told. */
  tell(jid: RealJid, content: NoticeContent): void {
    this.notices.push({ ...content, audience: { jid } });
  }
}
