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
import { serviceJid, type ChannelName, type PublicJid } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { Refusal, refuse } from '../refusal.ts';
import { payloadOf, stanzaKind, type StanzaKind } from '../stanza/stanza.ts';
import type { Excess } from '../transport/transport.ts';
import type { Log } from '../transport/log.ts';
import type {
  Address,
  ChannelAddress,
  Env,
  Inbound,
  Later,
  Look,
  Relay,
  Reply,
  Request,
  Seen,
  Send,
  StanzaHandler,
} from '../xep/extension.ts';
import { meet } from '../channel/access.ts';
import { elements, type XmlElement } from '../xml/element.ts';
import { isLargerThan } from '../xml/write.ts';
import { AddressBook } from './address.ts';
import { errorTo, resultTo } from './answers.ts';
import type { Attendance } from './attendance.ts';
import type { Domains } from './domains.ts';
import type { Handlers } from './handlers.ts';
import type { Lines } from './lines.ts';
import type { Outbox } from './outbox.ts';
import type { Rate } from './rate.ts';

export interface RouterOptions {
  readonly handlers: Handlers;
  readonly env: Env;
  readonly lines: Lines;
  readonly outbox: Outbox;
  readonly domains: Domains;
  readonly attendance: Attendance;
  readonly rate: Rate;
  readonly log: Log;
}

/** A stanza whose addresses are read. */
type Incoming = Inbound & { readonly kind: StanzaKind };

export class Router {
  readonly #options: RouterOptions;
  readonly #addresses: AddressBook;
  #isClosed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#addresses = new AddressBook(options.env.settings.domain);
  }

  /** One stanza from the server. */
  onStanza(element: XmlElement): void {
    const incoming = this.#read(element);
    if (incoming !== undefined) this.#guarded(incoming, () => this.#dispatch(incoming, element));
  }

  /** From now on only answers are taken; whoever asks for something is told to try again. */
  close(): void {
    this.#isClosed = true;
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
      const unread: Incoming = { ...base, to: { kind: 'service' }, self: this.#unprepared(to) };
      const isMalformed = error instanceof JidError;
      this.#fail(unread, isMalformed ? refuse('jid-malformed', 'This is not an address.') : error);
      return undefined;
    }
  }

  /** The address that could not be prepared, for the answer that comes from it, as far as it is surely ours. */
  #unprepared(to: string): PublicJid {
    const { domain } = this.#options.env.settings;
    const [bare = ''] = to.split('/');
    return bare.slice(bare.lastIndexOf('@') + 1) === domain ? (to as PublicJid) : serviceJid(domain);
  }

  #dispatch(incoming: Incoming, element: XmlElement): void {
    const { outbox, domains, attendance, env, rate } = this.#options;
    const { kind, type, id, from } = incoming;
    if (from.isAt(env.settings.domain)) {
      if (kind === 'iq') outbox.onPing(id);
      return;
    }
    if (kind === 'iq' && (type === 'result' || type === 'error')) {
      const { children } = incoming;
      const isOurs =
        domains.onAnswer(from, type, id, children) || attendance.onAnswer(from, type, id, children);
      if (!isOurs && !this.#isTooLarge(element)) this.#passAnswerOn(incoming);
      return;
    }
    if (kind === 'iq') {
      if (type !== 'get' && type !== 'set') throw refuse('bad-request', 'An iq is of type get or set.');
      if (id === undefined || id === '') throw refuse('bad-request', 'An iq has an id.');
    }
    if (incoming.to.kind !== 'service' && type !== 'error') attendance.hear(incoming.to.channel, from);
    // The server of whoever speaks first is asked what it is, before anything is to be delivered there.
    domains.quirksOf(from);
    if (asksForSomething(incoming)) {
      if (this.#isClosed) throw refuse('resource-constraint', 'The service ends; try again soon.');
      if (!rate.takes(from, env.clock.now()))
        throw refuse('resource-constraint', 'You send too fast; wait a little.');
    } else if (type === 'error' && !rate.takes(from, env.clock.now())) return;
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
    if (to.kind === 'participant' || to.kind === 'occupant') {
      if (isTooLarge) throw tooLarge();
      const relay = this.#relayOf(to.kind);
      if (relay === undefined) throw refuse('service-unavailable', 'This is not passed on.');
      this.#inChannel(to.channel, request, (turn) => relay.ask(request, turn, env));
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
    const then = (decided: Reply | Later): void => {
      if (typeof decided === 'function') void this.#later(channel, request, decided);
      else this.#answer(request, decided);
    };
    this.#inLine(channel, request, decide, then, look);
  }

  /** Decides something in the channel's line; `then` is given it when it is durable. */
  #inLine<Value>(
    channel: ChannelName,
    asked: Incoming,
    decide: (turn: Turn, seen: Seen) => Value,
    then: (decided: Value) => void,
    look?: Look,
  ): void {
    const decided: Value[] = [];
    let seen: Seen = {};
    const see = async (state: ChannelState): Promise<void> => {
      seen = (await look?.(state)) ?? seen;
    };
    this.#options.lines.enter(channel, {
      look: look && see,
      decide: (turn) => void decided.push(decide(turn, seen)),
      done: () => this.#guarded(asked, () => decided.forEach(then)),
      failed: (error) => this.#fail(asked, error),
    });
  }

  /**
   * What is found out later may show what was decided meanwhile, so it waits until that is durable; what it may show
   * is decided in its turn, since the channel may hide by now.
   */
  async #later(channel: ChannelName, request: Incoming, later: Later): Promise<void> {
    try {
      const found = await later();
      this.#inLine(
        channel,
        request,
        (turn) => (typeof found === 'function' ? found(turn) : found),
        (reply) => this.#answer(request, reply),
      );
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #answer(request: Incoming, { payload, before, isPassedOn }: Reply): void {
    this.#sendAll(before ?? []);
    if (isPassedOn !== true) this.#sendAll([{ to: request.from, stanza: resultTo(request, payload) }]);
  }

  #stanza(kind: 'message' | 'presence', stanza: Incoming): void {
    const { handlers, env } = this.#options;
    const handler = handlers.stanza(kind, stanza);
    if (handler === undefined || stanza.to.kind === 'service') {
      if (kind === 'message') throw refuse('service-unavailable', 'The service itself takes no messages.');
      return;
    }
    const then = (sends: readonly Send[]): void => this.#sendAll(sends);
    // The table gives each kind of address a handler of that kind, which the compiler cannot follow.
    const { run, look } = handler as Extract<StanzaHandler, { on: 'channel' }>;
    const asked = stanza as Inbound<ChannelAddress>;
    const decide = (turn: Turn, seen: Seen): readonly Send[] => run(asked, turn, env, seen);
    this.#inLine(stanza.to.channel, stanza, decide, then, look?.(asked, env));
  }

  #relayOf(kind: 'participant' | 'occupant'): Relay<Address> | undefined {
    // Each is only given what was sent to an address of its kind.
    return this.#options.handlers.relay[kind] as Relay<Address> | undefined;
  }

  /** The answer to a request that we passed on; all others are swallowed (GEN-02). */
  #passAnswerOn(answer: Incoming): void {
    const { env } = this.#options;
    const { to } = answer;
    if (to.kind !== 'participant' && to.kind !== 'occupant') return;
    const relay = this.#relayOf(to.kind);
    if (relay === undefined) return;
    this.#inLine(
      to.channel,
      answer,
      (turn) => relay.answer(answer, turn, env),
      (sends) => this.#sendAll(sends),
    );
  }

  #sendAll(sends: readonly Send[]): void {
    for (const send of sends) this.#options.outbox.send(send);
  }

  #guarded(asked: Incoming, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(asked, error);
    }
  }

  /** Says why, unless that would answer an answer. */
  #fail(asked: Incoming, error: unknown): void {
    const { log, outbox, domains, env } = this.#options;
    const refusal =
      error instanceof Refusal ? error : refuse('internal-server-error', 'Something went wrong here.');
    if (error instanceof Refusal)
      log.debug({ kind: asked.kind, condition: error.condition, from: asked.from }, 'refused');
    else log.error({ kind: asked.kind, id: asked.id, from: asked.from, err: error }, 'failed');
    if (asked.type === 'error' || (asked.kind === 'iq' && asked.type === 'result')) return;
    // Only presences that ask for something are told that they failed.
    if (asked.kind === 'presence' && asked.type !== '') return;
    const say = (): void =>
      outbox.send({ to: asked.from, stanza: errorTo(asked, refusal, !env.isFragile(asked.from)) });
    // What stands beside an error is for servers that are known to take it.
    if (refusal.details.beside === undefined) say();
    else domains.whenKnown(asked.from, say);
  }
}

/** Not an error, nor a presence that tells of an end: those are taken whenever they come. */
function asksForSomething({ kind, type }: Incoming): boolean {
  return kind === 'presence' ? type === '' : type !== 'error';
}

function tooLarge(): Refusal {
  return refuse('policy-violation', 'This stanza is too large.');
}
