/**
 * RFC 6120 §8, §10 (2011-03): from a stanza to its handler, and from a refusal to an error stanza.
 * Owns the way of every stanza that comes in; the only place where a refusal becomes an error.
 * Does not decide anything about channels (channel/) nor parse payloads (xep/).
 * Always: an iq of type get or set gets exactly one answer; errors and results get none; nothing that comes in
 * ends the service.
 * Before: transport/transport.ts. After: service/lines.ts, xep/0369-core/service.ts.
 */
import type { ChannelState } from '../channel/state.ts';
import type { Turn } from '../channel/turn.ts';
import { JidError } from '../jid/prep.ts';
import { serviceJid, type ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { Refusal, refuse } from '../refusal.ts';
import { payloadOf, stanzaKind, type StanzaKind } from '../stanza/stanza.ts';
import type { Excess } from '../transport/transport.ts';
import type { Log } from '../transport/log.ts';
import type {
  ChannelAddress,
  Env,
  Inbound,
  Later,
  Look,
  ParticipantAddress,
  Reply,
  Request,
  Seen,
  Send,
} from '../xep/extension.ts';
import { meet } from '../channel/access.ts';
import { elements, type XmlElement } from '../xml/element.ts';
import { isLargerThan } from '../xml/write.ts';
import { AddressBook } from './address.ts';
import { errorTo, resultTo } from './answers.ts';
import type { Domains } from './domains.ts';
import type { Handlers } from './handlers.ts';
import type { Lines, Work } from './lines.ts';
import type { Outbox } from './outbox.ts';
import type { Rate } from './rate.ts';

export interface RouterOptions {
  readonly handlers: Handlers;
  readonly env: Env;
  readonly lines: Lines;
  readonly outbox: Outbox;
  readonly domains: Domains;
  readonly rate: Rate;
  readonly log: Log;
}

/** A stanza whose addresses are read. */
type Incoming = Inbound & { readonly kind: StanzaKind };

export class Router {
  readonly #options: RouterOptions;
  readonly #addresses: AddressBook;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#addresses = new AddressBook(options.env.settings.domain);
  }

  /** One stanza from the server. */
  onStanza(element: XmlElement): void {
    const incoming = this.#read(element);
    if (incoming === undefined) return;
    try {
      this.#dispatch(incoming, element);
    } catch (error) {
      this.#fail(incoming, error);
    }
  }

  /** A stanza over the limits, of which only the start tag was read (GEN-18). */
  onExcess(header: XmlElement, why: Excess): void {
    const incoming = this.#read(header);
    const refusal =
      why === 'too-large' ? tooLarge() : refuse('policy-violation', 'This stanza has too many parts.');
    if (incoming !== undefined) this.#fail(incoming, refusal);
  }

  /** Undefined for what cannot be answered: no stanza, or nobody to answer. */
  #read(element: XmlElement): Incoming | undefined {
    const kind = stanzaKind(element);
    const { from, to, id, type, 'xml:lang': lang } = element.attrs;
    if (kind === undefined || from === undefined || to === undefined) return undefined;
    let sender: RealJid;
    try {
      sender = this.#addresses.sender(from);
    } catch {
      this.#options.log.warn({ kind }, 'dropped a stanza from what is no address');
      return undefined;
    }
    const children = elements(element);
    const base = {
      kind,
      type: type ?? (kind === 'message' ? 'normal' : ''),
      id,
      lang,
      from: sender,
      children,
    };
    try {
      const addressee = this.#addresses.addressee(to);
      if (addressee === undefined) return undefined;
      return { ...base, to: addressee.address, self: addressee.self };
    } catch (error) {
      const self = serviceJid(to);
      const unread: Incoming = { ...base, to: { kind: 'service' }, self };
      const isMalformed = error instanceof JidError;
      this.#fail(unread, isMalformed ? refuse('jid-malformed', 'This is not an address.') : error);
      return undefined;
    }
  }

  #dispatch(incoming: Incoming, element: XmlElement): void {
    const { outbox, domains, env, rate } = this.#options;
    const { kind, type, id, from } = incoming;
    if (kind === 'iq') {
      if (type === 'result' || type === 'error') {
        const isOurs = domains.onAnswer(from, type, id, incoming.children);
        if (!isOurs && !this.#isTooLarge(element)) this.#passAnswerOn(incoming);
        return;
      }
      if (from.isAt(env.settings.domain)) {
        outbox.onPing(id);
        return;
      }
      if (type !== 'get' && type !== 'set') throw refuse('bad-request', 'An iq is of type get or set.');
      if (id === undefined || id === '') throw refuse('bad-request', 'An iq has an id.');
    }
    if (from.isAt(env.settings.domain)) return;
    // The server of whoever speaks first is asked what it is, before anything is to be delivered there.
    domains.quirksOf(from);
    if (kind !== 'presence' && type !== 'error' && !rate.takes(from, env.clock.now()))
      throw refuse('resource-constraint', 'You send too fast; wait a little.');
    const isTooLarge = this.#isTooLarge(element);
    if (kind === 'iq') this.#request({ ...incoming, payload: payloadOf(element) }, isTooLarge);
    else if (isTooLarge) throw tooLarge();
    else this.#stanza(kind, incoming);
  }

  #isTooLarge(element: XmlElement): boolean {
    return isLargerThan(element, this.#options.env.settings.limits.stanzaBytesMax);
  }

  #request(request: Request & Incoming, isTooLarge: boolean): void {
    const { handlers, env } = this.#options;
    const { to } = request;
    if (to.kind === 'participant') {
      if (isTooLarge) throw tooLarge();
      const { relay } = handlers;
      if (relay === undefined) throw refuse('service-unavailable', 'This is not passed on.');
      const asked = request as Request<ParticipantAddress>;
      this.#inChannel(to.channel, request, (turn) => relay(asked, turn, env));
      return;
    }
    const handler = handlers.iq(to.kind, request.type, request.payload);
    if (isTooLarge && handler.takesLarge !== true) throw tooLarge();
    if (handler.on === 'service') {
      void this.#ofService(request, () => handler.run(request, env));
      return;
    }
    if (to.kind !== 'channel') throw new Error('a handler for channels was found for another address');
    const asked = request as Request<ChannelAddress>;
    const decide = (turn: Turn, seen: Seen): Reply | Later => {
      if (handler.isOpen !== true) meet(turn.channel, asked.from);
      return handler.run(asked, turn, env, seen);
    };
    this.#inChannel(to.channel, request, decide, handler.look?.(asked, env));
  }

  async #ofService(request: Incoming, run: () => unknown): Promise<void> {
    try {
      // What a handler may return is said by its type; here only the two shapes are told apart.
      const answer = (await run()) as Reply | { channel: ChannelName; decide: (turn: Turn) => Reply };
      if ('decide' in answer) this.#inChannel(answer.channel, request, answer.decide);
      else this.#answer(request, answer);
    } catch (error) {
      this.#fail(request, error);
    }
  }

  /** Decides a request in the channel's line, and answers it when that is durable. */
  #inChannel(
    channel: ChannelName,
    request: Incoming,
    decide: (turn: Turn, seen: Seen) => Reply | Later,
    look?: Look,
  ): void {
    let decided: Reply | Later = {};
    const view = seeing(look);
    this.#options.lines.enter(channel, {
      look: view.look,
      decide: (turn) => {
        decided = decide(turn, view.seen());
      },
      done: () => {
        if (typeof decided === 'function') void this.#later(request, decided);
        else this.#answer(request, decided);
      },
      failed: (error) => this.#fail(request, error),
    });
  }

  async #later(request: Incoming, later: Later): Promise<void> {
    try {
      this.#answer(request, await later());
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #answer(request: Incoming, { payload, before, isPassedOn }: Reply): void {
    const { outbox } = this.#options;
    for (const send of before ?? []) outbox.send(send);
    if (isPassedOn !== true) outbox.send({ to: request.from, stanza: resultTo(request, payload) });
  }

  #stanza(kind: 'message' | 'presence', stanza: Incoming): void {
    const { handlers, env } = this.#options;
    const handler = handlers.stanza(kind, stanza.to.kind);
    if (handler === undefined || stanza.to.kind === 'service') {
      if (kind === 'message') throw refuse('service-unavailable', 'The service itself takes no messages.');
      return;
    }
    let sends: readonly Send[] = [];
    const view = seeing(
      handler.on === 'channel' ? handler.look?.(stanza as Inbound<ChannelAddress>, env) : undefined,
    );
    this.#options.lines.enter(stanza.to.channel, {
      look: view.look,
      decide: (turn) => {
        sends =
          handler.on === 'channel'
            ? handler.run(stanza as Inbound<ChannelAddress>, turn, env, view.seen())
            : handler.run(stanza as Inbound<ParticipantAddress>, turn, env);
      },
      done: () => sends.forEach((send) => this.#options.outbox.send(send)),
      failed: (error) => this.#fail(stanza, error),
    });
  }

  /** The answer to a request that we passed on; all others are swallowed (GEN-02). */
  #passAnswerOn(answer: Incoming): void {
    const { handlers, env, lines, outbox } = this.#options;
    if (answer.to.kind !== 'participant' || handlers.answer === undefined) return;
    const handle = handlers.answer;
    let sends: readonly Send[] = [];
    lines.enter(answer.to.channel, {
      decide: (turn) => {
        sends = handle(answer as Inbound<ParticipantAddress>, turn, env);
      },
      done: () => sends.forEach((send) => outbox.send(send)),
      failed: (error) => this.#fail(answer, error),
    });
  }

  /** Says why, unless that would answer an answer. */
  #fail(asked: Incoming, error: unknown): void {
    const { log, outbox, env } = this.#options;
    const refusal =
      error instanceof Refusal ? error : refuse('internal-server-error', 'Something went wrong here.');
    if (error instanceof Refusal)
      log.debug({ kind: asked.kind, condition: error.condition, from: asked.from }, 'refused');
    else log.error({ kind: asked.kind, id: asked.id, from: asked.from, err: error }, 'failed');
    if (asked.type === 'error' || (asked.kind === 'iq' && asked.type === 'result')) return;
    // Only presences that ask for something are told that they failed.
    if (asked.kind === 'presence' && asked.type !== '') return;
    outbox.send({ to: asked.from, stanza: errorTo(asked, refusal, !env.isFragile(asked.from)) });
  }
}

function tooLarge(): Refusal {
  return refuse('policy-violation', 'This stanza is too large.');
}

/** Keeps what a look has seen for the decision after it. */
function seeing(look: Look | undefined): { look: Work['look']; seen: () => Seen } {
  let seen: Seen = {};
  const remember = async (channel: ChannelState): Promise<void> => {
    if (look !== undefined) seen = await look(channel);
  };
  return { look: look && remember, seen: () => seen };
}
