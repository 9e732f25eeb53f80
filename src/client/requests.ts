/**
 * RFC 6120 §8.2.3 (2011-03): an iq and its answer, from the side that asks.
 * Sends requests and gives each answer to who asked for it.
 * Does not answer (answers.ts) nor keep stanzas over a lost connection (outbox.ts).
 * Always: an answer comes from who was asked and has an id that nobody else could know; every request ends once: with
 * its answer, or in time.
 * Before: client/outbox.ts. After: client/connection.ts.
 */
import { resultOf } from '../stanza/stanza.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { bareOf, domainOf, isSameAddress } from './address.ts';
import { waitMs } from './backoff.ts';
import { randomId } from './bytes.ts';
import { ConnectionLost, RequestTimeout, stanzaErrorOf, type StanzaError } from './error.ts';
import type { Outgoing } from './outbox.ts';

const TIMEOUT_MS = 30_000;
const REQUESTS_MAX = 2_000;
/** So often somebody is asked again who had too much to do. */
const REPEATS_MAX = 3;

interface Pending {
  readonly type: 'get' | 'set';
  readonly to: string | undefined;
  readonly payload: XmlElement;
  /** Has the stream that is gone, or goes, taken it? */
  isSent: boolean;
  /** How often the other side has said that it was too much. */
  refusals: number;
  readonly resolve: (answer: XmlElement | undefined) => void;
  readonly reject: (reason: Error) => void;
}

export class Requests {
  readonly #push: (outgoing: Outgoing) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(push: (outgoing: Outgoing) => void) {
    this.#push = push;
  }

  async ask(
    type: 'get' | 'set',
    to: string | undefined,
    payload: XmlElement,
    timeoutMs = TIMEOUT_MS,
  ): Promise<XmlElement | undefined> {
    if (this.#pending.size >= REQUESTS_MAX) throw new ConnectionLost('too many requests wait for answers');
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const pending: Pending = { type, to, payload, isSent: false, refusals: 0, resolve, reject };
        this.#send(pending);
        timer = setTimeout(() => {
          this.#forget(pending);
          reject(new RequestTimeout('there was no answer in time'));
        }, timeoutMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes an iq of type result or error; `own` is the full address of this client. */
  take(iq: XmlElement, own: string): void {
    const id = iq.attrs['id'] ?? '';
    const pending = this.#pending.get(id);
    if (pending === undefined || !isFrom(iq.attrs['from'], pending.to, own)) return;
    const error = iq.attrs['type'] === 'error' ? stanzaErrorOf(iq) : undefined;
    if (error !== undefined && isForLater(error, pending)) {
      setTimeout(() => this.#renew(id, pending), waitMs(++pending.refusals, TIMEOUT_MS));
      return;
    }
    this.#pending.delete(id);
    if (error === undefined) pending.resolve(resultOf(iq));
    else pending.reject(error);
  }

  /** The stream is new, so what was asked on the former one gets no answer: what only asks is asked again. */
  renew(): void {
    for (const [id, pending] of [...this.#pending]) if (pending.isSent) this.#renew(id, pending);
  }

  fail(reason: ConnectionLost): void {
    for (const [id, { reject }] of [...this.#pending]) {
      this.#pending.delete(id);
      reject(reason);
    }
  }

  #send(pending: Pending): void {
    const { type, to, payload } = pending;
    const id = randomId();
    this.#push({
      stanza: el('iq', 'jabber:client', { type, id, to }, [payload]),
      done: () => (pending.isSent = true),
      lost: () => this.#renew(id, pending),
    });
    this.#pending.set(id, pending);
  }

  #renew(id: string, pending: Pending): void {
    if (!this.#pending.delete(id)) return;
    pending.isSent = false;
    if (pending.type === 'get') this.#send(pending);
    else pending.reject(new ConnectionLost('the connection broke, and this may have been done or not'));
  }

  #forget(pending: Pending): void {
    for (const [id, other] of this.#pending) if (other === pending) this.#pending.delete(id);
  }
}

/** RFC 6120 §8.3.2: whoever opens many channels at once asks more than a service may allow in one moment. */
function isForLater({ condition, type }: StanzaError, pending: Pending): boolean {
  const isBusy = condition === 'resource-constraint' && type === 'wait';
  return isBusy && pending.type === 'get' && pending.refusals < REPEATS_MAX;
}

/** Can this be the answer of who was asked? A server speaks for its accounts' own addresses without naming itself. */
function isFrom(from: string | undefined, to: string | undefined, own: string): boolean {
  const account = bareOf(own);
  const isOwn = (address: string) =>
    [account, own, domainOf(own)].some((mine) => isSameAddress(address, mine));
  if (to === undefined) return from === undefined || isOwn(from);
  return from === undefined ? isOwn(to) : isSameAddress(from, to);
}
