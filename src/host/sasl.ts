/**
 * RFC 6120 §6 (2011-03), RFC 4616 PLAIN: a client proves who it is.
 * Speaks SASL with one connection, over SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN.
 * Does not compute (scram.ts) nor know the stream around it (stream.ts). PLAIN is offered because the host takes
 * passwords on loopback or within TLS only (listen.ts and stream.ts see to that).
 * Always: a wrong password and an unknown name look the same; a failure names no account.
 * Before: host/accounts.ts. After: host/stream.ts.
 */
import { randomBytes } from 'node:crypto';
import { el, text, type XmlElement } from '../xml/element.ts';
import type { Accounts } from './accounts.ts';
import { accountName } from './accounts.ts';
import type { Rate } from './rate.ts';
import {
  finish,
  parseClientFirst,
  SCRAM_MECHANISMS,
  serverFirst,
  type Exchange,
  type ScramMechanism,
} from './scram.ts';

export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

type Failure =
  | 'aborted'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'not-authorized'
  | 'temporary-auth-failure';

export type SaslStep =
  | { readonly kind: 'challenge'; readonly answer: XmlElement }
  | { readonly kind: 'success'; readonly answer: XmlElement; readonly name: string }
  | { readonly kind: 'failure'; readonly answer: XmlElement };

export interface SaslOptions {
  readonly accounts: Accounts;
  readonly domain: string;
  /** Failures, by address and name. */
  readonly failures: Rate;
  readonly peer: string;
}

/** `<mechanisms/>`, the strongest first. */
export function buildMechanisms(): XmlElement {
  return el(
    'mechanisms',
    NS_SASL,
    {},
    [...SCRAM_MECHANISMS, 'PLAIN'].map((name) => el('mechanism', NS_SASL, {}, [name])),
  );
}

/** The log-in of one connection. */
export class Sasl {
  readonly #options: SaslOptions;
  #mechanism: ScramMechanism | 'PLAIN' | undefined;
  #exchange: Exchange | undefined;

  constructor(options: SaslOptions) {
    this.#options = options;
  }

  /** Answers `<auth/>`, `<response/>` and `<abort/>`. */
  async take(element: XmlElement): Promise<SaslStep> {
    const { name } = element;
    if (name === 'auth') return this.#begin(element);
    if (name === 'abort') return this.#fail('aborted');
    if (name !== 'response' || this.#mechanism === undefined) return this.#fail('malformed-request');
    const data = decode(text(element));
    return data === undefined ? this.#fail('incorrect-encoding') : this.#respond(this.#mechanism, data);
  }

  async #begin(auth: XmlElement): Promise<SaslStep> {
    this.#exchange = undefined;
    this.#mechanism = mechanismNamed(auth.attrs['mechanism']);
    if (this.#mechanism === undefined) return this.#fail('invalid-mechanism');
    const given = text(auth).trim();
    if (given === '') return challenge('');
    const data = given === '=' ? '' : decode(given);
    return data === undefined ? this.#fail('incorrect-encoding') : this.#respond(this.#mechanism, data);
  }

  async #respond(mechanism: ScramMechanism | 'PLAIN', data: string): Promise<SaslStep> {
    if (mechanism === 'PLAIN') return this.#plain(data);
    return this.#exchange === undefined
      ? this.#scramFirst(mechanism, data)
      : this.#scramLast(this.#exchange, data);
  }

  async #plain(data: string): Promise<SaslStep> {
    const [authzid = '', name = '', password = '', ...rest] = data.split('\0');
    if (name === '' || password === '' || rest.length > 0) return this.#fail('malformed-request');
    if (this.#isTooOften(name)) return this.#fail('temporary-auth-failure');
    const isRight = await this.#options.accounts.isPassword(name, password);
    return isRight ? this.#succeed(name, authzid, '') : this.#fail('not-authorized', name);
  }

  #scramFirst(mechanism: ScramMechanism, data: string): SaslStep {
    const first = parseClientFirst(data);
    if (first === undefined) return this.#fail('malformed-request');
    if (this.#isTooOften(first.name)) return this.#fail('temporary-auth-failure');
    const keys = this.#options.accounts.keys(first.name, mechanism);
    const nonce = first.nonce + randomBytes(18).toString('base64url');
    this.#exchange = { mechanism, first, nonce, keys, challenge: serverFirst(nonce, keys) };
    return challenge(this.#exchange.challenge);
  }

  #scramLast(exchange: Exchange, data: string): SaslStep {
    const { name, authzid } = exchange.first;
    const outcome = finish(exchange, data);
    if (outcome === 'malformed') return this.#fail('malformed-request', name);
    if (outcome === 'wrong') return this.#fail('not-authorized', name);
    return this.#succeed(name, authzid ?? '', outcome.signature);
  }

  #succeed(name: string, authzid: string, data: string): SaslStep {
    const prepared = accountName(name);
    if (authzid !== '' && authzid !== `${prepared}@${this.#options.domain}`)
      return this.#fail('invalid-authzid');
    // Between the challenge and now the account may have been removed.
    if (!this.#options.accounts.exists(prepared)) return this.#fail('not-authorized', name);
    return {
      kind: 'success',
      answer: el('success', NS_SASL, {}, data === '' ? [] : [encode(data)]),
      name: prepared,
    };
  }

  #fail(condition: Failure, name?: string): SaslStep {
    if (name !== undefined) this.#options.failures.take(this.#key(name));
    this.#mechanism = undefined;
    this.#exchange = undefined;
    return { kind: 'failure', answer: el('failure', NS_SASL, {}, [el(condition, NS_SASL)]) };
  }

  #isTooOften(name: string): boolean {
    return !this.#options.failures.has(this.#key(name));
  }

  #key(name: string): string {
    return `${this.#options.peer} ${name.toLowerCase().slice(0, 1024)}`;
  }
}

function challenge(data: string): SaslStep {
  return { kind: 'challenge', answer: el('challenge', NS_SASL, {}, data === '' ? [] : [encode(data)]) };
}

function mechanismNamed(name: string | undefined): ScramMechanism | 'PLAIN' | undefined {
  return name === 'PLAIN' ? name : SCRAM_MECHANISMS.find((known) => known === name);
}

function encode(data: string): string {
  return Buffer.from(data).toString('base64');
}

function decode(base64: string): string | undefined {
  const trimmed = base64.trim();
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(trimmed)
    ? Buffer.from(trimmed, 'base64').toString()
    : undefined;
}
