/**
 * What the servers of our users are, as far as delivery depends on it (XEP-0030 2.5.0).
 * Owns the table of domains and their quirks, and the questions by which it is filled.
 * Does not know users: it asks domains, never accounts.
 * Always: a domain is asked when it is first met; one that does not answer in time counts as having no quirks.
 * Before: service/router.ts. After: service/fan-out.ts.
 */
import { RealJid, revealDomain } from '../jid/real-jid.ts';
import { el, isNamed, type XmlElement } from '../xml/element.ts';
import { NS_INFO, parseInfo } from '../xep/0030-disco/wire.ts';
import type { Clock, Send } from '../xep/extension.ts';

export interface Quirks {
  /**
   * COMPAT(ejabberd): its mod_mix_pam takes a `<mix/>` with a namespace for none, and bounces the message; and it
   * never answers its client when an error has a second child. Seen in 23.01, read in the code of 2026-08.
   */
  readonly hasBareMix: boolean;
  /**
   * COMPAT(Prosody): without a participant server it bounces groupchat to bare addresses (D-79), as RFC 6121 §8.5.2
   * says; its clients get it at the full addresses from which they share presence. Seen in 0.12.
   */
  readonly bouncesBare: boolean;
  /**
   * COMPAT(ejabberd, Prosody): they leave a channel's probe unanswered, so that silence after one does not mean that a
   * client has gone. Seen in 23.01 and 0.12.
   */
  readonly ignoresProbes: boolean;
}

const PLAIN: Quirks = { hasBareMix: false, bouncesBare: false, ignoresProbes: false };
/** By the name that a server gives itself in its disco#info identity. */
const QUIRKS: ReadonlyMap<string, Quirks> = new Map([
  ['ejabberd', { hasBareMix: true, bouncesBare: false, ignoresProbes: true }],
  ['Prosody', { hasBareMix: false, bouncesBare: true, ignoresProbes: true }],
]);

export interface DomainsOptions {
  readonly clock: Clock;
  readonly self: string;
  readonly send: (send: Send) => void;
  /** Called when a domain that was waited for is known, or must be asked again. */
  readonly onKnown: () => void;
  /** How long deliveries to a new domain wait for its answer, in milliseconds. */
  readonly askMs: number;
  readonly domainsMax: number;
}

export class Domains {
  readonly #options: DomainsOptions;
  /** By domain, in the order of asking; undefined: asked, and not answered yet. */
  readonly #known = new Map<string, Quirks | undefined>();
  /** What is to be done when a domain that was asked is known. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(options: DomainsOptions) {
    this.#options = options;
  }

  /** The quirks of the address's server; undefined while they are being asked for. */
  quirksOf(jid: RealJid): Quirks | undefined {
    const domain = revealDomain(jid);
    const quirks = this.#known.get(domain);
    if (quirks === undefined && !this.#known.has(domain)) this.#ask(domain);
    return quirks;
  }

  /** Calls back when the address's server is known: at once, or within `askMs`. */
  whenKnown(jid: RealJid, then: () => void): void {
    if (this.quirksOf(jid) !== undefined) {
      then();
      return;
    }
    const domain = revealDomain(jid);
    this.#waiting.set(domain, [...(this.#waiting.get(domain) ?? []), then]);
  }

  /** Takes the answer to one of our questions; returns whether it was one. */
  onAnswer(from: RealJid, type: string, id: string | undefined, children: readonly XmlElement[]): boolean {
    const domain = revealDomain(from);
    if (id !== questionId(domain) || !from.equals(from.host)) return false;
    const query = children.find((child) => isNamed(child, 'query', NS_INFO));
    const quirks = type === 'result' && query !== undefined ? quirksIn(query) : PLAIN;
    if (this.#known.has(domain)) this.#settle(domain, quirks);
    return true;
  }

  #ask(domain: string): void {
    const { clock, send, self, askMs, domainsMax } = this.#options;
    if (this.#known.size >= domainsMax)
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    this.#known.set(domain, undefined);
    const to = RealJid.of({ local: undefined, domain, resource: undefined });
    const attrs = { type: 'get', id: questionId(domain), from: self };
    send({ to, stanza: el('iq', 'jabber:client', attrs, [el('query', NS_INFO)]) });
    clock.after(askMs, () => {
      if (this.#isWaitedFor(domain)) this.#settle(domain, PLAIN);
      // Pushed out of the table before it answered: whoever waits asks again.
      else if (!this.#known.has(domain)) this.#release(domain);
    });
  }

  #isWaitedFor(domain: string): boolean {
    return this.#known.has(domain) && this.#known.get(domain) === undefined;
  }

  #settle(domain: string, quirks: Quirks): void {
    this.#known.set(domain, quirks);
    this.#release(domain);
  }

  #release(domain: string): void {
    const waiting = this.#waiting.get(domain) ?? [];
    this.#waiting.delete(domain);
    for (const then of waiting) then();
    this.#options.onKnown();
  }
}

/** One question per domain at a time, so its id may be plain. */
function questionId(domain: string): string {
  return `about-${domain}`;
}

function quirksIn(query: XmlElement): Quirks {
  try {
    const servers = parseInfo(query).identities.filter(({ category }) => category === 'server');
    for (const { name } of servers) {
      const quirks = name === undefined ? undefined : QUIRKS.get(name);
      if (quirks !== undefined) return quirks;
    }
  } catch {
    // What does not read as an answer says nothing.
  }
  return PLAIN;
}
