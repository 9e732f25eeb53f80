/**
 * RFC 6120 §8.2.3: requests that the host sends for an account, and their answers.
 * Sends an iq from the bare JID of an account, and finds the answer when it arrives, in time or late.
 * Does not know what is asked (pam/).
 * Always: each request is answered once, by the channel or by an error made here; after that a late answer is told as
 * late until it is forgotten; what waits is bounded for each account.
 * Before: host/pam/port.ts. After: host/pam-port.ts.
 */
import { randomBytes } from 'node:crypto';
import { formatJid, type Jid } from '../jid/jid.ts';
import { refuse } from '../stanza/error.ts';
import type { XmlElement } from '../xml/element.ts';
import { compose, errorOf, type Envelope } from './envelope.ts';
import type { Lane } from './lane.ts';
import type { HostLimits } from './limits.ts';

type Answered = (answer: XmlElement, isLate: boolean) => void;

interface Waiting {
  readonly account: string;
  readonly answered: Answered;
  timer: NodeJS.Timeout;
  isLate: boolean;
}

export class Forwards {
  readonly #lane: Lane;
  readonly #limits: HostLimits;
  readonly #route: (envelope: Envelope) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #counts = new Map<string, number>();

  constructor(lane: Lane, limits: HostLimits, route: (envelope: Envelope) => void) {
    this.#lane = lane;
    this.#limits = limits;
    this.#route = route;
  }

  /** May this bare JID send one more? */
  hasRoom(from: Jid): boolean {
    return (this.#counts.get(formatJid(from)) ?? 0) < this.#limits.channelRequestsPerAccountMax;
  }

  /** Sends the payload from one bare JID to another, with `id` if no other request between them has it. */
  send(from: Jid, to: Jid, id: string, payload: XmlElement, answered: Answered): void {
    const account = formatJid(from);
    if (!this.hasRoom(from)) {
      throw refuse('resource-constraint', 'too many requests of this account wait for an answer');
    }
    const free = this.#waiting.has(keyOf(from, to, id)) ? randomBytes(12).toString('base64url') : id;
    const key = keyOf(from, to, free);
    const request = compose('iq', from, to, { type: 'set', id: free }, [payload]);
    const timer = setTimeout(
      () => this.#lane.post(() => this.#tooLate(key, request)),
      this.#limits.channelAnswerMs,
    );
    this.#waiting.set(key, { account, answered, timer, isLate: false });
    this.#counts.set(account, (this.#counts.get(account) ?? 0) + 1);
    this.#route(request);
  }

  /** Is this the answer to one of them? */
  take({ stanza, from, to }: Envelope): boolean {
    const key = keyOf(to, from, stanza.attrs['id'] ?? '');
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return false;
    this.#forget(key, waiting);
    waiting.answered(stanza, waiting.isLate);
    return true;
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #tooLate(key: string, request: Envelope): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || waiting.isLate) return;
    const error = errorOf(request, refuse('remote-server-timeout', 'the channel has not answered'));
    waiting.isLate = true;
    waiting.timer = setTimeout(() => this.#forget(key, waiting), this.#limits.channelLateAnswerMs);
    waiting.answered(error.stanza, false);
  }

  #forget(key: string, waiting: Waiting): void {
    clearTimeout(waiting.timer);
    if (!this.#waiting.delete(key)) return;
    const left = (this.#counts.get(waiting.account) ?? 1) - 1;
    if (left > 0) this.#counts.set(waiting.account, left);
    else this.#counts.delete(waiting.account);
  }
}

function keyOf(from: Jid, to: Jid, id: string): string {
  return `${formatJid(from)}\n${formatJid(to)}\n${id}`;
}
