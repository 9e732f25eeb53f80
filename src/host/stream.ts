/**
 * RFC 6120 §4, §6, §7 (2011-03): a client's stream, from its first byte to its last.
 * Leads a connection through registration or log-in and resource binding, then hands its stanzas to the router.
 * Does not know whether TCP or WebSocket carries it (stream-tcp.ts, stream-websocket.ts).
 * Always: before log-in nothing but that is done; whatever a client sends, the answer is a stanza or a stream error
 * and the host goes on; the session ends exactly once.
 * Before: host/host.ts. After: host/sasl.ts, host/session.ts.
 */
import { randomBytes } from 'node:crypto';
import type { Jid } from '../jid/jid.ts';
import { prepResource } from '../jid/prep.ts';
import { refuse, type Condition } from '../stanza/error.ts';
import { NS_CLIENT, stanzaKind } from '../stanza/stanza.ts';
import { child, childText, el, type XmlElement } from '../xml/element.ts';
import { bounce } from './bounce.ts';
import type { Context } from './context.ts';
import { addressed, errorOf, resultOf, tryJid } from './envelope.ts';
import { goOffline } from './presence.ts';
import { Rate } from './rate.ts';
import { fromClient } from './router.ts';
import { buildMechanisms, NS_SASL, Sasl } from './sasl.ts';
import { Session } from './session.ts';
import { StreamRegistration } from './stream-registration.ts';

export const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';

/** The connection, as far as a stream needs it. */
export interface Wire {
  /** The other side's address, for limits. */
  readonly peer: string;
  /** Answers a stream header. */
  open(attrs: Readonly<Record<string, string>>): void;
  write(element: XmlElement): void;
  /** Expects a new stream header. */
  restart(): void;
  /** Ends the stream and the connection. */
  close(): void;
  /** Stops reading for a while. */
  pauseFor(ms: number): void;
}

/** What streams share. */
export interface StreamHost {
  readonly context: Context;
  readonly loginFailures: Rate;
  /** Counts the connection as logged in. */
  readonly onAuthenticated: () => void;
}

type State = 'opening' | 'authenticating' | 'judging' | 'binding' | 'bound' | 'closed';

export class Stream {
  readonly #host: StreamHost;
  readonly #wire: Wire;
  readonly #sasl: Sasl;
  readonly #registration: StreamRegistration;
  readonly #rate: Rate;
  readonly #timer: NodeJS.Timeout;
  #state: State = 'opening';
  #account: string | undefined;
  #session: Session | undefined;
  #loginsLeft: number;
  #hasHeader = false;

  constructor(host: StreamHost, wire: Wire) {
    const { accounts, clock, domain, limits, registrar } = host.context;
    this.#host = host;
    this.#wire = wire;
    this.#sasl = new Sasl({ accounts, domain, failures: host.loginFailures, peer: wire.peer });
    this.#registration = new StreamRegistration(registrar, domain, wire.peer);
    this.#rate = new Rate(limits.stanzasPerSecondMax, 1000, clock, 1);
    this.#loginsLeft = limits.loginTriesPerConnectionMax;
    this.#timer = setTimeout(() => this.fail('connection-timeout'), limits.authenticateMs);
  }

  get isAuthenticated(): boolean {
    return this.#account !== undefined;
  }

  /** The client has opened a stream, or has opened it again after the log-in. */
  opened(attrs: Readonly<Record<string, string>>): void {
    this.#safely(() => this.#open(attrs));
  }

  /** The client has sent an element. */
  received(element: XmlElement): void {
    this.#safely(() => {
      if (this.#state === 'bound') this.#stanza(element);
      else if (this.#state === 'binding') this.#bind(element);
      else if (this.#state === 'authenticating' && element.ns === NS_SASL) void this.#login(element);
      else if (this.#state === 'authenticating' && this.#registration.takes(element))
        void this.#register(element);
      else this.fail('not-authorized');
    });
  }

  /** The client has sent a stanza over the limits, of which this is the start tag. */
  refused(header: XmlElement): void {
    this.#safely(() => this.#refuse(header));
  }

  #open(attrs: Readonly<Record<string, string>>): void {
    if (this.#state === 'closed') return;
    const { domain } = this.#host.context;
    const id = randomBytes(12).toString('base64url');
    this.#wire.open({ from: domain, id, version: '1.0', 'xml:lang': 'en' });
    this.#hasHeader = true;
    const to = attrs['to'] === undefined ? undefined : tryJid(attrs['to']);
    if (attrs['to'] !== undefined && (to?.domain !== domain || to.local !== undefined)) {
      this.fail('host-unknown');
    } else if (!/^1\./.test(attrs['version'] ?? '')) {
      this.fail('unsupported-version');
    } else {
      this.#state = this.isAuthenticated ? 'binding' : 'authenticating';
      this.#wire.write(el('features', NS_STREAMS, {}, this.#features()));
    }
  }

  #refuse(header: XmlElement): void {
    const session = this.#session;
    if (this.#state !== 'bound' || session === undefined) {
      this.fail('policy-violation');
      return;
    }
    if (stanzaKind(header) === undefined) return;
    const envelope = addressed(header, session.jid, tryJid(header.attrs['to'] ?? '') ?? session.bare);
    const { context } = this.#host;
    context.lane.post(() => bounce(context, envelope, 'policy-violation', 'the stanza is over a limit'));
  }

  /** Ends the stream with an error (RFC 6120 §4.9). */
  fail(condition: string): void {
    if (this.#state === 'closed') return;
    // §4.9.1.2: an error stands within a stream.
    if (!this.#hasHeader) this.#wire.open({ from: this.#host.context.domain, version: '1.0' });
    this.#wire.write(el('error', NS_STREAMS, {}, [el(condition, NS_ERRORS)]));
    this.close();
  }

  /** Ends the stream; also when the connection is already gone. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#wire.close();
    const session = this.#session;
    if (session === undefined) return;
    const { context } = this.#host;
    context.lane.post(() => {
      context.sessions.remove(session);
      goOffline(context, session);
    });
  }

  /** A mistake of ours costs this client its stream, and nobody else anything. */
  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#host.context.log.error({ err: error }, 'a client caused a mistake of the host');
      this.fail('internal-server-error');
    }
  }

  #features(): XmlElement[] {
    if (!this.isAuthenticated) return [buildMechanisms(), ...this.#registration.features()];
    return [el('bind', NS_BIND), el('session', NS_SESSION, {}, [el('optional', NS_SESSION)])];
  }

  async #login(element: XmlElement): Promise<void> {
    this.#state = 'judging';
    const step = await this.#sasl.take(element).catch((error: unknown) => {
      this.#host.context.log.error({ err: error }, 'a log-in failed for a reason of our own');
      return undefined;
    });
    // Meanwhile the connection may have ended.
    if (!this.#isJudging()) return;
    if (step === undefined) {
      this.fail('internal-server-error');
      return;
    }
    this.#state = 'authenticating';
    this.#wire.write(step.answer);
    if (step.kind === 'success') {
      this.#account = step.name;
      this.#state = 'opening';
      this.#host.onAuthenticated();
      this.#wire.restart();
    } else if (step.kind === 'failure' && --this.#loginsLeft <= 0) {
      this.fail('policy-violation');
    }
  }

  /** The client asks for an account, with which it can log in then. */
  async #register(iq: XmlElement): Promise<void> {
    this.#state = 'judging';
    const answer = await this.#registration.answer(iq).catch((error: unknown) => {
      this.#host.context.log.error({ err: error }, 'an account could not be made for a reason of our own');
      return undefined;
    });
    if (!this.#isJudging()) return;
    this.#state = 'authenticating';
    if (answer === undefined) this.fail('internal-server-error');
    else this.#wire.write(answer);
  }

  #isJudging(): boolean {
    return this.#state === 'judging';
  }

  /** RFC 6120 §7. */
  #bind(iq: XmlElement): void {
    const bind = child(iq, 'bind', NS_BIND);
    if (stanzaKind(iq) !== 'iq' || iq.attrs['type'] !== 'set' || bind === undefined) {
      this.fail('not-authorized');
      return;
    }
    const { context } = this.#host;
    const account: Jid = { local: this.#account, domain: context.domain, resource: undefined };
    const envelope = addressed(iq, account, account);
    const wanted = childText(bind, 'resource') ?? '';
    const resource = wanted === '' ? randomBytes(9).toString('base64url') : tryResource(wanted);
    const refusal = this.#whyNot(resource);
    if (refusal !== undefined || resource === undefined || account.local === undefined) {
      const [condition, text] = refusal ?? (['bad-request', ''] as const);
      this.#wire.write(errorOf(envelope, refuse(condition, text)).stanza);
      return;
    }
    clearTimeout(this.#timer);
    const jid = { ...account, local: account.local, resource };
    // §7.7.2.2: the newer one stays, so that a client whose connection broke can come back at once.
    context.sessions.get(account.local, resource)?.end('conflict');
    const session = new Session(jid, context.lane, {
      write: (stanza) => this.#write(stanza),
      end: (condition) => this.fail(condition),
    });
    this.#session = session;
    this.#state = 'bound';
    context.sessions.add(session);
    const bound = el('bind', NS_BIND, {}, [el('jid', NS_BIND, {}, [session.full])]);
    this.#wire.write(resultOf(addressed(iq, session.jid, session.bare), bound).stanza);
  }

  #whyNot(resource: string | undefined): readonly [Condition, string] | undefined {
    const { accounts, limits, sessions } = this.#host.context;
    const account = this.#account ?? '';
    if (resource === undefined) return ['bad-request', 'this cannot be a resource'];
    if (!accounts.exists(account)) return ['not-allowed', 'the account is gone'];
    const isNew = sessions.get(account, resource) === undefined;
    if (isNew && sessions.of(account).length >= limits.sessionsPerAccountMax) {
      return ['resource-constraint', 'too many clients of this account are connected'];
    }
    return undefined;
  }

  #stanza(element: XmlElement): void {
    const session = this.#session;
    if (session === undefined) return;
    if (stanzaKind(element) === undefined) {
      this.fail(element.ns === NS_CLIENT ? 'unsupported-stanza-type' : 'invalid-namespace');
      return;
    }
    const { from } = element.attrs;
    if (from !== undefined && !isOwnAddress(session, from)) {
      this.fail('invalid-from');
      return;
    }
    const waitMs = this.#rate.take('');
    if (waitMs > 0) this.#wire.pauseFor(waitMs);
    const { context } = this.#host;
    context.lane.post(
      () => fromClient(context, session, element),
      () => this.#apologise(session, element),
    );
  }

  /** Our fault: the client learns that what it sent has had no effect. */
  #apologise(session: Session, stanza: XmlElement): void {
    const { type } = stanza.attrs;
    if (type === 'error' || type === 'result' || stanza.name === 'presence') return;
    const envelope = addressed(stanza, session.jid, tryJid(stanza.attrs['to'] ?? '') ?? session.bare);
    this.#write(errorOf(envelope, refuse('internal-server-error', 'this could not be done')).stanza);
  }

  #write(stanza: XmlElement): void {
    if (this.#state !== 'closed') this.#wire.write(stanza);
  }
}

function isOwnAddress(session: Session, from: string): boolean {
  const jid = tryJid(from);
  const isAccount = jid?.local === session.account && jid.domain === session.jid.domain;
  return isAccount && (jid.resource === undefined || jid.resource === session.resource);
}

function tryResource(text: string): string | undefined {
  try {
    return prepResource(text);
  } catch {
    return undefined;
  }
}
