/**
 * RFC 6120 §5 to §7 (2011-03), XEP-0198 §3, §5: from a connection to a stream on which stanzas go.
 * Encrypts, logs in, then resumes the former stream or binds a resource and asks for acknowledgements.
 * Does not keep what waits to be sent (outbox.ts) nor try again (connection.ts).
 * Always: nothing of the account is said before the connection is as private as it can be.
 * Before: client/sasl.ts. After: client/connection.ts.
 */
import { stanzaKind } from '../stanza/stanza.ts';
import {
  buildEnable,
  buildResume,
  NS as NS_SM,
  parseEnabled,
  parseFailedHandled,
  parseHandled,
  type Enabled,
} from '../xep/0198-sm/wire.ts';
import { child, childText, el, type XmlElement } from '../xml/element.ts';
import { randomId } from './bytes.ts';
import { ConnectionLost, LoginRefused, stanzaErrorOf } from './error.ts';
import { authenticate, NS_SASL, parseMechanisms, type Credentials } from './sasl.ts';
import type { Stream } from './stream.ts';

const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

export interface Wanted {
  readonly domain: string;
  readonly resource: string;
  readonly credentials: Credentials;
  readonly isInsecureAllowed: boolean;
  /** The stream to go on with, if it may be. */
  readonly resumption: { readonly id: string; readonly handled: number } | undefined;
}

export interface Negotiated {
  readonly isResumed: boolean;
  /** The full address; undefined on a resumed stream, where it stays. */
  readonly address: string | undefined;
  /** The stream's acknowledgements; undefined where there are none, and on a resumed stream, where they stay. */
  readonly enabled: Enabled | undefined;
  /** How many stanzas of the former stream the server has handled, if it knows. */
  readonly handled: number | undefined;
}

/** Leads a stream from its header to where stanzas go. @throws LoginRefused, ConnectionLost, StanzaError */
export async function negotiate(stream: Stream, wanted: Wanted): Promise<Negotiated> {
  const open = await openPrivately(stream, wanted.domain, wanted.isInsecureAllowed);
  const mechanisms = child(open, 'mechanisms', NS_SASL);
  if (mechanisms === undefined) throw new LoginRefused('invalid-mechanism', 'the server offers no log-in');
  await authenticate(stream, parseMechanisms(mechanisms), wanted.credentials);
  const features = await stream.open(wanted.domain);
  const hasAcks = child(features, 'sm', NS_SM) !== undefined;
  let handled: number | undefined;
  if (wanted.resumption !== undefined && hasAcks) {
    const { id, handled: count } = wanted.resumption;
    stream.send(buildResume(id, count));
    const answer = await stream.next('resumed failed', NS_SM);
    if (answer.name === 'resumed')
      return { isResumed: true, address: undefined, enabled: undefined, handled: parseHandled(answer) };
    handled = parseFailedHandled(answer);
  }
  const address = await bind(stream, wanted.resource);
  return { isResumed: false, address, enabled: hasAcks ? await enable(stream) : undefined, handled };
}

/** Opens the stream and encrypts it where that is needed. @returns the features of the stream as it stays */
export async function openPrivately(
  stream: Stream,
  domain: string,
  isInsecureAllowed: boolean,
): Promise<XmlElement> {
  const features = await stream.open(domain);
  const { transport } = stream;
  const starttls = child(features, 'starttls', NS_TLS);
  const isNeeded =
    !transport.isPrivate || (starttls !== undefined && child(starttls, 'required') !== undefined);
  if (!isNeeded || transport.startTls === undefined) return features;
  if (starttls === undefined) {
    if (isInsecureAllowed) return features;
    throw new LoginRefused('encryption-required', 'the server offers no encryption');
  }
  stream.send(el('starttls', NS_TLS));
  const answer = await stream.next('proceed failure', NS_TLS);
  // Whatever came behind <proceed/> came without encryption, from anybody on the way.
  if (answer.name === 'failure' || !stream.isEmpty) throw new ConnectionLost('the encryption failed');
  await transport.startTls(domain);
  return stream.open(domain);
}

/** RFC 6120 §7. @returns the full address that the server gave */
async function bind(stream: Stream, resource: string): Promise<string> {
  const wanted = el('bind', NS_BIND, {}, [el('resource', NS_BIND, {}, [resource])]);
  const answer = await ask(stream, 'set', undefined, wanted);
  const bound = child(answer, 'bind', NS_BIND);
  const address = bound && childText(bound, 'jid');
  if (address === undefined || address === '') throw new ConnectionLost('the server gave no address');
  return address;
}

/**
 * Asks on a stream on which nothing else is going on yet.
 * @returns the iq of type result @throws StanzaError, ConnectionLost
 */
export async function ask(
  stream: Stream,
  type: 'get' | 'set',
  to: string | undefined,
  payload: XmlElement,
): Promise<XmlElement> {
  const id = randomId();
  stream.send(el('iq', 'jabber:client', { type, id, to }, [payload]));
  const answer = await stream.next();
  if (stanzaKind(answer) !== 'iq' || answer.attrs['id'] !== id)
    throw new ConnectionLost('the server said what it should not say now');
  if (answer.attrs['type'] !== 'result') throw stanzaErrorOf(answer);
  return answer;
}

/** XEP-0198 §3. Stanzas that come before the answer are not counted by either side. */
async function enable(stream: Stream): Promise<Enabled | undefined> {
  stream.send(buildEnable());
  const answer = await stream.next('enabled failed', NS_SM);
  return answer.name === 'enabled' ? parseEnabled(answer) : undefined;
}
