/**
 * RFC 6120 §6 (2011-03), RFC 4616 PLAIN: a client logs in.
 * Chooses the mechanism and leads the exchange over a stream.
 * Does not compute (scram.ts).
 * Always: the password itself is said only where nobody can listen, and never to a server that has known better
 * before; without the server's proof there is no log-in by SCRAM.
 * Before: client/scram.ts. After: client/negotiate.ts.
 */
import { childrenOf, el, elements, text, type XmlElement } from '../xml/element.ts';
import { childText } from '../xml/element.ts';
import { LoginRefused } from './error.ts';
import {
  decodeSasl,
  encodeSasl,
  prepared,
  Scram,
  SCRAM_MECHANISMS,
  type ScramMechanism,
  type ScramMemory,
} from './scram.ts';
import type { Stream } from './stream.ts';

export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

export interface Credentials {
  /** The local part of the account. */
  readonly name: string;
  /** Not there where `memory` has to do. */
  readonly password: string | undefined;
  /** Kept from log-in to log-in of one client. */
  readonly memory: ScramMemory & { hasUsedScram?: boolean };
}

/** The mechanisms in `<mechanisms/>`. */
export function parseMechanisms(mechanisms: XmlElement): string[] {
  return childrenOf(mechanisms, 'mechanism').map((mechanism) => text(mechanism).trim());
}

/**
 * Logs in over a stream whose features offered these mechanisms.
 * @throws LoginRefused
 */
export async function authenticate(
  stream: Stream,
  offered: readonly string[],
  credentials: Credentials,
): Promise<void> {
  const mechanism = SCRAM_MECHANISMS.find((name) => offered.includes(name));
  if (mechanism !== undefined) {
    await scram(stream, mechanism, credentials);
    credentials.memory.hasUsedScram = true;
    return;
  }
  if (!offered.includes('PLAIN'))
    throw new LoginRefused('invalid-mechanism', 'the server offers no way to log in that is known here');
  if (!stream.transport.isPrivate)
    throw new LoginRefused('encryption-required', 'the password is not sent without encryption');
  if (credentials.memory.hasUsedScram === true)
    throw new LoginRefused('mechanism-too-weak', 'the server asks for the password and did not before');
  const { name, password } = credentials;
  if (password === undefined) throw new LoginRefused('not-authorized', 'the password is needed again');
  stream.send(auth('PLAIN', `\0${name}\0${prepared(password)}`));
  takeFailure(await stream.next('success failure', NS_SASL));
}

async function scram(stream: Stream, mechanism: ScramMechanism, credentials: Credentials): Promise<void> {
  const { name, password, memory } = credentials;
  const exchange = new Scram(mechanism, name, password, memory);
  stream.send(auth(mechanism, exchange.first()));
  const challenge = takeFailure(await stream.next('challenge failure', NS_SASL));
  stream.send(response(await exchange.answer(decodeSasl(text(challenge)))));
  const last = takeFailure(await stream.next('success challenge failure', NS_SASL));
  exchange.verify(decodeSasl(text(last)));
  if (last.name === 'success') return;
  // RFC 6120 §6.4.6: a server may say its last word as a challenge.
  stream.send(el('response', NS_SASL));
  takeFailure(await stream.next('success failure', NS_SASL));
}

function auth(mechanism: string, message: string): XmlElement {
  return el('auth', NS_SASL, { mechanism }, [encodeSasl(message)]);
}

function response(message: string): XmlElement {
  return el('response', NS_SASL, {}, [encodeSasl(message)]);
}

/** Passes on what is no failure. */
function takeFailure(element: XmlElement): XmlElement {
  if (element.name !== 'failure') return element;
  const condition = elements(element).find(({ name }) => name !== 'text')?.name ?? 'not-authorized';
  throw new LoginRefused(condition, childText(element, 'text'));
}
