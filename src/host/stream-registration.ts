/**
 * XEP-0077 In-Band Registration 2.5 §3.1, XEP-0445 0.2.0 §4: a client makes an account before it logs in.
 * Answers what a connection that has not logged in may ask, and says in the stream's features that it may.
 * Does not make the account (registration.ts) nor log in; an account that exists is register.ts's.
 * Always: without a permit nothing tells which names are taken; a token is used up by the account, not by showing it.
 * Before: host/registration.ts. After: host/stream.ts.
 */
import { buildError, refuse, Refusal, type Condition } from '../stanza/error.ts';
import { NS_CLIENT, payloadOf, stanzaKind } from '../stanza/stanza.ts';
import { buildFields, buildRegisterFeature, NS, parseRegistration } from '../xep/0077-register/wire.ts';
import { buildPreauthFeature, NS as NS_PREAUTH, parsePreauth } from '../xep/0445-preauth/wire.ts';
import { el, elements, isNamed, type XmlElement } from '../xml/element.ts';
import { AccountRefused } from './accounts.ts';
import type { Permit, Registrar } from './registration.ts';

const ANYBODY = 'Choose a name and a password.';
const INVITED = `An account is made with an invite. ${ANYBODY}`;

export class StreamRegistration {
  readonly #registrar: Registrar;
  readonly #domain: string;
  readonly #peer: string;
  #isOffered = false;
  #permit: Permit | undefined;

  constructor(registrar: Registrar, domain: string, peer: string) {
    this.#registrar = registrar;
    this.#domain = domain;
    this.#peer = peer;
  }

  /** The features of a stream on which a password may travel; from then on requests are answered. */
  features(): XmlElement[] {
    const { mode } = this.#registrar;
    this.#isOffered = mode !== 'closed';
    if (mode === 'closed') return [];
    return mode === 'open'
      ? [buildRegisterFeature(), buildPreauthFeature()]
      : [buildPreauthFeature(), buildRegisterFeature()];
  }

  /** Is this a request for an account? */
  takes(element: XmlElement): boolean {
    if (!this.#isOffered || stanzaKind(element) !== 'iq') return false;
    const [payload] = elements(element);
    return payload?.ns === NS || payload?.ns === NS_PREAUTH;
  }

  /** The answer. Never rejects for what the client has sent. */
  async answer(iq: XmlElement): Promise<XmlElement> {
    const { id = '', to = this.#domain } = iq.attrs;
    const reply = (type: 'result' | 'error', payload: XmlElement | undefined) =>
      el('iq', NS_CLIENT, { type, id, from: this.#domain }, [payload]);
    try {
      if (id === '') throw refuse('bad-request', 'an iq has an id');
      if (to !== this.#domain) throw refuse('not-authorized', 'log in first');
      return reply('result', await this.#handle(iq.attrs['type'], payloadOf(iq)));
    } catch (error) {
      const refusal = error instanceof AccountRefused ? refusalOf(error) : error;
      if (!(refusal instanceof Refusal)) throw error;
      return reply('error', buildError(refusal));
    }
  }

  async #handle(type: string | undefined, payload: XmlElement): Promise<XmlElement | undefined> {
    if (type === 'set' && isNamed(payload, 'preauth', NS_PREAUTH)) {
      this.#permit = this.#registrar.withToken(parsePreauth(payload));
      if (this.#permit === undefined) throw refuse('item-not-found', 'the token is invalid or has expired');
      return undefined;
    }
    if (!isNamed(payload, 'query', NS)) throw refuse('feature-not-implemented', 'this is not known here');
    const permit = this.#permit ?? this.#registrar.open;
    // Many clients ask before they show their token, and give up without an answer.
    if (type === 'get') return buildFields({ instructions: permit === undefined ? INVITED : ANYBODY });
    if (permit === undefined) throw refuse('forbidden', 'accounts are made with an invite only');
    if (type !== 'set') throw refuse('bad-request', 'this is asked or set');
    const asked = parseRegistration(payload);
    if (asked.kind === 'remove') throw refuse('registration-required', 'log in first');
    await this.#registrar.register(this.#peer, permit, asked.username, asked.password);
    this.#permit = undefined;
    return undefined;
  }
}

const CONDITIONS: Readonly<Record<AccountRefused['why'], Condition>> = {
  name: 'not-acceptable',
  password: 'not-acceptable',
  taken: 'conflict',
  unknown: 'item-not-found',
  often: 'resource-constraint',
  permit: 'forbidden',
};

/** What an account cannot be made for, as a stanza error; the name is not repeated. */
export function refusalOf(error: AccountRefused): Refusal {
  const text = error.why === 'taken' ? 'the name is taken' : error.message;
  return refuse(CONDITIONS[error.why], text);
}
