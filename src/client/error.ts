/**
 * RFC 6120 §4.9, §6.5, §8.3 (2011-03): what can go wrong between a client and the others.
 * Owns the classes of error that this library rejects with, and reads them from stanzas.
 * Does not decide when to try again (connection.ts).
 * Always: an error with a condition has the name that the document gives to it; the message is English, for a person.
 * Before: stanza/error.ts. After: client/client.ts.
 */
import { STANZAS_NS } from '../stanza/error.ts';
import { child, childText, elements, type XmlElement } from '../xml/element.ts';

/** The other side refused (RFC 6120 §8.3). */
export class StanzaError extends Error {
  override readonly name = 'StanzaError';
  /** Such as `item-not-found`. */
  readonly condition: string;
  /** `auth`, `cancel`, `continue`, `modify` or `wait`. */
  readonly type: string;
  /** What the other side says to a person, in its words. */
  readonly text: string | undefined;
  /** The name of the application's own condition element, such as `closed-node`. */
  readonly application: string | undefined;

  constructor(condition: string, type: string, text?: string, application?: string) {
    super(text === undefined ? condition : `${condition}: ${text}`);
    this.condition = condition;
    this.type = type;
    this.text = text;
    this.application = application;
  }
}

/** There is no connection, or it broke while this was under way. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  /** The stream error with which the server ended it (RFC 6120 §4.9.3), such as `conflict`. */
  readonly condition: string | undefined;

  constructor(message: string, condition?: string) {
    super(message);
    this.condition = condition;
  }
}

/** Nobody answered in time. Whether the request was carried out is not known. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';
}

/** The server does not let this user in, or it could not prove that it is the right server. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';
  /** The condition of SASL (RFC 6120 §6.5), such as `not-authorized` for a wrong password. */
  readonly condition: string;

  constructor(condition: string, text?: string) {
    super(text === undefined ? condition : `${condition}: ${text}`);
    this.condition = condition;
  }
}

/**
 * The error that a stanza of type `error` carries (RFC 6120 §8.3).
 * @param stanza an iq, message or presence
 * @returns the error; of condition `undefined-condition` where the stanza tells none
 * @example
 * client.onStanza((stanza) => {
 *   if (stanza.attrs['type'] === 'error') console.log(stanzaErrorOf(stanza).condition); // service-unavailable
 * });
 * await client.send(el('message', 'jabber:client', { to: 'nobody@localhost', type: 'chat' }));
 */
export function stanzaErrorOf(stanza: XmlElement): StanzaError {
  const error = child(stanza, 'error');
  const parts = error === undefined ? [] : elements(error);
  const condition = parts.find(({ ns, name }) => ns === STANZAS_NS && name !== 'text')?.name;
  const application = parts.find(({ ns }) => ns !== STANZAS_NS)?.name;
  const text = error && childText(error, 'text', STANZAS_NS);
  return new StanzaError(
    condition ?? 'undefined-condition',
    error?.attrs['type'] ?? 'cancel',
    text === '' ? undefined : text,
    application,
  );
}
