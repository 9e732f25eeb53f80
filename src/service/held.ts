/**
 * What waits for servers that have not said yet what they are (domains.ts).
 * Owns, for one channel, the copies of notices that could not be written when everybody else's were: per domain, in
 * the order of the notices.
 * Does not know what a notice is, nor render or write (fan-out.ts, outbox.ts).
 * Always: it keeps who waits, never what for, so that a copy is made by the rules of the moment in which it goes out.
 * Before: service/fan-out.ts. After: service/outbox.ts.
 */
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';

interface Queue<Notice> {
  readonly host: RealJid;
  /** Oldest first, each with its recipients at this domain. */
  readonly waiting: Map<Notice, readonly RealJid[]>;
}

/** One notice, and those at one domain who are still to get it. */
export interface Held<Notice> {
  readonly host: RealJid;
  readonly notice: Notice;
  readonly recipients: readonly RealJid[];
}

export class HeldCopies<Notice> {
  readonly #queues = new RealJidMap<Queue<Notice>>();
  /** Oldest first, each with the number of domains that it waits for. */
  readonly #notices = new Map<Notice, number>();
  #size = 0;

  /** How many copies wait. */
  get size(): number {
    return this.#size;
  }

  /** The first notice that not everybody has got. */
  get oldest(): Notice | undefined {
    for (const notice of this.#notices.keys()) return notice;
    return undefined;
  }

  /** These wait for this notice, which is later than all that wait already. */
  add(notice: Notice, recipients: readonly RealJid[]): void {
    for (const [host, some] of byHost(recipients)) {
      const queue = this.#queues.get(host) ?? { host, waiting: new Map<Notice, readonly RealJid[]>() };
      this.#queues.set(host, queue);
      queue.waiting.set(notice, some);
      this.#notices.set(notice, (this.#notices.get(notice) ?? 0) + 1);
    }
    this.#size += recipients.length;
  }

  /** The oldest that waits for one of the domains that are known now. */
  next(isKnown: (host: RealJid) => boolean): Held<Notice> | undefined {
    for (const { host, waiting } of this.#queues.values())
      if (isKnown(host)) for (const [notice, recipients] of waiting) return { host, notice, recipients };
    return undefined;
  }

  /** It is written, but for those who are still to wait. */
  remove({ host, notice, recipients }: Held<Notice>, rest: readonly RealJid[]): void {
    this.#size += rest.length - recipients.length;
    const waiting = this.#queues.get(host)?.waiting;
    if (rest.length > 0) {
      waiting?.set(notice, rest);
      return;
    }
    waiting?.delete(notice);
    if (waiting?.size === 0) this.#queues.delete(host);
    const domains = this.#notices.get(notice) ?? 0;
    if (domains > 1) this.#notices.set(notice, domains - 1);
    else this.#notices.delete(notice);
  }
}

function byHost(recipients: readonly RealJid[]): Iterable<readonly [host: RealJid, some: RealJid[]]> {
  const hosts = new RealJidMap<readonly [host: RealJid, some: RealJid[]]>();
  for (const recipient of recipients) {
    const { host } = recipient;
    const [, some] = hosts.get(host) ?? [host, []];
    if (some.length === 0) hosts.set(host, [host, some]);
    some.push(recipient);
  }
  return hosts.values();
}
