/**
 * RFC 6120 §4, §6, §7 (2011-03): a client's stream, from its first byte to its last.
 * Leads a connection through registration or log-in and resource binding, then hands its stanzas to the router.
 * Does not know whether TCP or WebSocket carries it (stream-tcp.ts, stream-websocket.ts).
 * Always: before log-in nothing but that is done; whatever a client sends, the answer is a stanza or a stream error
 * and the host goes on; the session ends exactly once, or goes on behind another stream.
 * Before: host/host.ts. After: host/sasl.ts, host/session.ts, host/stream-management.ts.
 */
import { randomBytes } from 'node:crypto';
import { refuse } from '../stanza/error.ts';
import { NS_CLIENT, stanzaKind } from '../stanza/stanza.ts';
import { buildFeature, NS as NS_SM } from '../xep/0198-sm/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { bindResource, NS_BIND } from './bind.ts';
import { bounce } from './bounce.ts';
import type { Context } from './context.ts';
import { endSession } from './ending.ts';
import { addressed, errorOf, tryJid } from './envelope.ts';
import { Rate } from './rate.ts';
import { fromClient } from './router.ts';
import { buildMechanisms, NS_SASL, Sasl } from './sasl.ts';
import type { Session, SessionStream } from './session.ts';
import { StreamManagement } from './stream-management.ts';
import { StreamRegistration } from './stream-registration.ts';

export const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';

/** The connection, as far as a stream needs it. */
export interface Wire {
  /** The other side's address, for limits. */
  readonly peer: string;
  /** RFC 6120 §5: does the client have to ask for TLS first? */
  readonly needsTls: boolean;
  /** Speaks TLS from here on, and expects a new stream header. */
  startTls(): void;
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
  readonly #management: StreamManagement;
  /** What the session sees of this. */
  readonly #front: SessionStream;
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
    this.#management = this.#manage();
    this.#front = {
      isConnected: true,
      write: (stanza, original) => this.#write(stanza, original),
      end: (condition) => this.fail(condition),
      release: () => this.#release(),
    };
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
      if (element.ns === NS_SM && (this.#state === 'bound' || this.#state === 'binding')) {
        this.#slowDown();
        this.#management.take(element);
      } else if (this.#state === 'bound') this.#stanza(element);
      else if (this.#state === 'binding') this.#bind(element);
      else if (this.#state === 'authenticating' && element.ns === NS_TLS) this.#secure(element);
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
    if (this.#state !== 'opening') {
      this.fail('bad-format');
      return;
    }
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
    this.#inTurn(session, () => bounce(context, envelope, 'policy-violation', 'the stanza is over a limit'));
  }

  get isBound(): boolean {
    return this.#state === 'bound';
  }

  /** Makes the client show that it is there; false where it cannot be made to. */
  ask(): boolean {
    return this.#management.ask();
  }

  /** Ends the stream with an error (RFC 6120 §4.9), and the session. */
  fail(condition: string, beside?: XmlElement): void {
    if (this.#state === 'closed') return;
    this.#management.sayLast();
    // §4.9.1.2: an error stands within a stream.
    if (!this.#hasHeader) this.#wire.open({ from: this.#host.context.domain, version: '1.0' });
    this.#wire.write(el('error', NS_STREAMS, {}, [el(condition, NS_ERRORS), beside]));
    this.#over();
  }

  /** The client has ended the stream, and the session with it. */
  close(): void {
    if (this.#state !== 'closed') this.#management.sayLast();
    this.#over();
  }

  /** The connection is gone. The client may come back to its session if it has asked for that. */
  lost(): void {
    const session = this.#end();
    const { context } = this.#host;
    if (session !== undefined && !context.resumption.sleep(session)) endSession(context, session);
  }

  #over(): void {
    const session = this.#end();
    if (session !== undefined) endSession(this.#host.context, session);
  }

  /** The session goes on behind another stream (XEP-0198 §5). */
  #release(): void {
    this.#session = undefined;
    this.fail('conflict');
  }

  /** The session that was this stream's, once. */
  #end(): Session | undefined {
    if (this.#state === 'closed') return undefined;
    this.#management.stop();
    const session = this.#session;
    this.#state = 'closed';
    this.#session = undefined;
    clearTimeout(this.#timer);
    this.#wire.close();
    return session;
  }

  #manage(): StreamManagement {
    return new StreamManagement(this.#host.context, {
      account: () => this.#account ?? '',
      session: () => this.#session,
      write: (element) => {
        if (this.#state !== 'closed') this.#wire.write(element);
      },
      fail: (condition, beside) => this.fail(condition, beside),
      adopt: (resumed) => this.#adopt(resumed),
    });
  }

  #adopt(session: Session): void {
    clearTimeout(this.#timer);
    this.#session = session;
    this.#state = 'bound';
    session.moveTo(this.#front);
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
    if (this.#wire.needsTls) return [el('starttls', NS_TLS, {}, [el('required', NS_TLS)])];
    if (!this.isAuthenticated) return [buildMechanisms(), ...this.#registration.features()];
    const session = el('session', NS_SESSION, {}, [el('optional', NS_SESSION)]);
    return [el('bind', NS_BIND), session, buildFeature()];
  }

  /** RFC 6120 §5.4.2. */
  #secure({ name }: XmlElement): void {
    if (name !== 'starttls' || !this.#wire.needsTls) {
      this.#wire.write(el('failure', NS_TLS));
      this.#over();
      return;
    }
    this.#wire.write(el('proceed', NS_TLS));
    this.#state = 'opening';
    this.#hasHeader = false;
    this.#wire.startTls();
  }

  async #login(element: XmlElement): Promise<void> {
    if (this.#wire.needsTls) {
      this.#wire.write(el('failure', NS_SASL, {}, [el('encryption-required', NS_SASL)]));
      return;
    }
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
    const bound = bindResource(this.#host.context, this.#account ?? '', iq, this.#front);
    if (bound === undefined) {
      this.fail('not-authorized');
      return;
    }
    if (bound.session !== undefined) {
      clearTimeout(this.#timer);
      this.#session = bound.session;
      this.#state = 'bound';
    }
    this.#wire.write(bound.answer);
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
    this.#slowDown();
    const { context } = this.#host;
    this.#inTurn(
      session,
      () => fromClient(context, session, element),
      () => this.#apologise(session, element),
    );
  }

  /** Handles a stanza; when that is stored, or has failed and been told, the stanza counts as handled (XEP-0198 §4). */
  #inTurn(session: Session, handle: () => void, failed?: () => void): void {
    const { lane } = this.#host.context;
    // What came before the client asked for counts is not counted, also when its turn comes later.
    const { management } = session;
    lane.post(
      () => {
        handle();
        lane.after(() => management?.handle());
      },
      () => {
        failed?.();
        management?.handle();
      },
    );
  }

  #slowDown(): void {
    const waitMs = this.#rate.take('');
    if (waitMs > 0) this.#wire.pauseFor(waitMs);
  }

  /** Our fault: the client learns that what it sent has had no effect. */
  #apologise(session: Session, stanza: XmlElement): void {
    const { type } = stanza.attrs;
    if (type === 'error' || type === 'result' || stanza.name === 'presence') return;
    const envelope = addressed(stanza, session.jid, tryJid(stanza.attrs['to'] ?? '') ?? session.bare);
    session.sendNow(errorOf(envelope, refuse('internal-server-error', 'this could not be done')).stanza);
  }

  /** The session sends; what has no effect here is kept by it. */
  #write(stanza: XmlElement, original: XmlElement): void {
    if (this.#state === 'closed' || this.#management.isResuming) return;
    this.#wire.write(stanza);
    if (this.#session?.management === undefined) this.#host.context.resumption.noteDelivered(original);
    else this.#management.written();
  }
}

function isOwnAddress(session: Session, from: string): boolean {
  const jid = tryJid(from);
  const isAccount = jid?.local === session.account && jid.domain === session.jid.domain;
  return isAccount && (jid.resource === undefined || jid.resource === session.resource);
}
