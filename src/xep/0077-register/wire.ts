/**
 * XEP-0077 In-Band Registration 2.5 (2023-11-25): making an account, changing its password, removing it.
 * Reads and writes the requests and the answer that says what is needed, and the stream feature.
 * Does not make accounts (host/registration.ts); of the fields there are only name and password, and no data forms.
 * Always: a request has one meaning, and a name and a password that are given are not empty.
 * Before: stanza/codec.ts. After: xep/0445-preauth/wire.ts, host/stream-registration.ts.
 */
import { checkName } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';

export const NS = 'jabber:iq:register';
export const NS_FEATURE = 'http://jabber.org/features/iq-register';

export type Registration =
  | { readonly kind: 'remove' }
  /** Makes the account, or sets the password of the one that asks. */
  | { readonly kind: 'set'; readonly username: string; readonly password: string };

export interface Fields {
  readonly instructions?: string | undefined;
  /** The account that asks is registered, under this name. */
  readonly registeredAs?: string | undefined;
}

/** Asks what is needed (§3.1). */
export function buildFieldsQuery(): XmlElement {
  return el('query', NS);
}

/** The answer (§3.1): name and password, and whether there is an account already. */
export function buildFields({ instructions, registeredAs }: Fields): XmlElement {
  return el('query', NS, {}, [
    registeredAs === undefined ? undefined : el('registered', NS),
    instructions === undefined ? undefined : el('instructions', NS, {}, [instructions]),
    el('username', NS, {}, registeredAs === undefined ? [] : [registeredAs]),
    el('password', NS),
  ]);
}

/** Reads that answer. */
export function parseFields(query: XmlElement): Fields {
  checkName(query, 'query', NS);
  const isRegistered = child(query, 'registered') !== undefined;
  return {
    instructions: childText(query, 'instructions'),
    registeredAs: isRegistered ? (childText(query, 'username') ?? '') : undefined,
  };
}

/** Makes an account (§3.1.1), or sets a password (§3.3); or removes the account that asks (§3.2). */
export function buildRegistration(registration: Registration): XmlElement {
  if (registration.kind === 'remove') return el('query', NS, {}, [el('remove', NS)]);
  return el('query', NS, {}, [
    el('username', NS, {}, [registration.username]),
    el('password', NS, {}, [registration.password]),
  ]);
}

/** Reads that request. bad-request where it removes and does more; not-acceptable where name or password is missing. */
export function parseRegistration(query: XmlElement): Registration {
  checkName(query, 'query', NS);
  const [username = '', password = ''] = [childText(query, 'username'), childText(query, 'password')];
  if (child(query, 'remove') !== undefined) {
    if (username !== '' || password !== '') throw refuse('bad-request', 'a removal says nothing else');
    return { kind: 'remove' };
  }
  if (username === '' || password === '') throw refuse('not-acceptable', 'a name and a password are needed');
  return { kind: 'set', username, password };
}

/** The stream feature (§8): accounts can be made before the log-in. */
export function buildRegisterFeature(): XmlElement {
  return el('register', NS_FEATURE);
}
